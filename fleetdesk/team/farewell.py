"""The small window of a sign-out: it ends the session, says what could not be done, and offers to sign in again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QDialog

from fleetdesk.models.locking import Why
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.small_window import SmallWindow, own_theme
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.sync.signin.session import Farewell
from fleetdesk.sync.store.local_store import Counts

__all__ = ["FarewellDialog", "SignOut", "say_farewell"]

SignOut = Callable[[], Coroutine[Any, Any, Farewell]]
"""Ends the session; in a loop of its own."""


def say_farewell(sign_out: SignOut, left: Counts, attend: Callable[[FarewellDialog], None]) -> bool:
    """Sign out; whether the person wants to sign in again. Needs an application, and no running event loop.

    `attend` is called with the dialog, for who rings meanwhile.
    """
    with own_theme() as theme:
        dialog = FarewellDialog(sign_out, left, theme)
        attend(dialog)
        dialog.begin()
        again = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.end()
        dialog.deleteLater()
    return again


class FarewellDialog(SmallWindow):
    """Signs out, says how that went, and what waits here for the next sign-in. Accepted, it is to sign in again."""

    def __init__(self, sign_out: SignOut, left: Counts, theme: Theme) -> None:
        """`left` is what waits in the outbox and in the Inbox of who signs out."""
        super().__init__(tr("Sign out"), theme)
        self._sign_out = sign_out
        self._left = left.waiting + left.inbox
        self._over = False
        self._locks = False
        self._heading = Label(size=TextSize.HEADING, wrap=True)
        self._what = Label(wrap=True, tint=Tint.MUTED)
        self._kept = Label(wrap=True, tint=Tint.MUTED)
        self._again = Button("", self._go_on, kind=Kind.PRIMARY)
        self._quit = Button(tr("Quit FleetDesk"), self.reject)
        self.arrange(self._heading, self._what, self._kept, back=self._quit, on=self._again)

    @property
    def waits(self) -> bool:
        """Whether the sign-out is still under way."""
        return self._again.isHidden()

    @property
    def told(self) -> tuple[str, str]:
        """What the person reads: the heading, and what is below it."""
        return self._heading.text(), " ".join(part.text() for part in (self._what, self._kept) if not part.isHidden())

    def begin(self) -> None:
        """End the session."""
        self._tell(tr("Signing out"), tr("Ending the session, here and at the sign-in service."), kept="")
        self._again.hide()
        self._quit.hide()
        self.runner.run(
            lambda _cancel: asyncio.run(self._sign_out()),
            on_success=self._signed_out,
            on_failure=self._failed,
            owner=self,
        )

    def reject(self) -> None:
        """Qt's: quit; a sign-out that is under way goes on to its end."""
        if not self.waits:
            super().reject()

    def lock(self, why: Why) -> None:
        """A sign-out that is under way goes on to its end first."""
        self._locks = True
        super().lock(why)

    def _go_on(self) -> None:
        if self._over:
            self.accept()
        else:
            self.begin()

    def _signed_out(self, farewell: Farewell) -> None:
        self._over = True
        kept = plural(
            self._left,
            tr("%n change is kept on this laptop, encrypted. It is there when you sign in again."),
            tr("%n changes are kept on this laptop, encrypted. They are there when you sign in again."),
        )
        self._tell(tr("You are signed out"), farewell.notice, kept=kept if self._left else "")
        self._offer(tr("Sign in again"))

    def _failed(self, error: Exception) -> None:
        self._tell(tr("You are still signed in"), message_for(error).text, kept="")
        self._offer(tr("Try again"))

    def _offer(self, verb: str) -> None:
        self._again.set_text(verb)
        self._again.show()
        self._quit.show()
        self._again.setFocus()
        if self._locks:
            self.reject()

    def _tell(self, heading: str, what: str, *, kept: str) -> None:
        self._heading.setText(heading)
        for label, text in ((self._what, what), (self._kept, kept)):
            label.setText(text)
            label.setVisible(bool(text))
        fit(self)
