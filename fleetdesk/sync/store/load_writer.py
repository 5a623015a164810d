"""Takes a load: of everything into the next replica file, or of gained scopes into the present one.

Rows and the key after which they go on are committed together, so that a load can be left at any instant.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from fleetdesk.errors import Defect, FleetDeskError, ProtocolError, Unavailable
from fleetdesk.models.changes import NOTHING, Changes
from fleetdesk.protocol import LoadPlan, Plain
from fleetdesk.sync.files.arriving import demand_rows
from fleetdesk.sync.files.cipher import DRIVER, FileKind, connect, explained
from fleetdesk.sync.files.fts import TextSearch
from fleetdesk.sync.files.replica import Mark, Replica
from fleetdesk.sync.files.replica_schema import FORMAT, create_indexes, create_tables, known_columns
from fleetdesk.sync.store.load_state import Begun, LoadState
from fleetdesk.sync.store.lost_scopes import lose_scopes
from fleetdesk.sync.store.rebase import PORTION, Hosted, Rows
from fleetdesk.sync.store.writer import Step, Writer

__all__ = ["FullLoad", "LoadWriter", "ScopeLoad", "unfinished_load"]

_CACHE_KIB = 32_768
_ROWS_A_COMMIT = 50_000
"""A commit waits for the disk; a load that is cut repeats what came after the last one."""


class LoadWriter(ABC):
    """Fills the next replica file (or, for gained scopes, the present one), table by table, in key order.

    It may be left at any time, by a crash too: `begin_load` takes up where the last committed rows ended.
    """

    @property
    @abstractmethod
    def plan(self) -> LoadPlan:
        """The plan that is followed: that of an unfinished load which goes on, else the one given to `begin_load`.

        Its tables and columns are those to ask for.
        """

    @property
    @abstractmethod
    def rows_written(self) -> int:
        """Rows of all tables so far, those of earlier sittings too."""

    @abstractmethod
    def resume_after(self, table: str) -> str | None:
        """The id after which the table's rows are still wanted ("" for all of them); None if the table is complete."""

    @abstractmethod
    def write_rows(self, table: str, columns: Sequence[str], rows: list[list[Plain]]) -> None:
        """Write rows that follow the last ones in key order. They and the resume key are committed together, soon.

        Give many at once (thousands). `columns` names `id` among them. Raises DiskFull.
        """

    @abstractmethod
    def complete(self, table: str) -> None:
        """Note that the table has no further rows."""

    @abstractmethod
    def finish(self) -> Changes:
        """Make what was loaded visible, once every table is complete; what changed. Raises DiskFull.

        A full load builds indexes and search, reapplies what waits, swaps the file in and destroys the old one.
        """

    @abstractmethod
    def abandon(self) -> None:
        """Leave it for good: its person holds less by now than it was begun for."""

    @abstractmethod
    def close(self) -> None:
        """Leave it for now; what was written stays to be taken up again."""


class FullLoad(LoadWriter):
    """Fills a file of its own, without indexes, while people work on the present one."""

    def __init__(self, writer: Writer, path: Path, begun: Begun) -> None:
        """Begin in a new file, or go on in that of an unfinished load; `begun` counts for a new one."""
        self._writer = writer
        self._path = path
        with explained(FileKind.REPLICA):
            self._raw = connect(path, writer.keys.replica, FileKind.REPLICA, cache_kib=_CACHE_KIB)
            try:
                self._begun = self._begin(begun).limited_to(writer.platform.schema)
            except BaseException:
                self._raw.close()
                raise

    @property
    def plan(self) -> LoadPlan:
        return self._begun.plan

    @property
    def rows_written(self) -> int:
        return self._state.rows

    def resume_after(self, table: str) -> str | None:
        return self._state.resume_after(table)

    def write_rows(self, table: str, columns: Sequence[str], rows: list[list[Plain]]) -> None:
        record = self._writer.platform.schema.record(table)
        names, values = known_columns(record, columns, rows)
        demand_rows(record, names, values, self.plan.person.scopes)
        if not values:
            return
        self._writer.folder.room.demand()
        self._uncommitted += len(values)
        with self._writing(commit=self._uncommitted >= _ROWS_A_COMMIT):
            self._raw.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values
            )
            self._state.wrote(table, values[-1][names.index("id")], len(values))

    def complete(self, table: str) -> None:
        with self._writing():
            self._state.completed(table)

    def finish(self) -> Changes:
        _demand_complete(self)
        writer, schema = self._writer, self._writer.platform.schema
        # All of it or nothing: a search table that a crash left empty would be taken for a filled one.
        try:
            with writer.readers.interruptible(self._raw), self._writing():
                create_indexes(self._raw, schema)
                TextSearch(self._raw, schema).create()
        except DRIVER.IntegrityError as error:
            self.abandon()
            raise ProtocolError("The hub sent a row twice in a load.", kept="What was here before is kept.") from error
        self._raw.close()
        fresh = Replica(self._path, writer.keys.replica, schema)
        try:
            with writer.as_sync():
                if writer.outbox.mark.epoch != self._begun.epoch:
                    raise Unavailable("The hosted database was restored during a load.", do="Load again.")
                lose_scopes(writer, self.plan.person)
                writer.meet(self.plan.person)
                writer.swap_in(fresh, self._mark())
        except BaseException:
            if writer.replica is not fresh:
                fresh.close()
            raise
        return Changes(tables=frozenset(schema.tables))

    def abandon(self) -> None:
        self.close()
        self._writer.folder.delete(self._path)

    def close(self) -> None:
        with contextlib.suppress(Exception), contextlib.closing(self._raw):
            if self._raw.in_transaction:
                self._raw.execute("COMMIT")

    def _begin(self, begun: Begun) -> Begun:
        # A rollback journal saves only pages that were there before: appended rows are written once, not twice.
        self._raw.execute("PRAGMA journal_mode = TRUNCATE")
        self._raw.execute("PRAGMA synchronous = NORMAL")
        self._uncommitted = 0
        with self._writing():
            create_tables(self._raw, self._writer.platform.schema)
            self._state = LoadState(self._raw)
            noted = self._state.begun()
            if noted is None:
                self._state.begin(begun)
        return noted or begun

    def _mark(self) -> Mark:
        """What the loaded rows stand for, before any command is applied to them."""
        outbox, begun = self._writer.outbox.mark, self._begun
        settled = self._writer.sent_through(self.plan.settled_through)
        return Mark(
            cursor=self.plan.cursor,
            outbox_id=outbox.outbox_id,
            laptop_id=outbox.laptop_id,
            settled_through=settled if begun.laptop_id == outbox.laptop_id else 0,
        )

    @contextmanager
    def _writing(self, *, commit: bool = True) -> Iterator[None]:
        """A part of the transaction that goes on until a commit; if it fails, all since the last commit is undone."""
        with explained(FileKind.REPLICA):
            if not self._raw.in_transaction:
                self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                if commit:
                    self._raw.execute("COMMIT")
                    self._uncommitted = 0
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise


