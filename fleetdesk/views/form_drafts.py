"""What was typed into a form and not saved yet: kept with every key, the same in all windows, and offered again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue
from fleetdesk.views.remembered import Remembered

__all__ = ["FormDraft", "LeftForm", "Typed", "draft_of_change", "left_forms"]

_PREFIX = "form."
_CHANGE = "command"  # what stands for a table where a draft is about a change
_WITHIN = 0.3  # seconds from a key until it is on the disk; what was saved is forgotten at once, not to be saved twice


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form by field, and in `bases` what each of these fields held when the person began with it.

    A form of fields that nobody else writes has no bases. Where a field of a record has none, it was kept by an
    earlier FleetDesk, and nobody knows what the person saw.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, JsonValue] = field(default_factory=dict)


class FormDraft(QObject):
    """The draft of one form: of an action that opens it (`leads.edit`), about one record or none.

    The same form in two windows has one draft, and each window hears what is typed in the other. One of a thing that
    is not there yet has a draft `apart` in each window: the second may well be of another thing.
    """

    changed = Signal()  # it was written elsewhere, or ended there

    def __init__(
        self, remembered: Remembered, action: str, title: str, record: Key | None = None, *, apart: bool = False
    ) -> None:
        super().__init__()
        self._remembered = remembered
        self._action = action
        self._title = title
        self._record = record
        self._name = _PREFIX + action + (f".{record.table}.{record.id}" if record is not None else "")
        if apart:
            self._name = _of_its_own(remembered, self._name)
            remembered.taken.add(self._name)
            self.destroyed.connect(partial(remembered.taken.discard, self._name))
        self._keeping = False
        remembered.changed.connect(self._look)

    def call_it(self, title: str) -> None:
        """What is written is called otherwise from now on."""
        self._title = title

    @property
    def typed(self) -> Typed:
        """What is kept; empty for nothing."""
        left = _read(self._remembered.get(self._name))
        return Typed() if left is None else left.typed

    def keep(self, typed: Typed) -> None:
        """Keep what is typed now; nothing forgets it."""
        if not typed.texts:
            self.forget()
            return
        about: dict[str, JsonValue] = {
            "action": self._action,
            "title": self._title,
            "typed": dict(typed.texts),
            "bases": dict(typed.bases),
        }
        if self._record is not None:
            about |= {"table": self._record.table, "id": self._record.id}
        self._write(about)

    def let_go(self) -> None:
        """The form is closed: another one may go on with what is kept."""
        self._remembered.taken.discard(self._name)

    def forget(self) -> None:
        """It was saved, or given up."""
        self._write(None)

    def _write(self, value: JsonValue) -> None:
        self._keeping = True
        self._remembered.keep(self._name, value, within=0.0 if value is None else _WITHIN)
        self._keeping = False

    def _look(self, name: str) -> None:
        if name == self._name and not self._keeping:
            self.changed.emit()


@dataclass(frozen=True, slots=True)
class LeftForm:
    """A form that was left before it was saved: the action that opens it, what it is called, and what it is about.

    It is told apart from others by its `name`.
    """

    name: str
    action: str
    title: str
    record: Key | None
    typed: Typed


def draft_of_change(remembered: Remembered, command_id: str, title: str = "") -> FormDraft:
    """The draft of the form in which a change that waits in the Inbox is changed."""
    return FormDraft(remembered, "inbox.edit", title, Key(_CHANGE, command_id))


def left_forms(remembered: Remembered) -> tuple[LeftForm, ...]:
    """The forms that were left, such as by a crash."""
    found = (_read(remembered.get(name), name) for name in remembered.names(_PREFIX))
    return tuple(left for left in found if left is not None)


def _of_its_own(remembered: Remembered, name: str) -> str:
    """A name under which nobody is writing now: of one that was left, or else a new one."""
    left = [kept for kept in remembered.names(name) if kept == name or kept.startswith(f"{name}#")]
    names = (*left, name, *(f"{name}#{number}" for number in range(2, len(remembered.taken) + 3)))
    return next(each for each in names if each not in remembered.taken)


def _read(value: JsonValue, name: str = "") -> LeftForm | None:
    """What can be understood of a kept draft."""
    if not isinstance(value, dict):
        return None
    action, title, typed, bases = (value.get(part) for part in ("action", "title", "typed", "bases"))
    table, id_ = value.get("table"), value.get("id")
    if not isinstance(action, str) or not isinstance(title, str) or not isinstance(typed, dict):
        return None
    record = Key(table, id_) if isinstance(table, str) and isinstance(id_, str) else None
    texts = {name: text for name, text in typed.items() if isinstance(text, str)}
    return LeftForm(name, action, title, record, Typed(texts, dict(bases) if isinstance(bases, dict) else {}))
