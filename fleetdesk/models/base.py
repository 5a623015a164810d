"""What every record shares: the declarative base, the scope, soft deletion, and how a table is described to sync.

A record that is synced subclasses `Synced` and lives in a module of this room; nothing else has to be registered.
The hosted table gains one column more than the mapped ones, `xid`, stamped by a trigger that the migrations install;
the replica's gains `row_key`, an integer key for full-text search and id arrays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, Protocol, Self, runtime_checkable
from zlib import crc32

from sqlalchemy import CheckConstraint, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from fleetdesk.models.types import Choice, Id, Instant, Json, LocalDate, Words

__all__ = ["UNDELETED", "Key", "Keyed", "Record", "ReplicaIndex", "SoftDeleted", "Synced", "hosted_checks"]

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Key(NamedTuple):
    """Names one row: its table and its id. Sorted keys are the order in which the hub locks.

    A tuple, because sets and dictionaries of keys are half of what sync does.
    """

    table: str
    id: str


@dataclass(frozen=True, slots=True)
class ReplicaIndex:
    """An index that the replica alone has, over columns and expressions of SQLite's, for `purpose`.

    With a `where`, it holds those rows alone, and serves queries whose conditions imply it.
    """

    purpose: str
    expressions: tuple[str, ...]
    where: str = ""

    def name(self, table: str) -> str:
        """Its name on the table: another one as soon as it holds something else, so that it is made anew."""
        return f"local_{table}_{self.purpose}_{crc32((repr(self.expressions) + self.where).encode()):08x}"

    def declaration(self, table: str) -> str:
        """The statement that makes it."""
        where = f" WHERE {self.where}" if self.where else ""
        return f"CREATE INDEX {self.name(table)} ON {table} ({', '.join(self.expressions)}){where}"


class Record(DeclarativeBase):
    """The base of every mapped class."""

    metadata = MetaData(naming_convention=_NAMING)


class Synced(Record):
    """A record whose rows travel to the laptops of the people whose scopes hold them.

    `search_columns` names the columns, already normalised, that the replica indexes for full-text search;
    `replica_indexes` are those that it needs beyond the ones of the hosted table.
    """

    __abstract__ = True

    search_columns: ClassVar[tuple[str, ...]] = ()
    replica_indexes: ClassVar[tuple[ReplicaIndex, ...]] = ()

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(Id)

    @classmethod
    def made(cls, values: Mapping[str, object]) -> Self:
        """A new row of these values by column, without SQLAlchemy's events for each: no session knows of it."""
        row = cls()
        row.__dict__.update(values)
        return row

    @property
    def key(self) -> Key:
        """This row's name."""
        return Key(self.__tablename__, self.id)

    @classmethod
    def key_of(cls, row_id: str) -> Key:
        """The name of this record's row with that id."""
        return Key(cls.__tablename__, row_id)

    @classmethod
    def table(cls) -> Table:
        """The table behind this record."""
        table = cls.__table__
        assert isinstance(table, Table)
        return table


@runtime_checkable
class Keyed(Protocol):
    """A record with keys: columns that are normalised copies of `key_sources`. Who sets those calls `rekey` after it.

    For a row that was written by others than FleetDesk, the hub does so soon after (`hub.rekeying`).
    """

    key_sources: ClassVar[frozenset[str]]

    def rekey(self) -> None:
        """Bring the keys in step with what they are copies of."""
        ...


AMONG_THE_UNDELETED: Final = {"hosted_where": "deleted_at IS NULL"}
"""What to know of a hosted index that is unique among rows not deleted. (Said as an option of PostgreSQL's, it would
have every laptop load SQLAlchemy's half for that database at its start.)"""


class SoftDeleted:
    """The columns of what can be deleted: a deletion marks the row; a job removes it ninety days later."""

    deleted_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    deleted_by: Mapped[str | None] = mapped_column(Id)
    deletion_reason: Mapped[str | None] = mapped_column(Words)


UNDELETED: Final[Mapping[str, None]] = {"deleted_at": None, "deleted_by": None, "deletion_reason": None}
"""The values of those columns in a row that is there."""


def hosted_checks(table: Table) -> list[CheckConstraint]:
    """The checks that the hosted table gets from its columns' types (the replica judges nothing).

    They keep out what no laptop could read, whoever writes it: unknown words, broken JSON, years beyond four digits.
    """
    return [
        CheckConstraint(condition, name=column.name)
        for column in table.columns
        if (condition := _condition(column.name, column.type)) is not None
    ]


def _condition(name: str, kind: TypeEngine[object]) -> str | None:
    match kind:
        case Choice():
            return f"{name} IN ({', '.join(_quoted(choice) for choice in kind.choices)})"
        case Json():
            return f"json_typeof({name}::json) = {_quoted(kind.shape)}"
        case Instant():
            return f"{name} >= '0001-01-01 00:00:00+00' AND {name} < '10000-01-01 00:00:00+00'"
        case LocalDate():
            return f"{name} >= '0001-01-01' AND {name} < '10000-01-01'"
        case _:
            return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
