"""A merge before it is made: which lead is to stay, whose value each field takes, what stands in the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_merge import MOST_LOSERS, MergeLeads, Taken, check_mergeable
from fleetdesk.commands.leads import EditLead
from fleetdesk.commands.merge_values import best_written
from fleetdesk.errors import Refused
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.models.types import JsonValue

__all__ = ["Obstacle", "Pick", "Side", "merge_commands", "obstacles", "suggested_source", "suggested_winner"]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the leads as the person saw it: what the rules ask of it, and the plain values of its fields."""

    id: str
    status: Stage
    deleted: bool
    merged_into: str | None
    activities: int
    created_at: dt.datetime
    values: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Pick:
    """What a field is to be: the value of a lead (`source`, its id), or another one that the person wrote."""

    value: JsonValue
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why leads cannot be merged as they are; `lead_id` is the one that stands in the way, None for all together."""

    lead_id: str | None
    why: Refused


def suggested_winner(sides: Iterable[Side]) -> str:
    """The lead that had best stay: a converted one must; else the one that came furthest, then the best known."""
    return max(sides, key=lambda side: (_furthest(side.status), side.activities, -side.created_at.timestamp())).id


def suggested_source(sides: Sequence[Side], winner_id: str, fields: Sequence[str]) -> str:
    """Whose values these fields, which go together, had best take: the winner's own; where it has none, another's.

    Of values that say the same, the one that is written best.
    """
    ordered = sorted(sides, key=lambda side: side.id != winner_id)
    having = [side for side in ordered if any(side.values[field] is not None for field in fields)]
    if not having:
        return winner_id
    if len(fields) > 1:
        return having[0].id
    return having[best_written(fields[0], having[0].values, [side.values for side in having[1:]])].id


def obstacles(sides: Sequence[Side], winner_id: str) -> list[Obstacle]:
    """All that the hub would refuse, in the order of the leads."""
    found = []
    for side in sides:
        try:
            check_mergeable(side, stays=side.id == winner_id)
        except Refused as refusal:
            found.append(Obstacle(side.id, refusal))
    if len(sides) < 2:
        found.append(Obstacle(None, Refused("too_few", "A merge needs two different leads at least.")))
    if len(sides) - 1 > MOST_LOSERS:
        what = f"At most {MOST_LOSERS} leads can be merged into another at once."
        found.append(Obstacle(None, Refused("too_many", what, do="Leave some out, and merge them after that.")))
    return found


def merge_commands(
    sides: Sequence[Side],
    winner_id: str,
    picks: Mapping[str, Pick],
    *,
    new_id: Callable[[], str],
    issued_at: dt.datetime,
) -> list[Command]:
    """The merge, and behind it the edit of what the person wrote: to be performed together."""
    winner = next(side for side in sides if side.id == winner_id)
    changed = {field: pick for field, pick in picks.items() if pick.value != winner.values[field]}
    merge = MergeLeads(
        id=new_id(),
        issued_at=issued_at,
        lead_id=winner_id,
        losers=tuple(side.id for side in sides if side.id != winner_id),
        taken={
            field: Taken(base=winner.values[field], new=pick.value, source=pick.source)
            for field, pick in changed.items()
            if pick.source is not None
        },
    )
    written = {
        field: FieldEdit(base=winner.values[field], new=pick.value)
        for field, pick in changed.items()
        if pick.source is None
    }
    if not written:
        return [merge]
    return [merge, EditLead(id=new_id(), issued_at=issued_at, lead_id=winner_id, edits=written)]


def _furthest(stage: Stage) -> int:
    """How far along the pipeline; a lost lead has left it."""
    return PIPELINE.index(stage) if stage in PIPELINE else -1
