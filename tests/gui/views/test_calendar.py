"""The calendar: what is to be done when, moved by mouse and by keys, by the clocks of the place."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.calendar.calendar_view import CalendarView
from fleetdesk.views.leads.calendar.day_list import DayDialog
from fleetdesk.views.leads.calendar.plan_dialog import PlanForm
from fleetdesk.views.leads.modes import Mode
from tests.gui.views import mouse
from tests.gui.views.filled import NOW, FailingStore, Filling, StillClock, load, open_store
from tests.gui.views.lead_pane import performed
from tests.gui.views.office import Office, named, read_only, texts
from tests.gui.views.restarting import Restarts
from tests.gui.views.sample import STORY

TODAY, SATURDAY = dt.date(2026, 3, 12), dt.date(2026, 3, 14)
FORWARD = dt.date(2026, 3, 29)  # in Paris, clocks go forward
HOUR = dt.timedelta(hours=1)


def filling() -> Filling:
    """A step overdue, some today, many on Saturday, some leads without any."""
    made = Filling()
    steps = {
        "late": NOW - 25 * HOUR,
        "soon": NOW + HOUR,
        "evening": NOW + 9 * HOUR,
        "next-month": NOW + dt.timedelta(days=30),
        **{f"saturday-{number}": NOW + 48 * HOUR + number * dt.timedelta(minutes=1) for number in range(9)},
    }
    for name, at in steps.items():
        first = name.capitalize()
        made.lead(name, first_name=first, company="Cars", next_activity="Call back", next_activity_at=at)
    made.lead("without-1", first_name="Nora", updated_at=NOW - HOUR)
    made.lead("without-2", first_name="Omar")
    made.lead("lost", status="lost", first_name="Lars", next_activity="Call", next_activity_at=NOW + HOUR)
    return made


@pytest.fixture
def start(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock) -> Iterator[Restarts]:
    """Opens the person's window; again, after closing the one before."""
    restarts = Restarts(qtbot, theme, tmp_path / "calendar", clock, filling())
    yield restarts
    restarts.close()


@pytest.fixture
def shown(qtbot: QtBot, start: Restarts) -> Office:
    """The window with the month of March."""
    return show(qtbot, start())


def show(qtbot: QtBot, office: Office) -> Office:
    office.leads.mode.choose(Mode.CALENDAR)
    qtbot.waitUntil(lambda: rested(office))
    return office


def view(office: Office) -> CalendarView:
    found = office.leads.shown.calendar
    assert found is not None, "the calendar is not shown"
    return found


def rested(office: Office) -> bool:
    return office.idle() and view(office).read


def cell_of(office: Office, day: dt.date, hour: int = 0) -> int:
    spread = view(office).model.spread
    return spread.days.index(day) * (24 if spread.by_hour else 1) + (hour if spread.by_hour else 0)


def on(office: Office, day: dt.date) -> list[str]:
    """The leads whose steps stand on a day, as far as they were read."""
    return [row.id for row in view(office).model.agenda(cell_of(office, day)).rows]


def said(office: Office, cell: int) -> str:
    """What a screen reader says of a cell."""
    row, column = view(office).model.spread.place(cell)
    words = view(office).model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
    assert isinstance(words, str)
    return words


def key(qtbot: QtBot, office: Office, *keys: Qt.Key) -> None:
    for one in keys:
        qtbot.keyClick(view(office).grid, one)


def planned(office: Office, lead_id: str) -> dt.datetime | None:
    """When the step of a lead stands, in the local copy."""
    return row_of(office, lead_id).next_activity_at


def row_of(office: Office, lead_id: str) -> LeadRow:
    return next(row for _, _, row in view(office).model.steps() if row.id == lead_id)


# What is shown


def test_each_step_stands_on_its_day_in_the_order_of_time(shown: Office) -> None:
    assert on(shown, TODAY) == ["soon", "evening"]
    assert on(shown, TODAY - dt.timedelta(days=1)) == ["late"]


def test_a_day_is_read_out_with_what_is_to_be_done(shown: Office) -> None:
    assert said(shown, cell_of(shown, TODAY)) == (
        "Thursday 12 March, today. 2 next steps. 10:30, Soon · Call back. 18:30, Evening · Call back"
    )
    assert said(shown, cell_of(shown, TODAY - dt.timedelta(days=1))).endswith("08:30, Late · Call back, overdue")
    assert said(shown, cell_of(shown, dt.date(2026, 3, 2))) == "Monday 2 March. Nothing is planned"


