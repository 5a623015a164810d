"""The small window of a laptop that was revoked: it hands in what waits, deletes everything, and says so."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from fleetdesk.models.locking import Why
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.small_window import SmallWindow, own_theme
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.sync.engine.handing_in import HandedOver
from fleetdesk.team.cancellable import run_cancellable

__all__ = ["GiveUp", "RevokedDialog", "give_up_laptop"]

GiveUp = Callable[[], Coroutine[Any, Any, HandedOver]]
"""Hands in what waits, then destroys what is here; what became of the edits. In a loop of its own."""
_AGAIN = 15_000  # milliseconds until it is tried again by itself


def give_up_laptop(give_up: GiveUp, attend: Callable[[RevokedDialog], None]) -> bool:
    """Give the laptop up; whether the person wants to sign in anew. Needs an application, and no running event loop.

    `attend` is called with the dialog, for who rings meanwhile.
    """
    with own_theme() as theme:
        dialog = RevokedDialog(give_up, theme)
        attend(dialog)
        dialog.begin()
        again = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.end()
        dialog.deleteLater()
    return again


class RevokedDialog(SmallWindow):
    """Says what happened, and what becomes of the work. Accepted, everything is gone, and it is to sign in anew."""

    def __init__(self, give_up: GiveUp, theme: Theme) -> None:
        super().__init__(tr("Laptop revoked"), theme)
        self._give_up = give_up
        self._over = False
        self._locks = False
        self._cancel: Callable[[], None] = lambda: None
        self._heading = Label(size=TextSize.HEADING, wrap=True)
        self._what = Label(wrap=True, tint=Tint.MUTED)
        self._next = Label(wrap=True, tint=Tint.MUTED)
        self._on = Button("", self._go_on, kind=Kind.PRIMARY)
        self._quit = Button(tr("Quit FleetDesk"), self.reject)
        self._retry = QTimer(self, singleShot=True, interval=_AGAIN)
        self._retry.timeout.connect(self.begin)
        self.arrange(self._heading, self._what, self._next, back=self._quit, on=self._on)

    @property
    def waits(self) -> bool:
        """Whether it is under way."""
        return self._on.isHidden()

    @property
    def told(self) -> tuple[str, str]:
        """What the person reads: the heading, and what is below it."""
        return self._heading.text(), f"{self._what.text()} {self._next.text()}"

    def begin(self) -> None:
        """Hand in, and destroy."""
        self._retry.stop()
        self._tell(
            tr("This laptop's access was ended"),
            tr("A super admin ended it. FleetDesk hands what you had not sent to your super admins."),
            tr("Then it deletes everything that it keeps on this laptop."),
        )
        self._on.hide()
        self._quit.hide()
        task = self.runner.run(
            lambda cancellation: run_cancellable(self._give_up, cancellation),
            on_success=self._gone,
            on_failure=self._failed,
            owner=self,
        )
        self._cancel = task.cancel

    def reject(self) -> None:
        """Qt's: quit; what is under way goes on to its end."""
        if not self.waits:
            self._retry.stop()
            super().reject()

    def lock(self, why: Why) -> None:
        """What is under way goes on to its end, unless the machine is to sleep: it can all be done again."""
        self._locks = True
        if why is Why.SLEEP:
            self._cancel()
            self._retry.stop()
            super().reject()
        else:
            self.reject()

    def _go_on(self) -> None:
        if self._over:
            self.accept()
        else:
            self.begin()

    def _gone(self, handed: HandedOver) -> None:
        self._over = True
        kept = plural(
            handed.kept,
            tr("%n change that you had not sent is with your super admins now."),
            tr("%n changes that you had not sent are with your super admins now."),
        )
        left_out = plural(
            handed.left_out,
            tr("For %n more, the hub had no room: it is lost."),
            tr("For %n more, the hub had no room: they are lost."),
        )
        self._tell(
            tr("FleetDesk's data on this laptop is deleted"),
            f"{kept} {left_out}"
            if handed.left_out
            else kept
            if handed.kept
            else tr("Nothing of yours was left unsent."),
            tr("If you still work with this laptop, ask a super admin; then sign in, and it is registered anew."),
        )
        self._offer(tr("Sign in anew"))

    def _failed(self, error: Exception) -> None:
        self._tell(
            tr("This laptop's access was ended"),
            message_for(error).text,
            tr("What you had not sent is still here, encrypted. FleetDesk tries again by itself, also when it starts."),
        )
        self._retry.start()
        self._offer(tr("Try again"))

    def _offer(self, verb: str) -> None:
        self._on.set_text(verb)
        self._on.show()
        self._quit.show()
        self._on.setFocus()
        if self._locks:
            self.reject()

    def _tell(self, heading: str, *lines: str) -> None:
        self._heading.setText(heading)
        for label, text in zip((self._what, self._next), lines, strict=True):
            label.setText(text)
        fit(self)
