"""Taking a whole import back, days later too, and on another laptop; what was done since stays, and is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.import_revert import WayBack, way_back
from fleetdesk.commands.lead_fields import field_words
from fleetdesk.commands.lead_imports import MarkImport
from fleetdesk.commands.pending import BatchDone, GoOn
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.models.lead_imports import ImportedLead
from fleetdesk.process.collecting import no_collection
from fleetdesk.queries.lead_imports import PastImport, imported_leads

__all__ = ["LeftLead", "RevertReport", "run_revert"]


class Performer(Protocol):
    """What a revert needs of a `commands.pending.CommandDesk`."""

    def perform_batch(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], go_on: GoOn
    ) -> BatchDone: ...


@dataclass(frozen=True, slots=True)
class LeftLead:
    """A lead of which something stays as it is: what, by whom, since when. `person` is empty where nobody is known."""

    lead_id: str
    name: str
    what: str
    person: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RevertReport:
    """What came of it. `left` are the leads that stay, or keep a part, because somebody changed them since."""

    leads: int
    left: tuple[LeftLead, ...]
    done: BatchDone


@no_collection()
def run_revert(past: PastImport, desk: Performer, replica: Connection, *, clock: Clock, go_on: GoOn) -> RevertReport:
    """Take an import back, lead by lead, as one batch that can itself be undone.

    `go_on` is told how many leads it came through, and may end it there; begun again, it goes on with the rest.
    """
    left: list[LeftLead] = []
    leads = 0

    def commands() -> Iterator[Command]:
        nonlocal leads
        for lead in imported_leads(replica, past.id):
            back = way_back(lead, new_id=new_id, issued_at=clock.now())
            if back.stays:
                left.append(_left(lead, back))
            if back.command is not None:
                leads += 1
                yield back.command
        if past.taken_back_at is None:
            yield MarkImport(id=new_id(), issued_at=clock.now(), import_id=past.id, taken_back=True)

    done = desk.perform_batch(new_id(), commands(), sentence=_sentence, go_on=go_on)
    refused = [
        LeftLead(one.target.id, "", " ".join(filter(None, (one.verdict.reason, one.verdict.do))), "", None)
        for one in done.refused
    ]
    return RevertReport(leads - len(refused), (*left, *refused), done)


def _left(lead: ImportedLead, back: WayBack) -> LeftLead:
    """What stays of a lead, by whom. Of several who changed it, the last is named."""
    columns = set(back.left)
    since = next((one for one in lead.since if not columns or columns & set(one.columns)), None)
    changed = back.left or (since.columns if since is not None else ())
    if lead.now.get("merged_into") is not None:
        what = "It was merged into another lead"
    elif changed:
        what = f"Changed since: {', '.join(dict.fromkeys(map(field_words, changed)))}"
    else:
        what = "Something was written down about it"
    person, at = (since.person, since.at) if since is not None else ("", None)
    return LeftLead(lead.id, lead.name, what, person, at)


def _sentence(leads: int) -> str:
    return "Took an import back" if leads == 1 else f"Took an import of {leads - 1:,} leads back"
