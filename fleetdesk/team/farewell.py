"""The small window of a sign-out: it ends the session, says what could not be done, and offers to sign in again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.sync.signin.session import Farewell
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.errand import Errand, ErrandDialog, run_errand

__all__ = ["FarewellDialog", "SignOut", "say_farewell"]

SignOut = Errand[Farewell]
"""Ends the session."""


def say_farewell(sign_out: SignOut, left: Counts, attend: Callable[[FarewellDialog], None]) -> bool:
    """Sign out; whether the person wants to sign in again. See `run_errand`."""
    return run_errand(partial(FarewellDialog, sign_out, left), attend)


class FarewellDialog(ErrandDialog[Farewell]):
    """Signs out, says how that went, and what waits here for the next sign-in. Accepted, it is to sign in again."""

    def __init__(self, sign_out: SignOut, left: Counts, theme: Theme) -> None:
        """`left` is what waits in the outbox and in the Inbox of who signs out."""
        super().__init__(tr("Sign out"), sign_out, theme)
        self._left = left.waiting + left.inbox

    def say_begun(self) -> None:
        """See `ErrandDialog.say_begun`."""
        self.tell(tr("Signing out"), tr("Ending the session, here and at the sign-in service."))

    def say_done(self, result: Farewell) -> str:
        """See `ErrandDialog.say_done`."""
        kept = plural(
            self._left,
            tr("%n change is kept on this laptop, encrypted. It is there when you sign in again."),
            tr("%n changes are kept on this laptop, encrypted. They are there when you sign in again."),
        )
        self.tell(tr("You are signed out"), result.notice, kept if self._left else "")
        return tr("Sign in again")

    def say_failed(self, error: Exception) -> None:
        """See `ErrandDialog.say_failed`."""
        self.tell(tr("You are still signed in"), message_for(error).text)
