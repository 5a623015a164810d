"""Moving cards: what each column says before the drop, and what a drop does, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import LogActivity, MoveLead, StartOnboarding
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.theme import Theme
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.board import at_rest, board, drag, go_to, ids, show_board, stage
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.lead_pane import dialog, performed
from tests.gui.views.office import Office, named, read_only
from tests.gui.views.sample import sample

READY = "lead-ready"  # contacted, with all that qualified asks for
BARE = "lead-bare"  # contacted, with a company alone


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock) -> Iterator[Office]:
    """A window with the board over a few leads of each stage."""
    office = Office.open(filled(tmp_path, clock), theme, clock)
    office.window.resize(1440, 900)
    show_board(qtbot, office)
    yield office
    office.close()


def filled(folder: Path, clock: StillClock) -> LocalStore:
    """A store with leads of every stage that a test moves."""
    store = open_store(folder / "board", clock)
    filling = sample(12)
    complete: dict[str, object] = {
        "company": "Ready Cars",
        "country": "AE",
        "fleet_size": 12,
        "email": "a@ready.example",
    }
    filling.lead(READY, status=Stage.CONTACTED, first_name="Rana", activity_count=1, **complete)
    filling.lead(BARE, status=Stage.CONTACTED, company="Bare Cars", activity_count=1)
    filling.lead("lead-fresh", status=Stage.NEW, first_name="Fresh", last_name="Lead", **complete)
    filling.lead("lead-qualified", status=Stage.QUALIFIED, first_name="Quinn", **complete)
    filling.lead("lead-lost", status=Stage.LOST, first_name="Lars", lost_reason="Budget", **complete)
    load(store, filling)
    return store


def take_up(qtbot: QtBot, office: Office, start: Stage, lead_id: str) -> QWidget:
    """Take a card up by keys; gives the list that has the keyboard."""
    keyboard = go_to(office, start, ids(office, start).index(lead_id))
    qtbot.keyClick(keyboard, Qt.Key.Key_Space)
    assert board(office).lift.lead is not None
    return keyboard


def middle(office: Office, wanted: Stage) -> QPoint:
    """The middle of a column, on the screen."""
    column = stage(office, wanted)
    return column.mapToGlobal(column.rect().center())


def release(office: Office, start: Stage) -> None:
    QTest.mouseRelease(stage(office, start).cards.viewport(), Qt.MouseButton.LeftButton)


def kinds(office: Office) -> list[type[Command]]:
    return [type(command) for command in performed(office)]


# What is said before the drop


def test_while_a_card_is_up_each_column_says_what_would_become_of_it(qtbot: QtBot, shown: Office) -> None:
    take_up(qtbot, shown, Stage.CONTACTED, BARE)

    assert {column.stage: column.said for column in board(shown).lane.columns} == {
        Stage.NEW: (
            "Not possible. A lead cannot go from contacted to new. From contacted it can go to qualified or lost."
        ),
        Stage.CONTACTED: "",
        Stage.QUALIFIED: "Move to Qualified. Asks for: country, fleet size, email.",
        Stage.ONBOARDING: (
            "Not possible. A lead cannot go from contacted to onboarding. "
            "From contacted it can go to qualified or lost."
        ),
        Stage.VALIDATED: ("Not possible. Your role (sales) may not validate leads. Ask a super admin if you need it."),
        Stage.CONVERTED: (
            "Not possible. A lead becomes converted only when it is made a tenant. "
            "A super admin converts a validated lead."
        ),
        Stage.LOST: "Move to Lost. Asks for: the reason.",
    }


def test_what_a_column_says_is_its_accessible_description(qtbot: QtBot, shown: Office) -> None:
    take_up(qtbot, shown, Stage.CONTACTED, READY)

    column = stage(shown, Stage.QUALIFIED)
    assert column.accessibleDescription() == column.said == "Move to Qualified. It can be put down here."


def test_where_the_card_is_is_said_at_every_step(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)
    guide = board(shown).carrying.guide
    said = [guide.words]

    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(keyboard, key)
        said.append(guide.words)

    assert said == [
        "Rana over Contacted. It stays where it is.",
        "Rana over Qualified. It can be put down here.",
        (
            "Rana over Onboarding. A lead cannot go from contacted to onboarding. "
            "From contacted it can go to qualified or lost."
        ),
    ]


def test_nothing_is_said_any_more_once_the_card_is_down(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, BARE)

    qtbot.keyClick(keyboard, Qt.Key.Key_Escape)

    assert not any(column.said for column in board(shown).lane.columns)
    assert not board(shown).carrying.guide.words
    assert not performed(shown)


# By keys


def test_a_card_is_put_down_with_enter_and_takes_the_keyboard_along(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)
    qtbot.keyClick(keyboard, Qt.Key.Key_Right)

    qtbot.keyClick(keyboard, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: ids(shown, Stage.QUALIFIED)[:1] == [READY] and at_rest(shown))
    assert kinds(shown) == [MoveLead]
    qtbot.waitUntil(lambda: QApplication.focusWidget() is stage(shown, Stage.QUALIFIED).cards)
    current = stage(shown, Stage.QUALIFIED).cards.current_lead
    assert current is not None
    assert current.id == READY


def test_ctrl_and_an_arrow_take_the_card_up_and_carry_it(qtbot: QtBot, shown: Office) -> None:
    go_to(shown, Stage.CONTACTED, ids(shown, Stage.CONTACTED).index(READY))

    shown.do("leads.card_right")

    assert board(shown).lift.target is Stage.QUALIFIED
    qtbot.keyClick(stage(shown, Stage.CONTACTED).cards, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert board(shown).lift.target is Stage.ONBOARDING


def test_put_down_where_it_was_nothing_happens(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)

    qtbot.keyClick(keyboard, Qt.Key.Key_Return)

    assert board(shown).lift.lead is None
    assert not performed(shown)


def test_while_a_card_is_up_no_letter_does_something_else(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)

    qtbot.keyClick(keyboard, Qt.Key.Key_N)

    assert not [one for one in shown.window.findChildren(CommandDialog) if one.isVisible()]
    assert board(shown).lift.lead is not None


def test_a_folded_column_can_be_a_target(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)
    for _ in range(5):
        qtbot.keyClick(keyboard, Qt.Key.Key_Right)

    assert board(shown).lift.target is Stage.LOST


# By mouse


def test_a_card_is_dragged_to_the_column_beside(qtbot: QtBot, shown: Office) -> None:
    row = ids(shown, Stage.CONTACTED).index(READY)

    drag(shown, Stage.CONTACTED, row, middle(shown, Stage.QUALIFIED))
    assert board(shown).lift.target is Stage.QUALIFIED
    release(shown, Stage.CONTACTED)

    qtbot.waitUntil(lambda: READY in ids(shown, Stage.QUALIFIED))
    assert not shown.leads.pane.isVisible()


def test_a_drag_is_given_up_with_escape(qtbot: QtBot, shown: Office) -> None:
    drag(shown, Stage.CONTACTED, ids(shown, Stage.CONTACTED).index(READY), middle(shown, Stage.QUALIFIED))
    qtbot.keyClick(stage(shown, Stage.CONTACTED).cards, Qt.Key.Key_Escape)

    release(shown, Stage.CONTACTED)

    assert not performed(shown)
    assert not shown.leads.pane.isVisible()


def test_a_refused_drop_says_why_and_does_nothing(qtbot: QtBot, shown: Office) -> None:
    drag(shown, Stage.CONTACTED, ids(shown, Stage.CONTACTED).index(READY), middle(shown, Stage.NEW))

    release(shown, Stage.CONTACTED)

    assert shown.said.texts == [
        "A lead cannot go from contacted to new. From contacted it can go to qualified or lost."
    ]
    assert not performed(shown)


# What a drop does


def drop(qtbot: QtBot, office: Office, start: Stage, lead_id: str, target: Stage) -> None:
    keyboard = take_up(qtbot, office, start, lead_id)
    stages = list(Stage)
    steps = stages.index(target) - stages.index(start)
    for _ in range(abs(steps)):
        qtbot.keyClick(keyboard, Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left)
    qtbot.keyClick(keyboard, Qt.Key.Key_Return)


def test_a_move_is_told_with_an_undo_that_brings_the_card_back(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.CONTACTED, READY, Stage.QUALIFIED)
    qtbot.waitUntil(lambda: bool(shown.said.messages))
    assert shown.said.messages[0].what == "Rana is qualified now."

    undo = shown.said.messages[0].action
    assert undo is not None
    undo.run()

    qtbot.waitUntil(lambda: READY in ids(shown, Stage.CONTACTED) and at_rest(shown))
    assert not performed(shown)


def test_a_drop_asks_only_for_what_is_missing(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.CONTACTED, BARE, Stage.QUALIFIED)

    qtbot.waitUntil(lambda: bool(shown.window.findChildren(CommandDialog)))
    asked = {one.accessibleName() for one in dialog(shown).form.findChildren(QWidget) if one.isVisible()}
    assert {"Country, required", "Fleet size, required", "Email, required"} <= asked
    assert not any(name.startswith("Company") for name in asked)
    dialog(shown).close()


def test_a_lost_lead_is_asked_for_its_reason_and_then_gone(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.CONTACTED, BARE, Stage.LOST)
    qtbot.waitUntil(lambda: bool(shown.window.findChildren(CommandDialog)))

    named(dialog(shown), "Reason, required", QPlainTextEdit).setPlainText("Chose another supplier")
    dialog(shown).submit()

    qtbot.waitUntil(lambda: BARE in ids(shown, Stage.LOST))
    assert kinds(shown) == [MoveLead]


def test_a_form_that_is_cancelled_leaves_the_card_where_it_was(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.CONTACTED, BARE, Stage.LOST)
    qtbot.waitUntil(lambda: bool(shown.window.findChildren(CommandDialog)))

    dialog(shown).reject()

    assert not performed(shown)
    assert BARE in ids(shown, Stage.CONTACTED)


def test_a_new_lead_is_asked_what_happened(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.NEW, "lead-fresh", Stage.CONTACTED)
    qtbot.waitUntil(lambda: bool(shown.window.findChildren(CommandDialog)))

    named(dialog(shown), "What came of it?, required", QPlainTextEdit).setPlainText("They want a demo.")
    dialog(shown).submit()

    qtbot.waitUntil(lambda: "lead-fresh" in ids(shown, Stage.CONTACTED))
    assert kinds(shown) == [LogActivity, MoveLead]


def test_before_an_email_goes_out_the_person_is_asked(qtbot: QtBot, shown: Office) -> None:
    drop(qtbot, shown, Stage.QUALIFIED, "lead-qualified", Stage.ONBOARDING)
    qtbot.waitUntil(lambda: bool(shown.said.pending))
    assert not performed(shown)

    shown.said.confirm()

    qtbot.waitUntil(lambda: kinds(shown) == [StartOnboarding])


def test_a_lead_that_changed_meanwhile_is_judged_as_it_is_now(qtbot: QtBot, shown: Office) -> None:
    keyboard = take_up(qtbot, shown, Stage.CONTACTED, READY)
    qtbot.keyClick(keyboard, Qt.Key.Key_Right)
    moved = MoveLead(
        id="m",
        issued_at=shown.clock.now(),
        lead_id=READY,
        base=Stage.CONTACTED,
        to=Stage.LOST,
        reason="Elsewhere",
        activity_id="a",
    )
    shown.store.perform(moved)

    qtbot.keyClick(keyboard, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: bool(shown.said.texts))
    assert shown.said.texts[0].startswith("A lead cannot go from lost to qualified.")


def test_who_may_only_read_takes_no_card_up_and_is_told_so(
    qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock
) -> None:
    office = Office.open(filled(tmp_path, clock), theme, clock, platform=read_only())
    show_board(qtbot, office)
    keyboard = go_to(office, Stage.CONTACTED)

    qtbot.keyClick(keyboard, Qt.Key.Key_Space)

    assert board(office).lift.lead is None
    assert office.said.texts == ["Your role may read leads, not change them."]
    office.close()
