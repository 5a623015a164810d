"""What a hub's rows must be before they are written: of the record's types, so that every screen can read them.

A hub that is not itself, or was taken over, may send anything. Whole columns are looked at, not single values: a load
of a million rows hardly feels it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column

from fleetdesk.errors import ProtocolError
from fleetdesk.models.base import Synced
from fleetdesk.models.schema import wire_columns
from fleetdesk.models.types import Choice, Flag, Instant, Json, LocalDate, Whole
from fleetdesk.protocol import Plain

__all__ = ["demand_rows"]

_LARGEST, _SMALLEST = 2**63 - 1, -(2**63)
_Check = Callable[[Sequence[Any]], bool]


def demand_rows(
    record: type[Synced], columns: Sequence[str], rows: Sequence[Sequence[Plain]], scopes: Collection[str]
) -> None:
    """Raise ProtocolError unless the rows are ones of this record and of these scopes.

    `columns` names columns of the record; each row has as many values. An older hub leaves columns out.
    """
    shapes = _shapes(record)
    if len(set(columns)) != len(columns) or not {"id", "scope"}.issubset(columns):
        raise _nonsense(record, "with a column twice, or without one that every table has")
    if not rows:
        return
    by_name = dict(zip(columns, zip(*rows, strict=True), strict=True))
    for name, values in by_name.items():
        if not shapes[name].holds(values):
            raise _nonsense(record, f"with a {name} that is none")
    if not set(by_name["scope"]) <= set(scopes):
        raise ProtocolError(
            f"The hub sent rows of {record.__tablename__} that are not yours to have.", kept=_KEPT, do=_DO
        )


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the values of one column may be: Python's types of the decoded JSON, and whether all of them are right."""

    kinds: frozenset[type]
    right: _Check

    def holds(self, values: Sequence[Plain]) -> bool:
        if not self.kinds.issuperset(map(type, values)):
            return False
        present = values if type(None) not in self.kinds else [value for value in values if value is not None]
        return self.right(present)


@cache
def _shapes(record: type[Synced]) -> dict[str, _Shape]:
    return {column.name: _shape(column) for column in wire_columns(record)}


def _shape(column: Column[Any]) -> _Shape:
    kind, right = _of(column)
    return _Shape(frozenset({kind, type(None)} if column.nullable else {kind}), right)


def _of(column: Column[Any]) -> tuple[type, _Check]:
    match column.type:
        case Flag():
            return bool, _anything
        case Whole():
            return int, lambda values: not values or (min(values) >= _SMALLEST and max(values) <= _LARGEST)
        case Instant():
            return str, _instants
        case LocalDate():
            return str, lambda values: _all_read(dt.date.fromisoformat, values)
        case Json(shape=shape):
            outermost = list if shape == "array" else dict
            return str, lambda values: _all_json(outermost, values)
        case Choice(choices=choices):
            known = frozenset(choices)
            return str, known.issuperset
        case _ if column.name in ("id", "scope"):
            return str, lambda values: all(values) and _without_nul(values)
        case _:
            return str, _without_nul


def _anything(values: Sequence[Any]) -> bool:
    return True


def _without_nul(values: Sequence[str]) -> bool:
    """No text has the NUL character, which the hosted database cannot hold and C libraries take for an end."""
    return "\x00" not in "".join(values)


def _instants(values: Sequence[str]) -> bool:
    return {text[-1:] for text in values} <= {"Z"} and _all_read(dt.datetime.fromisoformat, values)


def _all_json(outermost: type, values: Sequence[str]) -> bool:
    try:
        return {outermost}.issuperset(type(orjson.loads(text)) for text in set(values))
    except ValueError:
        return False


def _all_read(read: Callable[[str], object], values: Iterable[str]) -> bool:
    try:
        deque(map(read, values), maxlen=0)
    except ValueError:
        return False
    return True


_KEPT = "Nothing of it was taken over; what waits to be sent is kept."
_DO = "If this goes on, check the hub's address, and tell your administrator."


def _nonsense(record: type[Synced], how: str) -> ProtocolError:
    return ProtocolError(f"The hub sent rows of {record.__tablename__} {how}.", kept=_KEPT, do=_DO)
