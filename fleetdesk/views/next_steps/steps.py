"""What is known of a lead's next step, and the commands that change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.mornings import morning_in
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import JsonValue, parse_instant
from fleetdesk.models.values import to_plain
from fleetdesk.qt.look.text import tr

__all__ = [
    "Step",
    "Stepped",
    "kept_instant",
    "kept_step",
    "later",
    "likely_kind",
    "next_proposal",
    "plan_step",
    "step_values",
]

_KINDS = {
    ActivityKind.CALL: ("call", "phone", "ring", "appel", "appeler", "rappeler", "telephoner", "telephone"),
    ActivityKind.EMAIL: ("email", "mail", "send", "write", "envoyer", "ecrire"),
    ActivityKind.MEETING: ("meet", "meeting", "demo", "visit", "lunch", "rendez", "rencontrer", "visiter"),
}


class Stepped(Protocol):
    """A lead with its next step: a row of a list, the open lead, a reminder."""

    @property
    def id(self) -> str: ...
    @property
    def next_activity(self) -> str | None: ...
    @property
    def next_activity_at(self) -> dt.datetime | None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What a lead had planned when a person saw it (`Stepped`)."""

    id: str = ""
    next_activity: str | None = None
    next_activity_at: dt.datetime | None = None

    @classmethod
    def of(cls, lead: Stepped) -> Step:
        """That of a lead."""
        return cls(lead.id, lead.next_activity, lead.next_activity_at)


def step_values(step: Stepped) -> dict[str, JsonValue]:
    """A step as plain values, by field."""
    return {"next_activity": step.next_activity, "next_activity_at": to_plain(step.next_activity_at)}


def kept_step(lead_id: str, values: Mapping[str, JsonValue]) -> Step:
    """The step behind plain values that were kept, read with suspicion: what cannot be read is not there."""
    what, at = values.get("next_activity"), values.get("next_activity_at")
    return Step(lead_id, what if isinstance(what, str) else None, kept_instant(at))


def kept_instant(value: JsonValue) -> dt.datetime | None:
    """An instant that was kept as text; None for anything else."""
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def plan_step(lead: Stepped, what: str | None, when: dt.datetime | None, now: dt.datetime) -> EditLead | None:
    """The edit that makes this the next step, based on the one that the person saw; None if it is that already."""
    before = lead.next_activity_at
    if when is not None and before is not None and when == before.replace(second=0, microsecond=0):
        when = before  # a field that shows minutes cannot give back the seconds
    pairs = {"next_activity": (lead.next_activity, what), "next_activity_at": (to_plain(before), to_plain(when))}
    edits = {name: FieldEdit(base=base, new=new) for name, (base, new) in pairs.items() if base != new}
    return EditLead(id=new_id(), issued_at=now, lead_id=lead.id, edits=edits) if edits else None


def next_proposal(lead: Stepped, now: dt.datetime) -> dt.datetime | None:
    """When a step that is kept shall be due: as it was, but tomorrow morning where that has passed."""
    at = lead.next_activity_at
    return morning_in(1, now) if at is not None and at < now else at


def later(now: dt.datetime) -> Sequence[tuple[str, dt.datetime]]:
    """To when people put a next step off, in their words."""
    in_an_hour = (now + dt.timedelta(hours=1)).replace(second=0, microsecond=0)
    return (
        (tr("In an hour"), in_an_hour),
        (tr("Tomorrow morning"), morning_in(1, now)),
        (tr("In 3 days"), morning_in(3, now)),
        (tr("In a week"), morning_in(7, now)),
    )


def likely_kind(step: str | None) -> ActivityKind:
    """What kind of activity a step was, by its words; a note where they say nothing of it."""
    words = search_key(step or "").split()
    return next((kind for kind, known in _KINDS.items() if any(word in known for word in words)), ActivityKind.NOTE)
