"""The columns of the list of members."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.members import MemberRow, MemberSort
from fleetdesk.views.members.words import STANDING_TONES, standing_word, waiting_word
from fleetdesk.views.words import day, exact_time, role_name

__all__ = ["member_columns"]


def member_columns(me: str, clock: Clock, *, manages: bool) -> tuple[Column[MemberRow], ...]:
    """The columns; the keys of those that can be sorted by are those that a query sorts by.

    `me` is the reader's id. Only one who `manages` members sees what waits to be carried out.
    """
    waiting = Column("waiting", tr("Waits"), partial(_waiting, clock), width=136, sortable=False)
    return (
        Column(MemberSort.NAME, tr("Name"), partial(_name, me), width=200, stretch=True),
        Column("email", tr("Email"), _email, width=232, sortable=False),
        Column(MemberSort.ROLE, tr("Role"), _role, width=128),
        Column(MemberSort.STANDING, tr("Status"), _standing, width=112),
        *((waiting,) if manages else ()),
        Column(MemberSort.SINCE, tr("Since"), partial(_since, clock), width=104),
    )


def _name(me: str, row: MemberRow) -> Cell:
    return Cell(tr("%1 (you)").replace("%1", isolated(row.name)) if row.user_id == me else row.name, strong=True)


def _email(row: MemberRow) -> Cell:
    return Cell(row.email, muted=True)


def _role(row: MemberRow) -> Cell:
    return Cell(role_name(row.role))


def _standing(row: MemberRow) -> Cell:
    return Cell(standing_word(row.standing), tone=STANDING_TONES[row.standing])


def _waiting(clock: Clock, row: MemberRow) -> Cell:
    asked = row.waiting
    if asked is None:
        return Cell("")
    by = tr("Asked for by %1, %2").replace("%2", day(asked.at, clock.now())).replace("%1", asked.by or tr("someone"))
    return Cell(waiting_word(asked), tone=Tone.INFO, tooltip=by)


def _since(clock: Clock, row: MemberRow) -> Cell:
    return Cell(day(row.since, clock.now()), muted=True, tooltip=exact_time(row.since))
