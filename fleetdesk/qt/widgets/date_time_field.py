"""`DateTimeField`: a day and a time, typed or chosen from a calendar."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QDateTime, QRect, QTimeZone
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QDateTimeEdit, QWidget

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID

__all__ = ["DateTimeField"]


class DateTimeField(QDateTimeEdit):
    """Shows the person's own clock, and gives instants in UTC, to the minute."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setCalendarPopup(True)
        self.setDisplayFormat("ddd d MMM yyyy  HH:mm")

    @property
    def instant(self) -> dt.datetime:
        """What is shown, in UTC."""
        seconds = self.dateTime().toSecsSinceEpoch()
        return dt.datetime.fromtimestamp(seconds - seconds % 60, tz=dt.UTC)

    def show_instant(self, instant: dt.datetime) -> None:
        """Show an aware instant."""
        seconds = int(instant.timestamp())
        self.setDateTime(QDateTime.fromSecsSinceEpoch(seconds - seconds % 60, QTimeZone.systemTimeZone()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with an icon of our own, since a stylesheet can only take one from a file."""
        super().paintEvent(event)
        size = self._theme.pixels(16)
        palette = self._theme.palette
        painter = QPainter(self)
        place = QRect(self.width() - size - GRID, (self.height() - size) // 2, size, size)
        value = palette.text_muted if self.isEnabled() else palette.line_strong
        self._theme.icons.paint(painter, place, "calendar-blank", value)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: the wheel scrolls the page, never the value."""
        event.ignore()
