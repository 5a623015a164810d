"""The set of synced tables, as the hub, the replica and the tests take it: an object that is handed in, not a global.

`platform_schema()` finds every `Synced` record of this room; `Schema.including` adds others (a test's toy record).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from sqlalchemy import Column

from fleetdesk import models
from fleetdesk.errors import Defect
from fleetdesk.models.base import Synced
from fleetdesk.models.types import WireType

__all__ = ["SCHEMA_VERSION", "Schema", "platform_schema", "wire_columns"]

SCHEMA_VERSION = 9
"""Raised by one with every migration that changes a synced table; the hub serves this one and the previous."""


class Schema:
    """Synced records by table name, in a fixed order (sorted by name), parents and children alike."""

    def __init__(self, records: Iterable[type[Synced]], version: int = SCHEMA_VERSION) -> None:
        self._records = {record.__tablename__: record for record in sorted(records, key=lambda r: r.__tablename__)}
        self.version = version

    def __iter__(self) -> Iterator[type[Synced]]:
        return iter(self._records.values())

    def __contains__(self, table: object) -> bool:
        return table in self._records

    @property
    def records(self) -> Mapping[str, type[Synced]]:
        """The records by table name."""
        return self._records

    @property
    def tables(self) -> tuple[str, ...]:
        """The table names, sorted."""
        return tuple(self._records)

    def record(self, table: str) -> type[Synced]:
        """The record of that table; a Defect if there is none."""
        try:
            return self._records[table]
        except KeyError:
            raise Defect(f"no synced record has the table {table!r}") from None

    def including(self, *records: type[Synced]) -> Schema:
        """This schema with further records."""
        return Schema([*self._records.values(), *records], self.version)


def wire_columns(record: type[Synced]) -> tuple[Column[object], ...]:
    """A record's columns in the order in which they travel: `id` first, then as declared."""
    columns = sorted(record.table().columns, key=lambda column: column.name != "id")
    for column in columns:
        if not isinstance(column.type, WireType):
            raise Defect(f"{record.__tablename__}.{column.name} has a type without a wire form")
    return tuple(columns)


@cache
def platform_schema() -> Schema:
    """Every synced record of `fleetdesk.models`, found by importing its modules."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"{models.__name__}.{module.name}")
    return Schema(record for record in _leaves(Synced) if record.__module__.startswith(models.__name__ + "."))


def _leaves(record: type[Synced]) -> Iterator[type[Synced]]:
    for sub in record.__subclasses__():
        if not sub.__dict__.get("__abstract__", False):
            yield sub
        yield from _leaves(sub)
