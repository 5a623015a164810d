"""`LeavingActions`: the way out of a session, and back in for changes that were carried elsewhere, in each window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.text import tr
from fleetdesk.views.file_dialogs import ask_which
from fleetdesk.views.leaving.sign_out import SignOutDialog
from fleetdesk.views.leaving.take_in import TakeInDialog
from fleetdesk.views.leaving.words import CARRIED, PURPOSE
from fleetdesk.views.workbench import Workbench

__all__ = ["LeavingActions"]


class LeavingActions(QObject):
    """Registers them with a window's actions; the dialogs stand over the window, once it is attended."""

    def __init__(self, bench: Workbench, leave: Callable[[], None]) -> None:
        """`leave` closes the windows of the session, and ends it."""
        super().__init__()
        self._bench = bench
        self._leave = leave
        action = partial(Action, group=tr("Session"))
        bench.actions.register(
            action("session.sign_out", tr("Sign out"), self._sign_out, icon="user-minus", keywords="log out leave end"),
            action(
                "session.take_in",
                tr("Take in changes from a file"),
                self._take_in,
                icon="file-arrow-down",
                keywords="import carried export passphrase",
            ),
        )

    def attend(self, window: QWidget) -> None:
        """Stand by a window, as long as it lives. Its screens may show the actions before."""
        self.setParent(window)
        self._window = window

    def _sign_out(self) -> None:
        SignOutDialog(self._bench, self._leave, self._window).open()

    def _take_in(self) -> None:
        ask_which(
            self._bench.remembered,
            self._window,
            title=tr("Which file shall be taken in?"),
            purpose=PURPOSE,
            filters=[tr(CARRIED), tr("All files (*)")],
            on_chosen=lambda paths: TakeInDialog(self._bench, paths[0], self._window).open(),
        )
