"""A lead's timeline as its widget shows it: by day, with what still waits to be sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fleetdesk.models.base import Key
from fleetdesk.models.leads import ActivityKind, CallOutcome, LeadActivity, LeadRevision, TaskStep
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.widgets.timeline_entry import TimelineEntry as Shown
from fleetdesk.queries.lead_revisions import FieldChange, RevisionEntry
from fleetdesk.queries.lead_timeline import Timeline, TimelineEntry
from fleetdesk.views.leads.value_words import value_text
from fleetdesk.views.leads.words import (
    ACTIVITY_ICONS,
    STAGE_TONES,
    activity_word,
    field_label,
    outcome_word,
    stage_word,
)
from fleetdesk.views.words import day, due, local

__all__ = ["Teller", "change_text", "revision_title"]

_REVISIONS: Mapping[str, tuple[str, str]] = {
    "leads.create": ("Lead created", "plus-circle"),
    "leads.delete": ("Lead deleted", "trash"),
    "leads.take_back": ("Lead deleted", "trash"),
    "leads.restore": ("Lead restored", "arrow-counter-clockwise"),
    "leads.merge": ("Taken over in a merge", "git-merge"),
    "leads.unmerge": ("Separated from another lead", "git-merge"),
    "leads.tag": ("Tags", "tag"),
}
"""Revisions that are called by what was done rather than by the fields that changed; and their icons."""
_NOT_REACHED = frozenset(CallOutcome) - {CallOutcome.REACHED}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells a timeline to one person, now: `names` are those of the staff, by id.

    `waiting` tells which rows the hub has not taken yet; `others` are the leads that were merged into this
    one, by id, and what they are called.
    """

    now: dt.datetime
    person_id: str
    names: Mapping[str, str]
    waiting: Callable[[Key], bool]
    others: Mapping[str, str]

    def told(self, timeline: Timeline) -> list[Shown]:
        """Pinned entries and open tasks under headings of their own, then the others by day, the latest first."""
        return [
            *self._under(tr("Pinned"), timeline.pinned),
            *self._under(tr("To do"), timeline.open_tasks),
            *self._by_day(timeline.entries),
        ]

    def _under(self, heading: str, entries: Sequence[TimelineEntry]) -> Iterator[Shown]:
        for number, entry in enumerate(entries):
            when = f"{day(entry.happened_at, self.now)}, {local(entry.happened_at):%H:%M}"
            yield replace(self._entry(entry), heading="" if number else heading, when=when)

    def _by_day(self, entries: Sequence[TimelineEntry | RevisionEntry]) -> Iterator[Shown]:
        last_day: dt.date | None = None
        for entry in entries:
            on = local(entry.happened_at).date()
            heading = day(entry.happened_at, self.now) if on != last_day else ""
            shown = self._revision(entry) if isinstance(entry, RevisionEntry) else self._entry(entry)
            yield replace(shown, heading=heading)
            last_day = on

    def _entry(self, entry: TimelineEntry) -> Shown:
        badge, tone = self._badge(entry)
        return Shown(
            id=entry.id,
            icon=ACTIVITY_ICONS[entry.kind],
            title=_title(entry),
            who=self._who(entry.author_id, entry.author_name, entry.lead_id),
            when=f"{local(entry.happened_at):%H:%M}",
            body=entry.body or entry.task_body,
            tone=_tone(entry),
            badge=badge,
            badge_tone=tone,
            pinned=entry.pinned,
            done=not entry.open if entry.is_task else None,
        )

    def _revision(self, entry: RevisionEntry) -> Shown:
        _, icon = _REVISIONS.get(entry.action, ("", "pencil-simple"))
        return Shown(
            id=entry.id,
            icon=icon,
            title=self._revision_title(entry),
            who=self._who(entry.author_id, entry.author_name, "" if _merged(entry) else entry.lead_id),
            when=f"{local(entry.happened_at):%H:%M}",
            body="\n".join(self._change(change, alone=len(entry.changes) == 1) for change in _told(entry)),
            badge=tr("Waiting") if self.waiting(LeadRevision.key_of(entry.id)) else "",
            badge_tone=Tone.NEUTRAL,
        )

    def _revision_title(self, entry: RevisionEntry) -> str:
        """A merge is told by the lead that was merged: within the other one's timeline, by what it is called."""
        if _merged(entry) and entry.lead_id in self.others:
            return tr("Merged with %1").replace("%1", isolated(self.others[entry.lead_id]))
        return revision_title(entry)

    def _change(self, change: FieldChange, *, alone: bool) -> str:
        text = change_text(change, self.names)
        return text if alone else f"{field_label(change.field)}: {text}"

    def _badge(self, entry: TimelineEntry) -> tuple[str, Tone]:
        if entry.open and entry.due_at is not None:
            return due(entry.due_at, self.now), Tone.DANGER if entry.due_at < self.now else Tone.INFO
        if self.waiting(LeadActivity.key_of(entry.id)):
            return tr("Waiting"), Tone.NEUTRAL
        return "", Tone.NEUTRAL

    def _who(self, author_id: str | None, name: str | None, lead_id: str) -> str:
        who = tr("You") if author_id == self.person_id else name or tr("Someone else")
        of = self.others.get(lead_id, "")
        return tr("%1, on %2").replace("%1", who).replace("%2", isolated(of)) if of else who


def revision_title(entry: RevisionEntry) -> str:
    """What a revision is called: by what was done, or by the fields that changed."""
    if _merged(entry):
        return tr("Merged into another lead")
    if entry.action in _REVISIONS:
        return tr(_REVISIONS[entry.action][0])
    return ", ".join(field_label(change.field) for change in entry.changes)


def _merged(entry: RevisionEntry) -> bool:
    """Whether this is the revision of a lead that was merged into another."""
    return entry.action == "leads.merge" and any(change.field == "merged_into" for change in entry.changes)


def _told(entry: RevisionEntry) -> list[FieldChange]:
    """The changes as far as they say more than the title does: which lead a merge is with has no words of its own."""
    return [change for change in entry.changes if change.field != "merged_into"]


def change_text(change: FieldChange, names: Mapping[str, str]) -> str:
    """A change in one line: “Al Noor → Al Noor Transport”; what stands on either side keeps its own direction."""
    before, after = (value_text(change.field, value, names) or "–" for value in (change.before, change.after))
    return f"{isolated(before)} → {isolated(after)}"


def _title(entry: TimelineEntry) -> str:
    if entry.from_status is not None and entry.to_status is not None:
        return f"{stage_word(entry.from_status)} → {stage_word(entry.to_status)}"
    match entry.task_step:
        case TaskStep.DONE:
            return tr("Task done")
        case TaskStep.REOPENED:
            return tr("Task opened again")
    word = activity_word(entry.kind)
    return f"{word} · {outcome_word(entry.outcome)}" if entry.outcome in _NOT_REACHED and entry.outcome else word


def _tone(entry: TimelineEntry) -> Tone:
    if entry.to_status is not None:
        return STAGE_TONES[entry.to_status]
    if entry.outcome in _NOT_REACHED:
        return Tone.WARNING
    if entry.task_step is TaskStep.DONE or (entry.is_task and not entry.open):
        return Tone.SUCCESS
    return Tone.INFO if entry.kind is not ActivityKind.NOTE else Tone.NEUTRAL
