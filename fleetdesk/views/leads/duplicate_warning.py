"""`DuplicateWarning`: names the leads that share an email address, a phone number or a trade licence with a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer
from sqlalchemy import Connection

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.queries.lead_duplicates import Duplicate, duplicates_of
from fleetdesk.views.workbench import Workbench

__all__ = ["DuplicateWarning"]

_CALM = 250  # milliseconds after the last key
_NAMED = 2
_WORDS = {"email_key": "email address", "phone_key": "phone number", "trade_licence_key": "trade licence"}


class DuplicateWarning(Label):
    """Looks a moment after the form was changed. It warns, and holds nothing back: two people may share a phone."""

    def __init__(self, bench: Workbench, values: Callable[[], Mapping[str, JsonValue]], *, lead_id: str) -> None:
        """`values` gives the form's fields; the lead of the form itself is nobody's duplicate."""
        super().__init__(tint=Tint.ACCENT, wrap=True)
        self._bench = bench
        self._values = values
        self._lead_id = lead_id
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._look)
        self.hide()

    def look_soon(self) -> None:
        """The form was changed."""
        self._calm.start()

    def _look(self) -> None:
        values, lead_id = dict(self._values()), self._lead_id

        def read(connection: Connection) -> tuple[Duplicate, ...]:
            return duplicates_of(connection, values, lead_id=lead_id)

        self._bench.readings.run(read, on_success=self._came, owner=self, cancel_key="duplicates")

    def _came(self, found: tuple[Duplicate, ...]) -> None:
        lines = [_line(duplicate) for duplicate in found[:_NAMED]]
        more = len(found) - _NAMED
        if more > 0:
            lines.append(plural(more, tr("And %n more lead."), tr("And %n more leads.")))
        self.setText("\n".join(lines))
        self.setVisible(bool(lines))


def _line(duplicate: Duplicate) -> str:
    lead = duplicate.lead
    name = lead.name or lead.company or tr("A lead without a name")
    beside = f" ({isolated(lead.company)})" if lead.name and lead.company else ""
    shared = tr(" and ").join(tr(_WORDS[column]) for column in duplicate.shared)
    text = tr("%1 has the same %2 already.").replace("%2", shared)
    return text.replace("%1", isolated(name) + beside)
