"""The small window of a laptop that was revoked: it hands in what waits, deletes everything, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer

from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.team.errand import Errand, ErrandDialog, run_errand

__all__ = ["GiveUp", "RevokedDialog", "give_up_laptop"]

GiveUp = Errand[int]
"""Hands in what waits, then destroys what is here; how many edits were handed in."""
_AGAIN = 15_000  # milliseconds until it is tried again by itself


def give_up_laptop(give_up: GiveUp, attend: Callable[[RevokedDialog], None]) -> bool:
    """Give the laptop up; whether the person wants to sign in anew. See `run_errand`."""
    return run_errand(partial(RevokedDialog, give_up), attend)


class RevokedDialog(ErrandDialog[int]):
    """Says what happened, and what becomes of the work. Accepted, everything is gone, and it is to sign in anew."""

    def __init__(self, give_up: GiveUp, theme: Theme) -> None:
        super().__init__(tr("Laptop revoked"), give_up, theme)
        self._retry = QTimer(self, singleShot=True, interval=_AGAIN)
        self._retry.timeout.connect(self.begin)

    def begin(self) -> None:
        """Hand in, and destroy."""
        self._retry.stop()
        super().begin()

    def reject(self) -> None:
        """See `ErrandDialog.reject`."""
        self._retry.stop()
        super().reject()

    def say_begun(self) -> None:
        """See `ErrandDialog.say_begun`."""
        self.tell(
            tr("This laptop's access was ended"),
            tr("A super admin ended it. FleetDesk hands what you had not sent to your super admins."),
            tr("Then it deletes everything that it keeps on this laptop."),
        )

    def say_done(self, result: int) -> str:
        """See `ErrandDialog.say_done`."""
        kept = plural(
            result,
            tr("%n change that you had not sent is with your super admins."),
            tr("%n changes that you had not sent are with your super admins."),
        )
        self.tell(
            tr("FleetDesk's data on this laptop is deleted"),
            kept if result else tr("Nothing of yours was left unsent."),
            tr("If you still work with this laptop, ask a super admin; then sign in, and it is registered anew."),
        )
        return tr("Sign in anew")

    def say_failed(self, error: Exception) -> None:
        """See `ErrandDialog.say_failed`."""
        self.tell(
            tr("This laptop's access was ended"),
            message_for(error).text,
            tr("What you had not sent is still here, encrypted. FleetDesk tries again by itself, also when it starts."),
        )
        self._retry.start()
