"""The column types, and the one text form of each.

A value looks the same on the wire, in the replica and in a checksum. Each type says how PostgreSQL renders that form
(`wire_sql`), so that a first load can stream rows without touching them in Python:

| type       | Python             | PostgreSQL    | replica | wire                                            |
|------------|--------------------|---------------|---------|-------------------------------------------------|
| `Id`       | str                | text          | TEXT    | "0193…" (UUIDv7 in lower case, or any text)     |
| `Instant`  | aware datetime     | timestamptz   | TEXT    | "2026-03-01T09:30:00.000000Z"                   |
| `LocalDate`| date               | date          | TEXT    | "2026-03-01"                                    |
| `Json`     | plain JSON value   | text          | TEXT    | "{"a":1}" as a string: sorted keys, no spaces   |
| `Flag`     | bool               | boolean       | INTEGER | true, false                                     |
| `Whole`    | int                | bigint        | INTEGER | 42                                              |
| `Words`    | str                | text          | TEXT    | "…"                                             |
| `Choice`   | str                | text + CHECK  | TEXT    | "…"                                             |
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, Protocol, runtime_checkable

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = [
    "Choice",
    "Flag",
    "Id",
    "Instant",
    "Json",
    "JsonValue",
    "LocalDate",
    "Whole",
    "WireType",
    "Words",
    "canonical_json",
    "instant_text",
    "parse_instant",
]

_REMEMBERED = 1_024
"""Instants: all that is done at once bears the same few."""

_JsonScalar = str | int | float | bool | None
JsonValue = _JsonScalar | list["JsonValue"] | dict[str, "JsonValue"]


@lru_cache(maxsize=_REMEMBERED)
def instant_text(value: dt.datetime) -> str:
    """The text form of an aware instant, in UTC with six decimals. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value!r}")
    # Not strftime: its year has four digits only from the year 1000 on.
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> dt.datetime:
    """The instant behind its text form. Raises ValueError for any other text or a naive time."""
    value = dt.datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {text!r}")
    try:
        return value.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"an instant lies beyond all calendars in UTC: {text!r}") from error


def canonical_json(value: JsonValue) -> str:
    """The one text of a JSON value: keys sorted, no spaces, no escapes beyond those that JSON demands."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@runtime_checkable
class WireType(Protocol):
    """What a synced column's type must know."""

    def wire_sql(self, column: str) -> str:
        """The PostgreSQL expression that renders the quoted column in its wire form."""
        ...


class _SameText(TypeDecorator[str]):
    impl = Text
    cache_ok = True

    def wire_sql(self, column: str) -> str:
        return column


class Id(_SameText):
    """A key: a UUIDv7 in lower-case text where FleetDesk made it, any text where another system did."""

    cache_ok = True


class Words(_SameText):
    """Text that people write. PostgreSQL cannot hold NUL: it is refused here, with the other side's words in mind."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and "\x00" in value:
            raise ValueError("text must not contain the NUL character")
        return value


class Choice(_SameText):
    """One of a closed set of words; the hosted table checks it (see `models.base.hosted_checks`)."""

    cache_ok = True

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self.choices = tuple(choices)


class Instant(TypeDecorator[dt.datetime]):
    """An aware instant. Refuses naive values, because SQLite drops zones silently."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | str | None:
        if value is None:
            return None
        text = instant_text(value)
        return value if dialect.name == "postgresql" else text

    def process_result_value(self, value: dt.datetime | str | None, dialect: Dialect) -> dt.datetime | None:
        if isinstance(value, str):
            return parse_instant(value)
        return None if value is None else value.astimezone(dt.UTC)

    def wire_sql(self, column: str) -> str:
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


class LocalDate(TypeDecorator[dt.date]):
    """A day on a calendar, without a zone."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> dt.date | str | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.isoformat()

    def process_result_value(self, value: dt.date | str | None, dialect: Dialect) -> dt.date | None:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    def wire_sql(self, column: str) -> str:
        return f"to_char({column}, 'YYYY-MM-DD')"


class Json(TypeDecorator[JsonValue]):
    """A JSON value kept as its canonical text on both sides, so that both read and hash the same.

    `shape` is what it is outermost; the hosted table checks it (see `models.base.hosted_checks`).
    """

    impl = Text
    cache_ok = True

    def __init__(self, shape: Literal["array", "object"] = "object") -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> JsonValue:
        if value is None:
            return None
        decoded: JsonValue = json.loads(value)
        return decoded

    def wire_sql(self, column: str) -> str:
        return column


class Flag(TypeDecorator[bool]):
    """True or false."""

    impl = Boolean
    cache_ok = True

    def wire_sql(self, column: str) -> str:
        return column


class Whole(TypeDecorator[int]):
    """A whole number of 64 bits: counts, and money in minor units."""

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())

    def wire_sql(self, column: str) -> str:
        return column
