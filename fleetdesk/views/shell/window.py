"""`MainWindow`: the rail, the screens, the drawer and the status, put together. What they do is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from fleetdesk.models.base import Key
from fleetdesk.models.status import SyncStatus
from fleetdesk.qt.confirmation import Confirmation
from fleetdesk.qt.look.layout import column, panel, row, rule
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.notifier import Question
from fleetdesk.qt.toasts import ToastStack
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.queries.links import Link
from fleetdesk.views.shell.actions import look_actions, screen_actions, window_actions
from fleetdesk.views.shell.keyboard import Keyboard
from fleetdesk.views.shell.memory import WindowMemory
from fleetdesk.views.shell.rail import NavigationRail
from fleetdesk.views.shell.status_bar import StatusBar
from fleetdesk.views.shell.undoing import UndoActions
from fleetdesk.views.words import far_text
from fleetdesk.views.workbench import Page, Screen, Workbench

__all__ = ["MainWindow"]

_SIZE = (1280, 800)
_LEAST = (1024, 640)
_DRAWER = 52 * GRID


class MainWindow(QMainWindow):
    """Shows the screens that `screens` lists: those that the person's role allows. Each is made when first shown."""

    def __init__(
        self, bench: Workbench, screens: Sequence[Screen], waiting: Callable[[Workbench], QWidget], memory: WindowMemory
    ) -> None:
        """`waiting` makes what the drawer holds: the changes that wait to be sent."""
        super().__init__()
        self._bench = bench
        self._screens = {screen.id: screen for screen in screens}
        self._pages: dict[str, Page] = {}
        self._memory = memory
        self.setWindowTitle("FleetDesk")
        self._register()
        self._undoing = UndoActions(bench, self)
        self.rail = NavigationRail(screens, bench.person, bench.actions, bench.theme)
        self.status = StatusBar(bench.status, bench.acts.under_way, bench.theme)
        self._stack = QStackedWidget()
        self._lay_out()
        self.drawer = Drawer(bench.theme, tr("Waiting changes"), waiting(bench), width=_DRAWER, parent=self._stack)
        self.toasts = ToastStack(bench.notifier, bench.theme, self, within=self._stack)
        self._confirmation = Confirmation(bench.notifier, self)
        bench.actions.install(self)
        self._connect()
        self._restore()

    def remember(self) -> WindowMemory:
        """What the next window should begin with."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._memory = replace(self._memory, geometry=geometry)
        return self._memory

    @property
    def current_page(self) -> Page:
        """The screen that is shown."""
        return self._pages[self._current]

    def page(self, screen: str) -> Page:
        """A screen's page, made now if it was not."""
        if screen not in self._pages:
            page = self._screens[screen].page(self._bench)
            self._pages[screen] = page
            self._stack.addWidget(page)
        return self._pages[screen]

    def show_screen(self, screen: str) -> None:
        """Show a screen and give it the keyboard."""
        page = self.page(screen)
        self._current = screen
        self._stack.setCurrentWidget(page)
        self.rail.show_current(screen)
        self.drawer.close_drawer()
        self._bench.actions.set_scope(screen)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._memory = replace(self._memory, screen=screen)

    def open_record(self, record: Key) -> None:
        """Show the screen that holds a record, with the record open; say so where there is none."""
        kind = self._bench.records.kind(record.table)
        if kind is None or kind.screen not in self._screens:
            self._bench.notifier.info(tr("There is no screen that shows this."))
            return
        self.show_screen(kind.screen)
        self.page(kind.screen).open_record(record.id)

    def open_link(self, link: Link) -> None:
        """Show a screen as a link asks for it; say so where the person has no such screen."""
        if link.screen not in self._screens:
            self._bench.notifier.info(tr("Your role has no screen for this."))
            return
        self.show_screen(link.screen)
        self.page(link.screen).open_link(link)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: ask first while an act goes on behind the screens, which would stay half done."""
        far = self._bench.acts.under_way.far
        if far is None:
            super().closeEvent(event)
            return
        event.ignore()
        rest = tr("What is not done yet stays as it is. Once FleetDesk is open again, the same action does the rest.")
        text = f"{far_text(far)}. {rest}"
        self._bench.notifier.ask(Question(tr("Close before this is done?"), text, tr("Stop and close")), self._stop)

    # Set-up

    def _register(self) -> None:
        bench, screens = self._bench, tuple(self._screens.values())
        bench.actions.register(
            *Keyboard(bench, screens, self).actions(),
            *window_actions(drawer=self._toggle_drawer, close=self._close),
            *screen_actions(screens, bench.navigator),
            *look_actions(bench.theme, self._remember_look),
        )

    def _lay_out(self) -> None:
        edge = rule()
        edge.setFixedSize(1, 16_777_215)
        upper = row(self.rail, edge, self._stack, gap=0)
        upper.setStretchFactor(self._stack, 1)
        lines = column(upper, rule(), self.status, gap=0)
        lines.setStretchFactor(upper, 1)
        self.setCentralWidget(panel(lines))
        self.setMinimumSize(*_LEAST)

    def _connect(self) -> None:
        bench = self._bench
        self._stack.installEventFilter(self)
        self.drawer.toggled.connect(lambda _open: self._place_drawer())
        self.rail.chosen.connect(self.show_screen)
        self.status.pending_asked.connect(self._toggle_drawer)
        bench.navigator.screen_asked.connect(self.show_screen)
        bench.navigator.record_asked.connect(self.open_record)
        bench.navigator.link_asked.connect(self.open_link)
        bench.status.changed.connect(self._show_counts)
        self._show_counts(bench.status.status)

    def _show_counts(self, status: SyncStatus) -> None:
        self.rail.show_count("inbox", status.inbox)
        title = "FleetDesk" if not status.inbox else f"FleetDesk ({status.inbox})"
        self.setWindowTitle(title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the drawer stands at the right of the screens, over them."""
        if watched is self._stack and event.type() == QEvent.Type.Resize:
            self._place_drawer()
        return super().eventFilter(watched, event)

    def _place_drawer(self) -> None:
        width = self.drawer.width()
        self.drawer.setGeometry(self._stack.width() - width, 0, width, self._stack.height())
        self.drawer.raise_()

    # What is remembered

    def _restore(self) -> None:
        self.resize(*_SIZE)
        if self._memory.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self._memory.geometry.encode("ascii")))
        self._bench.theme.set_appearance(self._memory.appearance)
        first = next(iter(self._screens))
        self.show_screen(self._memory.screen if self._memory.screen in self._screens else first)

    def _remember_look(self) -> None:
        self._memory = replace(self._memory, appearance=self._bench.theme.appearance)

    # What it opens

    def _close(self) -> None:
        self.close()

    def _stop(self) -> None:
        """End what goes on behind the screens after the rows that are under way, and close then."""
        under_way = self._bench.acts.under_way
        under_way.changed.connect(self._close_at_the_end)
        under_way.end()
        self._close_at_the_end()

    def _close_at_the_end(self) -> None:
        if self._bench.acts.under_way.far is None:
            self.close()

    def _toggle_drawer(self) -> None:
        self.drawer.toggle()
