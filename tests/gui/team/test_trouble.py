"""The window of what could not be opened: what happened, what was kept, what to do, and the ways on from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.errors import BadFile, DiskFull
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import message_for
from fleetdesk.team.trouble import TroubleWindow, tell_trouble

FULL = DiskFull("The disk is full.", kept="Nothing is lost.", do="Free some space.")


def buttons(window: TroubleWindow) -> list[str]:
    return [button.text() for button in window.findChildren(QPushButton)]


def answering(answer: Callable[[TroubleWindow], None]) -> Callable[[TroubleWindow], None]:
    """Answers as soon as the window is there."""
    return lambda window: QTimer.singleShot(0, window, lambda: answer(window))


def test_it_says_what_happened_what_was_kept_and_what_to_do(qtbot: QtBot, theme: Theme) -> None:
    window = TroubleWindow(message_for(FULL), theme, "team")
    qtbot.addWidget(window, before_close_func=lambda _window: window.end())
    assert window.told == "The disk is full. Nothing is lost. Free some space."
    assert buttons(window) == ["Quit", "Try again"]


@pytest.mark.parametrize("again", [True, False])
def test_the_person_tries_again_or_quits(qapp: QApplication, again: bool) -> None:
    answer = TroubleWindow.accept if again else TroubleWindow.reject
    assert tell_trouble(FULL, "team", answering(answer)) is again


def test_what_is_wrong_with_a_file_can_be_looked_at(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seen: list[list[str]] = []

    def look(window: TroubleWindow) -> None:
        seen.append(buttons(window))
        window.reject()

    folder = tmp_path_factory.mktemp("connection")
    for error in (BadFile("It is damaged."), FULL):
        tell_trouble(error, "team", answering(look), elsewhere=lambda: None, folder=folder)
    assert seen == [
        ["Other connection", "Show files", "Quit", "Try again"],
        ["Other connection", "Quit", "Try again"],
    ]
