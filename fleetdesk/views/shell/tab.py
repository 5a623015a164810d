"""`Tab`: the screens of one tab of a window, each made when it is first shown, and what they work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from fleetdesk.qt.acting.layer import ActionLayer
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.views.remembered import Place
from fleetdesk.views.shell.memory import TabMemory
from fleetdesk.views.workbench import Page, Screen, Workbench

__all__ = ["Tab"]


class Tab(QStackedWidget):
    """Its pages act and remember for themselves.

    While another tab is shown they keep still: no key of theirs answers, and what changed meanwhile is told to them
    when they come into sight again.
    """

    changed = Signal()  # what it shows, or how that is called, is another now

    def __init__(self, bench: Workbench, screens: Mapping[str, Screen], memory: TabMemory) -> None:
        """`bench` is the window's."""
        super().__init__()
        self._screens = screens
        self._pages: dict[str, Page] = {}
        self._memory = memory if memory.screen in screens else TabMemory(memory.id, next(iter(screens)))
        self._layer = ActionLayer(bench.actions, bench.notifier, bench.theme, parent=self)
        self._feed = ChangeFeed(self)
        self._feed.hold()
        bench.changes.changed.connect(self._feed.pass_on)
        self.place = Place(bench.remembered, memory.id)
        self._bench = replace(bench, actions=self._layer, changes=self._feed, place=self.place)

    @property
    def showing(self) -> Screen:
        """The screen that it shows."""
        return self._screens[self._memory.screen]

    @property
    def heading(self) -> str:
        """What it is called: by what its page shows, or by its screen."""
        return self._memory.heading or self.showing.title

    @property
    def memory(self) -> TabMemory:
        """What is to be remembered of it."""
        return self._memory

    def page(self, screen: str = "") -> Page:
        """A screen's page, or that of the screen which it shows; made now if it was not."""
        screen = screen or self._memory.screen
        if screen not in self._pages:
            page = self._screens[screen].page(self._bench)
            page.heading_changed.connect(self._look)
            self._pages[screen] = page
            self.addWidget(page)
        return self._pages[screen]

    def enter(self) -> None:
        """Come into sight."""
        self._layer.show()
        self._feed.release()
        if self._memory.screen not in self._pages and self._memory.alone:
            self.page().open_alone(self._memory.alone)
        self.show_screen(self._memory.screen)

    def leave(self) -> None:
        """Go out of sight."""
        self._layer.set_aside()
        self._feed.hold()

    def show_screen(self, screen: str) -> None:
        """Show a screen and give it the keyboard."""
        page = self.page(screen)
        self._memory = replace(self._memory, screen=screen)
        self.setCurrentWidget(page)
        self._look()
        page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        """See what the page in sight shows now."""
        page = self.page()
        self._memory = replace(self._memory, heading=page.heading, alone=page.alone)
        self.changed.emit()
