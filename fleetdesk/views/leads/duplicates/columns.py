"""The columns of the list of groups."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.duplicate_groups import GroupSort
from fleetdesk.queries.duplicate_rows import DuplicateRow
from fleetdesk.views.leads.duplicates.words import SURENESS_TONES, group_title, shared_text, sureness_word
from fleetdesk.views.words import exact_time, number, short_time

__all__ = ["group_columns"]


def group_columns(clock: Clock) -> tuple[Column[DuplicateRow], ...]:
    """The columns; the keys of those that can be sorted by are those that a query sorts by."""
    return (
        Column("leads", tr("Leads"), _leads, width=200, stretch=True, sortable=False),
        Column("shared", tr("What they share"), _shared, width=264, sortable=False),
        Column(GroupSort.COUNT, tr("How many"), _count, width=88, align=Align.END),
        Column(GroupSort.SURENESS, tr("How sure"), partial(_sureness, clock), width=112),
        Column("updated", tr("Updated"), partial(_updated, clock), width=88, align=Align.END, sortable=False),
    )


def _leads(row: DuplicateRow) -> Cell:
    return Cell(group_title(row), strong=True)


def _shared(row: DuplicateRow) -> Cell:
    texts = [shared_text(shared) for shared in row.shared]
    return Cell(" · ".join(texts) or "–", tooltip="\n".join(texts))


def _count(row: DuplicateRow) -> Cell:
    return Cell(number(row.count))


def _sureness(clock: Clock, row: DuplicateRow) -> Cell:
    if row.told_at is None:
        return Cell(sureness_word(row.sureness), tone=SURENESS_TONES[row.sureness])
    when = short_time(row.told_at, clock.now())
    by = tr("%1 told them apart.").replace("%1", row.told_by or tr("Someone"))
    return Cell(tr("Different"), tone=Tone.NEUTRAL, tooltip=f"{by} {when}")


def _updated(clock: Clock, row: DuplicateRow) -> Cell:
    return Cell(short_time(row.updated_at, clock.now()), muted=True, tooltip=exact_time(row.updated_at))
