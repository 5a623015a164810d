"""How far a load has come: kept in the file that it fills, in the transactions that fill it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from fleetdesk.models.base import Synced
from fleetdesk.models.schema import Schema
from fleetdesk.protocol import LoadPlan, LoadTable
from fleetdesk.sync.files.cipher import Raw
from fleetdesk.sync.files.replica_schema import column_names

__all__ = ["Begun", "LoadState"]


@dataclass(frozen=True, slots=True)
class Begun:
    """A load that was begun: its plan, the scopes that it is for (None: all), and what it was made for."""

    plan: LoadPlan
    scopes: tuple[str, ...] | None
    epoch: str
    laptop_id: str
    schema_version: int

    def limited_to(self, schema: Schema) -> Begun:
        """This load without the tables and columns that the schema doesn't know."""
        tables = tuple(_limited(table, schema.record(table.name)) for table in self.plan.tables if table.name in schema)
        return replace(self, plan=self.plan.model_copy(update={"tables": tables}))


class LoadState:
    """The load noted in one file, over the connection that writes it."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._last_ids: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        self._complete: set[str] = set()
        for table, last_id, rows, complete in raw.execute("SELECT tbl, last_id, rows, complete FROM local_loaded"):
            self._last_ids[table], self._rows[table] = last_id, rows
            if complete:
                self._complete.add(table)

    def begun(self) -> Begun | None:
        """The load that the file notes."""
        row = self._raw.execute("SELECT plan, scopes, epoch, laptop_id, schema_version FROM local_load").fetchone()
        if row is None:
            return None
        plan, scopes, epoch, laptop_id, schema_version = row
        return Begun(
            LoadPlan.model_validate_json(plan),
            None if scopes is None else tuple(orjson.loads(scopes)),
            epoch,
            laptop_id,
            schema_version,
        )

    def begin(self, begun: Begun) -> None:
        """Note a new load, in the place of any other."""
        self.end()
        scopes = None if begun.scopes is None else orjson.dumps(begun.scopes).decode()
        self._raw.execute(
            "INSERT INTO local_load (one, plan, scopes, epoch, laptop_id, schema_version) VALUES (1, ?, ?, ?, ?, ?)",
            (begun.plan.model_dump_json(), scopes, begun.epoch, begun.laptop_id, begun.schema_version),
        )

    def wrote(self, table: str, last_id: str, count: int) -> None:
        """Note rows of this transaction."""
        self._note(table, last_id, self._rows.get(table, 0) + count, complete=False)

    def completed(self, table: str) -> None:
        """Note that the table has no more rows."""
        self._note(table, self._last_ids.get(table, ""), self._rows.get(table, 0), complete=True)

    def end(self) -> None:
        """Forget the load."""
        self._raw.execute("DELETE FROM local_load")
        self._raw.execute("DELETE FROM local_loaded")
        self._last_ids, self._rows, self._complete = {}, {}, set()

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self._rows.values())

    def resume_after(self, table: str) -> str | None:
        """The id after which rows are wanted; None if the table is complete."""
        return None if table in self._complete else self._last_ids.get(table, "")

    def _note(self, table: str, last_id: str, rows: int, *, complete: bool) -> None:
        self._raw.execute(
            "INSERT INTO local_loaded (tbl, last_id, rows, complete) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET last_id = excluded.last_id, rows = excluded.rows, complete = excluded.complete",
            (table, last_id, rows, complete),
        )
        self._last_ids[table], self._rows[table] = last_id, rows
        if complete:
            self._complete.add(table)


def _limited(table: LoadTable, record: type[Synced]) -> LoadTable:
    ours = column_names(record)
    return table.model_copy(update={"columns": tuple(name for name in table.columns if name in ours)})
