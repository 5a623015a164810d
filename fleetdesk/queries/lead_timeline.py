"""The timeline of a lead: what people wrote down, its moves, and what was changed in it, the latest first.

It reads through `merged_into`: what happened with leads that were merged into this one happened with this one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select
from sqlalchemy.orm import aliased

from fleetdesk.models.leads import ActivityKind, CallOutcome, Lead, LeadActivity, LeadRevision, TaskStep
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.queries.lead_family import family_ids
from fleetdesk.queries.lead_revisions import RevisionEntry, revisions_in_time
from fleetdesk.queries.staff import full_name

__all__ = ["ALL_KINDS", "Asked", "EntryKind", "Timeline", "TimelineEntry", "timeline"]


class EntryKind(StrEnum):
    """What a timeline can be narrowed to."""

    NOTE = "note"
    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    TASK = "task"
    MOVE = "move"
    FIELDS = "fields"


ALL_KINDS = frozenset(EntryKind)
_OF_ACTIVITY = {ActivityKind.STATUS_CHANGE: EntryKind.MOVE} | {
    kind: EntryKind(kind) for kind in ActivityKind if kind is not ActivityKind.STATUS_CHANGE
}
_MOVES = ("leads.move", "leads.start_onboarding", "leads.validate")
"""Commands whose revision says what their entry says."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a timeline is to be shown: entries of these kinds, of one person or of anybody."""

    kinds: frozenset[EntryKind] = ALL_KINDS
    person_id: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != Asked()


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry that was written. A status change alone has `from_status` and `to_status`; its body is the reason.

    `lead_id` is the lead that it was written for: perhaps one that was merged into the other since. A task has the
    number of its `steps`, and is done where that is odd; an entry that closes or reopens one names it by `task_id`.
    """

    id: str
    lead_id: str
    kind: ActivityKind
    body: str
    author_id: str | None
    author_name: str | None
    from_status: Stage | None
    to_status: Stage | None
    outcome: CallOutcome | None
    due_at: dt.datetime | None
    task_id: str | None
    task_step: TaskStep | None
    task_body: str
    steps: int
    pinned: bool
    happened_at: dt.datetime
    recorded_at: dt.datetime

    @property
    def is_task(self) -> bool:
        """Whether it is a task itself, rather than about one."""
        return self.kind is ActivityKind.TASK and self.task_id is None

    @property
    def open(self) -> bool:
        """Whether it is a task that is still to be done."""
        return self.is_task and self.steps % 2 == 0

    @property
    def order(self) -> tuple[dt.datetime, int, str]:
        """Where it stands among the others."""
        return (self.happened_at, 0, self.id)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is shown: what was pinned, tasks that are open, then all else, the latest first; `more` waits behind it."""

    pinned: tuple[TimelineEntry, ...] = ()
    open_tasks: tuple[TimelineEntry, ...] = ()
    entries: tuple[TimelineEntry | RevisionEntry, ...] = ()
    more: bool = False


def timeline(connection: Connection, lead_id: str, asked: Asked, most: int) -> Timeline:
    """The timeline as far as it is asked for, with at most so many entries behind those on top."""
    reader = _Reader(connection, asked, connection.scalars(family_ids(lead_id)).all())
    pinned, tasks = reader.pinned(), reader.open_tasks(most)
    on_top = [entry.id for entry in (*pinned, *tasks)]
    found: list[TimelineEntry | RevisionEntry] = []
    for lead in reader.family:
        # Each lead's index is read from its end, and no further than there may be need of.
        found += reader.entries(LeadActivity.lead_id == lead, LeadActivity.id.not_in(on_top), most=most + 1)
        found += reader.changes(lead, most + 1)
    found.sort(key=lambda entry: entry.order, reverse=True)
    return Timeline(pinned, tasks, tuple(found[:most]), more=len(found) > most)


