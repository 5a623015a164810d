"""`LockActions`: the lock in each window, and another PIN or passphrase for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fleetdesk.models.locking import Safe
from fleetdesk.models.passphrases import Word
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.text import tr
from fleetdesk.views.locking.change import ChangeDialog
from fleetdesk.views.workbench import Workbench

__all__ = ["LockActions"]


class LockActions(QObject):
    """Registers them with a window's actions; the dialog stands over the window, once it is attended."""

    def __init__(self, bench: Workbench, safe: Safe, lock: Callable[[], None]) -> None:
        """`lock` closes the windows, lets go of the keys, and asks for what opens them again."""
        super().__init__()
        self._bench = bench
        self._safe = safe
        action = partial(Action, group=tr("Session"))
        change = tr("Change the PIN") if safe.word is Word.PIN else tr("Change the passphrase")
        bench.actions.register(
            action(
                "session.lock",
                tr("Lock FleetDesk"),
                lock,
                shortcut="Ctrl+Shift+K",
                icon="lock",
                keywords="away leave screen pin passphrase",
            ),
            action(
                "session.change_word", change, self._change, icon="key", keywords="pin passphrase password security"
            ),
        )

    def attend(self, window: QWidget) -> None:
        """Stand by a window, as long as it lives. Its screens may show the actions before."""
        self.setParent(window)
        self._window = window

    def _change(self) -> None:
        ChangeDialog(self._bench, self._safe, self._window).open()
