"""Column values as plain JSON values, for edits, conflicts and audit snapshots: one conversion each way."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TypeVar

from sqlalchemy.types import TypeEngine

from fleetdesk.errors import Invalid
from fleetdesk.models.base import Synced
from fleetdesk.models.types import (
    Choice,
    Flag,
    Instant,
    Json,
    JsonValue,
    LocalDate,
    Whole,
    instant_text,
    parse_instant,
)

__all__ = ["from_plain", "plain_row", "to_plain"]

_T = TypeVar("_T")
_AS_THEY_ARE = frozenset({str, int, bool, float})


def to_plain(value: object) -> JsonValue:
    """A mapped value as a JSON value: instants and dates become their text form."""
    if value is None or type(value) in _AS_THEY_ARE:
        return value  # type: ignore[return-value]  # mypy knows no set of types
    match value:
        case dt.datetime():
            return instant_text(value)
        case dt.date():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple():
            return [to_plain(item) for item in value]
        case dict():
            return {str(key): to_plain(item) for key, item in value.items()}
        case _:
            raise TypeError(f"no plain form for {type(value).__name__}")


def from_plain(record: type[Synced], field: str, value: JsonValue) -> JsonValue | dt.datetime | dt.date:
    """The mapped value of a record's field. Raises Invalid, naming the field, where the form is wrong."""
    if value is None:
        return None
    column_type = _type_of(record, field)
    try:
        return _mapped(column_type, value)
    except (ValueError, TypeError) as error:
        raise Invalid(field, f"“{value}” is not {_expected(column_type)}.") from error


def plain_row(row: Synced) -> dict[str, JsonValue]:
    """All columns of a row as plain values, by column name."""
    return {column.name: to_plain(getattr(row, column.name)) for column in row.table().columns}


@cache
def _type_of(record: type[Synced], field: str) -> TypeEngine[object]:
    found: TypeEngine[object] = record.table().columns[field].type
    return found


def _mapped(column_type: TypeEngine[object], value: JsonValue) -> JsonValue | dt.datetime | dt.date:
    match column_type:
        case Json():
            return value
        case Instant():
            return parse_instant(_text(value))
        case LocalDate():
            return dt.date.fromisoformat(_text(value))
        case Flag():
            return _instance(value, bool)
        case Whole():
            if isinstance(value, bool):
                raise TypeError("a flag is no number")
            return _instance(value, int)
        case Choice():
            if value not in column_type.choices:
                raise ValueError("not one of the choices")
            return value
        case _:
            return _text(value)


def _text(value: JsonValue) -> str:
    text = _instance(value, str)
    if "\x00" in text:
        raise ValueError("NUL in text")
    return text


def _instance(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


def _expected(column_type: TypeEngine[object]) -> str:
    match column_type:
        case Instant():
            return "a date and time with a time zone"
        case LocalDate():
            return "a date (year-month-day)"
        case Flag():
            return "yes or no"
        case Whole():
            return "a whole number"
        case Choice():
            return f"one of {', '.join(column_type.choices)}"
        case _:
            return "text"
