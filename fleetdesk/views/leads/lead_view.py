"""`LeadView`: what the page asks of whatever shows its leads in another way than the table."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame

from fleetdesk.models.stages import Stage
from fleetdesk.qt.widgets.state_overlay import Overlay
from fleetdesk.queries.leads import LeadQuery

__all__ = ["ROOM_FOR_BOTH", "LeadView"]

ROOM_FOR_BOTH = 1_000  # pixels: less, and an open lead stands alone


class LeadView(QFrame):
    """Shows the leads of a query, and says which of them the person wants to see beside it."""

    opened = Signal(str)  # a lead's id
    marked_changed = Signal()  # another lead has the keyboard
    room_changed = Signal()  # it needs more room, or less

    @property
    def room(self) -> int:
        """Pixels of the page from which on an open lead stands beside it."""
        return ROOM_FOR_BOTH

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: hand the keyboard on."""
        self.take_keyboard()

    @property
    def marked_id(self) -> str:
        """The lead that has, or had last, the keyboard; empty for none."""
        return ""

    def show_query(self, query: LeadQuery) -> None:
        """Show other leads."""

    def show_counts(self, counts: Mapping[Stage, int]) -> None:
        """Say how many leads stand in each stage."""

    def set_empty(self, overlay: Overlay) -> None:
        """What to show where there is none."""

    def show_opened(self, lead_id: str) -> None:
        """Mark the lead that is open beside; empty for none."""

    def take_keyboard(self) -> None:
        """Give the keyboard to the lead that had it last, or to the first one."""

    def step(self, by: int) -> None:
        """Open the next lead in the order in which they are shown, or the one before."""

    def reveal(self, lead_id: str) -> None:
        """Go to a lead, if it is shown."""
