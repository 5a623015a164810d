"""A hosted side of one page, for tests of the laptop half: the same commands over SQLite, numbered changes, receipts.

It keeps the promises of `protocol.py` that the laptop leans on (a pull is a snapshot, receipts come again, removals
come first), and has nothing of the hub's own difficulties.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import create_engine, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from fleetdesk.commands.core import perform
from fleetdesk.commands.platform import Platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.base import Key
from fleetdesk.models.types import Flag
from fleetdesk.protocol import (
    LoadPlan,
    LoadTable,
    Person,
    Plain,
    PullEnd,
    PullHead,
    Receipt,
    RemovedChunk,
    RowsChunk,
    Verdict,
    WireCommand,
)
from fleetdesk.sync.files.replica_schema import column_names

__all__ = ["NOW", "Dump", "Pull", "TinyHub"]

NOW = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Pull:
    """The messages of one pull."""

    head: PullHead
    removed: list[RemovedChunk]
    rows: list[RowsChunk]
    end: PullEnd


@dataclass
class _State:
    """All that a dump of the database would hold beside the rows."""

    clock: int = 0
    changed: dict[Key, int] = field(default_factory=dict)
    removed: list[tuple[int, Key, str]] = field(default_factory=list)
    receipts: defaultdict[str, dict[int, Receipt]] = field(default_factory=lambda: defaultdict(dict))
    verdicts: dict[str, Verdict] = field(default_factory=dict)


Dump = tuple[dict[str, list[dict[str, object]]], _State]


class TinyHub:
    """Hosted rows, and one person who may see some of them."""

    def __init__(self, platform: Platform, *, role: Role = Role.COMMERCIAL) -> None:
        self.platform = platform
        self.epoch = "epoch-1"
        self.role = role
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        self._state = _State()
        for record in platform.schema:
            record.table().create(self._engine)

    @property
    def person(self) -> Person:
        """The person as the hub knows them now."""
        scopes = tuple(sorted(self.platform.access.scopes(self.role, "person-1")))
        return Person(id="person-1", name="Ann", email="ann@example.com", role=self.role, scopes=scopes)

    # -- people in SQL ---------------------------------------------------------------------------------------------

    def insert(self, table: str, **values: object) -> None:
        """Put a row in."""
        record = self.platform.schema.record(table)
        blank = {column.name: None for column in record.table().columns}
        with self._engine.begin() as connection:
            connection.execute(insert(record.table()).values({**blank, **values}))
        self._touch([Key(table, str(values["id"]))])

    def change(self, table: str, row_id: str, **values: object) -> None:
        """Change a row behind everyone's back."""
        record = self.platform.schema.record(table)
        with self._engine.begin() as connection:
            connection.execute(update(record.table()).where(record.table().c.id == row_id).values(values))
        self._touch([Key(table, row_id)])

    def remove(self, table: str, row_id: str) -> None:
        """Delete a row for good."""
        columns = self.platform.schema.record(table).table()
        with self._engine.begin() as connection:
            scope = connection.execute(select(columns.c.scope).where(columns.c.id == row_id)).scalar_one()
            connection.execute(delete(columns).where(columns.c.id == row_id))
        self._state.changed.pop(Key(table, row_id), None)
        self._state.clock += 1
        self._state.removed.append((self._state.clock, Key(table, row_id), scope))

    def dump(self) -> Dump:
        """A backup."""
        tables = {}
        with self._engine.connect() as connection:
            for record in self.platform.schema:
                rows = connection.execute(select(record.table())).mappings()
                tables[record.__tablename__] = [dict(row) for row in rows]
        return tables, copy.deepcopy(self._state)

    def restore(self, backup: Dump, epoch: str) -> None:
        """Put everything back to a backup, as another epoch."""
        tables, state = backup
        with self._engine.begin() as connection:
            for record in self.platform.schema:
                connection.execute(delete(record.table()))
                if tables[record.__tablename__]:
                    connection.execute(insert(record.table()), tables[record.__tablename__])
        self._state = copy.deepcopy(state)
        self.epoch = epoch

    # -- what a laptop asks ----------------------------------------------------------------------------------------

    def push(self, laptop_id: str, first_sequence: int, commands: Sequence[WireCommand]) -> tuple[Receipt, ...]:
        """Apply what is new, repeat the receipts of what is not."""
        receipts = self._state.receipts[laptop_id]
        assert first_sequence <= len(receipts) + 1, "a gap in the laptop's sequences"
        for sequence, wire in enumerate(commands, start=first_sequence):
            if sequence in receipts:
                assert receipts[sequence].command_id == wire.id, "another command under a known sequence"
                continue
            if wire.id not in self._state.verdicts:
                self._state.verdicts[wire.id] = self._perform(wire, laptop_id)
            receipts[sequence] = Receipt(sequence=sequence, command_id=wire.id, verdict=self._state.verdicts[wire.id])
        return tuple(receipts[first_sequence + index] for index in range(len(commands)))

    def pull(self, laptop_id: str, cursor: str, confirmed: int, *, chunk: int = 2_000) -> Pull:
        """What changed since the cursor, for the person of now."""
        since, _, known = cursor.partition("|")
        old, new = set(filter(None, known.split(","))), set(self.person.scopes)
        kept = old & new
        removed: defaultdict[str, list[str]] = defaultdict(list)
        for at, key, scope in self._state.removed:
            if at > int(since) and scope in old:
                removed[key.table].append(key.id)
        rows = []
        for record in self.platform.schema:
            table = record.__tablename__
            ids = [key.id for key, at in self._state.changed.items() if key.table == table and at > int(since)]
            wire = [row for row in self.rows(table, ids) if row[self.columns(table).index("scope")] in kept]
            rows += [
                RowsChunk(table=table, columns=self.columns(table), rows=wire[start : start + chunk])
                for start in range(0, len(wire), chunk)
            ]
        receipts = self._state.receipts[laptop_id]
        return Pull(
            PullHead(
                person=self.person,
                lost_scopes=tuple(sorted(old - new)),
                gained_scopes=tuple(sorted(new - old)),
                server_time=NOW,
            ),
            [RemovedChunk(table=table, ids=tuple(ids)) for table, ids in removed.items()],
            rows,
            PullEnd(
                cursor=self.cursor(),
                settled_through=len(receipts),
                receipts=tuple(receipt for sequence, receipt in receipts.items() if sequence > confirmed),
            ),
        )

    def plan(self, laptop_id: str) -> LoadPlan:
        """What to load."""
        return LoadPlan(
            cursor=self.cursor(),
            person=self.person,
            tables=tuple(
                LoadTable(name=table, columns=self.columns(table), rows_about=1)
                for table in self.platform.schema.tables
            ),
            settled_through=len(self._state.receipts[laptop_id]),
            server_time=NOW,
        )

    def rows_to_load(self, table: str, after: str, scopes: Iterable[str] | None = None) -> list[list[Plain]]:
        """A table's rows behind a key, in key order."""
        wanted = set(self.person.scopes if scopes is None else scopes)
        at = self.columns(table).index("scope")
        return [row for row in self.rows(table) if row[0] > after and row[at] in wanted]

    # -- for comparison --------------------------------------------------------------------------------------------

    def rows(self, table: str, ids: Iterable[str] | None = None) -> list[list[Plain]]:
        """Rows of a table in their wire form, in key order."""
        record = self.platform.schema.record(table)
        columns = column_names(record)
        flags = {index for index, name in enumerate(columns) if isinstance(record.table().c[name].type, Flag)}
        names = ", ".join(columns)
        with self._engine.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT {names} FROM {table} ORDER BY id").all()
        wanted = None if ids is None else set(ids)
        return [
            [bool(value) if index in flags and value is not None else value for index, value in enumerate(row)]
            for row in found
            if wanted is None or row[0] in wanted
        ]

    def columns(self, table: str) -> tuple[str, ...]:
        """A table's columns in travel order."""
        return column_names(self.platform.schema.record(table))

    def visible(self) -> dict[Key, list[Plain]]:
        """Every row that the person may see."""
        found = {}
        for table in self.platform.schema.tables:
            at = self.columns(table).index("scope")
            for row in self.rows(table):
                if row[at] in self.person.scopes:
                    found[Key(table, str(row[0]))] = row
        return found

    def verdict(self, command_id: str) -> Verdict | None:
        """What the hub decided about a command, if it has seen it."""
        return self._state.verdicts.get(command_id)

    def cursor(self) -> str:
        """The cursor of a pull made now."""
        return f"{self._state.clock}|{','.join(self.person.scopes)}"

    def _perform(self, wire: WireCommand, laptop_id: str) -> Verdict:
        command = self.platform.commands.decode(wire)
        actor = Actor(self.person.id, self.role, laptop_id)
        with Session(self._engine, autoflush=False) as session, session.begin():
            db = Workspace.load(session, self.platform.schema, command.rows() | command.reads(), lock=False)
            verdict = perform(command, db, actor, self.platform.access)
            changed = list(db.changes())
            session.add_all(db.created())
        self._touch(changed)
        return verdict

    def _touch(self, keys: Iterable[Key]) -> None:
        self._state.clock += 1
        for key in keys:
            self._state.changed[key] = self._state.clock
