"""Scenes of the lock: the settings of security, another PIN, the warning before the lease ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QScrollArea

from fleetdesk.errors import Invalid
from fleetdesk.locking.lock_keeper import LockKeeper
from fleetdesk.models.passphrases import Word
from fleetdesk.models.status import SyncState
from fleetdesk.qt.presence import Presence
from fleetdesk.views.locking.change import ChangeDialog
from fleetdesk.views.settings.laptop import SecuritySection
from tests.gui.views.office import Office
from tests.gui.views.settling import settle

__all__ = ["LOCKING_SCENES", "StillSafe", "asked_for_another", "security"]


class StillSafe:
    """What opens to “right words”, and to whatever took their place."""

    def __init__(self, word: Word = Word.PIN) -> None:
        self.word = word
        self.right = "right words"

    def change(self, typed: str, new: str) -> None:
        if typed != self.right:
            raise Invalid(self.word, "That is not the PIN of this data.", do="Try again.")
        self.right = new


def security(office: Office) -> SecuritySection:
    """The settings, with the section in sight."""
    office.window.show_screen("settings")
    settle(office)
    [section] = office.settings.findChildren(SecuritySection)
    for area in office.settings.findChildren(QScrollArea):
        area.ensureWidgetVisible(section)
    return section


def asked_for_another(office: Office) -> ChangeDialog:
    """The dialog in which the PIN is changed."""
    security(office)
    office.do("session.change_word")
    settle(office)
    return office.dialog(ChangeDialog)


def in_the_settings(office: Office) -> None:
    security(office)


def another(office: Office) -> None:
    asked_for_another(office)


def wrong(office: Office) -> None:
    dialog = asked_for_another(office)
    dialog.form.type_in("123456", "123456", present="wrong")
    dialog.submit()
    settle(office)


def short(office: Office) -> None:
    dialog = asked_for_another(office)
    dialog.form.type_in("12345", "12345", present="right words")
    dialog.submit()


def lease_ends(office: Office) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    office.store.note_contact()
    office.clock.instant += dt.timedelta(hours=66)
    office.tell(SyncState.OFFLINE, "The hub cannot be reached.")
    presence = Presence(app)
    keeper = LockKeeper(lambda: office.desktop, office.store, presence, lease=dt.timedelta(hours=72))
    keeper._look_at_lease()  # noqa: SLF001  (a picture waits for no minute)
    settle(office)
    keeper.stop()
    presence.stop()


LOCKING_SCENES: dict[str, Callable[[Office], None]] = {
    "lock-settings": in_the_settings,
    "lock-change": another,
    "lock-change-wrong": wrong,
    "lock-change-short": short,
    "lock-lease-ends": lease_ends,
}
