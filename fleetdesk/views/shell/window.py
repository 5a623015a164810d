"""`MainWindow`: rail, tabs with their screens, drawer and status, put together. What they do is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, QObject, Signal
from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.confirmation import Confirmation
from fleetdesk.qt.look.layout import column, panel, row, rule
from fleetdesk.qt.look.text import title_text, tr
from fleetdesk.qt.look.theme import Look
from fleetdesk.qt.look.tokens import GRID, Tone
from fleetdesk.qt.tab_order import give_keyboard_on, take_keyboard
from fleetdesk.qt.toasts import ToastStack
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.queries.links import Link
from fleetdesk.views.shell.actions import look_actions, screen_actions, tab_actions, window_actions
from fleetdesk.views.shell.keyboard import Keyboard
from fleetdesk.views.shell.memory import TabMemory, WindowMemory
from fleetdesk.views.shell.rail import NavigationRail
from fleetdesk.views.shell.status_bar import StatusBar
from fleetdesk.views.shell.tab_area import TabArea
from fleetdesk.views.shell.undoing import UndoActions
from fleetdesk.views.workbench import Page, Screen, Workbench

__all__ = ["MainWindow"]

_SIZE = (1280, 800)
_LEAST = (1024, 640)
_DRAWER = 52 * GRID
_WORDS = 1_000  # pixels of a window, in the scale of its text, from which on the rail has words


class MainWindow(QMainWindow):
    """Shows the screens that `screens` lists: those that the person's role allows."""

    changed = Signal()  # something that is to be remembered
    activated = Signal()  # the person turned to this window
    closing = Signal(object)  # QCloseEvent: it may be ignored
    new_asked = Signal()
    quit_asked = Signal()
    look_asked = Signal(object)  # Look

    def __init__(
        self, bench: Workbench, screens: Sequence[Screen], waiting: Callable[[Workbench], QWidget], memory: WindowMemory
    ) -> None:
        """`waiting` makes what the drawer holds: the changes that wait to be sent."""
        super().__init__()
        self.bench = bench
        self._id = memory.id
        self._screens = {screen.id: screen for screen in screens}
        self.area = TabArea(bench, self._screens, memory.tabs, memory.shown)
        self._register()
        self._undoing = UndoActions(bench, self)
        self.rail = NavigationRail(screens, bench.person, bench.actions, bench.theme)
        self.banner = Banner(bench.theme)
        self.status = StatusBar(bench.status, bench.acts.under_way, bench.theme)
        self._lay_out()
        self.drawer = Drawer(bench.theme, tr("Waiting changes"), waiting(bench), width=_DRAWER, parent=self.area)
        self.toasts = ToastStack(bench.notifier, bench.theme, self, within=self.area)
        self._confirmation = Confirmation(bench.notifier, self)
        bench.actions.install(self)
        self._connect()
        self._restore(memory)

    def remember(self) -> WindowMemory:
        """What a window in its place should begin with."""
        place = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        return WindowMemory(self._id, self.area.memories, self.area.shown, self.drawer.is_open, place)

    @property
    def current_page(self) -> Page:
        """The page in sight."""
        return self.area.current.page()

    def page(self, screen: str) -> Page:
        """A screen's page in the tab in sight."""
        return self.area.current.page(screen)

    def show_screen(self, screen: str) -> None:
        """Show a screen and give it the keyboard."""
        self.drawer.close_drawer()
        self.area.current.show_screen(screen)

    def open_record(self, record: Key) -> None:
        """Show the screen that holds a record, with the record open; say so where there is none."""
        if (screen := self._screen_of(record)) is not None:
            self.show_screen(screen)
            self.page(screen).open_record(record.id)

    def open_in_tab(self, record: Key) -> None:
        """Open a record in a tab of its own; say so where there is no screen for it."""
        if (screen := self._screen_of(record)) is not None:
            self.area.open_tab(TabMemory(new_id(), screen, alone=record.id))

    def begin(self, action: str, record: Key | None) -> None:
        """Do an action of a screen's, with a record of its opened for it if it is about one."""
        screen = self._screen_for(action, record)
        if screen is None:
            self._tell_no_screen()
            return
        self.show_screen(screen)
        if record is not None:
            self.page(screen).begin(record.id, action)
        elif action in self.bench.actions:
            self.bench.actions.trigger(action)

    def has_place_for(self, action: str, record: Key | None) -> bool:
        """Whether the person has the screen on which `begin` would do this."""
        return self._screen_for(action, record) is not None

    def has_screen(self, screen: str) -> bool:
        """Whether the person has this screen."""
        return screen in self._screens

    def tell_no_screen(self) -> None:
        """Say that what was asked for is not for this person's role."""
        self.bench.notifier.info(tr("Your role has no screen for this."))

    def open_link_apart(self, link: Link) -> None:
        """Show what a link asks for in a tab of its own."""
        self.area.open_tab(TabMemory(new_id(), link.screen))
        self.open_link(link)

    def open_link(self, link: Link) -> None:
        """Show a screen as a link asks for it; say so where the person has no such screen."""
        if not self.has_screen(link.screen):
            self.tell_no_screen()
            return
        self.show_screen(link.screen)
        self.page(link.screen).open_link(link)

    def come_forward(self) -> None:
        """Stand before the other windows of the desk, with the keyboard."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt's: Tab goes where the eye goes; what is gone with the keyboard leaves it where the person works."""
        return self._keep_keyboard() or give_keyboard_on(self, forward=forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: whether it may close is decided by who knows the other windows."""
        self.closing.emit(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt's."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._keep_keyboard()  # what had it may have gone while a dialog was open
            self.activated.emit()
        elif event.type() is QEvent.Type.WindowStateChange:
            self.changed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Qt's."""
        super().moveEvent(event)
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self.rail.set_narrow(narrow=self.width() < self.bench.theme.pixels(_WORDS))
        self.changed.emit()

    # Set-up

    def _register(self) -> None:
        bench, screens = self.bench, tuple(self._screens.values())
        bench.actions.register(
            *Keyboard(bench, screens, self).actions(),
            *window_actions(
                drawer=self._toggle_drawer,
                new=self.new_asked.emit,
                close=self._close,
                leave=self.quit_asked.emit,
            ),
            *tab_actions(self.area),
            *screen_actions(screens, bench.navigator),
            *look_actions(bench.theme, self._ask_look),
        )

    def _lay_out(self) -> None:
        edge = rule()
        edge.setFixedSize(1, 16_777_215)
        screens = column(self.banner, self.area, gap=0)
        screens.setStretchFactor(self.area, 1)
        upper = row(self.rail, edge, screens, gap=0)
        upper.setStretchFactor(screens, 1)
        lines = column(upper, rule(), self.status, gap=0)
        lines.setStretchFactor(upper, 1)
        self.setCentralWidget(panel(lines))
        self.setMinimumSize(*_LEAST)

    def _connect(self) -> None:
        bench = self.bench
        self.area.installEventFilter(self)
        self.area.changed.connect(self._look)
        self.drawer.toggled.connect(self._drawer_toggled)
        self.rail.chosen.connect(self.show_screen)
        self.rail.tab_asked.connect(self._open_screen_in_tab)
        self.status.pending_asked.connect(self._toggle_drawer)
        bench.navigator.screen_asked.connect(self.show_screen)
        bench.navigator.record_asked.connect(self.open_record)
        bench.navigator.tab_asked.connect(self.open_in_tab)
        bench.navigator.link_asked.connect(self.open_link)
        bench.status.changed.connect(self._show_status)
        self._show_status(bench.status.status)

    def _restore(self, memory: WindowMemory) -> None:
        self.resize(*_SIZE)
        if memory.place:
            self.restoreGeometry(QByteArray.fromBase64(memory.place.encode("ascii")))
        self.area.begin()
        if memory.drawer:
            self.drawer.open_drawer()

    # What is seen

    def _look(self) -> None:
        """Another tab or screen is in sight, or shows something else."""
        screen = self.area.current.showing.id
        self.rail.show_current(screen)
        self.bench.actions.set_scope(screen)
        self._show_title()
        self.changed.emit()

    def _show_status(self, status: SyncStatus) -> None:
        self.rail.show_count("inbox", status.inbox)
        self._show_title()
        if status.state is not SyncState.SHUT_OUT:
            self.banner.hide()
        elif "session.sign_out" in self.bench.actions:
            someone_else = partial(self.bench.actions.trigger, "session.sign_out")
            self.banner.tell(status.detail, Tone.DANGER, tr("Sign in as someone else"), someone_else)
        else:
            self.banner.tell(status.detail, Tone.DANGER)

    def _show_title(self) -> None:
        inbox = self.bench.status.status.inbox
        name = "FleetDesk" if not inbox else f"FleetDesk ({inbox})"
        self.setWindowTitle(title_text(f"{self.area.current.showing.title} – {name}"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the drawer stands at the right of the screens, over them."""
        if watched is self.area and event.type() == QEvent.Type.Resize:
            self._place_drawer()
        return super().eventFilter(watched, event)

    def _drawer_toggled(self) -> None:
        self._place_drawer()
        self.changed.emit()

    def _place_drawer(self) -> None:
        width = self.drawer.width()
        self.drawer.setGeometry(self.area.width() - width, 0, width, self.area.height())
        self.drawer.raise_()

    def _keep_keyboard(self) -> bool:
        """Where what had the keyboard is gone, have it stay where the person works; whether that was so."""
        had: QWidget | None = self.focusWidget()
        if had is not None and had.isVisible() and had.isEnabled():
            return False
        if had is not None and self.drawer.is_open and self.drawer.isAncestorOf(had):
            return take_keyboard(self.drawer)
        page: QWidget | None = self.area.current.currentWidget()
        return page is not None and take_keyboard(page)  # a tab that only comes into sight has none yet

    # What it opens

    def _screen_of(self, record: Key) -> str | None:
        kind = self.bench.records.kind(record.table)
        if kind is not None and kind.screen in self._screens:
            return kind.screen
        self._tell_no_screen()
        return None

    def _screen_for(self, action: str, record: Key | None) -> str | None:
        """The screen of an action, or else of the record that it is about; None where the person has neither."""
        own = action.partition(".")[0]
        kind = None if record is None or own in self._screens else self.bench.records.kind(record.table)
        screen = own if kind is None else kind.screen
        return screen if screen in self._screens else None

    def _tell_no_screen(self) -> None:
        self.bench.notifier.info(tr("There is no screen that shows this."))

    def _open_screen_in_tab(self, screen: str) -> None:
        self.area.open_tab(TabMemory(new_id(), screen))

    def _close(self) -> None:
        self.close()

    def _ask_look(self, look: Look) -> None:
        self.look_asked.emit(look)

    def _toggle_drawer(self) -> None:
        self.drawer.toggle()
