"""The small window of a sign-in: it waits, it says what went wrong, and it lets go when it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Offline, Refused
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.signin.tokens import SignedInAs
from fleetdesk.team.dialog import SignIn, SignInDialog

MONA = SignedInAs("user_1", "Mona", "mona@example.com")
Open = Callable[[SignIn], SignInDialog]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Iterator[Open]:
    """Opens the dialog with a sign-in, and begins."""
    dialogs: list[SignInDialog] = []

    def open_with(sign_in: SignIn) -> SignInDialog:
        dialog = SignInDialog(sign_in, "team", theme)
        qtbot.addWidget(dialog)
        dialogs.append(dialog)
        dialog.show()
        dialog.begin()
        return dialog

    yield open_with
    for dialog in dialogs:
        dialog.end()


class Waiting:
    """A browser in which nobody does anything; knows whether it was given up."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.given_up = threading.Event()

    async def __call__(self) -> SignedInAs:
        self.begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            self.given_up.set()
        return MONA


async def mona() -> SignedInAs:
    return MONA


class Failing:
    """Fails the first time, with this error."""

    def __init__(self, error: Exception) -> None:
        self._error: Exception | None = error

    async def __call__(self) -> SignedInAs:
        error, self._error = self._error, None
        if error is not None:
            raise error
        return MONA


def button(dialog: QDialog, name: str) -> QAbstractButton:
    return next(each for each in dialog.findChildren(QAbstractButton) if each.accessibleName() == name)


def test_it_waits_for_the_browser(opened: Open) -> None:
    dialog = opened(Waiting())
    assert (dialog.waits, "browser" in dialog.told) == (True, True)


def test_it_closes_with_whoever_signed_in(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(mona)
    qtbot.waitUntil(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert dialog.who == MONA


def test_cancelled_it_gives_up_at_once(qtbot: QtBot, opened: Open) -> None:
    waiting = Waiting()
    dialog = opened(waiting)
    assert waiting.begun.wait(10)
    button(dialog, "Cancel").click()
    assert waiting.given_up.wait(10)
    assert (dialog.who, dialog.isVisible()) == (None, False)


def test_escape_gives_up_too(qtbot: QtBot, opened: Open) -> None:
    waiting = Waiting()
    dialog = opened(waiting)
    assert waiting.begun.wait(10)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert waiting.given_up.wait(10)


@pytest.mark.parametrize(
    "error", [Offline("The sign-in service cannot be reached.", do="Try again."), Refused("no", "It was declined.")]
)
def test_what_went_wrong_is_said(qtbot: QtBot, opened: Open, error: Exception) -> None:
    dialog = opened(Failing(error))
    qtbot.waitUntil(lambda: not dialog.waits)
    assert dialog.told == str(error)


def test_what_nobody_foresaw_is_said_and_it_can_be_tried_again(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(Failing(ZeroDivisionError()))
    qtbot.waitUntil(lambda: not dialog.waits)
    assert "Something went wrong inside FleetDesk." in dialog.told
    button(dialog, "Try again").click()
    qtbot.waitUntil(lambda: dialog.who == MONA)


def test_it_can_be_tried_again(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(Failing(Offline("The sign-in service cannot be reached.")))
    qtbot.waitUntil(lambda: not dialog.waits)
    button(dialog, "Try again").click()
    qtbot.waitUntil(lambda: dialog.who == MONA)


def test_after_an_error_the_keyboard_is_on_trying_again(qtbot: QtBot, opened: Open) -> None:
    dialog = opened(Failing(Offline("The sign-in service cannot be reached.")))
    qtbot.waitUntil(lambda: not dialog.waits)
    assert dialog.focusWidget() is button(dialog, "Try again")


def test_it_may_say_first_why_to_sign_in(opened: Open, qtbot: QtBot, theme: Theme) -> None:
    dialog = SignInDialog(mona, "team", theme)
    qtbot.addWidget(dialog)
    dialog.offer("Your session has ended.")
    dialog.show()
    assert dialog.told == "Your session has ended."
    button(dialog, "Sign in").click()
    qtbot.waitUntil(lambda: dialog.who == MONA)
    dialog.end()
