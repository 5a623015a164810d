"""`Drawer`: a panel at the side of the window, opened and closed without leaving what one does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import Shiboken

from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import IconButton

__all__ = ["Drawer"]


class Drawer(QFrame):
    """A title, a content, a way to close it. Escape closes it; the keyboard goes back to where it was."""

    toggled = Signal(bool)

    def __init__(
        self, theme: Theme, title: str, content: QWidget, *, width: int = 50 * GRID, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._before: QWidget | None = None
        self._title = Label(title, size=TextSize.TITLE)
        self._close = IconButton(theme, "x", tr("Close %1").replace("%1", title), self.close_drawer)
        self.setProperty("ground", "surface")
        self.setAccessibleName(title)
        self.setFixedWidth(theme.pixels(width))
        edge = rule()
        edge.setFixedSize(1, 16777215)
        edge.setMinimumHeight(0)
        head = panel(row(self._title, STRETCH, self._close, margins=(2 * GRID, GRID, GRID, GRID)))
        self.setLayout(row(edge, column(head, rule(), content, gap=0), gap=0))
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return not self.isHidden()

    def set_title(self, title: str) -> None:
        """Another title, such as with a count."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def open_drawer(self) -> None:
        """Show it and give it the keyboard."""
        if not self.is_open:
            self._before = QApplication.focusWidget()
            self.show()
            self.toggled.emit(True)
        self._content.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_drawer(self) -> None:
        """Hide it and give the keyboard back."""
        if not self.is_open:
            return
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self.hide()
        if had_focus and self._before is not None and Shiboken.isValid(self._before):
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.toggled.emit(False)

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.is_open:
            self.close_drawer()
        else:
            self.open_drawer()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: hand the keyboard on."""
        self._content.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_drawer()
        else:
            super().keyPressEvent(event)
