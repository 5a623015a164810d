"""The revisions of the demo's leads: what each step of a pursuit changed in its lead, as commands would write it."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from fleetdesk.demo.dataset.chance import seeded_id
from fleetdesk.demo.dataset.staff import StaffMember
from fleetdesk.models.access import Scope
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain

__all__ = ["History", "Revised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A row of `LeadRevision`. Plain, as the entries of timelines are."""

    id: str
    scope: Scope = Scope.LEADS
    row_id: str
    number: int
    action: str
    changes: dict[str, JsonValue]
    actor_id: str
    laptop_id: str | None
    batch: str | None = None
    at: dt.datetime


class History:
    """Compares a lead with what it was at the last look. It came by the web site: nobody's revision says so."""

    def __init__(self, rng: random.Random, lead: Lead) -> None:
        self._rng = rng
        self._lead = lead
        self._seen = self._look()
        self.revisions: list[Revised] = []

    def note(self, action: str, author: StaffMember, at: dt.datetime) -> None:
        """Write down what the lead is now that it was not before, if anything."""
        now = self._look()
        changes: dict[str, JsonValue] = {
            name: [to_plain(self._seen[name]), to_plain(value)]
            for name, value in now.items()
            if value != self._seen[name]
        }
        if not changes:
            return
        self._seen = now
        self._lead.revision = len(self.revisions) + 1
        self.revisions.append(
            Revised(
                id=seeded_id(self._rng, at),
                row_id=self._lead.id,
                number=self._lead.revision,
                action=action,
                changes=changes,
                actor_id=author.person_id,
                laptop_id=f"demo-{author.person_id}",
                at=at,
            )
        )

    def _look(self) -> dict[str, object]:
        return {name: getattr(self._lead, name) for name in sorted(Lead.revised)}