def test_leads_that_are_closed_have_nothing_to_be_done(qtbot: QtBot, shown: Office) -> None:
    assert "lost" not in on(shown, TODAY)

    shown.leads.listing.put("status:lost")

    qtbot.waitUntil(lambda: rested(shown) and on(shown, TODAY) == ["lost"])


def test_the_filter_narrows_the_calendar(qtbot: QtBot, shown: Office) -> None:
    shown.leads.listing.put("evening")

    qtbot.waitUntil(lambda: rested(shown) and on(shown, TODAY) == ["evening"])


def test_a_day_with_more_than_fits_opens_all_of_them(qtbot: QtBot, shown: Office) -> None:
    grid = view(shown).grid
    grid.go_to(cell_of(shown, SATURDAY))
    key(qtbot, shown, *[Qt.Key.Key_Down] * 3)
    assert grid.step is None

    key(qtbot, shown, Qt.Key.Key_Return)

    dialog = shown.dialog(DayDialog)
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == 9)
    dialog.close()


def test_a_step_in_that_list_is_opened_with_enter(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.more_asked.emit(cell_of(shown, SATURDAY))
    dialog = shown.dialog(DayDialog)
    qtbot.waitUntil(lambda: dialog.table.model().rowCount() == 9 and shown.idle())

    dialog.table.reveal(1)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)

    assert shown.leads.pane.lead_id == "saturday-1"


def test_it_says_how_many_leads_have_no_step_and_opens_them_in_the_table(qtbot: QtBot, shown: Office) -> None:
    named(view(shown), "Without a next step: 2", Button).click()

    qtbot.waitUntil(lambda: shown.leads.model.rowCount() == 2 and shown.idle())
    assert shown.leads.table.isVisible()
    assert shown.leads.listing.text == "status:open next:none"


def test_it_says_how_many_are_overdue_and_opens_them(qtbot: QtBot, shown: Office) -> None:
    named(view(shown), "Overdue: 1", Button).click()

    qtbot.waitUntil(lambda: shown.leads.model.rowCount() == 1 and shown.idle())


# Other days


def test_later_and_earlier_months_are_shown_and_only_they_are_read(qtbot: QtBot, shown: Office) -> None:
    shown.do("leads.later")

    qtbot.waitUntil(lambda: rested(shown) and on(shown, dt.date(2026, 4, 11)) == ["next-month"])
    assert "soon" not in {row.id for _, _, row in view(shown).model.steps()}
    shown.do("leads.today")
    qtbot.waitUntil(lambda: rested(shown) and on(shown, TODAY) == ["soon", "evening"])
    assert view(shown).grid.cell == cell_of(shown, TODAY)


def test_a_week_shows_each_step_in_its_hour(qtbot: QtBot, shown: Office) -> None:
    shown.do("leads.week")

    qtbot.waitUntil(lambda: rested(shown))
    cell = cell_of(shown, TODAY, 10)
    assert [row.id for row in view(shown).model.agenda(cell).rows] == ["soon"]
    assert said(shown, cell) == "Thursday 12 March, today, 10:00. 1 next step. 10:30, Soon · Call back"


def test_the_keys_of_month_and_week_come_from_the_table_too(qtbot: QtBot, start: Restarts) -> None:
    office = start()

    office.do("leads.week")

    qtbot.waitUntil(lambda: rested(office))
    assert view(office).model.spread.by_hour


# The lead beside it


def test_a_step_is_opened_with_enter(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))

    key(qtbot, shown, Qt.Key.Key_Down, Qt.Key.Key_Return)

    assert shown.leads.pane.lead_id == "evening"


def test_the_next_lead_is_the_next_step_in_time(shown: Office) -> None:
    opened = []
    for action in ("leads.next", "leads.next", "leads.next", "leads.previous"):
        shown.do(action)
        opened.append(shown.leads.pane.lead_id)

    assert opened == ["late", "soon", "evening", "soon"]


# Moving


def test_a_step_is_moved_to_another_day_by_keys_at_the_same_time(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))

    key(qtbot, shown, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: rested(shown) and on(shown, dt.date(2026, 3, 20)) == ["soon"])
    assert planned(shown, "soon") == NOW + HOUR + dt.timedelta(days=8)
    qtbot.waitUntil(lambda: view(shown).marked_id == "soon")


def test_the_move_is_based_on_what_was_seen_and_told_with_an_undo(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))
    key(qtbot, shown, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.said.texts == ["Soon: Friday 13 March, 10:30."])
    (edit,) = performed(shown)
    assert isinstance(edit, EditLead)
    assert dict(edit.edits) == {
        "next_activity_at": FieldEdit(base=to_plain(NOW + HOUR), new=to_plain(NOW + 25 * HOUR)),
    }

    undo = shown.said.messages[0].action
    assert undo is not None
    undo.run()

    qtbot.waitUntil(lambda: rested(shown) and on(shown, TODAY) == ["soon", "evening"])


