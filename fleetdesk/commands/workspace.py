"""The rows that commands work on: read in bulk beforehand, handed out by key, written in bulk afterwards.

Laptop and hub both prepare one (`Workspace.load`), run commands over it, and write once what became of the rows. A
command gets only the rows that it declared: asking for another is a Defect, because the hub would not have locked it
and the laptop would not know to undo it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from fleetdesk.errors import Defect, Refused
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.schema import Schema
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import plain_row, to_plain

__all__ = ["Attempt", "RowChange", "Workspace"]

_R = TypeVar("_R", bound=Synced)
_CHUNK = 5_000
RowChange = tuple[dict[str, JsonValue] | None, dict[str, JsonValue]]
"""The changed columns of one row before (None if it was created) and after, as plain values."""


class Workspace:
    """Rows by key, over one session whose autoflush is off."""

    def __init__(self, rows: Mapping[Key, Synced | None]) -> None:
        self._rows = dict(rows)
        self._new: set[Key] = set()
        self._attempt: Attempt | None = None

    @classmethod
    def load(cls, session: Session, schema: Schema, keys: Iterable[Key], *, lock: bool) -> Workspace:
        """Read the rows of the keys, one query a table, in key order; `lock` takes them FOR UPDATE."""
        rows: dict[Key, Synced | None] = dict.fromkeys(sorted(keys))
        by_table: dict[str, list[str]] = defaultdict(list)
        for key in rows:
            by_table[key.table].append(key.id)
        for table, ids in by_table.items():
            record = schema.record(table)
            query = _locked_by_ids(record) if lock else _by_ids(record)
            for start in range(0, len(ids), _CHUNK):
                chosen = {"ids": ids[start : start + _CHUNK]}
                for row in session.scalars(query, chosen, execution_options={"populate_existing": True}):
                    rows[row.key] = row
        return cls(rows)

    def find(self, record: type[_R], row_id: str) -> _R | None:
        """The row, or None if there is none that the actor may see."""
        key = record.key_of(row_id)
        self._demand_declared(key)
        return cast("_R | None", self._rows[key])

    def get(self, record: type[_R], row_id: str) -> _R:
        """The row. Raises Refused (`missing`) if there is none that the actor may see."""
        row = self.find(record, row_id)
        if row is None:
            raise Refused(
                "missing", "What this changes is not there (any more), or not yours to see.", do="Discard the change."
            )
        return row

    def add(self, row: Synced) -> None:
        """A new row. Raises Refused (`exists`) if its id is taken."""
        key = row.key
        self._demand_declared(key)
        if self._rows[key] is not None:
            raise Refused("exists", "It exists already.", do="Discard the change.")
        self._rows[key] = row
        self._new.add(key)

    @contextmanager
    def attempt(self, touches: frozenset[Key], reads: frozenset[Key]) -> Iterator[Attempt]:
        """The frame of one command: only its declared rows, and a way back."""
        self._attempt = Attempt(self._rows, touches, reads)
        try:
            yield self._attempt
        finally:
            self._last, self._attempt = self._attempt, None

    def changed(self) -> list[tuple[Key, Mapping[str, Any] | None, Synced]]:
        """The rows that the command under way may have changed so far, in key order.

        Each with its columns as they were (None if it was created), and as it is.
        """
        if self._attempt is None:
            raise Defect("no command is under way")
        return self._attempt.changed()

    def created(self) -> list[Synced]:
        """The rows that commands brought into being, in key order, as they are now: no session knows of them."""
        return [row for key in sorted(self._new) if (row := self._rows[key]) is not None]

    def changes(self) -> dict[Key, RowChange]:
        """What the last command changed, by row: for the audit log."""
        last = self._last
        return {key: change for key in last.touched() if (change := last.change(key)) is not None}

    def changing(self) -> Mapping[Key, RowChange]:
        """The same, each row's worked out when it is asked for: read it before the next command is performed."""
        return _Changes(self._last)

    def snapshot(self, key: Key) -> dict[str, JsonValue]:
        """All columns of a row that the last command changed, as plain values."""
        row = self._rows[key]
        assert row is not None, "commands remove no rows"
        return plain_row(row)

    def _demand_declared(self, key: Key) -> None:
        if self._attempt is None or key not in self._attempt.allowed:
            raise Defect(f"a command reached for {key} without declaring it")
        if key not in self._rows:
            raise Defect(f"{key} was declared but not loaded")


class Attempt:
    """What a command found, kept so that a refusal leaves nothing and the audit log knows before from after."""

    def __init__(self, rows: dict[Key, Synced | None], touches: frozenset[Key], reads: frozenset[Key]) -> None:
        self.allowed = touches | reads
        self._rows = rows
        self._before = {key: _values(rows.get(key)) for key in touches}

    def undo(self) -> None:
        """Put every touched row back as the command found it."""
        for key, before in self._before.items():
            row = self._rows.get(key)
            if row is None:
                continue
            if before is None:
                self._rows[key] = None
                continue
            for name, value in before.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)

    def changed(self) -> list[tuple[Key, Mapping[str, Any] | None, Synced]]:
        """See `Workspace.changed`."""
        rows = ((key, self._before[key], self._rows.get(key)) for key in sorted(self._before))
        return [(key, before, row) for key, before, row in rows if row is not None]

    def touched(self) -> Collection[Key]:
        """The rows that the command may have changed."""
        return self._before

    def change(self, key: Key) -> RowChange | None:
        """The changed columns of a touched row, before and after; None if it is as it was."""
        before, after = self._before[key], _values(self._rows.get(key))
        if after is None or after == before:
            return None
        if before is None:
            return None, {name: to_plain(value) for name, value in after.items()}
        names = [name for name, value in after.items() if value != before[name]]
        return {name: to_plain(before[name]) for name in names}, {name: to_plain(after[name]) for name in names}


class _Changes(Mapping[Key, RowChange]):
    """What a command changed, row by row."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def __getitem__(self, key: Key) -> RowChange:
        change = self._attempt.change(key) if key in self._attempt.touched() else None
        if change is None:
            raise KeyError(key)
        return change

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._attempt.touched() if self._attempt.change(key) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None


@cache
def _by_ids(record: type[_R]) -> Select[_R]:
    """Made once: to build it anew costs a command as much as to run it."""
    return select(record).where(record.id.in_(bindparam("ids", expanding=True))).order_by(record.id)


@cache
def _locked_by_ids(record: type[_R]) -> Select[_R]:
    return _by_ids(record).with_for_update()


def _values(row: Synced | None) -> dict[str, Any] | None:
    if row is None:
        return None
    held = row.__dict__  # past SQLAlchemy's doors: the rows are whole, and no session makes them stale
    return {name: held[name] for name in _columns(type(row))}


@cache
def _columns(record: type[Synced]) -> tuple[str, ...]:
    return tuple(record.table().columns.keys())
