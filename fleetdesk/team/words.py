"""What the windows before the window say of what is behind the lock."""

from __future__ import annotations

import datetime as dt

from fleetdesk.models.locking import Why
from fleetdesk.qt.look.text import isolated, plural, title_text, tr
from fleetdesk.qt.unlocking import Behind
from fleetdesk.sync.store.local_store import Counts

__all__ = ["behind", "lock_words", "locked_before", "waiting_words"]


def waiting_words(waiting: int) -> str:
    """How many changes wait, in a sentence."""
    one = tr("%n change waits to be sent. It is kept on this laptop, encrypted.")
    return plural(waiting, one, tr("%n changes wait to be sent. They are kept on this laptop, encrypted."))


def locked_before(connection: str, why: Why) -> Behind:
    """What is told where it was locked before anybody's windows were open."""
    return Behind(connection, tuple(filter(None, (_reason(why),))), locked=True)


def behind(connection: str, person: str, left: Counts, why: Why, lease: dt.timedelta) -> Behind:
    """What is told of windows that were just locked: whose they are, what waits, why they are closed.

    `lease` is what is left of it.
    """
    waiting = left.waiting
    whose = tr("The work of %1 is behind this lock.").replace("%1", isolated(title_text(person)))
    hours = int(lease / dt.timedelta(hours=1))
    one = tr("You can work on without the hub for %n hour.")
    without = plural(hours, one, tr("You can work on without the hub for %n hours.")) if hours > 0 else ""
    sentences = (whose, _reason(why), waiting_words(waiting) if waiting else "", without)
    return Behind(connection, tuple(filter(None, sentences)), locked=True)


def lock_words(*, sleep_is_told: bool) -> str:
    """What else locks FleetDesk, for the settings."""
    if sleep_is_told:
        return tr("It is locked too when the machine goes to sleep, or when its session is locked.")
    return tr(
        "FleetDesk cannot hear on this machine that it goes to sleep, or that its session is locked. Lock it before you"
        " close the lid."
    )


def _reason(why: Why) -> str:
    reasons = {
        Why.IDLE: tr("It was locked since nobody was here."),
        Why.SLEEP: tr("It was locked as the machine went to sleep, or its session was locked."),
        Why.LEASE: tr("It was locked since the hub has not been reached for too long."),
    }
    return reasons.get(why, "")
