"""`BarChart`: bars that can be pressed, drawn by who knows what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.text import tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Radius

__all__ = ["Bar", "BarChart", "round_top"]

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Bar(QAbstractButton):
    """One bar, with what it says in words for the mouse, the keyboard and the screen reader.

    `behind` is what opens where it is pressed.
    """

    pointed_at = Signal(str)  # what it says while it has the mouse or the keyboard, then nothing

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.behind: object = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def say(self, text: str, behind: object) -> None:
        """Say what the bar stands for now."""
        self.behind = behind
        self.setAccessibleName(text)
        self.setToolTip(tooltip_text(text))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's would walk with the arrows as with Tab, and press with the space bar alone."""
        if event.key() in _ARROWS:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt's."""
        super().enterEvent(event)
        self.pointed_at.emit(self.accessibleName())

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's."""
        super().leaveEvent(event)
        self.pointed_at.emit("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusInEvent(event)
        self.pointed_at.emit(self.accessibleName())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's."""
        super().focusOutEvent(event)
        self.pointed_at.emit("")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the ground of what is pointed at, the bar, the ring of what has the keyboard."""
        painter = QPainter(self)
        if self.underMouse() or self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self.theme.palette.hover))
            painter.drawRoundedRect(self.rect(), Radius.CHIP, Radius.CHIP)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self.paint_bar(painter, self.rect())
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), self.theme.palette.focus, Radius.CHIP)
        painter.end()

    def paint_bar(self, painter: QPainter, rect: QRect) -> None:
        """Draw the bar itself."""
        raise NotImplementedError


class BarChart(QWidget):
    """Tab reaches one bar; the arrows go to the others, line by line as they stand in `grid`. Enter presses one."""

    opened = Signal(object)  # what stands behind the bar that was pressed
    pointed_at = Signal(str)  # what the bar says that has the mouse or the keyboard; nothing where none has

    def __init__(self, theme: Theme, name: str, grid: Sequence[Sequence[Bar]]) -> None:
        super().__init__()
        self.theme = theme
        self.grid = grid
        self.setAccessibleName(name)
        for line in grid:
            for bar in line:
                bar.setParent(self)
                bar.clicked.connect(partial(self._press, bar))
                bar.pointed_at.connect(self.pointed_at)
        self._rove(grid[0][0])
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        at = next(((y, x) for y, line in enumerate(self.grid) for x, bar in enumerate(line) if bar.hasFocus()), None)
        down, right = _ARROWS.get(Qt.Key(event.key()), (0, 0))
        if at is None or not (down or right):
            super().keyPressEvent(event)
            return
        y = min(max(at[0] + down, 0), len(self.grid) - 1)
        x = min(max(at[1] + right, 0), len(self.grid[y]) - 1)
        self._rove(self.grid[y][x])
        self.grid[y][x].setFocus(Qt.FocusReason.TabFocusReason)

    def _press(self, bar: Bar) -> None:
        self._rove(bar)
        if bar.behind is not None:
            self.opened.emit(bar.behind)

    def _rove(self, here: Bar) -> None:
        for line in self.grid:
            for bar in line:
                bar.setFocusPolicy(Qt.FocusPolicy.StrongFocus if bar is here else Qt.FocusPolicy.ClickFocus)


def round_top(most: int) -> int:
    """The top of an axis that reaches `most`: 2, 4, 10, 20, 40, 100, … Half of it is a whole number too."""
    top = 2
    while top < most:
        top = top * 5 // 2 if str(top)[0] == "4" else top * 2
    return top
