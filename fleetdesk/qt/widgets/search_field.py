"""`SearchField`: searches as you type."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.text_fields import TextField

__all__ = ["SearchField"]

_PAUSE = 40  # milliseconds between two tellings: shorter than between two keys of a fast typist


class SearchField(TextField):
    """Tells the text at once, and of keys that come quicker the last. Escape empties it; Down goes on to the found."""

    searched = Signal(str)
    left_down = Signal()

    def __init__(self, theme: Theme, asks: str, parent: QWidget | None = None) -> None:
        """`asks` says what can be searched for, while the field is empty and to a screen reader."""
        super().__init__(parent)
        self._theme = theme
        self._told = ""
        self.setPlaceholderText(asks)
        self.setAccessibleName(asks)
        self.setTextMargins(theme.pixels(3 * GRID), 0, theme.pixels(3 * GRID), 0)
        self._clear = IconButton(theme, "x", tr("Clear the search"), self.clear_now, small=True, parent=self)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Escape does it
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.hide()
        self._since = QElapsedTimer()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.tell_now)
        self.textChanged.connect(self._changed)

    def clear_now(self) -> None:
        """Empty the field and tell it at once."""
        self.clear()
        self.tell_now()

    def tell_now(self) -> None:
        """Tell what was typed, however soon after the last telling."""
        self._pause.stop()
        if self.text() != self._told:
            self._told = self.text()
            self._since.start()
            self.searched.emit(self._told)

    def set_text_quietly(self, text: str) -> None:
        """Show a text, as restored from before, without telling it."""
        self._told = text
        self.setText(text)
        self._pause.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        size = self._clear.sizeHint()
        self._clear.move(self.width() - size.width() - GRID // 2, (self.height() - size.height()) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a magnifying glass; Qt would place an action's icon too low in a styled field."""
        super().paintEvent(event)
        size = self._theme.pixels(16)
        painter = QPainter(self)
        place = QRect(GRID + 2, (self.height() - size) // 2, size, size)
        self._theme.icons.paint(painter, place, "magnifying-glass", self._theme.palette.text_muted)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Escape, Enter and Down have a meaning of their own here."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Escape if self.text():
                self.clear_now()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.tell_now()
            case Qt.Key.Key_Down:
                self.left_down.emit()
            case _:
                super().keyPressEvent(event)

    def _changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if not self._pause.isActive():
            gone = self._since.elapsed() if self._since.isValid() else _PAUSE
            self._pause.start(max(0, _PAUSE - gone))
