"""Waiting changes carried elsewhere: into a file under a passphrase, and taken in again, on this laptop or another.

The commands keep their ids, by which the hub knows those that it has decided (docs/decisions/0003): whatever became of
them meanwhile, none is done twice. As the hub remembers for forty days, an older file is not taken in.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from fleetdesk.commands.pending import PendingState, TakenIn
from fleetdesk.errors import BadFile, Refused
from fleetdesk.protocol import Verdict, WireCommand
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.files.sealed import read_sealed, write_sealed
from fleetdesk.sync.store.writer import Writer

__all__ = ["carry_off", "take_in"]

_KEEPS = dt.timedelta(days=30)
_DONE = (PendingState.SETTLED, PendingState.DISCARDED)
_UNNAMED = "A batch of changes"


def carry_off(writer: Writer, path: Path, passphrase: str) -> int:
    """Write everything that is not settled into a file; how many changes that is. Raises Invalid, DiskFull.

    The outbox is left as it is. The bytes of documents that were not sent are not in the file.
    """
    with writer.as_person():
        carried = _carried(writer)
    write_sealed(path, carried.model_dump_json().encode(), passphrase)
    return len(carried.changes)


def take_in(writer: Writer, path: Path, passphrase: str) -> TakenIn:
    """Have the changes of a file wait here, those that are here already left out.

    What was in the Inbox comes to the Inbox; everything else is applied to the rows here, and sent.
    Raises BadFile, Invalid for a wrong passphrase, Refused for another person's file or one that is too old.
    """
    carried = _read(path, passphrase)
    with writer.as_person():
        if carried.person != writer.actor().person_id:
            raise Refused(
                "other_person",
                "These changes are another person's.",
                kept="Nothing was changed.",
                do="Sign in as the person who wrote the file.",
            )
        if writer.clock.now() - carried.written_at > _KEEPS:
            raise Refused(
                "too_old",
                f"This file is older than {_KEEPS.days} days, and some of it may have been done since.",
                kept="Nothing was changed.",
                do="Look at your recent work, and do again what is missing.",
            )
        known = writer.outbox.named(change.wire.id for change in carried.changes)
        fresh = [_stored(change) for change in carried.changes if change.wire.id not in known]
        writer.adopt(fresh, {name: (_UNNAMED, begun) for name, begun in carried.paused.items()})
    return TakenIn(len(fresh), len(known))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Change(_Part):
    wire: WireCommand
    state: PendingState
    verdict: Verdict | None


class _Carried(_Part):
    kind: Literal["waiting changes"]
    person: str
    written_at: dt.datetime
    changes: tuple[_Change, ...]
    paused: dict[str, dt.datetime]


def _carried(writer: Writer) -> _Carried:
    waiting = [stored for stored in writer.outbox.after(0) if stored.state not in _DONE]
    kept_back = {name: note.begun_at for name, note in writer.outbox.acts.paused()}
    # One that is whole or nothing, and half done, must not be sent as if it were whole.
    kept_back |= {batch.batch_id: batch.begun_at for batch in writer.outbox.acts.under_way()}
    named = {stored.wire.batch for stored in waiting}
    return _Carried(
        kind="waiting changes",
        person=writer.actor().person_id,
        written_at=writer.clock.now(),
        changes=tuple(
            _Change(wire=stored.wire, state=stored.state, verdict=stored.verdict or stored.local_verdict)
            for stored in waiting
        ),
        paused={name: begun for name, begun in kept_back.items() if name in named},
    )


def _read(path: Path, passphrase: str) -> _Carried:
    try:
        return _Carried.model_validate_json(read_sealed(path, passphrase))
    except ValidationError as error:
        raise BadFile(
            f"“{path.name}” holds no waiting changes that this version of FleetDesk can read.", do="Update FleetDesk."
        ) from error


def _stored(change: _Change) -> Stored:
    return Stored(0, change.wire, change.state, None, change.verdict, None, withdrawn=False)
