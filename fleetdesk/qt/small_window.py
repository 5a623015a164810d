"""`SmallWindow`: a few lines and two buttons, where no other window of FleetDesk stands; `standing_alone`: its life."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from fleetdesk.models.locking import Why
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.qt.widgets.buttons import Button

__all__ = ["SmallWindow", "standing_alone"]

WindowT = TypeVar("WindowT", bound="SmallWindow")
_WIDTH = 460


class SmallWindow(QDialog):
    """What it says, and below that a way back and a way on. What takes a while goes on in the thread of `runner`."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.runner = TaskRunner(Notifier(), threads=1)
        self.setWindowTitle(tr("FleetDesk"))
        self.setAccessibleName(name)
        self.setFixedWidth(theme.pixels(_WIDTH))

    def arrange(self, *lines: QWidget, back: Button, on: Button, beside: Sequence[Button] = ()) -> None:
        """Put all in its place; buttons `beside` stand apart from the two."""
        buttons = row(*beside, STRETCH, back, on, gap=GRID)
        self.setLayout(column(column(*lines, gap=GRID), buttons, gap=3 * GRID, margins=4 * GRID))

    def sizeHint(self) -> QSize:
        """Qt's: as high as all is within the width that it has."""
        layout = self.layout()
        return super().sizeHint() if layout is None else QSize(self.width(), layout.totalHeightForWidth(self.width()))

    def come_forward(self) -> None:
        """Stand before the other windows of the desk."""
        self.show()
        self.raise_()
        self.activateWindow()

    def lock(self, _why: Why) -> None:
        """Close, since nobody is there or the machine is to sleep."""
        self.reject()

    def end(self) -> None:
        """Wait for what is under way, and end its thread."""
        self.runner.stop()


@contextmanager
def standing_alone(make: Callable[[Theme], WindowT], attend: Callable[[WindowT], object]) -> Iterator[WindowT]:
    """A window with a look of its own, which ends with its thread however the block is left. Needs an application.

    `attend` is called with it, for who rings or locks meanwhile.
    """
    with _own_theme() as theme:
        window = make(theme)
        try:
            attend(window)
            yield window
        finally:
            window.end()
            window.deleteLater()


@contextmanager
def _own_theme() -> Iterator[Theme]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app)
    try:
        yield theme
    finally:
        theme.deleteLater()
