"""The columns of the leads to be worked on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.lead_tally import Work
from fleetdesk.queries.leads import LeadRow, LeadSort
from fleetdesk.views.leads.words import STAGE_TONES, field_label, lead_title, stage_word
from fleetdesk.views.words import day_and_time, exact_time, short_time

__all__ = ["SHOWN", "SPARE", "STEP", "work_columns"]

STEP = "step"

SHOWN: Mapping[Work, frozenset[str]] = {
    Work.OVERDUE: frozenset({LeadSort.NAME, LeadSort.COMPANY, STEP, LeadSort.NEXT_ACTIVITY}),
    Work.TODAY: frozenset({LeadSort.NAME, LeadSort.COMPANY, STEP, LeadSort.NEXT_ACTIVITY}),
    Work.WITHOUT_NEXT: frozenset({LeadSort.NAME, LeadSort.COMPANY, LeadSort.STAGE, LeadSort.LAST_ACTIVITY}),
    Work.ROTTING: frozenset({LeadSort.NAME, LeadSort.COMPANY, LeadSort.STAGE, LeadSort.LAST_ACTIVITY}),
}
"""What matters for each kind of work, by the columns' keys."""

SPARE = (LeadSort.STAGE, LeadSort.COMPANY, LeadSort.OWNER)
"""Those that make way where there is no room for all, in the order in which they go."""


def work_columns(clock: Clock) -> tuple[Column[LeadRow], ...]:
    """The columns; the clock says what is overdue."""
    return (
        Column(LeadSort.NAME, tr("Name"), _name, width=144, stretch=True, sortable=False),
        Column(LeadSort.COMPANY, field_label("company"), _company, width=152, sortable=False),
        Column(LeadSort.STAGE, field_label("status"), _stage, width=112, sortable=False),
        Column(STEP, field_label("next_activity"), _step, width=176, sortable=False),
        Column(LeadSort.OWNER, field_label("owner_id"), _owner, width=128, sortable=False),
        Column(LeadSort.NEXT_ACTIVITY, tr("Due"), partial(_due, clock), width=160, sortable=False),
        Column(
            LeadSort.LAST_ACTIVITY,
            tr("Last activity"),
            partial(_last, clock),
            width=104,
            align=Align.END,
            sortable=False,
        ),
    )


def _name(row: LeadRow) -> Cell:
    about = " · ".join(filter(None, (row.company, row.phone, row.email)))
    return Cell(lead_title(row.name, row.company, row.email, row.phone), strong=True, tooltip=about)


def _company(row: LeadRow) -> Cell:
    return Cell(row.company) if row.company else Cell("–", muted=True)


def _stage(row: LeadRow) -> Cell:
    return Cell(stage_word(row.status), tone=STAGE_TONES[row.status])


def _step(row: LeadRow) -> Cell:
    return Cell(row.next_activity, tooltip=row.next_activity) if row.next_activity else Cell("–", muted=True)


def _owner(row: LeadRow) -> Cell:
    return Cell(row.owner_name or tr("Someone else")) if row.owner_id else Cell(tr("Nobody"), muted=True)


def _due(clock: Clock, row: LeadRow) -> Cell:
    if row.next_activity_at is None:
        return Cell("–", muted=True)
    now = clock.now()
    tone = Tone.DANGER if row.next_activity_at < now else Tone.INFO
    return Cell(day_and_time(row.next_activity_at, now), tone=tone, tooltip=exact_time(row.next_activity_at))


def _last(clock: Clock, row: LeadRow) -> Cell:
    if row.last_activity_at is None:
        return Cell(tr("never"), muted=True)
    now = clock.now()
    return Cell(short_time(row.last_activity_at, now), muted=True, tooltip=exact_time(row.last_activity_at))
