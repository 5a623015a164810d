"""The small window of a revoked laptop: what happened, what became of the work, and that it tries until all is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Offline, Unavailable
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.engine.handing_in import HandedOver, NotDestroyed
from fleetdesk.team.revoked import GiveUp, RevokedDialog
from tests.gui.team.test_sign_in_dialog import button

Open = Callable[[GiveUp], RevokedDialog]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Iterator[Open]:
    """Opens the dialog, and waits for the first try's end."""
    dialogs: list[RevokedDialog] = []

    def open_with(give_up: GiveUp) -> RevokedDialog:
        dialog = RevokedDialog(give_up, theme)
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        dialog.show()
        dialog.begin()
        qtbot.waitUntil(lambda: not dialog.waits)
        return dialog

    yield open_with
    for dialog in dialogs:
        dialog.end()


class FailingOnce:
    """A hub that cannot be reached at first."""

    def __init__(self) -> None:
        self.tries = 0

    async def __call__(self) -> HandedOver:
        self.tries += 1
        if self.tries == 1:
            raise Offline("The hub cannot be reached.")
        return HandedOver(1)


async def three() -> HandedOver:
    return HandedOver(3)


async def three_and_no_room_for_two() -> HandedOver:
    return HandedOver(3, left_out=2)


async def none() -> HandedOver:
    return HandedOver()


async def by_an_earlier_version() -> HandedOver:
    return HandedOver(None)


async def three_and_not_destroyed() -> NoReturn:
    raise NotDestroyed(
        HandedOver(3, left_out=2),
        Unavailable("The keyring does not answer.", kept="It stays as it was.", do="Unlock it."),
    )


def test_it_says_that_all_is_deleted_and_where_the_work_is(opened: Open) -> None:
    heading, text = opened(three).told
    assert heading == "FleetDesk's data on this laptop is deleted"
    assert "3 changes that you had not sent are with your super admins." in text
    assert "it is registered anew" in text


def test_where_nothing_waited_it_says_so(opened: Open) -> None:
    assert "Nothing of yours was left unsent." in opened(none).told[1]


def test_what_the_hub_had_no_room_for_is_told_as_lost(opened: Open) -> None:
    said = opened(three_and_no_room_for_two).told[1]
    assert "3 changes that you had not sent are with your super admins." in said
    assert "For 2 more, the hub had no room: they are lost." in said


def test_where_nobody_wrote_down_how_many_were_handed_in_it_says_no_number(opened: Open) -> None:
    said = opened(by_an_earlier_version).told[1]
    assert "was handed to your super admins before, as far as the hub had room for it." in said


def test_where_it_is_not_yet_destroyed_it_says_where_the_work_is_and_nothing_of_what_is_here(opened: Open) -> None:
    said = opened(three_and_not_destroyed).told[1]
    assert said.startswith("The keyring does not answer. Unlock it. 3 changes")
    assert "For 2 more, the hub had no room: they are lost." in said
    assert "What is left on this laptop is still to be deleted. FleetDesk tries again" in said
    assert "still here" not in said


def test_who_wants_to_sign_in_anew_may(opened: Open) -> None:
    dialog = opened(three)
    button(dialog, "Sign in anew").click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_without_the_hub_it_says_what_is_kept_and_can_be_tried_again(qtbot: QtBot, opened: Open) -> None:
    give_up = FailingOnce()
    dialog = opened(give_up)
    assert "still here, encrypted" in dialog.told[1]
    button(dialog, "Try again").click()
    qtbot.waitUntil(lambda: not dialog.waits)
    assert give_up.tries == 2
    assert "1 change that you had not sent is with your super admins." in dialog.told[1]


def test_while_it_is_under_way_it_does_not_close(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(FailingOnce())
    button(dialog, "Try again").click()
    dialog.reject()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.waits)
