"""`LocalStore`: the laptop's replica and outbox as one thing, and the only door to them.

No network here. What speaks to the hub lives in `engine.py`, `client.py` and `loader.py`, and works on this class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import PendingChange
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Defect, FleetDeskError
from fleetdesk.models.access import Actor
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import (
    FieldConflict,
    LoadPlan,
    Person,
    Plain,
    PullEnd,
    PullHead,
    Receipt,
    RemovedChunk,
    RowsChunk,
    TableChecksum,
    Verdict,
    WireCommand,
)

__all__ = ["Batch", "Counts", "FileKeys", "LoadWriter", "LocalStore", "PullWriter"]


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The raw 32-byte keys of the two files."""

    replica: bytes
    outbox: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands to push, numbered from `first_sequence` without gaps. `more`: others wait behind them."""

    laptop_id: str
    first_sequence: int
    commands: tuple[WireCommand, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures for the status bar: commands without a verdict (waiting or sent), and those that a person must decide
    (the Inbox, with what is held under it)."""

    waiting: int
    inbox: int


class PullWriter:
    """Takes a pull as it streams in; nothing is visible before `finish`. Leaving the `with` block without it drops all.

    Rows are spooled to an encrypted file of a throw-away key where they are many.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        raise Defect("being written")

    def removed(self, chunk: RemovedChunk) -> None:
        """Take ids that go. Tables that this schema doesn't know are ignored."""
        raise Defect("being written")

    def rows(self, chunk: RowsChunk) -> None:
        """Take changed rows. Columns and tables that this schema doesn't know are ignored."""
        raise Defect("being written")

    def finish(self, end: PullEnd) -> Changes:
        """Record the receipts, apply all, and save the cursor last. Raises DiskFull, ReplicaUnusable."""
        raise Defect("being written")


class LoadWriter:
    """Fills the next replica file (or, for gained scopes, the present one), table by table, in key order.

    It may be left at any time, by a crash too: `begin_load` takes up where the last committed rows ended.
    """

    @property
    def plan(self) -> LoadPlan:
        """The plan that is followed: that of an unfinished load which goes on, else the one given to `begin_load`.

        Its tables and columns are those to ask for.
        """
        raise Defect("being written")

    @property
    def rows_written(self) -> int:
        """Rows of all tables so far, those of earlier sittings too."""
        raise Defect("being written")

    def resume_after(self, table: str) -> str | None:
        """The id after which the table's rows are still wanted ("" for all of them); None if the table is complete."""
        raise Defect("being written")

    def write_rows(self, table: str, columns: Sequence[str], rows: list[list[Plain]]) -> None:
        """Write rows that follow the last ones in key order; they and the resume key are committed together.

        Give many at once (tens of thousands). `columns` begins with `id`. Raises DiskFull.
        """
        raise Defect("being written")

    def complete(self, table: str) -> None:
        """Note that the table has no further rows."""
        raise Defect("being written")

    def finish(self) -> Changes:
        """Build indexes and search, reapply what waits, swap the file in, destroy the old one. Every table changed."""
        raise Defect("being written")

    def close(self) -> None:
        """Leave it for now; what was written stays to be taken up again."""
        raise Defect("being written")


