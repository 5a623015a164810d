"""What a laptop may hold at any moment of the day: rows of those scopes alone that its person's role gives.

Nobody knows from outside when a laptop has heard of a change. But its cursor says which transactions it has seen, and
the simulation knows the transaction of each change of a role: so the role that counts is the last one that the cursor
has seen. As long as a laptop has not heard of a change, it cannot know; once it has, not one row may be left.

Nothing here imports FleetDesk: what stands in a cursor is read by hand.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.torture.oracle import SCOPES_OF_ROLE, Findings

__all__ = ["PROMISE", "Changed", "Held", "holds_nothing", "judge_held"]

PROMISE = "no laptop that has heard of a change of its role holds a row that the role does not give"


@dataclass(frozen=True, slots=True)
class Changed:
    """A person has this role from the transaction `xid` on."""

    xid: int
    role: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a laptop's replica holds at one moment: its cursor, and how many rows and before-images of each scope."""

    person_id: str
    cursor: str | None
    scopes: dict[str, int] = field(default_factory=dict)


def judge_held(findings: Findings, laptop: int, held: Held, epoch: str, roles: Sequence[Changed]) -> None:
    """Look at one laptop. `roles` are its person's since `epoch` began, oldest first; the first counts from then on."""
    position = json.loads(base64.urlsafe_b64decode(held.cursor)) if held.cursor else None
    if position is None or position["epoch"] != epoch:
        findings.looked_at["moments without a cursor of this epoch"] += 1
        return
    seen = [change for change in roles[1:] if _has_seen(position["snapshot"], change.xid)]
    role = (seen or roles[:1])[-1].role
    allowed = SCOPES_OF_ROLE[role] | {f"person:{held.person_id}"}
    findings.looked_at["moments"] += 1
    lost = set[str]().union(*(SCOPES_OF_ROLE[change.role] for change in roles[: len(seen)])) - allowed
    findings.looked_at["moments after a loss"] += bool(lost)
    for scope in sorted(held.scopes.keys() - allowed):
        findings.fail(PROMISE, f"laptop {laptop} ({role}) holds {held.scopes[scope]} rows of {scope} at {position}")


def holds_nothing(held: Held) -> bool:
    """Whether there is neither a row nor a cursor: what a laptop is left with whose person was turned away."""
    return held.cursor is None and not any(held.scopes.values())


def _has_seen(snapshot: str, xid: int) -> bool:
    """Whether a PostgreSQL snapshot (`xmin:xmax:running`) has seen a transaction that committed."""
    xmin, xmax, running = snapshot.split(":")
    return xid < int(xmin) or (xid < int(xmax) and str(xid) not in running.split(","))
