"""Someone who works the window by keyboard alone, and reads what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.app import OpenDesktop
from fleetdesk.desktop import Desktop
from fleetdesk.models.status import SyncState
from fleetdesk.qt.acting.entry_list import EntryList
from fleetdesk.qt.acting.palette import PaletteEntry
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.widgets.drawer import Drawer
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.change_list import ChangeList
from fleetdesk.views.inbox.page import InboxPage
from fleetdesk.views.leads.page import LeadsPage

_MOST_STOPS = 80
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Salesperson:
    """`press` and `write` go to whatever has the keyboard; the rest is what the eyes see."""

    qtbot: QtBot
    opened: OpenDesktop
    store: LocalStore

    @property
    def desktop(self) -> Desktop:
        """The desktop as it is now: another role brings another one."""
        return self.opened.desktop

    def press(self, *keys: Qt.Key, ctrl: bool = False, shift: bool = False) -> None:
        """Press keys one after the other."""
        modifiers = (_CTRL if ctrl else Qt.KeyboardModifier.NoModifier) | (
            _SHIFT if shift else Qt.KeyboardModifier.NoModifier
        )
        for key in keys:
            self.qtbot.keyClick(self._focused, key, modifiers)

    def write(self, text: str) -> None:
        """Type a text."""
        self.qtbot.keyClicks(self._focused, text)

    def go_to(self, name: str) -> None:
        """Walk with Tab to what a screen reader calls so."""
        reached = []
        for _ in range(_MOST_STOPS):
            reached.append(self._focused.accessibleName())
            if reached[-1] == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never comes to {name!r}, but to {reached}")

    def find(self, text: str) -> None:
        """Search the list and go to the first row."""
        self.press(Qt.Key.Key_Slash)
        self.write(text)
        self.wait_until_listed(text)
        self.press(Qt.Key.Key_Down)

    def log_a_call(self, words: str) -> None:
        """Write down a call with the open lead, and go back to the list."""
        self.press(Qt.Key.Key_C, shift=True)
        self.write(words)
        self.press(Qt.Key.Key_Return, ctrl=True)
        self.qtbot.waitUntil(lambda: self.timeline == [words])
        self.go_to("Leads")

    def move_on(self, name: str, stage: str) -> None:
        """Move the open lead to the next stage."""
        self.press(Qt.Key.Key_M)
        self.wait_until_sees(f"Move {name} to “{stage}”?")
        self.press(Qt.Key.Key_Return)
        self.wait_until_sees(f"{name} is {stage} now.")

    # What is seen

    @property
    def state(self) -> SyncState:
        """What the status bar shows."""
        return self.desktop.bench.status.status.state

    @property
    def names(self) -> list[str]:
        """The names in the list of leads."""
        table = self._leads.findChild(RecordTableView)
        assert table is not None
        model = self._leads.model
        return [cells[0].text for row in range(model.rowCount()) if (cells := model.cells_at(row)) is not None]

    @property
    def waiting(self) -> list[str]:
        """The lines of the drawer."""
        return [line.title for line in self._child(self.desktop.window.findChild(Drawer), ChangeList).lines]

    @property
    def inbox(self) -> list[str]:
        """The lines of the Inbox."""
        page = self.desktop.window.page("inbox")
        assert isinstance(page, InboxPage)
        return [line.title for line in page.list.lines]

    def sees(self, text: str) -> bool:
        """Whether a text stands somewhere in the window or in the dialog over it."""
        written: list[QLabel | QAbstractButton] = [
            *self._window.findChildren(QLabel),
            *self._window.findChildren(QAbstractButton),
        ]
        return any(widget.isVisible() and text in widget.text() for widget in written)

    def wait_until_sees(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: self.sees(text))

    def wait_until_listed(self, text: str) -> None:
        """Wait until the list shows leads of that name alone."""
        self.qtbot.waitUntil(lambda: bool(self.names) and all(text.lower() in name.lower() for name in self.names))

    def wait_until_offers(self, verb: str) -> None:
        """Wait until the button of this verb can be used."""

        def offered() -> bool:
            buttons = self._window.findChildren(QAbstractButton)
            return any(button.isVisible() and button.isEnabled() and button.text() == verb for button in buttons)

        self.qtbot.waitUntil(offered)

    def wait_until_asked(self, title: str) -> None:
        """Wait for a dialog that has taken the keyboard."""
        self.qtbot.waitUntil(lambda: self._window.windowTitle() == title and self._window.focusWidget() is not None)

    def wait_until_offered(self, text: str) -> None:
        """Wait until what is marked in the palette is called so."""
        self.qtbot.waitUntil(lambda: self._marked == text)

    def wait_until_undo_is(self, text: str) -> None:
        """Wait until the menu's Undo names this."""
        self.qtbot.waitUntil(lambda: text in self.desktop.bench.actions["window.undo"].text)

    def wait_for(self, *states: SyncState) -> None:
        self.qtbot.waitUntil(lambda: self.state in states, timeout=30_000)

    def wait_until_sent(self) -> None:
        """Wait until the hub has answered everything: the store is asked, as the status follows it a moment later."""
        status = self.desktop.bench.status
        self.qtbot.waitUntil(
            lambda: status.status.state is SyncState.LIVE and not self.store.counts().waiting, timeout=30_000
        )

    @property
    def _window(self) -> QWidget:
        return QApplication.activeModalWidget() or self.desktop.window

    @property
    def timeline(self) -> list[str]:
        """What happened with the lead that is open, the latest first."""
        return [entry.body or entry.title for entry in self._leads.pane.journal.timeline.entries]

    @property
    def _marked(self) -> str:
        entries: EntryList[PaletteEntry] | None = self._window.findChild(EntryList)
        return "" if entries is None or entries.current is None else entries.current.text

    @property
    def _focused(self) -> QWidget:
        if QApplication.activePopupWidget() is None and QApplication.activeWindow() is not self._window:
            self._window.activateWindow()  # as a window manager does when a dialog opens, or closes
            self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self._window)
        focused: QWidget | None = self._window.focusWidget()
        return focused or self._window

    @property
    def _leads(self) -> LeadsPage:
        page = self.desktop.window.page("leads")
        assert isinstance(page, LeadsPage)
        return page

    @staticmethod
    def _child(parent: QWidget | None, kind: type[ChangeList]) -> ChangeList:
        child = parent.findChild(kind) if parent is not None else None
        assert child is not None
        return child
