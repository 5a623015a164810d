"""The table model: rows come from elsewhere, stay in their places, and never make the window wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from fleetdesk.errors import ReplicaUnusable
from fleetdesk.models.changes import Changes
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.qt.tasks import TaskRunner
from tests.gui.people import COLUMNS, EVERYTHING_CHANGED, TABLE, People, Person, Rule, crowd, everyone, person_changed

Model = RecordTableModel[Rule, Person]
View = RecordTableView[Rule, Person]
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def people() -> People:
    return People(crowd(500))


@pytest.fixture
def model(people: People, runner: TaskRunner, feed: ChangeFeed) -> Iterator[Model]:
    model: Model = RecordTableModel(people, COLUMNS, table=TABLE, runner=runner, changes=feed, related=["staff"])
    yield model
    people.gate.set()
    people.page_gate.set()
    model.deleteLater()


@pytest.fixture
def view(qtbot: QtBot, model: Model, theme: Theme) -> View:
    view: View = RecordTableView(model, theme=theme, name="People")
    qtbot.addWidget(view)
    view.resize(480, 352)
    view.show()
    return view


def show(qtbot: QtBot, model: Model, query: Rule = everyone) -> None:
    model.set_query(query)
    qtbot.waitUntil(lambda: model.state is LoadState.READY)


def names(model: Model) -> list[str | None]:
    return [None if (row := model.row_at(n)) is None else row.name for n in range(model.rowCount())]


def test_a_row_that_was_not_read_yet_shows_nothing_and_reads_nothing(
    qtbot: QtBot, model: Model, people: People
) -> None:
    show(qtbot, model)

    assert model.rowCount() == 500
    assert model.index(7, 0).data() is None
    assert people.pages == []


def test_rows_are_read_where_somebody_looks_and_a_little_around(qtbot: QtBot, model: Model, people: People) -> None:
    show(qtbot, model)

    with qtbot.waitSignal(model.dataChanged):
        model.want(200, 209)

    assert model.index(203, 0).data() == "Person 203"
    assert sorted(people.pages[0]) == list(range(200 - 64, 210 + 64))


def test_what_is_looked_at_is_read_before_what_is_around(qtbot: QtBot, model: Model, people: People) -> None:
    show(qtbot, model)

    with qtbot.waitSignal(model.dataChanged):
        model.want(200, 209)

    assert people.pages[0][:10] == list(range(200, 210))


def test_looking_elsewhere_drops_what_is_on_its_way(qtbot: QtBot, model: Model, people: People) -> None:
    show(qtbot, model)
    people.page_gate.clear()
    model.want(0, 9)
    qtbot.waitUntil(lambda: len(people.pages) == 1)

    model.want(400, 409)
    qtbot.waitUntil(lambda: model.row_at(400) is not None)

    assert model.row_at(0) is None


def test_what_is_on_its_way_and_still_looked_at_is_not_asked_for_twice(
    qtbot: QtBot, model: Model, people: People
) -> None:
    show(qtbot, model)
    people.page_gate.clear()
    model.want(100, 109)
    qtbot.waitUntil(lambda: len(people.pages) == 1)

    model.want(103, 112)
    people.page_gate.set()
    qtbot.waitUntil(lambda: model.row_at(112) is not None)

    assert len(people.pages) == 1


def test_a_late_answer_to_an_older_query_is_dropped(qtbot: QtBot, model: Model, people: People) -> None:
    people.gate.clear()
    model.set_query(everyone)
    qtbot.waitUntil(lambda: people.key_reads == 1)

    show(qtbot, model, lambda person: person.stage == "won")

    assert model.rowCount() == 100


def test_the_first_piece_of_a_long_answer_is_shown_before_the_rest(qtbot: QtBot, model: Model, people: People) -> None:
    people.piece = 50
    people.gate.clear()

    model.set_query(everyone)
    qtbot.waitUntil(lambda: model.rowCount() == 50)
    assert model.state is LoadState.LOADING
    people.gate.set()
    qtbot.waitUntil(lambda: model.state is LoadState.READY)

    assert model.rowCount() == 500


def test_what_is_shown_stays_until_the_answer_to_the_new_query_comes(
    qtbot: QtBot, model: Model, people: People
) -> None:
    show(qtbot, model)
    people.gate.clear()

    model.set_query(lambda person: person.stage == "won")
    qtbot.waitUntil(lambda: people.key_reads == 2)

    assert model.rowCount() == 500


def test_a_failed_query_is_told_and_can_be_tried_again(qtbot: QtBot, model: Model, people: People) -> None:
    people.failure = ReplicaUnusable("The local copy cannot be read.")
    model.set_query(everyone)
    qtbot.waitUntil(lambda: model.state is LoadState.FAILED)
    assert str(model.error) == "The local copy cannot be read."

    people.failure = None
    model.retry()
    qtbot.waitUntil(lambda: model.state is LoadState.READY)

    assert model.rowCount() == 500


def test_rows_that_cannot_be_read_are_not_asked_for_again_and_again(qtbot: QtBot, model: Model, people: People) -> None:
    show(qtbot, model)
    people.failure = ReplicaUnusable("The local copy cannot be read.")
    model.want(0, 9)
    qtbot.waitUntil(lambda: model.state is LoadState.FAILED)

    model.want(0, 9)

    assert len(people.pages) == 1


def test_a_changed_row_is_read_again_while_its_old_state_stays_in_sight(
    qtbot: QtBot, model: Model, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    model.want(0, 9)
    qtbot.waitUntil(lambda: model.row_at(3) is not None)
    people.rows[3] = replace(people.rows[3], name="Renamed")
    people.page_gate.clear()

    feed.publish(person_changed("p3"))
    qtbot.waitUntil(lambda: len(people.pages) == 2)
    assert names(model)[3] == "Person 3"
    people.page_gate.set()
    qtbot.waitUntil(lambda: names(model)[3] == "Renamed")

    assert people.pages[1] == [3]


def test_a_row_that_changes_while_it_is_being_read_is_read_once_more(
    qtbot: QtBot, model: Model, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    people.page_gate.clear()
    model.want(0, 9)
    qtbot.waitUntil(lambda: len(people.pages) == 1)

    with qtbot.waitSignal(feed.changed):
        feed.publish(person_changed("p3"))
    people.page_gate.set()

    qtbot.waitUntil(lambda: len(people.pages) == 2)


def test_a_change_in_a_related_table_reads_the_rows_in_sight_again(
    qtbot: QtBot, model: Model, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    model.want(0, 9)
    qtbot.waitUntil(lambda: model.row_at(3) is not None)

    feed.publish(Changes(tables=frozenset({"staff"})))
    qtbot.waitUntil(lambda: len(people.pages) == 2)

    assert set(range(10)) <= set(people.pages[1])


def test_a_change_elsewhere_reads_nothing(qtbot: QtBot, model: Model, people: People, feed: ChangeFeed) -> None:
    show(qtbot, model)

    with qtbot.waitSignal(feed.changed):
        feed.publish(Changes(tables=frozenset({"invoices"})))

    assert (people.key_reads, people.pages) == (1, [])


def test_a_row_that_no_longer_matches_leaves(qtbot: QtBot, model: Model, people: People, feed: ChangeFeed) -> None:
    show(qtbot, model, lambda person: person.stage == "won")
    people.rows[5] = replace(people.rows[5], stage="new")

    feed.publish(person_changed("p5"))

    qtbot.waitUntil(lambda: model.rowCount() == 99)


def test_the_same_records_stay_selected_when_rows_come_before_them(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.reveal(100)
    people.rows[-1] = Person("early", "Early")

    feed.publish(person_changed("early"))
    qtbot.waitUntil(lambda: model.rowCount() == 501)

    assert list(view.selection.keys()) == [100]
    assert view.selection.current_key == 100
    assert view.currentIndex().row() == 101


def test_the_same_records_stay_selected_when_the_rows_are_sorted_otherwise(
    qtbot: QtBot, model: Model, view: View, people: People
) -> None:
    show(qtbot, model)
    view.reveal(100)

    show(qtbot, model, lambda person: person.score % 2 == 0)

    assert list(view.selection.keys()) == [100]
    assert view.currentIndex().row() == 50


def test_a_record_that_is_no_longer_shown_leaves_the_selection(qtbot: QtBot, model: Model, view: View) -> None:
    show(qtbot, model)
    view.reveal(101)

    show(qtbot, model, lambda person: person.score % 2 == 0)

    assert view.selection.count == 0


def test_a_selected_record_in_the_later_part_of_an_answer_is_selected_when_it_comes(
    qtbot: QtBot, model: Model, view: View, people: People
) -> None:
    show(qtbot, model)
    view.reveal(400)
    people.piece = 50

    show(qtbot, model, lambda person: person.score % 2 == 0)

    assert list(view.selection.keys()) == [400]


def test_what_is_new_is_not_selected_even_if_everything_was(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.selectAll()
    people.rows[-1] = Person("early", "Early")

    feed.publish(person_changed("early"))
    qtbot.waitUntil(lambda: model.rowCount() == 501)

    assert list(view.selection.keys()) == list(range(500))


def test_selected_records_are_found_by_their_ids_in_a_copy_that_was_made_again(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.reveal(100)
    qtbot.waitUntil(lambda: model.row_at(100) is not None)
    people.rows = crowd(500, first_key=7000)

    feed.publish(EVERYTHING_CHANGED)
    qtbot.waitUntil(lambda: model.keys[0] == 7000)

    assert list(view.selection.keys()) == [7100]


def test_rows_are_not_read_by_keys_that_may_name_others_by_now(
    qtbot: QtBot, model: Model, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    people.gate.clear()

    with qtbot.waitSignal(feed.changed):
        feed.publish(EVERYTHING_CHANGED)
    model.want(0, 9)
    read_at_once = list(people.pages)
    people.gate.set()
    qtbot.waitUntil(lambda: len(people.pages) == 1)

    assert read_at_once == []


def test_the_rows_in_sight_stay_where_they_are_when_others_come_before_them(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.verticalScrollBar().setValue(200 * 32 + 5)
    before = view.visualRect(model.index(200, 0)).top()
    people.rows[-1] = Person("early", "Early")

    feed.publish(person_changed("early"))
    qtbot.waitUntil(lambda: model.rowCount() == 501)

    assert view.visualRect(model.index(201, 0)).top() == before


def test_at_the_very_top_new_rows_come_into_sight(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    people.rows[-1] = Person("early", "Early")

    feed.publish(person_changed("early"))
    qtbot.waitUntil(lambda: model.rowCount() == 501)

    assert view.rows_in_sight().start == 0


def test_another_query_is_read_from_its_top(qtbot: QtBot, model: Model, view: View) -> None:
    show(qtbot, model)
    view.verticalScrollBar().setValue(200 * 32)

    show(qtbot, model, lambda person: person.score % 2 == 0)

    assert view.rows_in_sight().start == 0


def test_enter_opens_the_current_row(qtbot: QtBot, model: Model, view: View) -> None:
    show(qtbot, model)
    view.reveal(2)
    qtbot.waitUntil(lambda: model.row_at(2) is not None)

    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)

    assert opened.args == [Person("p2", "Person 2", "new", 2)]


@pytest.mark.parametrize(("key", "row"), [(Qt.Key.Key_End, 499), (Qt.Key.Key_Home, 0), (Qt.Key.Key_Down, 251)])
def test_keys_move_through_the_rows(qtbot: QtBot, model: Model, view: View, key: Qt.Key, row: int) -> None:
    show(qtbot, model)
    view.reveal(250)

    qtbot.keyClick(view, key)

    assert view.currentIndex().row() == row


def test_typed_letters_do_not_read_through_all_rows(qtbot: QtBot, model: Model, view: View, people: People) -> None:
    show(qtbot, model)
    view.reveal(0)

    qtbot.keyClicks(view, "per")

    assert view.currentIndex().row() == 0


def test_a_record_is_found_by_its_id(qtbot: QtBot, model: Model) -> None:
    show(qtbot, model, lambda person: person.score % 2 == 0)
    found: list[int | None] = []

    model.find("p100", found.append)
    qtbot.waitUntil(lambda: bool(found))

    assert found == [50]


def test_a_record_that_the_query_does_not_show_is_not_found(qtbot: QtBot, model: Model) -> None:
    show(qtbot, model, lambda person: person.score % 2 == 0)
    found: list[int | None] = []

    model.find("p101", found.append)
    qtbot.waitUntil(lambda: bool(found))

    assert found == [None]


def click_title(qtbot: QtBot, view: View, column: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    header = view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, 8)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_a_title_sorts_by_its_column_and_again_turns_the_order(qtbot: QtBot, model: Model, view: View) -> None:
    heard: list[Sorting] = []
    view.sorting_changed.connect(heard.append)

    click_title(qtbot, view, 2)
    click_title(qtbot, view, 2)

    assert heard == [(SortKey("score"),), (SortKey("score", descending=True),)]


def test_with_shift_a_column_comes_after_those_already_sorted_by(qtbot: QtBot, model: Model, view: View) -> None:
    click_title(qtbot, view, 1)
    click_title(qtbot, view, 2, Qt.KeyboardModifier.ShiftModifier)

    assert view.sorting == (SortKey("stage"), SortKey("score"))


@pytest.fixture
def years() -> list[int]:
    """The year in which the rows of `dated` are told."""
    return [2026]


@pytest.fixture
def dated(people: People, runner: TaskRunner, feed: ChangeFeed, years: list[int]) -> Iterator[Model]:
    """A model whose cells tell of the time."""
    name: Column[Person] = Column("name", "Name", lambda person: Cell(f"{person.name} in {years[-1]}"))
    model: Model = RecordTableModel(people, [name], table=TABLE, runner=runner, changes=feed)
    yield model
    model.deleteLater()


def test_what_tells_of_the_time_is_told_anew_without_reading(
    qtbot: QtBot, dated: Model, people: People, years: list[int]
) -> None:
    show(qtbot, dated)
    dated.want(0, 9)
    qtbot.waitUntil(lambda: dated.row_at(3) is not None)
    years.append(2027)

    with qtbot.waitSignal(dated.dataChanged):
        dated.reword()

    assert dated.index(3, 0).data() == "Person 3 in 2027"
    assert len(people.pages) == 1


def test_a_row_that_comes_into_sight_later_is_told_anew_too(qtbot: QtBot, dated: Model, years: list[int]) -> None:
    show(qtbot, dated)
    dated.want(0, 9)
    qtbot.waitUntil(lambda: dated.row_at(40) is not None)
    years.append(2027)

    dated.reword()

    assert dated.index(40, 0).data() == "Person 40 in 2027"
