"""Rows of any table with no more than they need, as a person with a SQL prompt might put them there."""

from __future__ import annotations

from fleetdesk.models.base import Synced
from fleetdesk.models.types import Choice, Flag, Instant, Json, Whole
from tests.hub.support import Connection

__all__ = ["plant"]


def plant(connection: Connection, record: type[Synced], row: str, /, *, number: int = 1, **values: object) -> None:
    """Insert a row by its id: what is not given and may not be empty holds what no row before it does."""
    needed = [column for column in record.table().columns if not column.nullable]
    filled = {column.name: _filling(column.type, row, number) for column in needed}
    filled |= {"id": row} | values
    names, marks = ", ".join(filled), ", ".join(["%s"] * len(filled))
    statement = f"INSERT INTO {record.__tablename__} ({names}) VALUES ({marks})"
    connection.execute(statement.encode(), list(filled.values()))


def _filling(kind: object, row_id: str, number: int) -> object:
    match kind:
        case Choice():
            return kind.choices[0]
        case Json():
            return "[]" if kind.shape == "array" else "{}"
        case Instant():
            return "2026-01-01T00:00:00Z"
        case Whole():
            return number
        case Flag():
            return False
        case _:
            return row_id
