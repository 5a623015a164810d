"""Scenes of the board and of the calendar, in the states that people meet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.views.leads.calendar.calendar_view import CalendarView
from tests.gui.views.board import drag, stage
from tests.gui.views.filled import NOW, FailingStore
from tests.gui.views.list_scenes import NARROW, leads_loading, leads_offline
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import low

__all__ = ["BOARD_SCENES"]


def board(office: Office) -> None:
    office.do("leads.as_board")


def calendar(office: Office) -> None:
    office.do("leads.as_calendar")


def calendar_week(office: Office) -> None:
    office.do("leads.week")


def calendar_week_open(office: Office) -> None:
    """A lead that is opened from a week stands in its place."""
    calendar_week(office)
    settle(office)
    office.leads.open_record(STORY)


def calendar_open(office: Office) -> None:
    calendar(office)
    settle(office)
    office.do("leads.next")


def hold_first_step(office: Office) -> CalendarView:
    """Take up the first step of today, and hold it over a later day."""
    settle(office)
    shown = office.leads.shown.calendar
    assert shown is not None
    shown.go_today()
    settle(office)
    cell = next(cell for cell, _, row in shown.model.steps() if (row.next_activity_at or NOW) > NOW)
    shown.grid.go_to(cell)
    assert shown.grid.step is not None
    shown.grid.taken_up.emit(shown.grid.step)
    shown.grid.aim(cell + (25 if shown.model.spread.by_hour else 2))
    return shown


def calendar_held(office: Office) -> None:
    calendar(office)
    hold_first_step(office)


def calendar_week_held(office: Office) -> None:
    calendar_week(office)
    hold_first_step(office)


def calendar_narrow(office: Office) -> None:
    office.window.resize(*NARROW)
    calendar(office)


def calendar_day(office: Office) -> None:
    calendar(office)
    settle(office)
    shown = office.leads.shown.calendar
    assert shown is not None
    shown.grid.more_asked.emit(shown.model.spread.days.index(NOW.date()))


def calendar_plan(office: Office) -> None:
    calendar(office)
    settle(office)
    office.do("leads.plan_here")


def calendar_nothing(office: Office) -> None:
    calendar(office)
    office.leads.listing.put("zzzz")


def calendar_offline(office: Office) -> None:
    leads_offline(office)
    calendar(office)


def calendar_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    calendar(office)


def calendar_read_only(office: Office) -> None:
    calendar(office)
    settle(office)
    office.do("leads.plan_here")


def board_open(office: Office) -> None:
    board(office)
    settle(office)
    office.leads.open_record(STORY)


def board_carried(office: Office) -> None:
    """By keys: over the first column that takes it."""
    board(office)
    settle(office)
    office.do("leads.card_right")


def board_dragged(office: Office) -> None:
    """By the mouse: over one that refuses it, with a change that waits on another card."""
    office.store.perform(
        EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits={"score": FieldEdit(base=70, new=85)})
    )
    board(office)
    settle(office)
    qualified = stage(office, Stage.QUALIFIED)
    drag(office, Stage.CONTACTED, 1, qualified.mapToGlobal(qualified.rect().center()) + QPoint(180, -80))


def board_narrow(office: Office) -> None:
    office.window.resize(1024, 700)
    board(office)


def board_narrow_carried(office: Office) -> None:
    board_narrow(office)
    settle(office)
    office.do("leads.card_right")


def board_nothing(office: Office) -> None:
    board(office)
    office.leads.listing.put("zzzz")


def board_offline(office: Office) -> None:
    leads_offline(office)
    board(office)


def board_loading(office: Office) -> None:
    leads_loading(office)
    board(office)
    settle(office)


def board_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    board(office)


def board_read_only(office: Office) -> None:
    board(office)
    settle(office)
    office.do("leads.card_up")


BOARD_SCENES: dict[str, Callable[[Office], None]] = {
    "board": board,
    "calendar": calendar,
    "calendar-week": calendar_week,
    "calendar-week-low": low(calendar_week),
    "calendar-week-open": calendar_week_open,
    "calendar-open": calendar_open,
    "calendar-held": calendar_held,
    "calendar-week-held": calendar_week_held,
    "calendar-narrow": calendar_narrow,
    "calendar-day": calendar_day,
    "calendar-plan": calendar_plan,
    "calendar-nothing-found": calendar_nothing,
    "calendar-offline": calendar_offline,
    "calendar-error": calendar_error,
    "calendar-read-only": calendar_read_only,
    "board-open": board_open,
    "board-carried": board_carried,
    "board-dragged": board_dragged,
    "board-narrow": board_narrow,
    "board-narrow-carried": board_narrow_carried,
    "board-nothing-found": board_nothing,
    "board-offline": board_offline,
    "board-loading": board_loading,
    "board-error": board_error,
    "board-read-only": board_read_only,
}
