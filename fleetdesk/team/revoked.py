"""The small window of a laptop that was revoked: it hands in what waits, deletes everything, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer

from fleetdesk.models.locking import Why
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.sync.engine.handing_in import HandedOver
from fleetdesk.team.errand import Errand, ErrandDialog, run_errand

__all__ = ["GiveUp", "RevokedDialog", "give_up_laptop"]

GiveUp = Errand[HandedOver]
"""Hands in what waits, then destroys what is here; what became of the edits."""
_AGAIN = 15_000  # milliseconds until it is tried again by itself


def give_up_laptop(give_up: GiveUp, attend: Callable[[RevokedDialog], None]) -> bool:
    """Give the laptop up; whether the person wants to sign in anew. See `run_errand`."""
    return run_errand(partial(RevokedDialog, give_up), attend)


class RevokedDialog(ErrandDialog[HandedOver]):
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

    def lock(self, why: Why) -> None:
        """What is under way goes on to its end, unless the machine is to sleep: it can all be done again."""
        if why is Why.SLEEP:
            self._retry.stop()
            self.break_off()
        else:
            super().lock(why)

    def say_begun(self) -> None:
        """See `ErrandDialog.say_begun`."""
        self.tell(
            tr("This laptop's access was ended"),
            tr("A super admin ended it. FleetDesk hands what you had not sent to your super admins."),
            tr("Then it deletes everything that it keeps on this laptop."),
        )

    def say_done(self, result: HandedOver) -> str:
        """See `ErrandDialog.say_done`."""
        kept = plural(
            result.kept,
            tr("%n change that you had not sent is with your super admins."),
            tr("%n changes that you had not sent are with your super admins."),
        )
        left_out = plural(
            result.left_out,
            tr("For %n more, the hub had no room: it is lost."),
            tr("For %n more, the hub had no room: they are lost."),
        )
        handed_in = [kept] if result.kept or result.left_out else [tr("Nothing of yours was left unsent.")]
        self.tell(
            tr("FleetDesk's data on this laptop is deleted"),
            " ".join([*handed_in, left_out] if result.left_out else handed_in),
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
