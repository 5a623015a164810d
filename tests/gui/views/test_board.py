"""The board: a column for each stage, cards read as one scrolls, and the lead beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.widgets.buttons import Button, IconButton
from fleetdesk.qt.widgets.state_overlay import StateOverlay
from fleetdesk.queries.leads import LeadQuery, LeadSort
from fleetdesk.views.leads.board.board import Board
from fleetdesk.views.leads.modes import Mode
from fleetdesk.views.remembered import Place
from tests.gui.views.board import at_rest, board, cards, go_to, ids, show_board, stage
from tests.gui.views.filled import FailingStore, StillClock
from tests.gui.views.office import Office, named
from tests.gui.views.restarting import Restarts
from tests.gui.views.sample import STORY, sample


@pytest.fixture
def shown(qtbot: QtBot, office: Office) -> Office:
    """The office with its forty leads on the board."""
    show_board(qtbot, office)
    return office


def focused() -> object:
    return QApplication.focusWidget()


# Columns


def test_each_stage_has_a_column_that_says_how_many_leads_stand_in_it(shown: Office) -> None:
    counts = Counter(lead.status for lead in sample(40).leads)

    said = [column.accessibleName() for column in board(shown).lane.columns]

    assert said[:2] == [f"New, {counts[Stage.NEW]} leads", f"Contacted, {counts[Stage.CONTACTED]} leads"]
    assert [column.stage for column in board(shown).lane.columns] == [*PIPELINE, Stage.LOST]


def test_only_the_stages_that_the_filter_leaves_have_a_column(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.put("status:new,lost")

    qtbot.waitUntil(lambda: at_rest(shown))
    assert [column.stage for column in board(shown).lane.columns] == [Stage.NEW, Stage.LOST]


def test_the_board_shows_what_the_filter_leaves(qtbot: QtBot, shown: Office) -> None:
    mine = {lead.id for lead in sample(40).leads if lead.owner_id == "person-layla"}

    shown.leads.listing.put("owner:me")

    qtbot.waitUntil(lambda: at_rest(shown) and {id_ for one in Stage for id_ in ids(shown, one)} == mine)


def test_the_board_is_sorted_as_the_table_is(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.sort((SortKey(LeadSort.FLEET_SIZE, descending=True),))

    def fleets() -> list[int]:
        return [card.fleet_size or 0 for card in cards(shown, Stage.NEW)]

    qtbot.waitUntil(lambda: at_rest(shown) and fleets() == sorted(fleets(), reverse=True) and bool(fleets()[0]))


def test_closed_stages_begin_folded_and_unfold_at_a_click(qtbot: QtBot, shown: Office) -> None:
    assert not stage(shown, Stage.LOST).cards.isVisible()

    qtbot.mouseClick(stage(shown, Stage.LOST), Qt.MouseButton.LeftButton)

    assert stage(shown, Stage.LOST).cards.isVisible()


def test_a_folded_stage_that_is_asked_for_by_name_is_unfolded(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.put("status:lost")

    qtbot.waitUntil(lambda: at_rest(shown))
    assert stage(shown, Stage.LOST).cards.isVisible()


def test_columns_are_folded_without_a_mouse(shown: Office) -> None:
    go_to(shown, Stage.CONTACTED)

    shown.do("leads.fold")

    assert stage(shown, Stage.CONTACTED).folded
    assert focused() is not stage(shown, Stage.CONTACTED).cards
    shown.do("leads.unfold")
    assert not any(column.folded for column in board(shown).lane.columns)


# Cards


@pytest.fixture
def long_column(qtbot: QtBot, office: Office) -> Office:
    """Two hundred new leads on the board."""
    now = office.clock.now()
    office.store.perform(
        *(CreateLead(id=new_id(), issued_at=now, lead_id=new_id(), values={"company": f"Cars {n}"}) for n in range(200))
    )
    show_board(qtbot, office)
    qtbot.waitUntil(lambda: at_rest(office) and (stage(office, Stage.NEW).count or 0) > 200)
    return office


def test_a_column_reads_its_first_cards_and_counts_all(long_column: Office) -> None:
    new = stage(long_column, Stage.NEW)

    assert len(new.model.keys) == 50
    assert new.accessibleName() == f"New, {new.count} leads"


def test_more_cards_are_read_as_one_scrolls(qtbot: QtBot, long_column: Office) -> None:
    new = stage(long_column, Stage.NEW)

    new.cards.verticalScrollBar().setValue(new.cards.verticalScrollBar().maximum())

    qtbot.waitUntil(lambda: len(new.model.keys) == 100 and long_column.idle())
    assert new.cards.rows_in_sight().start > 30


def test_a_card_is_read_out_in_one_sentence(shown: Office) -> None:
    go_to(shown, Stage.CONTACTED, ids(shown, Stage.CONTACTED).index(STORY))
    index = stage(shown, Stage.CONTACTED).cards.currentIndex()

    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Mariam Al Zaabi. Al Zaabi Premium Cars. Next step: Send the price list in Arabic, Tomorrow, 11:00. "
        "2 days in this stage. Owner: Layla Haddad"
    )


def test_a_card_says_that_a_change_waits(qtbot: QtBot, shown: Office) -> None:
    edits = {"score": FieldEdit(base=70, new=85)}
    shown.store.perform(EditLead(id=new_id(), issued_at=shown.clock.now(), lead_id=STORY, edits=edits))
    qtbot.waitUntil(lambda: bool(shown.bench.outbox.changes) and at_rest(shown))

    model = stage(shown, Stage.CONTACTED).model
    said = model.index(ids(shown, Stage.CONTACTED).index(STORY), 0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert said.endswith("A change waits to be sent")


# The lead beside it


def test_a_click_on_a_card_opens_its_lead(qtbot: QtBot, shown: Office) -> None:
    contacted = stage(shown, Stage.CONTACTED).cards
    row = ids(shown, Stage.CONTACTED).index(STORY)

    qtbot.mouseClick(contacted.viewport(), Qt.MouseButton.LeftButton, pos=contacted.place_of(row).center())

    qtbot.waitUntil(lambda: shown.leads.pane.lead is not None and shown.leads.pane.lead.id == STORY)
    assert contacted.opened_lead == STORY


def test_going_over_the_cards_opens_none_but_enter_does(qtbot: QtBot, shown: Office) -> None:
    keyboard = go_to(shown, Stage.NEW)
    qtbot.keyClick(keyboard, Qt.Key.Key_Down)
    assert not shown.leads.pane.isVisible()

    qtbot.keyClick(keyboard, Qt.Key.Key_Return)

    assert shown.leads.pane.lead_id == ids(shown, Stage.NEW)[1]


def test_with_a_lead_open_the_keyboard_takes_it_along(qtbot: QtBot, shown: Office) -> None:
    shown.window.resize(1440, 900)
    keyboard = go_to(shown, Stage.NEW)
    qtbot.keyClick(keyboard, Qt.Key.Key_Return)

    qtbot.keyClick(keyboard, Qt.Key.Key_Down)

    assert shown.leads.pane.lead_id == ids(shown, Stage.NEW)[1]


def test_the_next_lead_is_the_next_card_and_then_the_first_of_the_next_column(qtbot: QtBot, shown: Office) -> None:
    new, contacted = ids(shown, Stage.NEW), ids(shown, Stage.CONTACTED)
    go_to(shown, Stage.NEW, len(new) - 2)
    opened = []

    for action in ("leads.next", "leads.next", "leads.next", "leads.previous"):
        shown.do(action)
        opened.append(shown.leads.pane.lead_id)

    assert opened == [new[-2], new[-1], contacted[0], new[-1]]


def test_closing_the_lead_gives_the_keyboard_back_to_its_card(qtbot: QtBot, shown: Office) -> None:
    keyboard = go_to(shown, Stage.QUALIFIED)
    qtbot.keyClick(keyboard, Qt.Key.Key_Return)
    shown.do("leads.edit")
    qtbot.waitUntil(shown.idle)
    for dialog in [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.parent() is not None]:
        dialog.close()

    shown.do("leads.close")

    assert focused() is keyboard


def test_what_can_be_done_is_done_with_the_card_that_has_the_keyboard(qtbot: QtBot, shown: Office) -> None:
    go_to(shown, Stage.QUALIFIED, 1)

    shown.do("leads.assign_to_me")

    qtbot.waitUntil(lambda: shown.leads.pane.lead_id == ids(shown, Stage.QUALIFIED)[1])


# By keyboard


def test_the_arrows_go_to_the_column_beside_at_the_same_height(qtbot: QtBot, shown: Office) -> None:
    keyboard = go_to(shown, Stage.NEW, 2)

    qtbot.keyClick(keyboard, Qt.Key.Key_Right)

    contacted = stage(shown, Stage.CONTACTED).cards
    assert focused() is contacted
    assert contacted.currentIndex().row() == 2


def test_the_arrows_pass_over_what_is_folded_or_empty(qtbot: QtBot, shown: Office) -> None:
    go_to(shown, Stage.CONTACTED)
    shown.do("leads.fold")
    keyboard = go_to(shown, Stage.NEW)

    qtbot.keyClick(keyboard, Qt.Key.Key_Right)

    assert focused() is stage(shown, Stage.QUALIFIED).cards


def test_the_keys_of_the_modes_go_to_the_board_and_back(qtbot: QtBot, office: Office) -> None:
    office.do("leads.as_board")
    qtbot.waitUntil(lambda: at_rest(office))
    assert isinstance(office.leads.shown.view, Board)
    assert named(office.leads.head, "Show the leads as a board", IconButton).isChecked()

    office.do("leads.as_table")

    assert office.leads.table.isVisible()


# Live


def test_a_lead_that_changes_elsewhere_leaves_the_keyboard_and_the_scroll_where_they_are(
    qtbot: QtBot, long_column: Office
) -> None:
    new = stage(long_column, Stage.NEW)
    go_to(long_column, Stage.NEW, 30)
    current, top = new.cards.current_lead, new.cards.verticalScrollBar().value()
    assert current is not None

    last = ids(long_column, Stage.NEW)[-1]
    edits = {"company": FieldEdit(base=cards(long_column, Stage.NEW)[-1].company, new="Now on top")}
    long_column.clock.instant = long_column.clock.instant.replace(minute=50)
    long_column.store.perform(EditLead(id=new_id(), issued_at=long_column.clock.now(), lead_id=last, edits=edits))

    qtbot.waitUntil(lambda: at_rest(long_column) and ids(long_column, Stage.NEW)[:1] == [last])
    assert new.cards.current_lead is not None
    assert new.cards.current_lead.id == current.id
    assert new.cards.verticalScrollBar().value() - top == new.cards.row_height


def test_a_new_lead_comes_up_in_its_column(qtbot: QtBot, shown: Office) -> None:
    values = {"first_name": "Karim", "last_name": "Haddad"}
    shown.store.perform(CreateLead(id=new_id(), issued_at=shown.clock.now(), lead_id="lead-new", values=values))

    qtbot.waitUntil(lambda: at_rest(shown) and ids(shown, Stage.NEW)[:1] == ["lead-new"])


# States


def test_where_nothing_matches_the_board_says_so_and_offers_a_way_back(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.put("zzzz")
    qtbot.waitUntil(lambda: board(shown).overlay is not None)

    named(board(shown), "Clear search and filters", Button).click()

    qtbot.waitUntil(lambda: at_rest(shown) and board(shown).overlay is None)


def test_an_empty_stage_is_quiet_beside_others(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.put("zaabi")

    qtbot.waitUntil(lambda: at_rest(shown) and ids(shown, Stage.CONTACTED) == [STORY])
    assert stage(shown, Stage.NEW).accessibleName() == "New, 0 leads"
    assert stage(shown, Stage.NEW).cards.overlay is None


def failing(office: Office) -> FailingStore:
    assert isinstance(office.store, FailingStore)
    return office.store


def test_what_cannot_be_read_says_so_and_can_be_tried_again(qtbot: QtBot, office: Office) -> None:
    failing(office).fails = True
    office.leads.mode.choose(Mode.BOARD)
    qtbot.waitUntil(lambda: board(office).overlay is not None)

    failing(office).fails = False
    (cover,) = (child for child in board(office).children() if isinstance(child, StateOverlay))
    named(cover, "Try again", Button).click()

    qtbot.waitUntil(lambda: at_rest(office) and bool(ids(office, Stage.NEW)))
    assert board(office).overlay is None


def test_cards_from_before_stay_and_it_is_said_once_that_they_cannot_be_read_again(qtbot: QtBot, shown: Office) -> None:
    before = ids(shown, Stage.NEW)
    failing(shown).fails = True

    board(shown).show_query(LeadQuery())

    qtbot.waitUntil(lambda: bool(shown.said.texts) and shown.idle())
    assert {message.key for message in shown.said.messages} == {"board-failed"}
    assert ids(shown, Stage.NEW) == before


# Remembered


@pytest.fixture
def start(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock) -> Iterator[Restarts]:
    """Opens the person's window with eighty leads; again, after closing the one before."""
    restarts = Restarts(qtbot, theme, tmp_path / "another", clock, sample(80))
    yield restarts
    restarts.close()


