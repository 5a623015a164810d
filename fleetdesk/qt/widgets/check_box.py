"""`CheckBox`: a tick in a box."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QWidget

from fleetdesk.qt.look.text import menu_text
from fleetdesk.qt.look.theme import Theme

__all__ = ["CheckBox"]


class CheckBox(QCheckBox):
    """Draws the tick itself: a stylesheet could only take it from a file."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(menu_text(text), parent)
        self._theme = theme
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box: QRect = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        self._theme.icons.paint(painter, box.adjusted(2, 2, -2, -2), "check-bold", self._theme.palette.on_accent)
        painter.end()
