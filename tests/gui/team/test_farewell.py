"""The small window of a sign-out: it says how that went, what waits here, and lets the person sign in again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Unavailable
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.signin.session import Farewell
from fleetdesk.sync.store.local_store import Counts
from fleetdesk.team.farewell import FarewellDialog, SignOut
from tests.gui.team.test_sign_in_dialog import button

Open = Callable[..., FarewellDialog]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Iterator[Open]:
    """Opens the dialog with a sign-out, and waits for its end."""
    dialogs: list[FarewellDialog] = []

    def open_with(sign_out: SignOut, left: Counts | None = None) -> FarewellDialog:
        dialog = FarewellDialog(sign_out, left or Counts(waiting=0, inbox=0), theme)
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        dialog.show()
        dialog.begin()
        qtbot.waitUntil(lambda: not dialog.waits)
        return dialog

    yield open_with
    for dialog in dialogs:
        dialog.end()


async def well() -> Farewell:
    return Farewell()


async def untold() -> Farewell:
    return Farewell("You are signed out on this laptop, but the sign-in service was not told.")


class FailingOnce:
    """A keyring that cannot be reached at first."""

    def __init__(self) -> None:
        self._fails = True

    async def __call__(self) -> Farewell:
        if self._fails:
            self._fails = False
            raise Unavailable("The keyring cannot be reached.")
        return Farewell()


def test_it_says_that_the_person_is_signed_out(opened: Open) -> None:
    assert opened(well).told == ("You are signed out", "")


def test_it_says_what_the_sign_in_service_was_not_told(opened: Open) -> None:
    assert "was not told" in opened(untold).told[1]


def test_it_says_what_waits_here(opened: Open) -> None:
    assert "3 changes are kept on this laptop" in opened(well, Counts(waiting=2, inbox=1)).told[1]


def test_who_wants_to_sign_in_again_may(opened: Open) -> None:
    dialog = opened(well)
    button(dialog, "Sign in again").click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_who_quits_is_not_asked_to_sign_in(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(well)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isVisible(), dialog.result()) == (False, QDialog.DialogCode.Rejected)


def test_a_session_that_could_not_be_forgotten_can_be_ended_once_more(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(FailingOnce())
    assert dialog.told[0] == "You are still signed in"
    button(dialog, "Try again").click()
    qtbot.waitUntil(lambda: dialog.told[0] == "You are signed out")
