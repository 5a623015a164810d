"""The one text form of each type."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.types import TypeEngine

from fleetdesk.models.schema import platform_schema, wire_columns
from fleetdesk.models.types import (
    Flag,
    Instant,
    Json,
    JsonValue,
    LocalDate,
    WireType,
    Words,
    canonical_json,
    instant_text,
    parse_instant,
)

ZONES = st.timezones() | st.just(dt.UTC)
AWARE = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001  hypothesis adds it
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def stored(kind: TypeEngine[Any], value: object) -> tuple[object, object]:
    """What SQLite keeps of a value of that type, and what is read back."""
    engine = create_engine("sqlite://")
    table = Table("t", MetaData(), Column("x", kind))
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(insert(table).values(x=value))
        raw = connection.exec_driver_sql("SELECT x FROM t").scalar_one()
        read = connection.execute(select(table.c.x)).scalar_one()
    engine.dispose()
    return raw, read


def test_an_instant_is_written_in_utc_with_six_decimals() -> None:
    dubai = dt.timezone(dt.timedelta(hours=4))
    assert instant_text(dt.datetime(2026, 3, 1, 13, 30, tzinfo=dubai)) == "2026-03-01T09:30:00.000000Z"


def test_the_year_of_an_instant_has_four_digits() -> None:
    assert instant_text(dt.datetime(26, 3, 1, tzinfo=dt.UTC)) == "0026-03-01T00:00:00.000000Z"


@given(AWARE)
def test_an_instant_comes_back_from_its_text(value: dt.datetime) -> None:
    assert parse_instant(instant_text(value)) == value.astimezone(dt.UTC)


@given(AWARE, AWARE)
def test_the_texts_of_instants_sort_as_the_instants_do(one: dt.datetime, other: dt.datetime) -> None:
    in_order = one.astimezone(dt.UTC) < other.astimezone(dt.UTC)
    assert (instant_text(one) < instant_text(other)) == in_order


@pytest.mark.parametrize("text", ["2026-03-01T09:30:00", "2026-02-30T09:30:00Z", "yesterday", ""])
def test_a_text_that_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  each text has words of its own
        parse_instant(text)


def test_an_instant_without_a_zone_is_never_stored() -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        stored(Instant(), dt.datetime.fromisoformat("2026-03-01T09:30:00"))


def test_each_value_is_kept_in_its_text_form_and_read_back() -> None:
    moment = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
    assert stored(Instant(), moment) == ("2026-03-01T09:30:00.000000Z", moment)
    assert stored(LocalDate(), dt.date(2026, 3, 1)) == ("2026-03-01", dt.date(2026, 3, 1))
    assert stored(Json(), {"b": [1, None], "a": "é"}) == ('{"a":"é","b":[1,null]}', {"b": [1, None], "a": "é"})
    assert stored(Flag(), True) == (1, True)


@pytest.mark.parametrize("kind", [Instant(), LocalDate(), Json(), Words(), Flag()])
def test_nothing_stays_nothing(kind: TypeEngine[Any]) -> None:
    assert stored(kind, None) == (None, None)


def test_text_with_a_nul_is_refused_as_the_hosted_database_would() -> None:
    with pytest.raises(StatementError, match="NUL"):
        stored(Words(), "a\0b")


@given(JSON)
def test_json_has_one_text_whatever_the_order_of_its_keys(value: JsonValue) -> None:
    backwards = dict(reversed(value.items())) if isinstance(value, dict) else value
    assert canonical_json(value) == canonical_json(backwards)


def test_json_holds_no_number_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_every_column_of_every_record_has_a_wire_form_and_the_id_travels_first() -> None:
    for record in platform_schema():
        columns = wire_columns(record)
        assert columns[0].name == "id"
        assert all(isinstance(column.type, WireType) for column in columns)
