"""The replica: hosted rows with the effect of this laptop's commands upon them, in an encrypted file.

It can always be thrown away and made again. What the rows were before the commands (their hosted version) is kept as
before-images for as long as the commands matter; `Mark` says which state of hub and outbox the file stands for.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from fleetdesk.errors import ReplicaUnusable
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.schema import Schema
from fleetdesk.protocol import Plain
from fleetdesk.sync.files.cipher import DRIVER, FileKind, Raw, connect, explained
from fleetdesk.sync.files.fts import TextSearch
from fleetdesk.sync.files.replica_schema import (
    FORMAT,
    capture,
    column_names,
    create_indexes,
    create_tables,
    stored_values,
    watch_rows,
)

__all__ = ["Mark", "Replica", "by_table"]

_CACHE_KIB = 24_576
"""Enough for the pages that a rebase of 2,000 rows changes: what does not fit is encrypted and written twice."""

Image = dict[str, Plain] | None
"""A row's hosted version by column; None: the hub has no such row."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a replica stands for: the hub at `cursor`, and the outbox up to `position` and `revision`.

    Commands of the laptop's stream up to the sequence `settled_through` are in the hosted rows.
    """

    cursor: str | None = None
    scopes_to_load: tuple[str, ...] = ()
    outbox_id: str = ""
    position: int = 0
    revision: int = 0
    laptop_id: str = ""
    settled_through: int = 0


class Replica:
    """One open replica file and the connection that writes it. One thread at a time."""

    def __init__(self, path: Path, key: bytes, schema: Schema) -> None:
        """Open or make the file.

        Raises ReplicaUnusable if it is damaged, of another key or of another form; DiskFull.
        """
        self.path = path
        self._schema = schema
        with explained(FileKind.REPLICA):
            self._raw = connect(path, key, FileKind.REPLICA, cache_kib=_CACHE_KIB)
            try:
                self._prepare()
                self.mark = self._read_mark()
            except BaseException:
                self._raw.close()
                raise
        self._engine = _engine(self._raw)
        self._connection = self._engine.connect()

    @property
    def raw(self) -> Raw:
        """The writing connection."""
        return self._raw

    def close(self) -> None:
        """Close the file; what its log holds is folded back."""
        with contextlib.suppress(Exception):
            self._connection.close()
        self._raw.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One change of the file, or none. Raises DiskFull, ReplicaUnusable."""
        mark = self.mark
        try:
            with explained(FileKind.REPLICA), self._connection.begin():
                yield
                self.search.catch_up()
        except BaseException:
            self.mark = mark
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone by itself if it fails."""
        self._raw.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._raw.execute("ROLLBACK TO part")
            self._raw.execute("RELEASE part")
            raise
        self._raw.execute("RELEASE part")

    def session(self) -> Session:
        """A session within the transaction, for commands. Flush it within `capturing()`."""
        return Session(bind=self._connection, autoflush=False, expire_on_commit=False)

    @contextmanager
    def capturing(self) -> Iterator[None]:
        """What is written within the block is a command's doing: the rows' before-images are kept.

        Within a transaction, or a savepoint, which an error in here undoes.
        """
        capture(self._raw, on=True)
        yield
        capture(self._raw, on=False)

    def set_mark(self, mark: Mark) -> None:
        """Say what the file stands for once the transaction commits."""
        self.mark = mark
        self._raw.execute(
            "UPDATE local_mark SET cursor = ?, scopes_to_load = ?, outbox_id = ?, position = ?, "
            "revision = ?, laptop_id = ?, settled_through = ?",
            (
                mark.cursor,
                orjson.dumps(mark.scopes_to_load).decode(),
                mark.outbox_id,
                mark.position,
                mark.revision,
                mark.laptop_id,
                mark.settled_through,
            ),
        )

    def checkpoint(self) -> None:
        """Fold the log back into the file, on the disk, as far as readers of older states allow without waiting."""
        with explained(FileKind.REPLICA):
            self._raw.execute("PRAGMA busy_timeout = 0")
            self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._raw.execute("PRAGMA busy_timeout = 5000")

    # -- before-images -------------------------------------------------------------------------------------------------

    def images(self, keys: Collection[Key]) -> dict[Key, Image]:
        """The before-images among the rows named."""
        found: dict[Key, Image] = {}
        for table, ids in by_table(keys).items():
            for row_id, image in self._raw.execute(
                "SELECT id, image FROM local_before WHERE tbl = ? AND id IN (SELECT value FROM json_each(?))",
                (table, _json(ids)),
            ):
                found[Key(table, row_id)] = None if image is None else orjson.loads(image)
        return found

    def imaged(self) -> set[Key]:
        """Every row that has a before-image."""
        return {Key(table, row_id) for table, row_id in self._raw.execute("SELECT tbl, id FROM local_before")}

    def forget_images(self, keys: Collection[Key]) -> None:
        """Drop the before-images of these rows."""
        for table, ids in by_table(keys).items():
            self._raw.execute(
                "DELETE FROM local_before WHERE tbl = ? AND id IN (SELECT value FROM json_each(?))", (table, _json(ids))
            )

    # -- rows ----------------------------------------------------------------------------------------------------------

    def write_rows(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Plain]]) -> set[Key]:
        """Insert or update rows in their wire form, writing only values that differ; the keys of those that did.

        `columns` names known columns only, `id` among them.
        """
        at = columns.index("id")
        present = self._rows(table, columns, [row[at] for row in rows])
        new: dict[str, Sequence[Plain]] = {}
        updates: defaultdict[tuple[int, ...], list[list[Plain]]] = defaultdict(list)
        for row in rows:
            old = present.get(row[at])
            if old is None:
                new[row[at]] = row
                continue
            changed = tuple(index for index, value in enumerate(row) if value != old[index])
            if changed:
                updates[changed].append([*(row[index] for index in changed), row[at]])
        self._raw.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", new.values()
        )
        for changed, values in updates.items():
            setting = ", ".join(f"{columns[index]} = ?" for index in changed)
            self._raw.executemany(f"UPDATE {table} SET {setting} WHERE id = ?", values)
        written = [*new, *(values[-1] for group in updates.values() for values in group)]
        return {Key(table, row_id) for row_id in written}

    def insert(self, rows: Iterable[Synced]) -> None:
        """Insert new rows: by one statement a table, without all that a session would ask of each."""
        by_record: defaultdict[type[Synced], list[Synced]] = defaultdict(list)
        for row in rows:
            by_record[type(row)].append(row)
        for record, members in by_record.items():
            columns = column_names(record)
            self._raw.executemany(
                f"INSERT INTO {record.__tablename__} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                map(stored_values, members),
            )

    def delete(self, keys: Collection[Key]) -> None:
        """Delete these rows."""
        for table, ids in by_table(keys).items():
            self._raw.execute(f"DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (_json(ids),))

    def scopes_of(self, keys: Collection[Key]) -> dict[Key, str]:
        """The local rows' scopes, where the rows are there."""
        return {
            Key(table, row_id): scope
            for table, ids in by_table(keys).items()
            for row_id, scope in self._raw.execute(
                f"SELECT id, scope FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (_json(ids),)
            )
        }

    def erase_scopes(self, table: str, scopes: Collection[str], after: int, limit: int) -> int | None:
        """Delete up to `limit` rows of these scopes behind the row key, overwriting their bytes; the last row key seen.

        None where no such row is left.
        """
        found = self._raw.execute(
            f"SELECT max(row_key) FROM (SELECT row_key FROM {table} WHERE row_key > ? "
            "AND scope IN (SELECT value FROM json_each(?)) ORDER BY row_key LIMIT ?)",
            (after, _json(scopes), limit),
        ).fetchone()
        last: int | None = None if found is None else found[0]
        if last is not None:
            self._raw.execute(
                f"DELETE FROM {table} WHERE row_key > ? AND row_key <= ? AND scope IN (SELECT value FROM json_each(?))",
                (after, last, _json(scopes)),
            )
        return last

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """What is deleted within the block is overwritten in the file."""
        self._raw.execute("PRAGMA secure_delete = ON")
        try:
            yield
            self.search.catch_up()
        finally:
            self._raw.execute("PRAGMA secure_delete = OFF")

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        found = self._raw.execute("PRAGMA user_version").fetchone()
        if found not in ((0,), (FORMAT,)):
            raise ReplicaUnusable("The local copy is of another FleetDesk.", kept="Your changes are kept.")
        self._raw.execute("PRAGMA journal_mode = WAL")
        self._raw.execute("PRAGMA synchronous = NORMAL")
        self._raw.execute("PRAGMA wal_autocheckpoint = 0")
        # Once it is folded back, the next change cuts the log, so that its size tells what is still to be folded.
        self._raw.execute("PRAGMA journal_size_limit = 0")
        self.search = TextSearch(self._raw, self._schema)
        self._raw.execute("BEGIN IMMEDIATE")
        create_tables(self._raw, self._schema)
        create_indexes(self._raw, self._schema)
        self.search.create()
        self._raw.execute("COMMIT")
        watch_rows(self._raw, self._schema)
        self.search.watch()

    def _read_mark(self) -> Mark:
        row = self._raw.execute(
            "SELECT cursor, scopes_to_load, outbox_id, position, revision, laptop_id, settled_through FROM local_mark"
        ).fetchone()
        if row is None:
            raise ReplicaUnusable("The local copy is damaged.", kept="Your changes are kept.")
        cursor, scopes, outbox_id, position, revision, laptop_id, settled_through = row
        return Mark(
            cursor=cursor,
            scopes_to_load=tuple(orjson.loads(scopes)),
            outbox_id=outbox_id,
            position=position,
            revision=revision,
            laptop_id=laptop_id,
            settled_through=settled_through,
        )

    def _rows(self, table: str, columns: Sequence[str], ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        at = columns.index("id")
        return {
            row[at]: row
            for row in self._raw.execute(
                f"SELECT {', '.join(columns)} FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (_json(ids),)
            )
        }


def by_table(keys: Iterable[Key]) -> Mapping[str, list[str]]:
    """The ids of the keys, by table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        found[key.table].append(key.id)
    return found


def _json(values: Iterable[str]) -> str:
    return orjson.dumps(list(values)).decode()


def _engine(raw: Raw) -> Engine:
    """SQLAlchemy over the one connection.

    It begins with BEGIN IMMEDIATE: a transaction that begins by reading may find that it can no longer write.
    """
    engine = create_engine("sqlite://", module=DRIVER, creator=lambda: raw, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
