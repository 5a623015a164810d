"""What was typed into a form and not saved yet: kept a moment after the last key, and offered again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue
from fleetdesk.views.remembered import Remembered

__all__ = ["FormDraft", "LeftForm", "left_forms"]

_PREFIX = "form."


class FormDraft:
    """The draft of one form: of an action that opens it (`leads.edit`), about one record or none."""

    def __init__(self, remembered: Remembered, action: str, title: str, record: Key | None = None) -> None:
        self._remembered = remembered
        self._action = action
        self._title = title
        self._record = record
        self._name = _PREFIX + action + (f".{record.table}.{record.id}" if record is not None else "")

    @property
    def typed(self) -> Mapping[str, str]:
        """What is kept, by field; empty for nothing."""
        left = _read(self._remembered.get(self._name))
        return {} if left is None else left.typed

    def keep(self, typed: Mapping[str, str]) -> None:
        """Keep what is typed now; nothing forgets it."""
        if not typed:
            self.forget()
            return
        about: dict[str, JsonValue] = {"action": self._action, "title": self._title, "typed": dict(typed)}
        if self._record is not None:
            about |= {"table": self._record.table, "id": self._record.id}
        self._remembered.keep(self._name, about)

    def forget(self) -> None:
        """It was saved, or given up."""
        self._remembered.keep(self._name, None)


@dataclass(frozen=True, slots=True)
class LeftForm:
    """A form that was left before it was saved: the action that opens it, what it is called, and what it is about."""

    action: str
    title: str
    record: Key | None
    typed: Mapping[str, str]


def left_forms(remembered: Remembered) -> tuple[LeftForm, ...]:
    """The forms that were left, such as by a crash."""
    found = (_read(remembered.get(name)) for name in remembered.names(_PREFIX))
    return tuple(left for left in found if left is not None)


def _read(value: JsonValue) -> LeftForm | None:
    """What can be understood of a kept draft."""
    if not isinstance(value, dict):
        return None
    action, title, typed = value.get("action"), value.get("title"), value.get("typed")
    table, id_ = value.get("table"), value.get("id")
    if not isinstance(action, str) or not isinstance(title, str) or not isinstance(typed, dict):
        return None
    record = Key(table, id_) if isinstance(table, str) and isinstance(id_, str) else None
    return LeftForm(action, title, record, {name: text for name, text in typed.items() if isinstance(text, str)})
