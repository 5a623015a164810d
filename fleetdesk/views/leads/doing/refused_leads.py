"""`RefusedLeads`: the leads that an act over many left as they are, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QListView

from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.focus_ring import FocusRing

__all__ = ["RefusedLeads"]

_LAID_OUT = 100  # lines between two turns of the event loop


class RefusedLeads(QListView):
    """The leads that stay as they are, a line each: however many there are, they are laid out a few at a time."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._lines = QStringListModel(self)
        self.setModel(self._lines)
        self.setAccessibleName(tr("Leads that stay as they are, and why"))
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setWordWrap(True)
        self.setSpacing(GRID // 4)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_LAID_OUT)
        FocusRing(theme, self, lambda: False)

    @property
    def lines(self) -> list[str]:
        """What is shown."""
        return self._lines.stringList()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these."""
        self._lines.setStringList(list(lines))

    def copy(self) -> None:
        """Copy all lines; they begin with a sign of ours, so that a spreadsheet takes no name for a formula."""
        QGuiApplication.clipboard().setText("\n".join(f"• {' '.join(line.split())}" for line in self.lines))
