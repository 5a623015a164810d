"""`ToastStack`: shows a notifier's messages in a corner of the window, without taking the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Tone
from fleetdesk.qt.notifier import Level, Message, Notifier
from fleetdesk.qt.widgets.buttons import Button, IconButton, Kind

__all__ = ["Toast", "ToastStack"]

_MOST = 4  # at once; the oldest that would go by itself goes first
_SECONDS = {Level.INFO: 6, Level.SUCCESS: 6, Level.WARNING: 12}  # an error stays until it is closed
_LOOKS = {
    Level.INFO: (Tone.INFO, "info"),
    Level.SUCCESS: (Tone.SUCCESS, "check-circle"),
    Level.WARNING: (Tone.WARNING, "warning"),
    Level.ERROR: (Tone.DANGER, "warning-circle"),
}


class ToastStack(QObject):
    """The newest message stands lowest. A message that the mouse rests on stays. One said again is shown once."""

    def __init__(self, notifier: Notifier, theme: Theme, window: QWidget, *, within: QWidget) -> None:
        """They stand in the lower left corner of `within`, a part of the window, and above any button there."""
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._within = within
        self._toasts: list[Toast] = []
        notifier.posted.connect(self.show_message)
        notifier.withdrawn.connect(self._withdraw)
        within.installEventFilter(self)

    @property
    def messages(self) -> list[Message]:
        """What is shown now, the oldest first."""
        return [toast.message for toast in self._toasts]

    def show_message(self, message: Message) -> None:
        """Show a message; one with the same key makes way for it, the same one is counted."""
        if message.key:
            self._withdraw(message.key)
        same = next((toast for toast in self._toasts if toast.message == message), None)
        if same is not None:
            self._close(same)
        toast = Toast(message, self._theme, self._window, times=1 if same is None else same.times + 1)
        toast.closed.connect(lambda: self._close(toast))
        self._toasts.append(toast)
        toast.show()
        self._make_room()
        self._arrange()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def close_newest(self) -> None:
        """Close the message that came last: what Escape does when nothing else takes it."""
        if self._toasts:
            self._close(self._toasts[-1])

    def run_newest_action(self) -> None:
        """Press the button of the newest message that has one, such as Undo."""
        for toast in reversed(self._toasts):
            if toast.message.action is not None:
                toast.act()
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: stay in the corner."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._arrange()
        return False

    def _withdraw(self, key: str) -> None:
        for toast in [toast for toast in self._toasts if toast.message.key == key]:
            self._close(toast)

    def _make_room(self) -> None:
        while len(self._toasts) > _MOST:
            passing = (
                toast for toast in self._toasts if toast.message.level is not Level.ERROR and not toast.message.stays
            )
            self._close(next(passing, self._toasts[0]))

    def _close(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        corner = self._within.mapTo(self._window, QPoint(2 * GRID, self._within.height() - 2 * GRID))
        buttons = self._buttons() if self._toasts else []
        bottom = corner.y()
        for toast in reversed(self._toasts):
            toast.adjustSize()
            place = QRect(QPoint(corner.x(), bottom - toast.height()), toast.size())
            toast.setGeometry(_clear_of(buttons, place))
            toast.raise_()
            bottom = toast.y() - GRID

    def _buttons(self) -> list[QRect]:
        """Where buttons are in sight."""
        found = self._within.findChildren(QAbstractButton)
        return [
            QRect(button.mapTo(self._window, QPoint()), button.size())
            for button in found
            if button.isVisible() and not any(toast.isAncestorOf(button) for toast in self._toasts)
        ]


class Toast(QFrame):
    """One message, and how often it was said while it stood here."""

    closed = Signal()

    def __init__(self, message: Message, theme: Theme, parent: QWidget, *, times: int = 1) -> None:
        super().__init__(parent)
        self.message = message
        self.times = times
        self._theme = theme
        self.setProperty("ground", "raised")
        self.setAccessibleName(message.text)
        self.setFixedWidth(theme.pixels(46 * GRID))
        counted = "" if times == 1 else f" ({plural(times, tr('%n time'), tr('%n times'))})"
        what = Label(message.what + counted, strong=True, wrap=True)
        rest = Label(" ".join(part for part in (message.kept, message.do) if part), tint=Tint.MUTED, wrap=True)
        close = IconButton(theme, "x", tr("Close this message"), self.closed.emit, small=True)
        words = column(what, rest, gap=2, margins=(0, 2, 0, 2))
        action = None if message.action is None else Button(message.action.text, self.act, kind=Kind.QUIET)
        if message.more:
            further = [Button(one.text, one.run, kind=Kind.QUIET) for one in message.more]
            words.addLayout(row(action, *further, STRETCH, gap=0))
        body = row(words, close, gap=GRID, margins=(theme.pixels(40), GRID, GRID, GRID))
        body.setStretch(0, 1)
        body.setAlignment(close, Qt.AlignmentFlag.AlignTop)
        if action is not None and not message.more:
            body.insertWidget(1, action)
        self.setLayout(body)
        rest.setVisible(bool(rest.text()))  # not before: alone, it would be a window, and take the keyboard
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.closed)
        self._begin_to_pass()

    def act(self) -> None:
        """Do what the message's button says, and close it."""
        if self.message.action is not None:
            self.message.action.run()
        self.closed.emit()

    def sizeHint(self) -> QSize:
        """Qt's: as high as the words need at the fixed width."""
        layout = self.layout()
        width = self.maximumWidth()
        return QSize(width, layout.heightForWidth(width) if layout is not None else 0)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt's: being read, it stays, if it still holds."""
        if self.message.seconds is None:
            self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        if self.message.seconds is None:
            self._begin_to_pass()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with the level's icon."""
        super().paintEvent(event)
        tone, icon = _LOOKS[self.message.level]
        size = self._theme.pixels(20)
        painter = QPainter(self)
        place = QRect(self._theme.pixels(12), GRID + 2, size, size)
        self._theme.icons.paint(painter, place, icon, self._theme.tone(tone).strong)
        painter.end()

    def _begin_to_pass(self) -> None:
        seconds = self.message.seconds or _SECONDS.get(self.message.level)
        if seconds is not None and not self.message.stays:
            self._timer.start(round(1000 * seconds))


def _clear_of(buttons: Sequence[QRect], place: QRect) -> QRect:
    """The place, or one above it, where no button is covered; the place itself where there is none."""
    free = QRect(place)
    while covered := [button.top() for button in buttons if button.intersects(free)]:
        free.moveBottom(min(covered) - GRID)
    return free if free.top() > 0 else place
