"""A lead that was worked on for days: a pin, tasks open and done, an unanswered call, fields that were changed."""

from __future__ import annotations

import datetime as dt

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_timeline import PinEntry, SettleTask
from fleetdesk.commands.leads import EditLead, LogActivity
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, CallOutcome
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import NOW
from tests.gui.views.sample import STORY

__all__ = ["edit", "live_in", "log", "pin", "settle_task"]


def live_in(store: LocalStore) -> None:
    """Give the lead of the long story more of one; nothing of it is sent yet."""
    store.perform(
        log("key", ActivityKind.NOTE, "Decides with her partner Saeed; never call before ten.", 30),
        log("list", ActivityKind.TASK, "Send the price list in Arabic", 29, due_at=NOW - dt.timedelta(hours=20)),
        log("sample", ActivityKind.TASK, "Ask accounting for a WPS sample", 28, due_at=NOW + dt.timedelta(days=1)),
        log("room", ActivityKind.TASK, "Book the demo room", 27),
        log("rang", ActivityKind.CALL, "Rang out.", 5, outcome=CallOutcome.NO_ANSWER),
        edit(4, fleet_size=(None, 42), company=("Al Zaabi Premium Cars", "شركة الزعابي للسيارات")),
        edit(1, score=(70, 85)),
        pin("key"),
        settle_task("room", 0, done=True),
    )


def log(
    entry: str,
    kind: ActivityKind,
    body: str,
    hours: float,
    *,
    outcome: CallOutcome | None = None,
    due_at: dt.datetime | None = None,
) -> LogActivity:
    """An entry of so many hours ago."""
    at = NOW - dt.timedelta(hours=hours)
    return LogActivity(
        id=new_id(),
        issued_at=at,
        lead_id=STORY,
        activity_id=entry,
        kind=kind,
        body=body,
        happened_at=at,
        outcome=outcome,
        due_at=due_at,
    )


def edit(hours: float, **edits: tuple[object, object]) -> EditLead:
    """An edit of so many hours ago: each field from what was seen to what is wanted."""
    changes = {name: FieldEdit(base=base, new=new) for name, (base, new) in edits.items()}
    return EditLead(id=new_id(), issued_at=NOW - dt.timedelta(hours=hours), lead_id=STORY, edits=changes)


def pin(entry: str, *, pinned: bool = True) -> PinEntry:
    """A pin, now."""
    return PinEntry(id=new_id(), issued_at=NOW, lead_id=STORY, entry_id=entry, pinned=pinned)


def settle_task(entry: str, steps: int, *, done: bool) -> SettleTask:
    """A task closed or opened again, now."""
    return SettleTask(id=new_id(), issued_at=NOW, lead_id=STORY, task_id=entry, steps=steps, done=done)
