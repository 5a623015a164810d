"""The columns of the list of leads."""

from __future__ import annotations

import datetime as dt
from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.leads import LeadRow, LeadSort
from fleetdesk.views.leads.words import STAGE_TONES, field_label, lead_title, stage_word
from fleetdesk.views.words import country_name, due, exact_time, number, short_time

__all__ = ["COLUMN_KEYS", "FIRST_COLUMNS", "SPARE_COLUMNS", "lead_columns"]

FIRST_COLUMNS = (
    LeadSort.NAME,
    LeadSort.STAGE,
    LeadSort.COMPANY,
    LeadSort.COUNTRY,
    LeadSort.FLEET_SIZE,
    LeadSort.OWNER,
    LeadSort.NEXT_ACTIVITY,
    LeadSort.UPDATED,
)
"""Those that are shown before the person chooses others."""

SPARE_COLUMNS = (
    LeadSort.COUNTRY,
    LeadSort.FLEET_SIZE,
    LeadSort.OWNER,
    LeadSort.NEXT_ACTIVITY,
    LeadSort.UPDATED,
    LeadSort.COMPANY,
)
"""Those of the first ones that make way where there is no room for all, in the order in which they go."""

COLUMN_KEYS = frozenset({*map(str, LeadSort), "email", "phone", "tags"})
"""The keys of all columns; those of `LeadSort` can be sorted by."""

_NOTHING = Cell("–", muted=True)


def lead_columns(clock: Clock) -> tuple[Column[LeadRow], ...]:
    """All columns that there are; the clock says what is overdue.

    Their keys are those that a query sorts by, where it can.
    """
    at = partial(_at, clock)
    return (
        Column(LeadSort.NAME, tr("Name"), _name, width=184, stretch=True),
        Column(LeadSort.STAGE, field_label("status"), _stage, width=112),
        Column(LeadSort.COMPANY, field_label("company"), _company, width=184),
        Column(LeadSort.COUNTRY, field_label("country"), _country, width=168),
        Column(LeadSort.FLEET_SIZE, tr("Fleet"), _fleet, width=72, align=Align.END),
        Column(LeadSort.OWNER, field_label("owner_id"), _owner, width=136),
        Column(LeadSort.NEXT_ACTIVITY, field_label("next_activity"), partial(_next_step, clock), width=176),
        Column(LeadSort.UPDATED, tr("Updated"), partial(at, "updated_at"), width=104, align=Align.END),
        Column("email", field_label("email"), partial(_text, "email"), width=208, sortable=False),
        Column("phone", field_label("phone"), partial(_text, "phone"), width=144, sortable=False),
        Column(LeadSort.SOURCE, field_label("source"), partial(_text, "source"), width=120),
        Column(LeadSort.SCORE, field_label("score"), _score, width=72, align=Align.END),
        Column("tags", field_label("tags"), _tags, width=176, sortable=False),
        Column(LeadSort.CREATED, tr("Created"), partial(at, "created_at"), width=104, align=Align.END),
        Column(
            LeadSort.LAST_ACTIVITY, tr("Last activity"), partial(at, "last_activity_at"), width=112, align=Align.END
        ),
        Column(LeadSort.STAGE_SINCE, tr("Stage since"), partial(at, "stage_changed_at"), width=112, align=Align.END),
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


def _text(field: str, row: LeadRow) -> Cell:
    text: str | None = getattr(row, field)
    return Cell(text) if text else _NOTHING


def _score(row: LeadRow) -> Cell:
    return _NOTHING if row.score is None else Cell(number(row.score))


def _tags(row: LeadRow) -> Cell:
    return Cell(", ".join(row.tags), tooltip="\n".join(row.tags)) if row.tags else _NOTHING


def _at(clock: Clock, field: str, row: LeadRow) -> Cell:
    instant: dt.datetime | None = getattr(row, field)
    if instant is None:
        return _NOTHING
    return Cell(short_time(instant, clock.now()), muted=True, tooltip=exact_time(instant))
