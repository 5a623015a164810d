"""The small window of a sign-in: it waits for the browser, says what went wrong, and lets the person try again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.small_window import SmallWindow, standing_alone
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.team.cancellable import run_cancellable

__all__ = ["WAITING", "SignIn", "SignInDialog", "ask_to_sign_in"]

SignIn = Callable[[], Coroutine[Any, Any, SignedInAs]]
"""Has the person sign in; ends at once when it is cancelled."""

WAITING = "Your browser shows the sign-in page. Come back here when you are done."


def ask_to_sign_in(
    sign_in: SignIn, connection: str, attend: Callable[[SmallWindow], object], *, waiting: str = WAITING
) -> SignedInAs | None:
    """Have the person sign in; None if they give up. Needs an application, and no running event loop.

    `attend` is called with the dialog. `waiting` is what they read meanwhile.
    """
    with standing_alone(lambda theme: SignInDialog(sign_in, connection, theme, waiting=waiting), attend) as dialog:
        dialog.begin()
        dialog.exec()
        return dialog.who


class SignInDialog(SmallWindow):
    """Waits for the browser, or says what went wrong. `who` is whoever signed in."""

    def __init__(self, sign_in: SignIn, connection: str, theme: Theme, *, waiting: str = WAITING) -> None:
        super().__init__(tr("Sign in"), theme)
        self.who: SignedInAs | None = None
        self._waiting = waiting
        self._sign_in = sign_in
        self._cancel: Callable[[], None] = lambda: None
        self._what = Label(wrap=True, tint=Tint.MUTED)
        self._again = Button(tr("Try again"), self.begin, kind=Kind.PRIMARY)
        self._close = Button(tr("Cancel"), self.reject)
        heading = Label(tr("Sign in to %1").replace("%1", connection), size=TextSize.HEADING, wrap=True)
        self.arrange(heading, self._what, back=self._close, on=self._again)

    @property
    def waits(self) -> bool:
        """Whether the browser is waited for."""
        return self._again.isHidden()

    @property
    def told(self) -> str:
        """What the person reads."""
        return self._what.text()

    def offer(self, why: str) -> None:
        """Say why to sign in, and let the person begin, or go on without."""
        self._tell(why, wrong=True)
        self._again.set_text(tr("Sign in"))

    def begin(self) -> None:
        """Open the browser, and wait for it."""
        self._tell(tr(self._waiting))
        task = self.runner.run(
            lambda cancellation: run_cancellable(self._sign_in, cancellation),
            on_success=self._signed_in,
            on_failure=self._failed,
            owner=self,
            cancel_key="sign in",
        )
        self._cancel = task.cancel

    def end(self) -> None:
        """Give up what is under way, and end its thread."""
        self._cancel()
        super().end()

    def reject(self) -> None:
        """Qt's: the person gives up."""
        self._cancel()
        super().reject()

    def _signed_in(self, who: SignedInAs) -> None:
        self.who = who
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._tell(message_for(error).text, wrong=True)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self._what.setText(text)
        self._again.setVisible(wrong)
        self._again.set_text(tr("Try again"))
        self._close.set_text(tr("Close") if wrong else tr("Cancel"))
        (self._again if wrong else self._close).setFocus()
        fit(self)
