"""What a card of the board says of a lead: for the eye, and in one sentence for a screen reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

from fleetdesk.models.ids import Clock
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.words import day_and_time, due, exact_time, local, number

__all__ = ["Card", "card_columns", "card_of", "card_words"]

_CLOSED = (Stage.CONVERTED, Stage.LOST)


@dataclass(frozen=True, slots=True)
class Card:
    """The words on a card, an empty one for what is not known; `tone` is that of the next step, None where it has none.

    Without one, `step` says so, or why the lead was lost.
    """

    title: str
    about: str
    fleet: str
    step: str
    tone: Tone | None
    age: str
    owner: str
    faded: bool


def card_columns(clock: Clock) -> tuple[Column[LeadRow], ...]:
    """The one column of a column's table: what is read out of a card, and its next step as a tooltip."""
    return (Column("card", tr("Lead"), partial(_cell, clock), stretch=True, sortable=False),)


def card_of(row: LeadRow, now: dt.datetime) -> Card:
    """The card of a lead, in the words of now."""
    return Card(
        title=lead_title(row.name, row.company, row.email, row.phone),
        about=(row.company or "") if row.name else "",
        fleet="" if row.fleet_size is None else number(row.fleet_size),
        step=_step_on_card(row, now),
        tone=_tone(row, now),
        age=_age(row, now),
        owner=row.owner_name or "",
        faded=row.deleted,
    )


def card_words(row: LeadRow, now: dt.datetime) -> str:
    """The same as one sentence."""
    card = card_of(row, now)
    fleet = "" if row.fleet_size is None else plural(row.fleet_size, tr("%n vehicle"), tr("%n vehicles"))
    days = _days(row, now)
    parts = (
        card.title,
        card.about,
        fleet,
        tr("deleted") if row.deleted else "",
        tr("Next step: %1").replace("%1", _step(row, now)) if _step(row, now) else tr("No next step"),
        plural(days, tr("%n day in this stage"), tr("%n days in this stage"))
        if days
        else tr("In this stage since today"),
        tr("Owner: %1").replace("%1", isolated(card.owner)) if card.owner else tr("Nobody's"),
    )
    return ". ".join(isolated(part) for part in parts if part)


def _cell(clock: Clock, row: LeadRow) -> Cell:
    return Cell(card_words(row, clock.now()), tooltip=_tooltip(row))


def _tooltip(row: LeadRow) -> str:
    when = "" if row.next_activity_at is None else exact_time(row.next_activity_at)
    return "\n".join(part for part in (row.next_activity, when, row.lost_reason) if part)


def _step(row: LeadRow, now: dt.datetime) -> str:
    when = "" if row.next_activity_at is None else due(row.next_activity_at, now)
    return ", ".join(part for part in (row.next_activity, when) if part)


def _step_on_card(row: LeadRow, now: dt.datetime) -> str:
    at = row.next_activity_at
    if at is None and not row.next_activity:
        return row.lost_reason or "" if row.status in _CLOSED else tr("No next step")
    if at is None or at >= now:
        return row.next_activity or "" if at is None else day_and_time(at, now)
    late = (local(now).date() - local(at).date()).days
    return tr("Overdue %1 d").replace("%1", number(late)) if late else tr("Overdue")


def _tone(row: LeadRow, now: dt.datetime) -> Tone | None:
    if row.next_activity_at is None:
        return Tone.NEUTRAL if row.next_activity else None
    return Tone.DANGER if row.next_activity_at < now else Tone.INFO


def _days(row: LeadRow, now: dt.datetime) -> int:
    return max(0, (local(now).date() - local(row.stage_changed_at).date()).days)


def _age(row: LeadRow, now: dt.datetime) -> str:
    """How long the lead has stood in its stage, in one word."""
    days = _days(row, now)
    return tr("%1 d").replace("%1", number(days)) if days else tr("today")
