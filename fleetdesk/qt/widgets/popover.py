"""`Popover`: a small panel below what opened it; Escape, or a click elsewhere, closes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QWidget
from shiboken6 import Shiboken

from fleetdesk.qt.look.layout import column, panel, row
from fleetdesk.qt.look.text import Label, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import IconButton

__all__ = ["Popover"]

_GAP = 4


class Popover(QFrame):
    """A title, a content, a way to close it. It is deleted when closed; the keyboard goes back to where it was."""

    def __init__(self, theme: Theme, title: str, content: QLayout, *, width: int, opener: QWidget) -> None:
        super().__init__(opener.window(), Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._opener = opener
        self._before = QApplication.focusWidget()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(title)
        close = IconButton(theme, "x", tr("Close"), self.close_popover, small=True)
        head = row(Label(title, strong=True), close)
        head.setStretch(0, 1)
        frame = panel(column(head, content, gap=GRID, margins=2 * GRID - GRID // 2), ground="raised")
        self.setLayout(column(frame))
        self.setFixedWidth(theme.pixels(width))

    def open_at(self, place: QRect) -> None:
        """Show it below a place in the opener's coordinates, or above it where there is no room below."""
        self.adjustSize()
        screen = self._opener.screen().availableGeometry()
        below = self._opener.mapToGlobal(place.bottomLeft() + QPoint(0, _GAP))
        above = self._opener.mapToGlobal(place.topLeft()).y() - _GAP - self.height()
        y = below.y() if below.y() + self.height() <= screen.bottom() or above < screen.top() else above
        x = max(screen.left(), min(below.x(), screen.right() - self.width()))
        self.move(x, y)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Qt's: no key that is meant for the panel does what it does in the window."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() is QEvent.Type.Close and self._before is not None and Shiboken.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        return super().event(event)

    def close_popover(self) -> None:
        """Close it, as a button's slot."""
        self.close()
