"""What becomes of files that cannot be read: an outbox is set aside and read as far as it goes, a replica made anew."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace
from pathlib import Path

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import FleetDeskError, OutboxUnusable, ReplicaUnusable
from fleetdesk.models.schema import Schema
from fleetdesk.sync.files.cipher import FileKind, connect
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.outbox import Outbox, Stored, drafts_in, kept_in, paused_in, stored_rows
from fleetdesk.sync.files.outbox_acts import Acts
from fleetdesk.sync.files.replica import Replica

__all__ = ["new_replica", "open_outbox", "open_replica"]


def open_outbox(folder: Folder, key: bytes, now: dt.datetime) -> tuple[Outbox, FleetDeskError | None]:
    """The outbox, and what there is to tell. One that cannot be read is set aside; what it still says is taken over.

    The one in its place gets its name once it has everything: after a crash before that, all of this is done again.
    """
    if folder.unsalvaged is None:
        with contextlib.suppress(OutboxUnusable):
            return Outbox(folder.outbox, key), None
    kept = folder.set_aside(now)
    salvaged = _salvage(kept, key)
    folder.delete(folder.next_outbox)
    with contextlib.closing(Outbox(folder.next_outbox, key)) as outbox:
        with outbox.transaction():
            outbox.adopt(salvaged, now)
            _take_over_rest(kept, key, outbox)
            _take_over_batches(kept, key, outbox, salvaged)
        outbox.checkpoint()
    folder.use_next_outbox()
    return Outbox(folder.outbox, key), _told(kept, salvaged)


def open_replica(folder: Folder, key: bytes, schema: Schema) -> tuple[Replica, FleetDeskError | None]:
    """The replica in use, and what there is to tell. One that is missing or cannot be read is made anew, empty."""
    path = folder.replica
    if path is not None:
        try:
            return Replica(path, key, schema), None
        except ReplicaUnusable as error:
            return new_replica(folder, key, schema), error
    return new_replica(folder, key, schema), None


def new_replica(folder: Folder, key: bytes, schema: Schema) -> Replica:
    """An empty replica in the place of the one in use, which is deleted."""
    old, path = folder.replica, folder.next_replica()
    replica = Replica(path, key, schema)
    folder.use(path)
    if old is not None:
        folder.delete(old)
    return replica


def _salvage(path: Path, key: bytes) -> list[Stored]:
    """The commands that can still be read: from the front up to the damage, and from the end back to it."""
    found: dict[int, Stored] = {}
    for direction in ("ASC", "DESC"):
        # Whatever a damaged file makes of itself ends the reading in that direction, and nothing else.
        with contextlib.suppress(Exception), contextlib.closing(connect(path, key, FileKind.OUTBOX)) as raw:
            for stored in stored_rows(raw, f"ORDER BY position {direction}"):
                found.setdefault(stored.position, stored)
    return [stored for _, stored in sorted(found.items()) if stored.state is not PendingState.DISCARDED]


def _take_over_rest(path: Path, key: bytes, outbox: Outbox) -> None:
    """What else can be read in a lost outbox: whether sending was paused, what was written, what screens remember."""
    with contextlib.suppress(Exception), contextlib.closing(connect(path, key, FileKind.OUTBOX)) as raw:
        outbox.set_paused(paused_in(raw))
    with contextlib.suppress(Exception), contextlib.closing(connect(path, key, FileKind.OUTBOX)) as raw:
        for record, drafted in drafts_in(raw).items():
            for draft in drafted:
                outbox.keep_draft(record, draft)
    with contextlib.suppress(Exception), contextlib.closing(connect(path, key, FileKind.OUTBOX)) as raw:
        for name, value in kept_in(raw).items():
            outbox.keep(name, value)


def _take_over_batches(path: Path, key: bytes, outbox: Outbox, salvaged: list[Stored]) -> None:
    """Which batches stay here: those that were paused, or half done; where that cannot be read, all of them.

    One that was whole or nothing, and half done, must not be sent as if it were whole.
    """
    try:
        with contextlib.closing(connect(path, key, FileKind.OUTBOX)) as raw:
            acts = Acts(raw)
            paused, under_way = acts.paused(), acts.under_way()
    except Exception:  # noqa: BLE001  (whatever a damaged file makes of itself)
        begun = {wire.batch: wire.issued_at for wire in (stored.wire for stored in reversed(salvaged))}
        for batch_id, begun_at in begun.items():
            if batch_id is not None:
                outbox.acts.pause_batch(batch_id, "A batch of changes", begun_at, paused=True)
        return
    for batch_id, note in paused:
        outbox.acts.pause_batch(batch_id, note.sentence, note.begun_at, paused=True)
    for batch in under_way:
        if batch.whole:
            outbox.acts.go_on(replace(batch, act=None))


def _told(kept: Path, salvaged: list[Stored]) -> OutboxUnusable:
    waiting = sum(stored.state is not PendingState.SETTLED for stored in salvaged)
    return OutboxUnusable(
        "The list of your waiting changes was damaged.",
        kept=f"{waiting} of them could be read and are kept; the damaged file is kept as “{kept.name}”.",
        do="Look through your recent work, and give that file to your administrator if something is missing.",
    )
