"""The lock by hand, the minutes after which it comes by itself, and another PIN: in the settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.models.locking import MINUTES
from fleetdesk.models.passphrases import Word
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import StillClock
from tests.gui.views.locking_scenes import StillSafe, asked_for_another, security
from tests.gui.views.office import Office, texts


@pytest.fixture
def safe() -> StillSafe:
    return StillSafe()


@pytest.fixture
def office(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock, safe: StillSafe) -> Iterator[Office]:
    """Layla's window, whose keys are under a PIN."""
    office = Office.open(store, theme, clock, safe=safe)
    qtbot.waitUntil(office.idle)
    yield office
    office.close()


def test_it_is_locked_by_hand(office: Office) -> None:
    office.do("session.lock")
    assert office.locks == [None]


def test_after_how_many_minutes_is_chosen_and_kept(office: Office) -> None:
    section = security(office)
    assert section.minutes.key == "15"
    section.minutes.set_key("30")
    section.minutes.chosen.emit("30")
    assert office.bench.remembered.get(MINUTES) == 30


def test_the_settings_say_where_the_keys_are_and_what_else_locks(office: Office) -> None:
    said = " ".join(texts(security(office)))
    assert "Its keys are in the keyring" in said
    assert "when the machine goes to sleep" in said


def test_another_pin_takes_the_place_of_the_present_one(qtbot: QtBot, office: Office, safe: StillSafe) -> None:
    dialog = asked_for_another(office)
    dialog.form.type_in("another", "another", present="right words")
    dialog.submit()
    qtbot.waitUntil(lambda: "Your PIN is changed." in office.said.texts)
    assert safe.right == "another"


def test_who_does_not_know_the_present_one_is_told_so(qtbot: QtBot, office: Office, safe: StillSafe) -> None:
    dialog = asked_for_another(office)
    dialog.form.type_in("another", "another", present="a guess")
    dialog.submit()
    qtbot.waitUntil(lambda: "not the PIN" in dialog.told)
    assert dialog.isVisible()
    assert safe.right == "right words"


@pytest.mark.parametrize(
    ("new", "again", "said"), [("12345", "12345", "at least 6"), ("123456", "654321", "not the same")]
)
def test_what_can_be_none_is_not_even_tried(office: Office, safe: StillSafe, new: str, again: str, said: str) -> None:
    dialog = asked_for_another(office)
    dialog.form.type_in(new, again, present="right words")
    dialog.submit()
    assert said in dialog.told
    assert safe.right == "right words"


def test_without_a_keyring_it_is_a_passphrase(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> None:
    office = Office.open(store, theme, clock, safe=StillSafe(Word.PASSPHRASE))
    qtbot.waitUntil(office.idle)
    dialog = asked_for_another(office)
    dialog.form.type_in("elevenchars", "elevenchars", present="right words")
    dialog.submit()
    assert "A passphrase needs at least 12" in dialog.told
    office.close()
