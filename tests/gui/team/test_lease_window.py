"""The window of a lease that is over: it looks for the hub, and lets nobody on before it was reached."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Offline, SignInNeeded
from fleetdesk.qt.look.theme import Theme
from fleetdesk.team.lease_window import LeaseWindow


class Hub:
    """Answers, or raises what it is given."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked = 0

    async def __call__(self) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, hub: Hub) -> LeaseWindow:
    window = LeaseWindow(hub, theme, "team", 3)
    qtbot.addWidget(window, before_close_func=lambda _window: window.end())
    window.show()
    return window


def reached(window: LeaseWindow) -> bool:
    return window.result() == QDialog.DialogCode.Accepted


def test_a_hub_that_answers_lets_one_on(qtbot: QtBot, window: LeaseWindow) -> None:
    window.begin()
    qtbot.waitUntil(lambda: reached(window))


def test_one_that_does_not_is_tried_again(qtbot: QtBot, window: LeaseWindow, hub: Hub) -> None:
    hub.error = Offline("The hub cannot be reached.")
    window.begin()
    qtbot.waitUntil(lambda: not window.looks)
    assert window.told == "The hub cannot be reached."
    assert not reached(window)
    hub.error = None
    window._on.click()  # noqa: SLF001
    qtbot.waitUntil(lambda: reached(window))


def test_what_nobody_foresaw_is_told_and_it_can_be_tried_again(qtbot: QtBot, window: LeaseWindow, hub: Hub) -> None:
    hub.error = ZeroDivisionError()
    window.begin()
    qtbot.waitUntil(lambda: not window.looks)
    assert "Something went wrong inside FleetDesk." in window.told
    hub.error = None
    window._on.click()  # noqa: SLF001
    qtbot.waitUntil(lambda: reached(window))


def test_a_session_that_is_over_is_signed_in_again(qtbot: QtBot, window: LeaseWindow, hub: Hub) -> None:
    answers = iter((False, True))
    window.sign_in = lambda: next(answers)
    hub.error = SignInNeeded("Your session has ended.")
    window.begin()
    qtbot.waitUntil(lambda: not window.looks)
    assert window._on.text() == "Sign in"  # noqa: SLF001
    window._on.click()  # noqa: SLF001
    assert not reached(window)
    window._on.click()  # noqa: SLF001
    assert reached(window)
    assert hub.asked == 1


def test_it_counts_what_waits_and_says_that_nothing_is_deleted(window: LeaseWindow) -> None:
    said = " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
    assert "3 changes wait to be sent" in said
    assert "Nothing was deleted." in said


def test_whoever_gives_up_is_not_let_on(window: LeaseWindow) -> None:
    window.reject()
    assert not reached(window)
