"""`Lines`: a heading, and lines of what stands in a file, each with a choice; however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, title_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["Lines"]

_AT_ONCE = 1  # lines made before the window is let do something else
_AT_FIRST = 40  # lines that are there before somebody asks for more
_TITLE, _MORE, _CHOICE = 0, 1, 2


class Lines(QFrame):
    """Lines are made a few at a time, and beyond some forty only when they are asked for: a file may need hundreds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._heading, self._about = Label(strong=True), Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._lines, self._grid = QFrame(), QGridLayout()
        self._ask = Button("", self.show_more, kind=Kind.QUIET)
        self._makers: Iterator[Callable[[], None]] = iter(())
        self._left = self._due = 0
        self._making = QTimer(self)
        self._making.setInterval(0)
        self._making.timeout.connect(self._make_some)
        head = column(self._heading, self._about, gap=0)
        self.setLayout(column(head, self._lines, row(self._ask, STRETCH), gap=GRID))

    @property
    def ready(self) -> bool:
        """Whether every line is there that is to be."""
        return not self._making.isActive()

    def begin(self, heading: str, about: str, makers: Sequence[Callable[[], None]]) -> None:
        """Show other lines from now on; each of `makers` adds one."""
        self._heading.setText(heading)
        self._about.setText(about)
        old, self._lines, self._grid = self._lines, QFrame(), QGridLayout()
        self._grid.setContentsMargins(0, 0, GRID, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        for place, share in ((_TITLE, 3), (_MORE, 4), (_CHOICE, 4)):
            self._grid.setColumnStretch(place, share)
        self._lines.setLayout(self._grid)
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(old, self._lines)
        old.hide()
        old.deleteLater()
        self._makers, self._left = iter(makers), len(makers)
        self._due = 0
        self.show_more()

    def show_more(self) -> None:
        """Make the next lines."""
        self._due += min(_AT_FIRST, self._left - self._due)
        self._ask.hide()
        self._making.start()

    def add(self, title: str, more: str, choice: QWidget) -> None:
        """One more line."""
        line = self._grid.rowCount()
        self._grid.addWidget(_CutLabel(title), line, _TITLE)
        self._grid.addWidget(_CutLabel(more, Tint.MUTED), line, _MORE)
        choice.setMinimumWidth(self._theme.pixels(30 * GRID))
        self._grid.addWidget(choice, line, _CHOICE)

    def _make_some(self) -> None:
        for _ in range(_AT_ONCE):
            if not self._due:
                self._making.stop()
                self._ask.set_text(plural(self._left, tr("Show %n more"), tr("Show %n more")))
                self._ask.setVisible(self._left > 0)
                return
            next(self._makers)()
            self._due -= 1
            self._left -= 1


class _CutLabel(Label):
    """A text of somebody's file: it is cut where there is no room, and does not widen the dialog."""

    def __init__(self, text: str, tint: Tint = Tint.PLAIN) -> None:
        super().__init__(text, tint=tint)
        self._whole = title_text(text)
        self.setMinimumWidth(1)
        self.setAccessibleName(text)
        self.setToolTip(tooltip_text(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: as much of the text as there is room for."""
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))
