"""What is done with the entries of a lead's timeline: pinned on top, a task closed; and how an entry is made.

Entries are append-only. Which ones are pinned stands in their lead; that a task is done is an entry of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.lead_command import LeadCommand
from fleetdesk.commands.lead_fields import check_text
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity, TaskStep
from fleetdesk.protocol import Verdict

__all__ = ["MOST_PINNED", "PinEntry", "SettleTask", "count_activity", "entry_text", "new_entry"]

MOST_PINNED = 10


@dataclass(frozen=True, kw_only=True)
class PinEntry(LeadCommand):
    """Puts an entry on top of the timeline of its lead, or back to its place: a set, so that nobody conflicts.

    A lead that was merged into another keeps its own pins; they come back with it when the two are separated.
    """

    name: ClassVar[str] = "leads.pin"

    entry_id: str
    pinned: bool

    def reads(self) -> frozenset[Key]:
        return frozenset({LeadActivity.key_of(self.entry_id)})

    def sentence(self) -> str:
        return "Pinned an entry" if self.pinned else "Unpinned an entry"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead = self._lead_or_merged(db)
        pins = list(lead.pinned or ())
        if (self.entry_id in pins) is self.pinned:
            return MERGED
        if not self.pinned:
            lead.pinned = [pin for pin in pins if pin != self.entry_id] or None
            return APPLIED
        _demand_of(db.get(LeadActivity, self.entry_id), self.lead_id)
        if len(pins) >= MOST_PINNED:
            raise Refused("many_pins", f"At most {MOST_PINNED} entries can be pinned.", do="Unpin another one first.")
        lead.pinned = [*pins, self.entry_id]
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return PinEntry(
            id=new_id(), issued_at=issued_at, lead_id=self.lead_id, entry_id=self.entry_id, pinned=not self.pinned
        )


@dataclass(frozen=True, kw_only=True)
class SettleTask(LeadCommand):
    """Says that a task is done, or open again: as the next of its steps after the `steps` that the person saw."""

    name: ClassVar[str] = "leads.settle_task"

    task_id: str
    steps: int
    done: bool

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target(), self._step_key(self.steps)})

    def creates(self) -> frozenset[Key]:
        return frozenset({self._step_key(self.steps)})

    def reads(self) -> frozenset[Key]:
        before = {self._step_key(self.steps - 1)} if self.steps > 0 else set()
        return frozenset({LeadActivity.key_of(self.task_id), *before})

    def sentence(self) -> str:
        return "Closed a task" if self.done else "Opened a task again"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        lead = self._lead_or_merged(db)
        task = db.get(LeadActivity, self.task_id)
        _demand_of(task, self.lead_id)
        if task.kind != ActivityKind.TASK or task.task_id is not None:
            raise Invalid("task_id", "Only a task can be done.")
        # Steps alternate, the first one closes: the number of them says what this one can be.
        if self.steps < 0 or self.done is (self.steps % 2 == 1):
            raise Invalid("steps", "A task is done or opened again by turns.")
        if self.steps > 0:
            db.get(LeadActivity, self._step_key(self.steps - 1).id)
        if db.find(LeadActivity, self._step_key(self.steps).id) is not None:
            return MERGED
        step = new_entry(
            self._step_key(self.steps).id,
            self.lead_id,
            ActivityKind.TASK,
            "",
            actor,
            happened_at=self.issued_at,
            recorded_at=self.issued_at,
        )
        step.task_id, step.task_step = self.task_id, TaskStep.DONE if self.done else TaskStep.REOPENED
        db.add(step)
        count_activity(lead, self.issued_at)
        self._stamp(lead)
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        return SettleTask(
            id=new_id(),
            issued_at=issued_at,
            lead_id=self.lead_id,
            task_id=self.task_id,
            steps=self.steps + 1,
            done=not self.done,
        )

    def _step_key(self, number: int) -> Key:
        """The same for everybody who saw the task as it was: of two who close it, one does."""
        return LeadActivity.key_of(f"{self.task_id}:{number}")


def new_entry(
    entry_id: str,
    lead_id: str,
    kind: ActivityKind,
    body: str,
    actor: Actor,
    *,
    happened_at: dt.datetime,
    recorded_at: dt.datetime,
) -> LeadActivity:
    """An entry of a lead's timeline, by the actor."""
    return LeadActivity.made(
        {
            **dict.fromkeys(("from_status", "to_status", "outcome", "due_at", "task_id", "task_step")),
            "id": entry_id,
            "scope": Scope.LEADS.value,
            "lead_id": lead_id,
            "kind": kind.value,
            "body": body,
            "author_id": actor.person_id,
            "happened_at": happened_at,
            "recorded_at": recorded_at,
        }
    )


def entry_text(text: str) -> str:
    """What is written in an entry, without the blanks around it. Raises Invalid (`body`) for nothing, or too much."""
    body = text.strip()
    if not body:
        raise Invalid("body", "There is nothing written yet.")
    check_text("body", body)
    return body


def count_activity(lead: Lead, at: dt.datetime) -> None:
    """Count an activity that took place then."""
    lead.activity_count += 1
    lead.last_activity_at = max(filter(None, (lead.last_activity_at, at)))


def _demand_of(entry: LeadActivity, lead_id: str) -> None:
    if entry.lead_id != lead_id:
        raise Invalid("entry_id", "This entry belongs to another lead.")