def test_where_it_is_held_is_said(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))
    key(qtbot, shown, Qt.Key.Key_Space)
    words = [view(shown).moving.guide.words]
    for one in (Qt.Key.Key_Right, Qt.Key.Key_Up):
        key(qtbot, shown, one)
        words.append(view(shown).moving.guide.words)

    assert words == [
        "Soon · Call back: Thursday 12 March, 10:30. It stays where it is.",
        "Soon · Call back: Friday 13 March, 10:30.",
        "Soon · Call back: Friday 6 March, 10:30. That time has passed.",
    ]


def test_a_move_is_given_up_with_escape(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))

    key(qtbot, shown, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Escape)

    assert view(shown).hold.step is None
    assert not performed(shown)


def test_a_step_is_carried_into_another_month(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, TODAY))

    key(qtbot, shown, Qt.Key.Key_Space, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: rested(shown))
    key(qtbot, shown, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: bool(performed(shown)) and rested(shown) and on(shown, dt.date(2026, 4, 16)) == ["soon"])


def drag(office: Office, start: QPoint, end: QPoint) -> None:
    """Drag a step from one point of the grid to another, and let go."""
    viewport = view(office).grid.viewport()
    mouse.drag(viewport, start, end)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def test_a_step_is_dragged_to_another_day(qtbot: QtBot, shown: Office) -> None:
    grid = view(shown).grid

    drag(
        shown, grid.step_place(cell_of(shown, TODAY), 0).center(), grid.step_place(cell_of(shown, FORWARD), 0).center()
    )

    qtbot.waitUntil(lambda: rested(shown) and on(shown, FORWARD) == ["soon"])
    assert not shown.leads.pane.isVisible()


def test_in_a_week_a_step_is_dragged_to_the_half_hour(qtbot: QtBot, shown: Office) -> None:
    shown.do("leads.week")
    qtbot.waitUntil(lambda: rested(shown))
    grid = view(shown).grid
    there = grid.step_place(cell_of(shown, SATURDAY, 11), 0).topLeft() + QPoint(20, 40)

    drag(shown, grid.step_place(cell_of(shown, TODAY, 10), 0).center(), there)

    wanted = dt.datetime(2026, 3, 14, 11, 30, tzinfo=dt.UTC)
    qtbot.waitUntil(lambda: rested(shown) and planned(shown, "soon") == wanted)


def test_who_may_only_read_moves_nothing(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock) -> None:
    store = open_store(tmp_path / "reading", clock)
    load(store, filling())
    office = show(qtbot, Office.open(store, theme, clock, platform=read_only()))
    view(office).grid.go_to(cell_of(office, TODAY))

    key(qtbot, office, Qt.Key.Key_Space)
    office.do("leads.plan_here")

    assert view(office).hold.step is None
    assert set(office.said.texts) == {"Your role may read leads, not change them."}
    office.close()


# Planning


def test_a_step_is_planned_on_an_empty_day_for_a_lead_without_one(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, dt.date(2026, 3, 18)))
    key(qtbot, shown, Qt.Key.Key_Return)
    dialog = shown.dialog(CommandDialog)
    assert isinstance(dialog.form, PlanForm)
    form = dialog.form
    qtbot.waitUntil(lambda: [form.offers.item(at).text() for at in range(form.offers.count())] == ["Nora", "Omar"])

    named(dialog, "What is to be done?", QLineEdit).setText("Demo")
    dialog.submit()

    qtbot.waitUntil(lambda: rested(shown) and on(shown, dt.date(2026, 3, 18)) == ["without-1"])
    assert planned(shown, "without-1") == dt.datetime(2026, 3, 18, 9, 0, tzinfo=dt.UTC)


def test_another_lead_is_found_by_its_name(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, dt.date(2026, 3, 18)))
    shown.do("leads.plan_here")
    form = shown.dialog(CommandDialog).form
    assert isinstance(form, PlanForm)

    qtbot.keyClicks(form.search, "evening")

    qtbot.waitUntil(lambda: form.offers.count() == 1 and form.offers.item(0).text() == "Evening · Cars")
    shown.dialog(CommandDialog).close()


