"""`LocalStore`: the laptop's replica and outbox as one thing, and the only door to them.

No network here. What speaks to the hub lives in `sync.engine` and `sync.network`; the engine works on this class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import (
    BatchDone,
    CutOff,
    GoOn,
    Heard,
    History,
    PendingBatch,
    PendingChange,
    Performed,
    TakenIn,
    to_the_end,
    unheard,
)
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import DiskFull, FleetDeskError, ReplicaUnusable
from fleetdesk.models.access import Actor
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.drafts import Draft, Drafted
from fleetdesk.models.ids import Clock
from fleetdesk.models.lease import Lease
from fleetdesk.models.local_copy import FileSizes
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import (
    FieldConflict,
    HandedInEdit,
    LoadPlan,
    Person,
    PullHead,
    PullRequest,
    Receipt,
    TableChecksum,
    Verdict,
)
from fleetdesk.sync.files.blobs import Blobs
from fleetdesk.sync.files.checksums import hosted_checksums
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.reserve import Reserve, with_reserve
from fleetdesk.sync.files.room import free_bytes
from fleetdesk.sync.files.tidying import Tidying, fold_back
from fleetdesk.sync.store.batches import Batches
from fleetdesk.sync.store.carried import carry_off, take_in
from fleetdesk.sync.store.desk import Desk
from fleetdesk.sync.store.document_shelf import DocumentShelf
from fleetdesk.sync.store.handed_in import edits_to_hand_in
from fleetdesk.sync.store.load_state import Begun
from fleetdesk.sync.store.load_writer import FullLoad, LoadWriter, ScopeLoad, unfinished_load
from fleetdesk.sync.store.lost_scopes import holds_anything, lose_everything
from fleetdesk.sync.store.outgoing import Batch, Counts, count, due_in, next_batch
from fleetdesk.sync.store.pull_writer import PullWriter
from fleetdesk.sync.store.rebase import Rebase
from fleetdesk.sync.store.undoing import Undoing
from fleetdesk.sync.store.writer import Writer

__all__ = ["Batch", "Counts", "FileKeys", "LoadWriter", "LocalStore", "PullWriter"]

_LEASE = "lease"  # among what is kept
_SETTLED_FOR = dt.timedelta(days=30)
"""How long settled commands are kept: what a restored database may have to be given again."""


class LocalStore:
    """The laptop's half of the data: synchronous, thread-safe, one writer at a time; people go before sync.

    Implements `commands.pending.CommandDesk`. Every call may wait for a disk: never on the GUI thread, and from
    asyncio by `asyncio.to_thread`.
    """

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        keys: FileKeys,
        platform: Platform,
        clock: Clock,
        actor: Actor | None = None,
        rebase: Rebase | None = None,
        second_thoughts: dt.timedelta = dt.timedelta(),
        unread: Iterable[FleetDeskError] = (),
        free: Callable[[Path], int] = free_bytes,
    ) -> LocalStore:
        """Open, or make, the files under `folder`.

        `unread` are notices of an opening before this one, which nobody has read yet. `actor` acts until the first load
        or pull says who the hub takes the person for; `rebase` takes the steps of applying a pull. What nothing takes
        back once it is sent stays here for `second_thoughts`. A replica that is missing, damaged or of another key is
        made anew, empty (`needs_load`); an outbox that cannot be read is set aside under another name, what is readable
        in it is taken over, and `notices` says so. Commands that the replica lacks are replayed. Raises AlreadyRunning
        if another process has the folder, DiskFull where the disk is full and the reserve for that is spent. `free`
        tells how many bytes are free on the folder's disk.
        """
        untold = tuple(unread)

        def open_files() -> LocalStore:
            held = Folder(folder, free=free)
            try:
                writer = Writer(
                    held,
                    keys=keys,
                    platform=platform,
                    clock=clock,
                    rebase=rebase or Rebase(platform),
                    actor=actor,
                    second_thoughts=second_thoughts,
                )
            except BaseException:
                held.release()
                raise
            store = cls(writer)
            writer.notices += untold
            try:
                writer.start()
                store.documents.blobs.start()
            except BaseException:
                store.close()
                raise
            return store

        return with_reserve(folder, open_files)

    def __init__(self, writer: Writer) -> None:
        """See `open`."""
        self._writer = writer
        self._desk = Desk(writer)
        self._batches = Batches(writer)
        self._undoing = Undoing(writer)
        self.documents = DocumentShelf(
            writer, Blobs(writer.folder.documents, writer.keys.documents, room=writer.folder.room)
        )
        self._lease: Lease | None = None  # as it stands, where the disk did not take it
        self._tidying = Tidying(lambda: writer.replica.path, writer.keys.replica)
        self._writer.subscribe(lambda changes: self._tidying.look())

    def close(self) -> None:
        """Close the files and let go of the folder."""
        self._tidying.close()
        self.documents.blobs.copies.forget()  # nothing readable stays
        with self._writer.as_sync():
            self._writer.close()
        Reserve(self._writer.folder.path).keep()  # also with what closing has just given back
        self._writer.folder.release()

    # -- what people do: CommandDesk ---------------------------------------------------------------------------

    def perform(self, *acts: Command) -> tuple[Verdict, ...]:
        """See `CommandDesk.perform`."""
        return self._desk.perform(acts)

    def perform_whole(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], heard: Heard = unheard
    ) -> BatchDone:
        """See `CommandDesk.perform_whole`."""
        return self._batches.perform_whole(batch_id, acts, sentence, heard)

    def perform_together(self, *acts: Command) -> Performed:
        """See `CommandDesk.perform_together`."""
        return self._desk.perform_together(acts)

    def pending(self) -> tuple[PendingChange, ...]:
        """See `CommandDesk.pending`."""
        return self._desk.pending()

    def perform_batch(
        self, batch_id: str, acts: Iterable[Command], *, sentence: Callable[[int], str], go_on: GoOn = to_the_end
    ) -> BatchDone:
        """See `CommandDesk.perform_batch`."""
        return self._batches.perform(batch_id, acts, sentence, go_on)

    def cut_off(self) -> tuple[CutOff, ...]:
        """See `CommandDesk.cut_off`."""
        return self._batches.cut_off()

    def take_back(self, batch_id: str, *, go_on: GoOn = to_the_end) -> bool:
        """See `CommandDesk.take_back`."""
        return self._batches.take_back(batch_id, go_on)

    def let_stand(self, batch_id: str) -> None:
        """See `CommandDesk.let_stand`."""
        self._batches.let_stand(batch_id)

    def batches(self) -> tuple[PendingBatch, ...]:
        """See `CommandDesk.batches`."""
        return self._batches.listed()

    def pause_batch(self, batch_id: str, *, paused: bool) -> None:
        """See `CommandDesk.pause_batch`."""
        self._batches.pause(batch_id, paused=paused)

    def discard_batch(self, batch_id: str, *, go_on: GoOn = to_the_end) -> BatchDone:
        """See `CommandDesk.discard_batch`."""
        return self._batches.discard(batch_id, go_on)

    def history(self) -> History:
        """See `CommandDesk.history`."""
        return self._undoing.history()

    def undo(self, act: int, *, go_on: GoOn = to_the_end) -> BatchDone:
        """See `CommandDesk.undo`."""
        return self._undoing.turn(act, go_on, redo=False)

    def redo(self, act: int, *, go_on: GoOn = to_the_end) -> BatchDone:
        """See `CommandDesk.redo`."""
        return self._undoing.turn(act, go_on, redo=True)

    def discard(self, command_id: str) -> Changes:
        """See `CommandDesk.discard`."""
        return self._desk.discard(command_id)

    def retry(self, command_id: str) -> Verdict:
        """See `CommandDesk.retry`."""
        return self._desk.retry(command_id)

    def resolve(self, command_id: str, mine: tuple[FieldConflict, ...]) -> Verdict:
        """See `CommandDesk.resolve`."""
        return self._desk.resolve(command_id, mine)

    def replace(self, command_id: str, edited: Command) -> Verdict:
        """See `CommandDesk.replace`."""
        return self._desk.replace(command_id, edited)

    def carry_off(self, path: Path, passphrase: str) -> int:
        """See `CommandDesk.carry_off`."""
        return carry_off(self._writer, path, passphrase)

    def take_in(self, path: Path, passphrase: str) -> TakenIn:
        """See `CommandDesk.take_in`."""
        return take_in(self._writer, path, passphrase)

    def edits_to_hand_in(self) -> list[HandedInEdit]:
        """What this laptop hands in once it is revoked: see `handed_in`."""
        return edits_to_hand_in(self._writer)

    # -- what is theirs and never sent ---------------------------------------------------------------------------

    @property
    def drafts(self) -> Mapping[Key, Drafted]:
        """What the person is still writing, by the record that it is about."""
        return self._writer.outbox.drafts

    def keep_draft(self, record: Key, draft: Draft) -> None:
        """Keep what is being written about a record, on the disk when this returns; an empty draft forgets its kind."""
        with self._writer.as_person(), self._writer.outbox.transaction():
            self._writer.outbox.keep_draft(record, draft)

    @property
    def kept(self) -> Mapping[str, JsonValue]:
        """What the person's screens remember, by its name."""
        return self._writer.outbox.kept

    def keep(self, name: str, value: JsonValue) -> None:
        """Keep a value under a name, on the disk when this returns; None forgets it."""
        with self._writer.as_person(), self._writer.outbox.transaction():
            self._writer.outbox.keep(name, value)

    @property
    def paused(self) -> bool:
        """Whether the person asked sending to wait."""
        return self._writer.outbox.mark.paused

    def keep_paused(self, paused: bool) -> None:
        """Remember whether sending waits; on the disk when this returns."""
        with self._writer.as_person(), self._writer.outbox.transaction():
            self._writer.outbox.set_paused(paused)

    # -- the lease -----------------------------------------------------------------------------------------------

    def note_contact(self) -> None:
        """The hub was heard, and took the session: the lease begins anew."""
        with self._writer.as_person():
            self._keep_lease(Lease.begin(self._writer.clock.now()))

    def note_time(self, passed: dt.timedelta = dt.timedelta()) -> Lease:
        """Look at the clock, `passed` since the last time: the lease as it stands now, and on a disk that takes it.

        Files that know of no contact begin their first lease now.
        """
        with self._writer.as_person():
            now = self._writer.clock.now()
            lease = (self._lease or Lease.read(self.kept.get(_LEASE)) or Lease.begin(now)).seen(now, passed)
            self._keep_lease(lease)
        return lease

    def _keep_lease(self, lease: Lease) -> None:
        """In the turn in which it was read: a contact and a look at the clock come from two threads."""
        self._lease = lease
        with suppress(DiskFull):  # it holds all the same, as long as the files are open
            with self._writer.outbox.transaction():
                self._writer.outbox.keep(_LEASE, lease.plain())
            self._lease = None

    # -- what screens read -------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection for the calling thread, one snapshot for the whole block.

        It survives the swap of the file: the next block reads the new one (`generation` has then grown, and row keys
        mean other rows). Raises ReplicaUnusable if the file is damaged.
        """
        generation = self._writer.readers.generation
        try:
            with self._writer.readers.reading() as connection:
                yield connection
        except ReplicaUnusable as error:
            with self._writer.as_person():
                if self._writer.readers.generation == generation:
                    self._writer.remake_replica(error)
            raise

    def interrupt(self, thread_id: int | None = None) -> None:
        """Stop the running queries of that thread (`threading.get_ident()`), or of all: they raise Unavailable."""
        self._writer.readers.interrupt(thread_id)

    @property
    def generation(self) -> int:
        """Grows by one whenever the replica file is replaced."""
        return self._writer.readers.generation

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after each commit that changed rows, from the writing thread; returns what ends it."""
        return self._writer.subscribe(callback)

    def counts(self) -> Counts:
        """Figures for the status bar."""
        with self._writer.as_person():
            return count(self._writer)

    def sizes(self) -> FileSizes:
        """What the files take on the disk."""
        return self._writer.folder.sizes()

    @property
    def notices(self) -> tuple[FleetDeskError, ...]:
        """What was found wrong, and what was kept, since this store was opened: for the person to read."""
        return tuple(self._writer.notices)

    # -- for the network half: push ------------------------------------------------------------------------------

    @property
    def laptop_id(self) -> str:
        """This laptop's name for its stream of sequences; another after a new epoch or a lost outbox."""
        return self._writer.outbox.mark.laptop_id

    @property
    def person(self) -> Person | None:
        """Whom the hub took the person for at the last load or pull; None before the first."""
        return self._writer.person

    def introduce(self, actor: Actor) -> None:
        """Say who acts, of files that were opened without: see `open`."""
        self._writer.introduce(actor)

    @property
    def epoch(self) -> str:
        """The hosted database's epoch as last seen; "" before the first contact."""
        return self._writer.outbox.mark.epoch

    @property
    def confirmed(self) -> int:
        """Receipts up to this sequence are kept here: the hub may forget them."""
        with self._writer.as_sync():
            return self._writer.outbox.confirmed

    def next_batch(self, limit: int, *, from_sequence: int | None = None) -> Batch | None:
        """What to push next; None if nothing waits.

        Commands that were offered and have no receipt come first, then waiting ones in position order, which get
        their sequence here, durably. Inbox and held commands are passed over. `from_sequence` answers an OutOfOrder:
        commands from that sequence on are offered again.
        """
        with self._writer.as_sync():
            return next_batch(self._writer, limit, from_sequence=from_sequence, settled_since=self._settled_since)

    def due_in(self) -> float | None:
        """In how many seconds something may be sent that stays here for second thoughts; None if nothing does."""
        with self._writer.as_sync():
            return due_in(self._writer)

    def record_receipts(self, receipts: Sequence[Receipt]) -> Changes:
        """Keep verdicts: settled, or to the Inbox. Their effect here stays until a pull brings the hosted rows."""
        with self._writer.as_sync():
            return self._writer.receive(receipts)

    def new_epoch(self, epoch: str) -> None:
        """Take note of the hosted database's epoch.

        The first one is only kept. Another one means a restored database: the cursor goes (`needs_load`), the laptop
        takes a new id, and what was settled in the last thirty days is offered again, before what waits.
        """
        with self._writer.as_sync():
            self._writer.meet_epoch(epoch, self._settled_since)

    def begin_stream(self) -> None:
        """Take a new laptop id, and offer again what was settled in the last thirty days, then what waits.

        For a laptop whose files came back from a backup: under its sequences the hub knows what the backup does not.
        """
        with self._writer.as_sync():
            self._writer.begin_stream(self._settled_since)

    # -- for the network half: pull and load ---------------------------------------------------------------------

    @property
    def cursor(self) -> str | None:
        """Where the next pull begins; None before the first load and after `forget_cursor`."""
        return self._writer.replica.mark.cursor

    @property
    def needs_load(self) -> bool:
        """Whether everything must be loaded (there is no cursor)."""
        return self.cursor is None

    @property
    def scopes_to_load(self) -> tuple[str, ...]:
        """Scopes gained by a pull whose rows are not loaded yet: ask for a plan of these, then `begin_load`."""
        return self._writer.replica.mark.scopes_to_load

    def demand_owner(self, person: Person) -> None:
        """Raise Refused if the hub takes the person for somebody else than whose files these are."""
        with self._writer.as_sync():
            self._writer.demand_owner(person)

    def give_up_rows(self) -> None:
        """The hub no longer takes the person in: no row stays here, nor what tells of one; what was not sent stays."""
        with self._writer.as_sync():
            if holds_anything(self._writer):
                self.documents.give_up()
                lose_everything(self._writer)

    def forget_cursor(self) -> None:
        """The hub said that the cursor is gone: everything must be loaded. Rows stay readable until the swap."""
        with self._writer.as_sync():
            self._writer.forget_cursor()

    def begin_pull(self, request: PullRequest, head: PullHead) -> PullWriter:
        """Begin to take the answer to a request that was made of this store's `cursor` and `laptop_id`."""
        return PullWriter(self._writer, request, head)

    def unfinished_load(self) -> LoadPlan | None:
        """The plan of a full load that was cut: hand it to `begin_load` instead of asking the hub for one."""
        with self._writer.as_sync():
            found = unfinished_load(self._writer)
        return None if found is None else found[1].plan

    def begin_load(self, plan: LoadPlan, *, scopes: tuple[str, ...] | None = None) -> LoadWriter:
        """Begin, or go on with, a load: of everything into the next file, or of gained `scopes` into the present one.

        While it is under way people work on the present file. No pull may run beside a load of scopes. Raises Refused
        for a plan of somebody else.
        """
        self.demand_owner(plan.person)
        if scopes is not None:
            return ScopeLoad(self._writer, plan, scopes)
        with self._writer.as_sync():
            found = unfinished_load(self._writer)
            path = self._writer.folder.next_replica() if found is None else found[0]
            mark, version = self._writer.outbox.mark, self._writer.platform.schema.version
            return FullLoad(self._writer, path, Begun(plan, None, mark.epoch, mark.laptop_id, version))

    def hosted_checksums(self, shapes: Sequence[TableChecksum]) -> list[TableChecksum]:
        """The same tables and columns counted and summed over the hosted versions of the rows held here.

        Tables and columns that this schema doesn't know are left out.
        """
        with self.reading() as connection:
            return hosted_checksums(connection, self._writer.platform.schema, shapes)

    def idle_checkpoint(self) -> None:
        """Fold the write-ahead logs back and drop settled commands that are old: call it when nothing else is done."""
        with self._writer.as_sync():
            self._writer.purge(self._settled_since)
        fold_back(self._writer.replica.path, self._writer.keys.replica)
        self.documents.tidy()

    @property
    def _settled_since(self) -> dt.datetime:
        return self._writer.clock.now() - _SETTLED_FOR