class ScopeLoad(LoadWriter):
    """Brings rows of gained scopes into the present file, as a pull would, in small transactions."""

    def __init__(self, writer: Writer, plan: LoadPlan, scopes: tuple[str, ...]) -> None:
        self._writer = writer
        self._replica = writer.replica
        mark = writer.outbox.mark
        begun = Begun(plan, scopes, mark.epoch, mark.laptop_id, writer.platform.schema.version)
        self._plan = begun.limited_to(writer.platform.schema).plan
        self._scopes = scopes
        with writer.as_sync(), writer.step():
            writer.meet(plan.person)
            self._state = LoadState(writer.replica.raw)
            noted = self._state.begun()
            if noted is None or (noted.scopes, noted.epoch) != (scopes, mark.epoch):
                self._state.begin(begun)

    @property
    def plan(self) -> LoadPlan:
        return self._plan

    @property
    def rows_written(self) -> int:
        return self._state.rows

    def resume_after(self, table: str) -> str | None:
        return self._state.resume_after(table)

    def write_rows(self, table: str, columns: Sequence[str], rows: list[list[Plain]]) -> None:
        writer = self._writer
        record = writer.platform.schema.record(table)
        names, values = known_columns(record, columns, rows)
        demand_rows(record, names, values, self._scopes)
        writer.folder.room.demand()
        for start in range(0, len(values), PORTION):
            portion = values[start : start + PORTION]
            with self._step() as step:
                rebased = writer.rebase.run(
                    writer.replica,
                    writer.waiting,
                    writer.source,
                    writer.actor,
                    hosted=Hosted(rows=(Rows(table, names, portion),)),
                )
                self._state.wrote(table, portion[-1][names.index("id")], len(portion))
                writer.note(rebased.outcomes)
                step.changes |= Changes(rebased.changed)

    def complete(self, table: str) -> None:
        with self._step():
            self._state.completed(table)

    def finish(self) -> Changes:
        _demand_complete(self)
        writer = self._writer
        with self._step():
            mark = writer.standing()
            left = tuple(scope for scope in mark.scopes_to_load if scope not in self._scopes)
            writer.replica.set_mark(replace(mark, scopes_to_load=left))
            self._state.end()
        return NOTHING

    def abandon(self) -> None:
        """Its rows go with the pull that tells of the lost scope."""

    def close(self) -> None:
        """Nothing is open but the replica itself."""

    @contextmanager
    def _step(self) -> Iterator[Step]:
        with self._writer.as_sync():
            if self._writer.replica is not self._replica:
                raise Unavailable("The local copy was exchanged during a load.", do="Load again.")
            with self._writer.step() as step:
                yield step


def unfinished_load(writer: Writer) -> tuple[Path, Begun] | None:
    """The file and the plan of a full load that was cut and can go on. What nobody will go on with is deleted."""
    found: tuple[Path, Begun] | None = None
    for path in sorted(writer.folder.others, key=lambda path: path.stat().st_mtime):
        begun = _noted(path, writer.keys.replica)
        if begun is not None and _continues(begun, writer):
            if found is not None:
                writer.folder.delete(found[0])
            found = path, begun
        else:
            writer.folder.delete(path)
    return found


def _noted(path: Path, key: bytes) -> Begun | None:
    try:
        with explained(FileKind.REPLICA), contextlib.closing(connect(path, key, FileKind.REPLICA)) as raw:
            if raw.execute("PRAGMA user_version").fetchone() != (FORMAT,):
                return None
            return LoadState(raw).begun()
    except (FleetDeskError, ValidationError):
        return None


def _continues(begun: Begun, writer: Writer) -> bool:
    """Whether a load was made for this database and person, with today's schema."""
    person = writer.person
    return (
        begun.scopes is None
        and begun.epoch == writer.outbox.mark.epoch
        and begun.schema_version == writer.platform.schema.version
        and (person is None or (person.id, person.scopes) == (begun.plan.person.id, begun.plan.person.scopes))
    )


def _demand_complete(load: LoadWriter) -> None:
    missing = [table.name for table in load.plan.tables if load.resume_after(table.name) is not None]
    if missing:
        raise Defect(f"a load was finished while rows of {', '.join(missing)} were still wanted")
