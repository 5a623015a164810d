"""`DuplicateWarning`: names the leads that share an email address, a phone number or a trade licence with a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QWidget
from sqlalchemy import Connection

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column, panel, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.queries.lead_duplicates import Duplicate, duplicates_of
from fleetdesk.views.leads.duplicates.words import KIND_WORDS
from fleetdesk.views.workbench import Workbench

__all__ = ["DuplicateWarning"]

_CALM = 250  # milliseconds after the last key
_NAMED = 2

Act = Callable[[str], None]
"""Does something about a lead, by its id."""


class DuplicateWarning(QFrame):
    """Looks a moment after the form was changed. It warns, and holds nothing back: two people may share a phone."""

    def __init__(
        self,
        bench: Workbench,
        values: Callable[[], Mapping[str, JsonValue]],
        *,
        lead_id: str,
        open_lead: Act,
        merge_into: Act | None = None,
    ) -> None:
        """`values` gives the form's fields; the lead of the form itself is nobody's duplicate.

        `open_lead` goes to one of the others; `merge_into` merges the form's lead into it, if it is there already.
        """
        super().__init__()
        self._bench = bench
        self._values = values
        self._lead_id = lead_id
        self._open = open_lead
        self._merge = merge_into
        self._found: tuple[Duplicate, ...] = ()
        self._lines = column(gap=GRID // 2, margins=(GRID + 4, GRID // 2, GRID // 2, GRID // 2))
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._look)
        self.setProperty("ground", "card")
        self.setAccessibleName(tr("Leads that may be the same"))
        self.setLayout(self._lines)
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
        if found == self._found:
            return
        self._found = found
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        named = _NAMED if len(found) > _NAMED + 1 else len(found)  # a last one is not “1 more”
        for duplicate in found[:named]:
            self._lines.addWidget(self._line(duplicate))
        more = len(found) - named
        if more > 0:
            text = plural(more, tr("And %n more lead."), tr("And %n more leads."))
            self._lines.addWidget(Label(text, tint=Tint.MUTED))
        self.setVisible(bool(found))

    def _line(self, duplicate: Duplicate) -> QWidget:
        lead = duplicate.lead
        words = Label(_sentence(duplicate), tint=Tint.ACCENT, wrap=True)
        line = row(words, Button(tr("Open it"), partial(self._open, lead.id), kind=Kind.QUIET), gap=GRID // 2)
        if self._merge is not None:
            line.addWidget(Button(tr("Merge into it"), partial(self._merge, lead.id), kind=Kind.QUIET))
        line.setStretchFactor(words, 1)
        return panel(line)


def _sentence(duplicate: Duplicate) -> str:
    lead = duplicate.lead
    name = lead.name or lead.company or tr("A lead without a name")
    beside = f" ({isolated(lead.company)})" if lead.name and lead.company else ""
    shared = tr(" and ").join(tr(KIND_WORDS[kind]) for kind in duplicate.shared)
    text = tr("%1 has the same %2 already.").replace("%2", shared)
    return text.replace("%1", isolated(name) + beside)
