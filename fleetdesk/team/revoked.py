"""The small window of a laptop that was revoked: it hands in what waits, deletes everything, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer

from fleetdesk.models.locking import Why
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.sync.engine.handing_in import HandedOver, NotDestroyed
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
        self.tell(
            tr("FleetDesk's data on this laptop is deleted"),
            _what_became(result),
            tr("If you still work with this laptop, ask a super admin; then sign in, and it is registered anew."),
        )
        return tr("Sign in anew")

    def say_failed(self, error: Exception) -> None:
        """See `ErrandDialog.say_failed`."""
        if isinstance(error, NotDestroyed):
            why = replace(message_for(error.why), kept="")  # nothing is, that is here
            left = f"{_what_became(error.handed_over)} {tr('What is left on this laptop is still to be deleted.')}"
        else:
            why = message_for(error)
            left = tr("What you had not sent is still here, encrypted.")
        again = tr("FleetDesk tries again by itself, also when it starts.")
        self.tell(tr("This laptop's access was ended"), why.text, f"{left} {again}")
        self._retry.start()


def _what_became(edits: HandedOver) -> str:
    """In words for whoever made them."""
    if edits.kept is None:
        return tr("What you had not sent was handed to your super admins before, as far as the hub had room for it.")
    if not edits.kept and not edits.left_out:
        return tr("Nothing of yours was left unsent.")
    kept = plural(
        edits.kept,
        tr("%n change that you had not sent is with your super admins."),
        tr("%n changes that you had not sent are with your super admins."),
    )
    if not edits.left_out:
        return kept
    left_out = plural(
        edits.left_out,
        tr("For %n more, the hub had no room: it is lost."),
        tr("For %n more, the hub had no room: they are lost."),
    )
    return f"{kept} {left_out}"
