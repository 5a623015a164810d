"""`TabArea`: the tabs of a window, one of them in sight, below the strip that lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from fleetdesk.models.ids import new_id
from fleetdesk.qt.look.layout import column, rule
from fleetdesk.views.shell.memory import TabMemory
from fleetdesk.views.shell.tab import Tab
from fleetdesk.views.shell.tab_strip import TabStrip
from fleetdesk.views.workbench import Screen, Workbench

__all__ = ["MOST_TABS", "TabArea"]

MOST_TABS = 12
"""Each holds a list of its own: a window is not to eat the memory of the machine."""


class TabArea(QWidget):
    """There is always one tab. A tab that was there at the last start is filled when it is first shown."""

    changed = Signal()  # another tab is in sight, or one shows something else

    def __init__(
        self, bench: Workbench, screens: Mapping[str, Screen], memories: Sequence[TabMemory], shown: int
    ) -> None:
        super().__init__()
        self._bench = bench
        self._screens = screens
        self._tabs: list[Tab] = []
        self.strip = TabStrip(bench.theme)
        self._stack = QStackedWidget()
        self._edge = rule()
        lines = column(self.strip, self._edge, self._stack, gap=0)
        lines.setStretchFactor(self._stack, 1)
        self.setLayout(lines)
        for memory in memories or (TabMemory(new_id()),):
            self._add(memory)
        self._current = self._tabs[min(shown, len(self._tabs) - 1)]
        self.strip.currentChanged.connect(self.show_tab)
        self.strip.tabMoved.connect(self._move)
        self.strip.close_asked.connect(self.close_tab)

    @property
    def current(self) -> Tab:
        """The tab in sight."""
        return self._current

    @property
    def count(self) -> int:
        """How many tabs there are."""
        return len(self._tabs)

    @property
    def memories(self) -> tuple[TabMemory, ...]:
        """What is to be remembered of the tabs, in their order."""
        return tuple(tab.memory for tab in self._tabs)

    @property
    def shown(self) -> int:
        """Which of them is in sight."""
        return self._tabs.index(self._current)

    def begin(self) -> None:
        """Bring the first tab into sight: the window stands."""
        self._stack.setCurrentWidget(self._current)
        self._current.enter()

    def open_tab(self, memory: TabMemory, *, like_this: bool = False) -> None:
        """Open a tab beside the one in sight, and show it; `like_this` begins it where that one is."""
        before = self._current
        tab = self._add(memory, self.shown + 1)
        if like_this:
            tab.place.begin_as(before.place)
        self._turn_to(tab)

    def show_tab(self, number: int) -> None:
        """Bring a tab into sight."""
        if 0 <= number < self.count and self._tabs[number] is not self._current:
            self._turn_to(self._tabs[number])

    def step(self, by: int) -> None:
        """Go on to another tab; after the last comes the first."""
        self.show_tab((self.shown + by) % self.count)

    def close_tab(self, number: int) -> None:
        """Close a tab, and forget where the person was in it; the last one stays."""
        if self.count == 1:
            return
        tab = self._tabs[number]
        if tab is self._current:
            self._turn_to(self._tabs[number + 1 if number + 1 < self.count else number - 1])
        self._tabs.remove(tab)
        self._stack.removeWidget(tab)
        tab.deleteLater()
        tab.place.forget()
        self._show()

    def _add(self, memory: TabMemory, place: int | None = None) -> Tab:
        tab = Tab(self._bench, self._screens, memory)
        self._tabs.insert(len(self._tabs) if place is None else place, tab)
        self._stack.addWidget(tab)
        tab.changed.connect(self._show)
        return tab

    def _turn_to(self, tab: Tab) -> None:
        self._current.leave()
        self._current = tab
        self._stack.setCurrentWidget(tab)
        tab.enter()

    def _move(self, before: int, after: int) -> None:
        self._tabs.insert(after, self._tabs.pop(before))
        self.changed.emit()

    def _show(self) -> None:
        self.strip.show_tabs([(tab.heading, tab.showing.icon) for tab in self._tabs], self.shown)
        self._edge.setVisible(self.count > 1)
        self.changed.emit()
