"""Takes one pull: keeps it until its end has come, then brings it in, a bounded number of rows at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from fleetdesk.errors import ProtocolError, Unavailable
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.protocol import (
    Plain,
    PullEnd,
    PullHead,
    PullRequest,
    RemovedChunk,
    RowsChunk,
)
from fleetdesk.sync.files.arriving import demand_rows
from fleetdesk.sync.files.replica import Mark, Replica
from fleetdesk.sync.files.replica_schema import known_columns
from fleetdesk.sync.store.load_state import LoadState
from fleetdesk.sync.store.lost_scopes import LOST, forget_rows, writing
from fleetdesk.sync.store.rebase import PORTION, Hosted, Rows
from fleetdesk.sync.store.spool import Spool
from fleetdesk.sync.store.writer import Step, Writer

__all__ = ["PullWriter"]

_PORTION_BYTES = 8 * 1024 * 1024
"""Of one transaction: a person's act may have to wait for it."""
_Item = TypeVar("_Item")


class PullWriter:
    """Takes a pull as it streams in; nothing is visible before `finish`. Leaving the `with` block without it drops all.

    Rows are spooled to an encrypted file of a throw-away key where they are many.
    """

    def __init__(self, writer: Writer, request: PullRequest, head: PullHead) -> None:
        self._writer = writer
        self._head = head
        self._began = (writer.replica, request.cursor or None, request.laptop_id)
        self._spool = Spool(writer.folder.spool, writer.folder.room)
        self._own_removed: set[Key] = set()
        self._own_sent: set[Key] = set()
        self._own_rows: defaultdict[tuple[str, tuple[str, ...]], list[list[Plain]]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._spool.close()

    def removed(self, chunk: RemovedChunk) -> None:
        """Take ids that go. Tables that this schema doesn't know are ignored."""
        if chunk.table not in self._writer.platform.schema:
            return
        keys = frozenset(Key(chunk.table, row_id) for row_id in chunk.ids)
        own = self._writer.waiting.touched(keys)
        self._own_removed |= own
        for portion in _portions(sorted(keys - own)):
            self._spool.add(Hosted(removed=frozenset(portion)))

    def rows(self, chunk: RowsChunk) -> None:
        """Take changed rows. Columns and tables that this schema doesn't know are ignored."""
        if chunk.table not in self._writer.platform.schema:
            return
        record = self._writer.platform.schema.record(chunk.table)
        columns, values = known_columns(record, chunk.columns, chunk.rows)
        demand_rows(record, columns, values, self._head.person.scopes)
        own = self._writer.waiting.touched(Rows(chunk.table, columns, values).keys())
        if own:
            at = columns.index("id")
            ids = {key.id for key in own}
            self._take_own(own)
            self._own_rows[chunk.table, columns] += [row for row in values if row[at] in ids]
            values = [row for row in values if row[at] not in ids]
        for portion in _portions(values):
            self._spool.add(Hosted(rows=(Rows(chunk.table, columns, portion),)))

    def _take_own(self, keys: AbstractSet[Key]) -> None:
        """Rows of our own commands are held in memory: each comes once."""
        if not self._own_sent.isdisjoint(keys):
            raise ProtocolError("The hub sent a row twice.", kept="Nothing of it was taken over.")
        self._own_sent |= keys

    def finish(self, end: PullEnd) -> Changes:
        """Record the receipts, apply all, and save the cursor last. Raises DiskFull, ReplicaUnusable.

        Unavailable, where the cursor, the laptop's id or the local files are others than when it was asked for.
        """
        writer = self._writer
        with writer.as_sync():
            self._check()
            writer.meet(self._head.person)
            changes = writer.receive(end.receipts)
            # What was never sent cannot be settled, whatever the hub says.
            end = end.model_copy(update={"settled_through": writer.sent_through(end.settled_through)})
        lost = self._head.lost_scopes
        first = True
        for chunk, last in _with_last(self._chunks()):
            changes |= self._bring_in(chunk, opens=end if first else None, closes=end if last and not lost else None)
            first = False
        if lost:
            changes |= self._erase_lost_rows()
            changes |= self._bring_in(Hosted(), opens=None, closes=end)
        return changes

    def _chunks(self) -> Iterator[Hosted]:
        """Everything in portions of bounded rows and bytes, but for the first: rows of our own commands come at once.

        So a command leaves the local rows in the transaction in which its hosted outcome comes.
        """
        removed = set(self._own_removed)
        rows = [Rows(table, columns, values) for (table, columns), values in self._own_rows.items()]
        size, held = Hosted(frozenset(removed), rows).size, 0
        for piece, piece_bytes in self._spool:
            if size and (size + piece.size > PORTION or held + piece_bytes > _PORTION_BYTES):
                yield Hosted(frozenset(removed), rows)
                removed, rows, size, held = set(), [], 0, 0
            removed |= piece.removed
            rows += piece.rows
            size += piece.size
            held += piece_bytes
        yield Hosted(frozenset(removed), rows)

    def _bring_in(self, hosted: Hosted, *, opens: PullEnd | None, closes: PullEnd | None) -> Changes:
        """One transaction. The first one drops the commands that are in the hosted rows, the last saves the cursor."""
        writer = self._writer
        if hosted.rows:
            writer.folder.room.demand()
        with writer.as_sync():
            self._check()
            with writer.step() as step:
                lost = dropped = frozenset[int]()
                if opens is not None:
                    lost, gone = self._lost()
                    dropped = lost | self._settled(opens.settled_through)
                    hosted = replace(hosted, removed=hosted.removed | gone)
                with writer.replica.erasing() if self._head.lost_scopes else nullcontext():
                    rebased = writer.rebase.run(
                        writer.replica,
                        writer.waiting,
                        writer.source,
                        writer.actor,
                        hosted=hosted,
                        dropped=dropped,
                    )
                if lost:
                    with writer.amending():
                        writer.outbox.withdraw(lost, LOST)
                        writer.refresh(lost)
                writer.note(rebased.outcomes)
                if closes is not None and self._head.lost_scopes:
                    # Where a load of them was cut, its first rows are gone: it must not go on behind them.
                    LoadState(writer.replica.raw).end()
                writer.replica.set_mark(self._mark(opens, closes))
                step.changes |= Changes(rebased.changed)
            if opens is not None:
                writer.cover(opens.settled_through)
            self._began = self._state()
        return step.changes

    def _mark(self, opens: PullEnd | None, closes: PullEnd | None) -> Mark:
        mark = self._writer.standing()
        if opens is not None:
            mark = replace(mark, settled_through=max(mark.settled_through, opens.settled_through))
        if closes is not None:
            wanted = {*mark.scopes_to_load, *self._head.gained_scopes} - {*self._head.lost_scopes}
            mark = replace(mark, cursor=closes.cursor, scopes_to_load=tuple(sorted(wanted)))
        return mark

    def _settled(self, through: int) -> frozenset[int]:
        """The commands that are in the hosted rows of this pull."""
        return frozenset(
            entry.position
            for entry in self._writer.waiting.effective()
            if entry.sequence is not None and entry.sequence <= through
        )

    def _lost(self) -> tuple[frozenset[int], frozenset[Key]]:
        """The commands that did something to rows of lost scopes, and those rows among the ones they touch."""
        writer, lost = self._writer, set(self._head.lost_scopes)
        if not lost:
            return frozenset(), frozenset()
        entries = writer.waiting.effective()
        scopes = writer.replica.scopes_of(frozenset[Key]().union(*(entry.touches for entry in entries)))
        gone = frozenset(key for key, scope in scopes.items() if scope in lost)
        touching = {entry.position for entry in entries if entry.touches & gone}
        return frozenset(touching | writing(writer, lost)), gone

    def _erase_lost_rows(self) -> Changes:
        """Delete the rows of lost scopes, and overwrite them in the file."""
        writer = self._writer
        tables = set()
        for table in writer.platform.schema.tables:
            after: int | None = 0
            while after is not None:
                with self._erasing() as step:
                    after = writer.rebase.erase(writer.replica, table, self._head.lost_scopes, after)
                    if after is not None:
                        tables.add(table)
                        step.changes |= Changes(tables=frozenset({table}))
        for record in writer.replica.search.records:
            begin = more = True
            while more:
                with self._erasing():
                    more = writer.replica.search.merge(record, begin=begin)
                begin = False
        with writer.as_sync():
            self._check()
            forget_rows(writer, self._head.lost_scopes)
            writer.replica.checkpoint()
        return Changes(tables=frozenset(tables))

    @contextmanager
    def _erasing(self) -> Iterator[Step]:
        writer = self._writer
        with writer.as_sync():
            self._check()
            with writer.step() as step, writer.replica.erasing():
                yield step

    def _state(self) -> tuple[Replica, str | None, str]:
        writer = self._writer
        return writer.replica, writer.replica.mark.cursor, writer.outbox.mark.laptop_id

    def _check(self) -> None:
        """Cursor, laptop id and files must still be those that the pull was asked for: its end speaks of no others."""
        if self._state() != self._began:
            raise Unavailable("The local copy was made anew during a pull.", kept="Nothing is lost.", do="Pull again.")


def _portions(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]


def _with_last(chunks: Iterator[Hosted]) -> Iterator[tuple[Hosted, bool]]:
    """Each chunk, and whether it is the last."""
    held = next(chunks)
    for chunk in chunks:
        yield held, False
        held = chunk
    yield held, True
