"""The columns of the list of leads."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.leads import LeadRow, LeadSort
from fleetdesk.views.leads.words import STAGE_TONES, field_label, lead_title, stage_word
from fleetdesk.views.words import country_name, due, exact_time, number, short_time

__all__ = ["SPARE_COLUMNS", "lead_columns"]

SPARE_COLUMNS = (
    LeadSort.COUNTRY,
    LeadSort.FLEET_SIZE,
    LeadSort.OWNER,
    LeadSort.NEXT_ACTIVITY,
    LeadSort.UPDATED,
    LeadSort.COMPANY,
)
"""Those that make way where there is no room for all, in the order in which they go."""

_NOTHING = Cell("–", muted=True)


def lead_columns(clock: Clock) -> tuple[Column[LeadRow], ...]:
    """The columns; the clock says what is overdue. Their keys are those that a query sorts by."""
    return (
        Column(LeadSort.NAME, tr("Name"), _name, width=184, stretch=True),
        Column(LeadSort.STAGE, field_label("status"), _stage, width=112),
        Column(LeadSort.COMPANY, field_label("company"), _company, width=184),
        Column(LeadSort.COUNTRY, field_label("country"), _country, width=168),
        Column(LeadSort.FLEET_SIZE, tr("Fleet"), _fleet, width=72, align=Align.END),
        Column(LeadSort.OWNER, field_label("owner_id"), _owner, width=136),
        Column(LeadSort.NEXT_ACTIVITY, field_label("next_activity"), partial(_next_step, clock), width=176),
        Column(LeadSort.UPDATED, tr("Updated"), partial(_updated, clock), width=104, align=Align.END),
    )


def _name(row: LeadRow) -> Cell:
    title = lead_title(row.name, row.company, row.email, row.phone)
    if row.deleted:
        return Cell(title, muted=True, icon="trash", tooltip=tr("Deleted"))
    return Cell(title, strong=True)


def _stage(row: LeadRow) -> Cell:
    return Cell(stage_word(row.status), tone=STAGE_TONES[row.status], tooltip=row.lost_reason or "")


def _company(row: LeadRow) -> Cell:
    return Cell(row.company) if row.company else _NOTHING


def _country(row: LeadRow) -> Cell:
    return Cell(country_name(row.country)) if row.country else _NOTHING


def _fleet(row: LeadRow) -> Cell:
    return _NOTHING if row.fleet_size is None else Cell(number(row.fleet_size))


def _owner(row: LeadRow) -> Cell:
    return Cell(row.owner_name or tr("Someone else")) if row.owner_id else Cell(tr("Nobody"), muted=True)


def _next_step(clock: Clock, row: LeadRow) -> Cell:
    if row.next_activity_at is None:
        return Cell(row.next_activity) if row.next_activity else _NOTHING
    now = clock.now()
    when = due(row.next_activity_at, now)
    return Cell(
        when,
        icon="warning-circle" if row.next_activity_at < now else "",
        tooltip=f"{row.next_activity or ''}\n{exact_time(row.next_activity_at)}".strip(),
    )


def _updated(clock: Clock, row: LeadRow) -> Cell:
    return Cell(short_time(row.updated_at, clock.now()), muted=True, tooltip=exact_time(row.updated_at))