def place(office: Office) -> Place:
    """What the tab in sight remembers."""
    return office.window.area.current.place


def test_mode_folds_and_scroll_come_back_after_a_restart(qtbot: QtBot, start: Restarts) -> None:
    office = start()
    show_board(qtbot, office)
    office.do("leads.unfold")
    stage(office, Stage.NEW).cards.verticalScrollBar().setValue(400)
    qtbot.waitUntil(lambda: place(office).get("leads.board.scrolled") is not None)

    again = start()

    qtbot.waitUntil(lambda: at_rest(again) and stage(again, Stage.NEW).cards.verticalScrollBar().value() == 400)
    assert not stage(again, Stage.LOST).folded


@pytest.mark.parametrize("kept", ["nonsense", 7, ["a"], {"tops": "x", "left": "y"}, {"tops": {"new": "far"}}])
def test_what_was_kept_in_another_form_is_ignored(qtbot: QtBot, start: Restarts, kept: JsonValue) -> None:
    office = start()
    place(office).keep("leads.mode", kept)
    place(office).keep("leads.board.scrolled", kept)
    office.bench.remembered.keep("leads.board.folded", kept)

    again = start()

    assert again.leads.shown.view is None
    show_board(qtbot, again)
    assert len(board(again).lane.columns) == len(Stage)
