"""`FocusRing`: shows that a list has the keyboard where no line of it does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.theme import Theme

__all__ = ["FocusRing"]

_WATCHED = (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.Resize, QEvent.Type.Show)


class FocusRing(QWidget):
    """Lies over a list: empty, or with its marked line out of sight, it would not show that it has the keyboard."""

    def __init__(self, theme: Theme, view: QAbstractItemView, shown_within: Callable[[], bool] | None = None) -> None:
        """`shown_within`: whether the list shows by itself where the keyboard is; by default, if a line is marked."""
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._shown_within = shown_within or (lambda: view.currentIndex().isValid())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        view.installEventFilter(self)
        theme.changed.connect(self.update)

    def follow(self) -> None:
        """Look again whether it is needed: after the marked line changed, or came into sight."""
        wanted = self._view.hasFocus() and not self._shown_within()
        if wanted:
            self.setGeometry(self._view.rect())
            self.raise_()
        if wanted == self.isHidden():
            self.setVisible(wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's."""
        if watched is self._view and event.type() in _WATCHED:
            self.follow()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        draw_focus_ring(painter, self.rect(), self._theme.palette.focus)
        painter.end()