class _Reader:
    """Reads what is asked for of the timelines of some leads."""

    def __init__(self, connection: Connection, asked: Asked, family: Sequence[str]) -> None:
        self.family = family
        self._connection = connection
        self._asked = asked
        self._kinds = [kind for kind, shown in _OF_ACTIVITY.items() if shown in asked.kinds]
        pinned = select(Lead.pinned).where(Lead.id.in_(family), Lead.pinned.is_not(None)).order_by(Lead.id)
        pins = [pin for ids in connection.scalars(pinned) for pin in ids or ()]
        self._pins = {pin: place for place, pin in enumerate(pins)}

    def pinned(self) -> tuple[TimelineEntry, ...]:
        """What was pinned, in that order."""
        found = self.entries(self._of_family(), LeadActivity.id.in_(list(self._pins))) if self._pins else []
        return tuple(sorted(found, key=lambda entry: self._pins[entry.id]))

    def open_tasks(self, most: int) -> tuple[TimelineEntry, ...]:
        """What is still to be done and not pinned, the most urgent first; of more than so many, the latest."""
        step = aliased(LeadActivity)
        steps = select(func.count()).where(step.task_id == LeadActivity.id).scalar_subquery()
        tasks = self.entries(
            self._of_family(),
            LeadActivity.kind == ActivityKind.TASK,
            LeadActivity.task_id.is_(None),
            steps % 2 == 0,
            LeadActivity.id.not_in(list(self._pins)),
            most=most,
        )
        return tuple(sorted(tasks, key=_urgency))

    def entries(self, *conditions: ColumnElement[bool], most: int | None = None) -> list[TimelineEntry]:
        """The latest entries that meet the conditions and are asked for."""
        if not self._kinds:
            return []
        task = aliased(LeadActivity)
        statement = (
            select(LeadActivity.__table__, User.first_name, User.last_name, task.body.label("task_body"))
            .outerjoin(User, User.id == LeadActivity.author_id)
            .outerjoin(task, task.id == LeadActivity.task_id)
            .where(*conditions)
            .order_by(LeadActivity.happened_at.desc(), LeadActivity.id.desc())
            .limit(most)
        )
        if len(self._kinds) < len(_OF_ACTIVITY):
            statement = statement.where(LeadActivity.kind.in_(self._kinds))
        if self._asked.person_id is not None:
            statement = statement.where(LeadActivity.author_id == self._asked.person_id)
        rows = self._connection.execute(statement).all()
        steps = self._steps([row.id for row in rows if row.kind == ActivityKind.TASK and row.task_id is None])
        return [_entry(row, steps.get(row.id, 0), pinned=row.id in self._pins) for row in rows]

    def changes(self, lead_id: str, most: int) -> list[RevisionEntry]:
        """What was changed in a lead's fields, but for its moves, which have entries of their own."""
        if EntryKind.FIELDS not in self._asked.kinds:
            return []
        conditions: list[ColumnElement[bool]] = [LeadRevision.action.not_in(_MOVES)]
        if self._asked.person_id is not None:
            conditions.append(LeadRevision.actor_id == self._asked.person_id)
        return revisions_in_time(self._connection, lead_id, and_(*conditions), most)

    def _of_family(self) -> ColumnElement[bool]:
        return LeadActivity.lead_id.in_(self.family)

    def _steps(self, tasks: Sequence[str]) -> dict[str, int]:
        """How often each task was closed or opened again."""
        if not tasks:
            return {}
        counted = (
            select(LeadActivity.task_id, func.count())
            .where(LeadActivity.task_id.in_(tasks), LeadActivity.task_id.is_not(None))
            .group_by(LeadActivity.task_id)
        )
        return {str(task): number for task, number in self._connection.execute(counted)}


def _entry(row: Row[Any], steps: int, *, pinned: bool) -> TimelineEntry:
    return TimelineEntry(
        id=row.id,
        lead_id=row.lead_id,
        kind=ActivityKind(row.kind),
        body=row.body,
        author_id=row.author_id,
        author_name=full_name(row.first_name, row.last_name) or None,
        from_status=_stage(row.from_status),
        to_status=_stage(row.to_status),
        outcome=CallOutcome(row.outcome) if row.outcome else None,
        due_at=row.due_at,
        task_id=row.task_id,
        task_step=TaskStep(row.task_step) if row.task_step else None,
        task_body=row.task_body or "",
        steps=steps,
        pinned=pinned,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
    )


def _urgency(task: TimelineEntry) -> tuple[bool, dt.datetime, str]:
    return (task.due_at is None, task.due_at or task.happened_at, task.id)


def _stage(word: str | None) -> Stage | None:
    """The stage of a word; None for one that is none: no single row may keep a lead from being read."""
    try:
        return Stage(word) if word else None
    except ValueError:
        return None
