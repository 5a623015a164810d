"""`Dialog`: the frame of every dialog: a title, a content, Escape closes, and it never blocks the program."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QLayout, QWidget

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import title_text
from fleetdesk.qt.tab_order import give_keyboard_on

__all__ = ["Dialog", "Floating", "fit"]


def fit(dialog: QDialog) -> None:
    """Have a dialog be as high as it needs once what is said in it has its lines, more of them or fewer than before."""
    QTimer.singleShot(0, dialog, dialog.adjustSize)


class Dialog(QDialog):
    """A modal dialog that is opened, not executed, and is deleted when it is closed.

    Unless something in it has the keyboard by then, what is read first gets it.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title_text(title))
        self.setAccessibleName(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's."""
        super().showEvent(event)
        if self.focusWidget() is None:
            give_keyboard_on(self, forward=True)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt's: Tab goes where the eye goes."""
        return give_keyboard_on(self, forward=forward)


class Floating(Dialog):
    """A dialog without a title bar, near the top of its window: for what is opened and left by keyboard."""

    def __init__(self, title: str, layout: QLayout, *, width: int, height: int, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        frame = QFrame(self)
        frame.setProperty("ground", "raised")
        frame.setLayout(layout)
        self.setLayout(column(frame))
        window = parent.window()
        self.resize(min(width, window.width()), min(height, window.height()))
        left = (window.width() - self.width()) // 2
        self.move(window.mapToGlobal(window.rect().topLeft()).x() + left, self._top(window))

    def _top(self, window: QWidget) -> int:
        room = window.height() - self.height()
        return window.mapToGlobal(window.rect().topLeft()).y() + min(room // 2, room // 4 + 32)
