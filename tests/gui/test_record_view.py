"""The table's view: what covers it while there is nothing to show, and how its columns are arranged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from fleetdesk.errors import ReplicaUnusable
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import Density
from fleetdesk.qt.records.record_header import Arrangement, SortKey
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.qt.tasks import TaskRunner
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind
from tests.gui.people import COLUMNS, TABLE, People, Person, Rule, crowd, everyone, person_changed

Model = RecordTableModel[Rule, Person]
View = RecordTableView[Rule, Person]


@pytest.fixture
def people() -> People:
    return People(crowd(500))


@pytest.fixture
def model(people: People, runner: TaskRunner, feed: ChangeFeed) -> Iterator[Model]:
    model: Model = RecordTableModel(people, COLUMNS, table=TABLE, runner=runner, changes=feed)
    yield model
    people.page_gate.set()
    model.deleteLater()


@pytest.fixture
def view(qtbot: QtBot, model: Model, theme: Theme) -> Iterator[View]:
    view: View = RecordTableView(model, theme=theme, name="People")
    qtbot.addWidget(view)
    view.resize(480, 352)
    view.show()
    yield view
    theme.set_density(Density.NORMAL)


def show(qtbot: QtBot, model: Model, query: Rule = everyone) -> None:
    model.set_query(query)
    qtbot.waitUntil(lambda: model.state is LoadState.READY)


def kind(view: View) -> OverlayKind | None:
    return None if view.overlay is None else view.overlay.kind


def test_before_the_first_answer_it_says_that_it_loads(view: View) -> None:
    assert kind(view) is OverlayKind.LOADING


def test_rows_are_not_covered(qtbot: QtBot, model: Model, view: View) -> None:
    show(qtbot, model)

    assert kind(view) is None


def test_no_rows_are_explained_in_the_screens_words(qtbot: QtBot, model: Model, view: View) -> None:
    view.set_empty(Overlay(OverlayKind.EMPTY, "No lead matches"))

    show(qtbot, model, lambda person: False)

    assert view.overlay == Overlay(OverlayKind.EMPTY, "No lead matches")


def test_a_failure_without_rows_is_explained_and_can_be_tried_again(
    qtbot: QtBot, model: Model, view: View, people: People
) -> None:
    people.failure = ReplicaUnusable("The local copy cannot be read.", kept="Waiting changes are kept.")
    model.set_query(everyone)
    qtbot.waitUntil(lambda: kind(view) is OverlayKind.ERROR)
    overlay = view.overlay
    assert overlay is not None
    assert (overlay.title, overlay.sentence) == ("The local copy cannot be read.", "Waiting changes are kept.")

    people.failure = None
    assert overlay.run is not None
    overlay.run()

    qtbot.waitUntil(lambda: kind(view) is None)


def test_a_failed_refresh_leaves_the_rows_in_sight_and_is_told(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    people.failure = ReplicaUnusable("The local copy cannot be read.")

    with qtbot.waitSignal(model.failed):
        feed.publish(person_changed("p499"))

    assert (kind(view), model.rowCount()) == (None, 500)


def test_a_cover_stands_over_everything_until_it_is_taken_away(qtbot: QtBot, model: Model, view: View) -> None:
    show(qtbot, model)

    view.set_cover(Overlay(OverlayKind.READ_ONLY, "Locked"))
    covered = kind(view)
    view.set_cover(None)

    assert (covered, kind(view)) == (OverlayKind.READ_ONLY, None)


def test_an_arrangement_is_restored_as_it_was(view: View) -> None:
    widths = {"score": 111, "name": 222, "stage": 96}
    arranged = Arrangement(("score", "name", "stage"), frozenset({"stage"}), widths)

    view.arrange(arranged)

    assert view.arrangement == arranged


def test_columns_that_no_longer_exist_are_left_out_of_an_arrangement(view: View) -> None:
    view.arrange(Arrangement(("gone", "stage"), frozenset({"gone"}), {"gone": 50}))

    assert view.arrangement.order == ("stage", "name", "score")
    assert view.arrangement.hidden == frozenset()


def test_a_width_grows_with_the_text_and_is_kept_without_that(view: View, theme: Theme) -> None:
    header = view.record_header
    header.resizeSection(1, 120)

    theme.set_scale(1.5)
    shown = header.sectionSize(1)
    header.resizeSection(1, 150)
    theme.set_scale(1.0)

    assert (shown, header.sectionSize(1), view.arrangement.widths["stage"]) == (180, 100, 100)


def test_one_column_takes_what_room_is_left(view: View) -> None:
    header = view.record_header

    header.show_column("stage", shown=False)

    assert header.length() == view.viewport().width()


def test_where_no_room_is_left_it_keeps_its_own_width(view: View) -> None:
    view.arrange(Arrangement((), frozenset(), {"name": 200, "stage": 400, "score": 400}))

    assert view.record_header.sectionSize(0) == 200


def test_a_column_that_is_spared_for_want_of_room_is_not_hidden_by_the_person(view: View) -> None:
    view.record_header.spare(frozenset({"score"}))

    assert view.record_header.isSectionHidden(2)
    assert view.arrangement.hidden == frozenset()


def test_a_column_that_the_person_resized_is_told_so_that_it_can_be_kept(qtbot: QtBot, view: View) -> None:
    with qtbot.waitSignal(view.arranged):
        view.record_header.resizeSection(1, 133)

    assert view.arrangement.widths["stage"] == 133


def test_a_window_that_is_resized_is_no_arrangement_of_the_persons(qtbot: QtBot, view: View) -> None:
    with qtbot.assertNotEmitted(view.arranged, wait=50):
        view.resize(700, 352)


def test_the_last_column_cannot_be_hidden(view: View) -> None:
    header = view.record_header
    for key in ("name", "stage", "score"):
        header.show_column(key, shown=False)

    assert view.arrangement.hidden == {"name", "stage"}


def test_moving_a_column_is_told_so_that_it_can_be_kept(qtbot: QtBot, view: View) -> None:
    with qtbot.waitSignal(view.arranged):
        view.record_header.moveSection(0, 2)

    assert view.arrangement.order == ("stage", "score", "name")


def test_sorting_and_columns_are_reached_without_a_mouse(qtbot: QtBot, view: View) -> None:
    view.open_header_menu()
    menu = view.findChildren(QMenu)[0]
    entries = [action for action in menu.actions() if not action.isSeparator()]

    entries[2].trigger()
    entries[3].trigger()
    menu.close()

    assert [action.text() for action in entries] == ["Name", "Stage", "Score"] * 2
    assert view.sorting == (SortKey("score"),)
    assert view.arrangement.hidden == {"name"}


def test_density_changes_how_many_rows_are_in_sight(qtbot: QtBot, model: Model, view: View, theme: Theme) -> None:
    show(qtbot, model)
    before = len(view.rows_in_sight())

    theme.set_density(Density.COMPACT)

    assert len(view.rows_in_sight()) > before


def test_rows_stay_in_sight_when_the_density_changes(qtbot: QtBot, model: Model, view: View, theme: Theme) -> None:
    show(qtbot, model)
    view.verticalScrollBar().setValue(200 * theme.row_height)

    theme.set_density(Density.COMPACT)

    assert view.rows_in_sight().start == 200


def test_it_paints_rows_that_are_there_and_those_that_are_not(
    qtbot: QtBot, model: Model, view: View, people: People
) -> None:
    people.page_gate.clear()
    show(qtbot, model)
    waiting = view.grab().toImage()
    people.page_gate.set()
    qtbot.waitUntil(lambda: model.row_at(0) is not None)

    assert view.grab().toImage() != waiting


def test_the_list_stays_where_it_is_when_a_row_in_sight_goes_to_the_top(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed, theme: Theme
) -> None:
    show(qtbot, model)
    view.verticalScrollBar().setValue(200 * theme.row_height + 5)
    people.first = 200

    with qtbot.waitSignal(model.keys_changed):
        feed.publish(person_changed("p200"))

    row, past = divmod(view.verticalScrollBar().value(), theme.row_height)
    assert (model.keys[row + 1], past) == (201, 5)


def test_the_selected_row_stays_selected_wherever_it_goes_and_the_list_stays(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.reveal(200)
    in_sight = view.rows_in_sight()
    people.first = 200

    with qtbot.waitSignal(model.keys_changed):
        feed.publish(person_changed("p200"))

    assert (list(view.selection.keys()), view.rows_in_sight().start) == ([200], in_sight.start + 1)


def test_the_row_that_takes_the_place_of_the_current_one_is_current(
    qtbot: QtBot, model: Model, view: View, people: People, feed: ChangeFeed
) -> None:
    show(qtbot, model)
    view.reveal(7)
    del people.rows[7]

    with qtbot.waitSignal(model.keys_changed):
        feed.publish(person_changed("p7"))

    assert (view.currentIndex().row(), view.selection.count) == (7, 0)
