"""The stages of a record: what stands in the way of each, and moving by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
)
from pytestqt.qtbot import QtBot

from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.stage_stepper import Stage, StageStepper
from tests.gui.conftest import Show

STAGES = (
    Stage("new", "New", Tone.INFO),
    Stage("contacted", "Contacted", Tone.ACTIVE),
    Stage("qualified", "Qualified", Tone.NOTABLE),
    Stage("lost", "Lost", Tone.DANGER, aside=True),
)
MISSING = WhyNot("The fleet size is missing.")


@pytest.fixture
def stepper(theme: Theme, show: Show) -> StageStepper:
    stepper = StageStepper(theme, "Stage of the lead")
    stepper.show_stages(STAGES, "contacted", {"new": WhyNot("No going back."), "qualified": MISSING})
    show(stepper)
    return stepper


def stage(stepper: StageStepper, text: str) -> QAbstractButton:
    return next(b for b in stepper.findChildren(QAbstractButton) if b.text() == text and not b.isHidden())


def hint(stepper: StageStepper) -> str:
    return stepper.findChildren(QLabel)[0].text()


def test_a_stage_says_what_stands_in_its_way_while_it_has_the_keyboard(qtbot: QtBot, stepper: StageStepper) -> None:
    stage(stepper, "Contacted").setFocus()

    qtbot.keyClick(stage(stepper, "Contacted"), Qt.Key.Key_Right)

    assert stage(stepper, "Qualified").hasFocus()
    assert hint(stepper) == "The fleet size is missing."


def test_a_stage_says_the_same_to_a_screen_reader(stepper: StageStepper) -> None:
    assert stage(stepper, "Contacted").accessibleName() == "Contacted, current stage"
    assert stage(stepper, "Qualified").accessibleName() == "Qualified, not possible now: The fleet size is missing."
    assert stage(stepper, "Lost").accessibleName() == "Move to Lost"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_possible_stage_is_chosen_by_keyboard(qtbot: QtBot, stepper: StageStepper, key: Qt.Key) -> None:
    with qtbot.waitSignal(stepper.chosen) as chosen:
        qtbot.keyClick(stage(stepper, "Lost"), key)

    assert chosen.args == ["lost"]


def test_an_impossible_stage_is_refused_with_the_reason(qtbot: QtBot, stepper: StageStepper) -> None:
    with qtbot.assertNotEmitted(stepper.chosen), qtbot.waitSignal(stepper.refused) as refused:
        stage(stepper, "Qualified").click()

    assert refused.args == ["The fleet size is missing."]


def test_the_current_stage_asks_for_nothing(qtbot: QtBot, stepper: StageStepper) -> None:
    with qtbot.assertNotEmitted(stepper.chosen):
        stage(stepper, "Contacted").click()


def test_tab_goes_past_the_stages_in_one_step(stepper: StageStepper) -> None:
    reached_by_tab = [
        button.text()
        for button in stepper.findChildren(QAbstractButton)
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]

    assert reached_by_tab == ["Contacted"]


def test_the_keyboard_stays_in_the_stages_when_the_record_moves(stepper: StageStepper) -> None:
    stage(stepper, "Contacted").setFocus()

    stepper.show_stages(STAGES, "qualified", {})

    assert stage(stepper, "Contacted").hasFocus()
