"""The window in which a person chooses a connection: opens one, adds, changes or removes one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog

from fleetdesk.app import make_application
from fleetdesk.errors import BadSettings, FleetDeskError, Unavailable
from fleetdesk.qt.doorbell import Doorbell, ring
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import Notifier, message_for
from fleetdesk.qt.tab_order import give_keyboard_on
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.qt.unlocking import Behind, unlock
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import Vault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.team.book import ConnectionBook, OpenVault, Unsent
from fleetdesk.team.connection_dialog import ConnectionDialog
from fleetdesk.team.connection_lines import ConnectionLines
from fleetdesk.team.listing import Listed, listed
from fleetdesk.team.removal_dialog import RemovalDialog
from fleetdesk.team.vaults import vault_of

__all__ = ["Chooser", "choose_connection"]

_WIDTH, _HEIGHT = 640, 460
T = TypeVar("T")


def choose_connection(settings: LaptopSettings, demo: Connection) -> Connection | None:
    """Ask which connection to open; None if the window is closed, or another one was brought forward.

    `demo` is listed after the connections. Needs no running event loop.
    """
    app = make_application()
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if ring(folder):
        return None

    gui = _GuiThread()

    def opened(connection: Connection) -> Vault:
        locked = vault_of(settings, connection)
        found = gui.answer(partial(unlock, locked, Behind(connection.name)))
        if found is None:
            raise Unavailable("The local copy stays locked.", kept="Nothing was changed.")
        return found.vault

    theme = Theme(app)
    chooser = Chooser(settings, theme, opened, demo)
    bell = Doorbell(folder)
    bell.rung.connect(lambda _wanted: chooser.come_forward())
    chooser.exec()
    chosen = chooser.chosen
    bell.close()
    chooser.end()
    chooser.deleteLater()
    gui.deleteLater()
    theme.deleteLater()
    return chosen


class Chooser(QDialog):
    """The list, and what can be done with it. `chosen` is what is to be opened.

    `vault_of` is called in a thread of its own.
    """

    def __init__(self, settings: LaptopSettings, theme: Theme, vault_of: OpenVault, demo: Connection) -> None:
        super().__init__()
        self.chosen: Connection | None = None
        self._settings = settings
        self._theme = theme
        self._demo = demo
        self._book = ConnectionBook(settings, vault_of)
        self._notice = ""
        self._runner = TaskRunner(Notifier(), threads=1)
        self.setWindowTitle(tr("FleetDesk"))
        self.setAccessibleName(tr("Choose a connection"))
        self.resize(theme.pixels(_WIDTH), theme.pixels(_HEIGHT))
        self.lines = ConnectionLines(theme)
        self.lines.opened.connect(self._open)
        self.lines.currentRowChanged.connect(lambda _row: self._look())
        self._told = Label(wrap=True, tint=Tint.MUTED)
        self.add_button = Button(tr("Add"), self.add)
        self.change_button = Button(tr("Change"), self.change)
        self.remove_button = Button(tr("Remove"), self.remove)
        self.open_button = Button(tr("Open"), self._open, kind=Kind.PRIMARY)
        self.open_button.setDefault(True)
        heading = Label(tr("Choose a connection"), size=TextSize.HEADING)
        buttons = row(
            self.add_button,
            self.change_button,
            self.remove_button,
            STRETCH,
            Button(tr("Close"), self.reject),
            self.open_button,
        )
        lines = column(heading, self._told, self.lines, buttons, gap=2 * GRID, margins=3 * GRID)
        lines.setStretchFactor(self.lines, 1)
        self.setLayout(lines)
        self._look()
        self.read()

    @property
    def told(self) -> str:
        """What stands above the list."""
        return self._told.text()

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._runner.active)

    def end(self) -> None:
        """Give up what is under way, and end its thread."""
        self._runner.stop()

    def come_forward(self) -> None:
        """Show it before other windows."""
        self.raise_()
        self.activateWindow()

    def read(self, marked: str = "") -> None:
        """Read the list again."""
        self._runner.run(
            lambda _cancel: listed(self._settings),
            on_success=partial(self._show, marked=marked),
            on_failure=self._failed,
            owner=self,
            cancel_key="list",
        )

    def add(self) -> None:
        """Ask for a new connection."""
        self._edit(None)

    def change(self) -> None:
        """Show the parts of the marked connection."""
        if (marked := self.lines.marked) is not None and self._is_kept(marked):
            self._edit(marked)

    def remove(self) -> None:
        """Look what waits in the marked connection, and ask whether to remove it."""
        marked = self.lines.marked
        if marked is None or not self._is_kept(marked):
            return
        self._runner.run(
            lambda _cancel: self._book.unsent(marked),
            on_success=partial(self._ask, marked),
            on_failure=self._failed,
            owner=self,
            cancel_key="remove",
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Qt's: the keys by which lists are changed everywhere."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Delete:
                self.remove()
            case Qt.Key.Key_F2:
                self.change()
            case Qt.Key.Key_Insert:
                self.add()
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Qt's: Tab goes where the eye goes."""
        return give_keyboard_on(self, forward=forward)

    def _show(self, found: Sequence[Listed], *, marked: str) -> None:
        others = [each for each in found if each.connection.kind is not ConnectionKind.DEMO]
        self.lines.show_connections([*others, Listed(self._demo)], dt.datetime.now(dt.UTC), marked=marked)
        notice, self._notice = self._notice, ""
        self._tell(
            notice or tr("Each has a copy of its own on this laptop, and a window of its own.")
            if others or notice
            else tr("There is no connection yet. Add the one that your administrator told you of, or try the demo.")
        )
        self.lines.setFocus()
        self._look()

    def _look(self) -> None:
        marked = self.lines.marked
        self.open_button.setEnabled(marked is not None)
        for button in (self.change_button, self.remove_button):
            button.setEnabled(marked is not None and self._is_kept(marked))

    def _is_kept(self, connection: Connection) -> bool:
        """Whether it can be changed or removed: the demo is always there."""
        return connection.kind is not ConnectionKind.DEMO

    def _open(self) -> None:
        self.chosen = self.lines.marked
        if self.chosen is not None:
            self.accept()

    def _edit(self, known: Connection | None) -> None:
        def keep(
            name: str, kind: ConnectionKind, parts: Mapping[str, object], secrets: Mapping[str, str], anyway: bool
        ) -> Connection:
            if known is None and name in Connections(self._settings.data_dir).all():
                raise BadSettings(
                    f"There is a connection {name} already.", do="Choose another name, or change that one."
                )
            connection = self._book.changed(name, kind, parts)
            self._book.keep(connection, secrets, anyway=anyway)
            return connection

        dialog = ConnectionDialog(self._theme, self._runner, keep, self, known=known)
        dialog.finished.connect(lambda _result: self.read(self._marked_after(dialog)))
        dialog.open()

    def _marked_after(self, dialog: ConnectionDialog) -> str:
        marked = dialog.kept or self.lines.marked
        return "" if marked is None else marked.name

    def _ask(self, connection: Connection, unsent: Unsent) -> None:
        dialog = RemovalDialog(connection.name, unsent, self)
        dialog.agreed.connect(partial(self._remove, connection))
        dialog.open()

    def _remove(self, connection: Connection, with_unsent: bool) -> None:
        self._runner.run(
            lambda _cancel: self._book.remove(connection, with_unsent=with_unsent),
            on_success=self._removed,
            on_failure=self._failed,
            owner=self,
            cancel_key="remove",
        )

    def _removed(self, notice: str) -> None:
        self._notice = notice
        self.read()

    def _failed(self, error: Exception) -> None:
        self._tell(message_for(error).text, wrong=True)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self._told.set_tint(Tint.DANGER if wrong else Tint.MUTED)
        self._told.setText(text)


class _GuiThread(QObject):
    """Has a worker thread ask the person something, and wait for the answer."""

    _wanted = Signal(object)  # Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self._wanted.connect(self._call, Qt.ConnectionType.BlockingQueuedConnection)

    def answer(self, ask: Callable[[], T]) -> T:
        """What `ask` gives, or raises, in the GUI thread."""
        answer: Future[T] = Future()

        def call() -> None:
            try:
                answer.set_result(ask())
            except FleetDeskError as error:
                answer.set_exception(error)

        self._wanted.emit(call)
        return answer.result()

    def _call(self, call: Callable[[], None]) -> None:
        call()
