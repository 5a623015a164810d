"""The small window that looks for the hub, and lets nobody on before it was reached.

It stands where a lease is over, and where the hub has not told yet who somebody is.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QDialog

from fleetdesk.errors import SignInNeeded
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.small_window import SmallWindow, standing_alone
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.team.cancellable import run_cancellable
from fleetdesk.team.dialog import SignIn, ask_to_sign_in
from fleetdesk.team.words import waiting_words

__all__ = ["Contact", "LeaseWindow", "reach_the_hub"]

Contact = Callable[[], Coroutine[Any, Any, object]]
"""Has the hub take the session; in a loop of its own. Raises SignInNeeded where it does not, Offline."""


def reach_the_hub(
    contact: Contact,
    sign_in: SignIn,
    connection: str,
    waiting: int,
    attend: Callable[[SmallWindow], object],
    *,
    met: bool = True,
) -> bool:
    """Whether the hub was reached; False if the person gives up. Needs an application, and no running event loop.

    `waiting` changes are kept here. `attend` is called with each window. Not `met`: the hub has never told who that is.
    """

    def make(theme: Theme) -> LeaseWindow:
        window = LeaseWindow(contact, theme, connection, waiting, met=met)
        window.sign_in = lambda: ask_to_sign_in(sign_in, connection, attend) is not None
        return window

    with standing_alone(make, attend) as window:
        window.begin()
        return window.exec() == QDialog.DialogCode.Accepted


class LeaseWindow(SmallWindow):
    """Accepted, the hub was reached. `sign_in` has the person sign in again, and tells whether they did."""

    sign_in: Callable[[], bool]

    def __init__(self, contact: Contact, theme: Theme, connection: str, waiting: int, *, met: bool = True) -> None:
        super().__init__(tr("Locked") if met else tr("Looking for the hub"), theme)
        self.sign_in = lambda: False
        self._contact = contact
        self._needs_sign_in = False
        self._cancel: Callable[[], None] = lambda: None
        self._what = Label(wrap=True, tint=Tint.MUTED)
        self._on = Button(tr("Try again"), self._go_on, kind=Kind.PRIMARY)
        self._on.setDefault(True)
        self.arrange(
            Label(tr("Go online to go on") if met else tr("The hub is needed once"), size=TextSize.HEADING, wrap=True),
            Label(_meaning(met=met).replace("%1", connection), wrap=True),
            *([Label(waiting_words(waiting), wrap=True)] if waiting else []),
            self._what,
            back=Button(tr("Quit"), self.reject),
            on=self._on,
        )

    @property
    def told(self) -> str:
        """How the look for the hub goes, or went."""
        return self._what.text()

    @property
    def looks(self) -> bool:
        """Whether it looks for the hub."""
        return not self._on.isEnabled()

    def begin(self) -> None:
        """Look for the hub."""
        self._tell(tr("Looking for the hub …"))
        self._on.setEnabled(False)
        task = self.runner.run(
            lambda cancellation: run_cancellable(self._contact, cancellation),
            on_success=lambda _nothing: self.accept(),
            on_failure=self._failed,
            owner=self,
            cancel_key="contact",
        )
        self._cancel = task.cancel

    def reject(self) -> None:
        """Qt's: the person gives up, and so does the look for the hub."""
        self._cancel()
        super().reject()

    def _go_on(self) -> None:
        if not self._needs_sign_in:
            self.begin()
        elif self.sign_in():
            self.accept()

    def _failed(self, error: Exception) -> None:
        self._needs_sign_in = isinstance(error, SignInNeeded)
        self._on.setEnabled(True)
        self._on.set_text(tr("Sign in") if self._needs_sign_in else tr("Try again"))
        self._tell(message_for(error).text, wrong=True)
        self._on.setFocus()

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self._what.set_tint(Tint.DANGER if wrong else Tint.MUTED)
        self._what.setText(text)
        fit(self)


def _meaning(*, met: bool) -> str:
    if met:
        return tr(
            "The hub of %1 has not been reached for so long that your local copy is locked. It opens as soon as the"
            " hub is reached. Nothing was deleted."
        )
    return tr(
        "The hub of %1 has not told this laptop yet who you are. Once it has, you can work without it too."
        " Nothing was deleted."
    )