def test_a_step_is_not_planned_for_a_lead_of_the_search_before(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, dt.date(2026, 3, 18)))
    shown.do("leads.plan_here")
    dialog = shown.dialog(CommandDialog)
    form = dialog.form
    assert isinstance(form, PlanForm)
    qtbot.waitUntil(lambda: form.offers.count() == 2)
    named(dialog, "What is to be done?", QLineEdit).setText("Demo")

    qtbot.keyClicks(form.search, "evening")
    dialog.submit()  # before the answer has come

    assert any("still being looked for" in text for text in texts(dialog))
    qtbot.waitUntil(lambda: form.offers.count() == 1)
    assert on(shown, dt.date(2026, 3, 18)) == []
    dialog.close()


# Live


def test_a_step_that_changes_elsewhere_moves_and_the_keyboard_stays(qtbot: QtBot, shown: Office) -> None:
    view(shown).take_keyboard()
    view(shown).grid.go_to(cell_of(shown, SATURDAY))
    at = to_plain(NOW + HOUR)
    edits = {"next_activity_at": FieldEdit(base=at, new=to_plain(NOW + 24 * HOUR))}

    shown.store.perform(EditLead(id=new_id(), issued_at=shown.clock.now(), lead_id="soon", edits=edits))

    qtbot.waitUntil(lambda: rested(shown) and on(shown, TODAY) == ["evening"])
    assert view(shown).grid.cell == cell_of(shown, SATURDAY)
    assert QApplication.focusWidget() is view(shown).grid


def test_what_cannot_be_read_says_so_and_can_be_tried_again(qtbot: QtBot, start: Restarts) -> None:
    office = start()
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    office.leads.mode.choose(Mode.CALENDAR)
    qtbot.waitUntil(lambda: office.idle() and view(office).overlay is not None)

    office.store.fails = False
    named(view(office), "Try again", Button).click()

    qtbot.waitUntil(lambda: rested(office) and bool(on(office, TODAY)))


# Clocks


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in Paris."""
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("paris")
def test_moved_over_the_change_of_clocks_a_step_keeps_its_time_of_day(qtbot: QtBot, shown: Office) -> None:
    grid = view(shown).grid
    grid.go_to(cell_of(shown, TODAY))
    assert said(shown, grid.cell).startswith("Thursday 12 March, today. 2 next steps. 11:30, Soon")

    key(qtbot, shown, Qt.Key.Key_Space, *[Qt.Key.Key_Down] * 2, *[Qt.Key.Key_Right] * 3, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: rested(shown) and on(shown, FORWARD) == ["soon"])
    assert planned(shown, "soon") == dt.datetime(2026, 3, 29, 9, 30, tzinfo=dt.UTC)


@pytest.mark.usefixtures("paris")
def test_the_hour_that_clocks_leave_out_is_empty(qtbot: QtBot, shown: Office) -> None:
    view(shown).grid.go_to(cell_of(shown, FORWARD))
    shown.do("leads.week")
    qtbot.waitUntil(lambda: rested(shown))

    assert view(shown).model.missing(cell_of(shown, FORWARD, 2))
    assert not view(shown).model.missing(cell_of(shown, FORWARD, 3))


# Remembered


def test_the_month_and_the_mode_come_back_after_a_restart(qtbot: QtBot, start: Restarts) -> None:
    show(qtbot, start()).do("leads.later")

    again = start()

    qtbot.waitUntil(lambda: rested(again))
    assert view(again).model.spread.about == dt.date(2026, 4, 1)


@pytest.mark.parametrize("kept", ["x", 3, {"day": "yesterday"}, {"day": 7, "by_hour": "yes"}, {"day": "2026-02-30"}])
def test_what_was_kept_in_another_form_is_ignored(qtbot: QtBot, start: Restarts, kept: JsonValue) -> None:
    office = start()
    office.window.area.current.place.keep("leads.calendar", kept)
    again = start()

    show(qtbot, again)

    assert view(again).model.spread.about == TODAY


# Beside an open lead


def test_a_week_makes_way_for_a_lead_and_comes_back(qtbot: QtBot, office: Office) -> None:
    office.window.resize(1440, 900)
    office.do("leads.week")
    qtbot.waitUntil(office.idle)

    office.leads.open_record(STORY)
    qtbot.waitUntil(office.idle)
    beside = office.leads.shown.isVisible()
    office.do("leads.close")

    assert (beside, office.leads.shown.isVisible()) == (False, True)


def test_a_month_stands_beside_a_lead(qtbot: QtBot, office: Office) -> None:
    office.window.resize(1440, 900)
    office.do("leads.week")
    qtbot.waitUntil(office.idle)
    office.leads.open_record(STORY)
    qtbot.waitUntil(office.idle)

    office.do("leads.month")

    assert office.leads.shown.isVisible()
