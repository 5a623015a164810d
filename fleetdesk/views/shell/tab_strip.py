"""`TabStrip`: the line of tabs above the screens; there is none while there is but one tab."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar

from fleetdesk.qt.look.text import isolated, menu_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.buttons import IconButton

__all__ = ["TabStrip"]

_HEIGHT = 36
_WIDTH = (64, 208)  # pixels, the least and the most that a tab takes


class TabStrip(QTabBar):
    """Left and right move between the tabs; a click of the middle button closes one."""

    close_asked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(tr("Tabs"))
        self.setProperty("ground", "window")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def show_tabs(self, tabs: Sequence[tuple[str, str]], current: int) -> None:
        """Show tabs by heading and icon."""
        self.blockSignals(True)
        while self.count() > len(tabs):
            self.removeTab(self.count() - 1)
        while self.count() < len(tabs):
            self._add()
        for number, (heading, icon) in enumerate(tabs):
            self.setTabText(number, menu_text(isolated(heading)))
            self.setTabIcon(number, self._theme.icons.icon(icon))
            self.setTabToolTip(number, tooltip_text(heading))
            self.setAccessibleTabName(number, heading)
            close = self.tabButton(number, QTabBar.ButtonPosition.RightSide)
            close.setAccessibleName(tr("Close the tab %1").replace("%1", heading))
        self.setCurrentIndex(current)
        self.blockSignals(False)
        self.setVisible(len(tabs) > 1)

    def tabSizeHint(self, index: int) -> QSize:
        """Qt's: as wide as the heading, within bounds; narrower where there are many."""
        least, most = (self._theme.pixels(width) for width in _WIDTH)
        wanted = super().tabSizeHint(index).width()
        share = self.width() // max(1, self.count())
        return QSize(max(least, min(wanted, most, max(share, least))), self._theme.pixels(_HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Qt's."""
        return QSize(self._theme.pixels(_WIDTH[0]), self._theme.pixels(_HEIGHT))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: the middle button closes a tab."""
        number = self.tabAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.MiddleButton and number >= 0:
            self.close_asked.emit(number)
        else:
            super().mouseReleaseEvent(event)

    def _add(self) -> None:
        close = IconButton(self._theme, "x", "", small=True)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.close_asked.emit(self._number_of(close)))
        self.setTabButton(self.addTab(""), QTabBar.ButtonPosition.RightSide, close)

    def _number_of(self, close: IconButton) -> int:
        numbers = range(self.count())
        return next(n for n in numbers if self.tabButton(n, QTabBar.ButtonPosition.RightSide) is close)
