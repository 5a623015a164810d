"""A lead's timeline as its widget shows it: by day, with what still waits to be sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from fleetdesk.models.base import Key
from fleetdesk.models.leads import ActivityKind, LeadActivity
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.timeline import TimelineEntry as Shown
from fleetdesk.queries.lead_detail import TimelineEntry
from fleetdesk.views.leads.words import ACTIVITY_ICONS, STAGE_TONES, activity_word, stage_word
from fleetdesk.views.words import day, local

__all__ = ["history"]

_NOBODY: Mapping[str, str] = {}


def history(
    entries: Sequence[TimelineEntry],
    *,
    now: dt.datetime,
    person_id: str,
    waiting: Collection[Key],
    others: Mapping[str, str] = _NOBODY,
) -> list[Shown]:
    """The entries, the latest first; `waiting` holds the keys of rows that the hub has not taken yet.

    `others` are the leads that were merged into this one, by id, and what they are called.
    """
    shown = []
    last_day: dt.date | None = None
    for entry in entries:
        on = local(entry.happened_at).date()
        heading = day(entry.happened_at, now) if on != last_day else ""
        waits = LeadActivity.key_of(entry.id) in waiting
        shown.append(_shown(entry, heading, person_id, waits=waits, of=others.get(entry.lead_id, "")))
        last_day = on
    return shown


def _shown(entry: TimelineEntry, heading: str, person_id: str, *, waits: bool, of: str) -> Shown:
    """One entry; `of` is the lead that it was written for, where that was another one."""
    who = tr("You") if entry.author_id == person_id else entry.author_name or tr("Someone else")
    return Shown(
        id=entry.id,
        icon=ACTIVITY_ICONS[entry.kind],
        title=_title(entry),
        who=tr("%1, on %2").replace("%1", who).replace("%2", isolated(of)) if of else who,
        when=f"{local(entry.happened_at):%H:%M}",
        body=entry.body,
        heading=heading,
        tone=_tone(entry),
        badge=tr("Waiting") if waits else "",
        badge_tone=Tone.NEUTRAL,
    )


def _title(entry: TimelineEntry) -> str:
    if entry.from_status is not None and entry.to_status is not None:
        return f"{stage_word(entry.from_status)} → {stage_word(entry.to_status)}"
    return activity_word(entry.kind)


def _tone(entry: TimelineEntry) -> Tone:
    if entry.to_status is not None:
        return STAGE_TONES[entry.to_status]
    return Tone.INFO if entry.kind is not ActivityKind.NOTE else Tone.NEUTRAL