class LocalStore:
    """The laptop's half of the data: synchronous, thread-safe, one writer at a time; people go before sync.

    Implements `commands.pending.CommandDesk`. Every call may wait for a disk: never on the GUI thread, and from
    asyncio by `asyncio.to_thread`.
    """

    @classmethod
    def open(
        cls, folder: Path, *, keys: FileKeys, platform: Platform, clock: Clock, actor: Actor | None = None
    ) -> LocalStore:
        """Open, or make, the files under `folder`.

        `actor` acts until the first load or pull says who the hub takes the person for. A replica that is missing,
        damaged or of another key is made anew, empty (`needs_load`); an outbox that cannot be read is set aside
        under another name, what is readable in it is taken over, and `notices` says so. Commands that the replica
        lacks are replayed. Raises AlreadyRunning if another process has the folder, DiskFull.
        """
        raise Defect("being written")

    def close(self) -> None:
        """Close the files and let go of the folder."""
        raise Defect("being written")

    # -- what people do: CommandDesk ---------------------------------------------------------------------------

    def perform(self, *acts: Command) -> tuple[Verdict, ...]:
        """See `CommandDesk.perform`."""
        raise Defect("being written")

    def pending(self) -> tuple[PendingChange, ...]:
        """See `CommandDesk.pending`."""
        raise Defect("being written")

    def discard(self, command_id: str) -> Changes:
        """See `CommandDesk.discard`."""
        raise Defect("being written")

    def retry(self, command_id: str) -> Verdict:
        """See `CommandDesk.retry`."""
        raise Defect("being written")

    def resolve(self, command_id: str, mine: tuple[FieldConflict, ...]) -> Verdict:
        """See `CommandDesk.resolve`."""
        raise Defect("being written")

    def replace(self, command_id: str, edited: Command) -> Verdict:
        """See `CommandDesk.replace`."""
        raise Defect("being written")

    # -- what screens read -------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection for the calling thread, one snapshot for the whole block.

        It survives the swap of the file: the next block reads the new one (`generation` has then grown, and row keys
        mean other rows). Raises ReplicaUnusable if the file is damaged.
        """
        raise Defect("being written")
        yield

    def interrupt(self, thread_id: int | None = None) -> None:
        """Stop the running queries of that thread (`threading.get_ident()`), or of all: they raise Unavailable."""
        raise Defect("being written")

    @property
    def generation(self) -> int:
        """Grows by one whenever the replica file is replaced."""
        raise Defect("being written")

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after each commit that changed rows, from the writing thread; returns what ends it."""
        raise Defect("being written")

    def counts(self) -> Counts:
        """Figures for the status bar."""
        raise Defect("being written")

    @property
    def notices(self) -> tuple[FleetDeskError, ...]:
        """What was found wrong, and what was kept, since this store was opened: for the person to read."""
        raise Defect("being written")

    # -- for the network half: push ------------------------------------------------------------------------------

    @property
    def laptop_id(self) -> str:
        """This laptop's name for its stream of sequences; another after a new epoch or a lost outbox."""
        raise Defect("being written")

    @property
    def person(self) -> Person | None:
        """Whom the hub took the person for at the last load or pull; None before the first."""
        raise Defect("being written")

    @property
    def epoch(self) -> str:
        """The hosted database's epoch as last seen; "" before the first contact."""
        raise Defect("being written")

    @property
    def confirmed(self) -> int:
        """Receipts up to this sequence are kept here: the hub may forget them."""
        raise Defect("being written")

    def next_batch(self, limit: int, *, from_sequence: int | None = None) -> Batch | None:
        """What to push next; None if nothing waits.

        Commands that were offered and have no receipt come first, then waiting ones in position order, which get
        their sequence here, durably. Inbox and held commands are passed over. `from_sequence` answers an OutOfOrder:
        commands from that sequence on are offered again.
        """
        raise Defect("being written")

    def record_receipts(self, receipts: Sequence[Receipt]) -> Changes:
        """Keep verdicts: settled, or to the Inbox. Their effect here stays until a pull brings the hosted rows."""
        raise Defect("being written")

    def new_epoch(self, epoch: str) -> None:
        """Take note of the hosted database's epoch.

        The first one is only kept. Another one means a restored database: the cursor goes (`needs_load`), the laptop
        takes a new id, and what was settled in the last `settled_days` is offered again, before what waits.
        """
        raise Defect("being written")

    # -- for the network half: pull and load ---------------------------------------------------------------------

    @property
    def cursor(self) -> str | None:
        """Where the next pull begins; None before the first load and after `forget_cursor`."""
        raise Defect("being written")

    @property
    def needs_load(self) -> bool:
        """Whether everything must be loaded (there is no cursor)."""
        raise Defect("being written")

    @property
    def scopes_to_load(self) -> tuple[str, ...]:
        """Scopes gained by a pull whose rows are not loaded yet: ask for a plan of these, then `begin_load`."""
        raise Defect("being written")

    def forget_cursor(self) -> None:
        """The hub said that the cursor is gone: everything must be loaded. Rows stay readable until the swap."""
        raise Defect("being written")

    def begin_pull(self, head: PullHead) -> PullWriter:
        """Begin to take a pull made from `cursor`."""
        raise Defect("being written")

    def unfinished_load(self) -> LoadPlan | None:
        """The plan of a full load that was cut: hand it to `begin_load` instead of asking the hub for one."""
        raise Defect("being written")

    def begin_load(self, plan: LoadPlan, *, scopes: tuple[str, ...] | None = None) -> LoadWriter:
        """Begin, or go on with, a load: of everything into the next file, or of gained `scopes` into the present one.

        While it is under way people work on the present file. No pull may run beside a load of scopes.
        """
        raise Defect("being written")

    def hosted_checksums(self, shapes: Sequence[TableChecksum]) -> list[TableChecksum]:
        """The same tables and columns counted and summed over the hosted versions of the rows held here.

        Tables and columns that this schema doesn't know are left out.
        """
        raise Defect("being written")

    def idle_checkpoint(self) -> None:
        """Fold the write-ahead logs back and drop settled commands that are old: call it when nothing else is done."""
        raise Defect("being written")
