"""Column values as plain JSON, and back."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.errors import Invalid
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import from_plain, plain_row, to_plain
from tests.unit.commands.bench import NOON, bench

MAPPED: list[tuple[str, JsonValue, object]] = [
    ("next_activity_at", "2026-03-02T12:00:00.000000Z", NOON),
    ("next_activity_at", "2026-03-02T16:00:00+04:00", NOON),
    ("fleet_size", 12, 12),
    ("company", "Taxi", "Taxi"),
    ("status", "lost", "lost"),
    ("tags", ["a", "b"], ["a", "b"]),
    ("conformity", {"identity": True}, {"identity": True}),
    ("company", None, None),
]


@pytest.mark.parametrize(("field", "plain", "mapped"), MAPPED)
def test_a_plain_value_becomes_the_fields_own(field: str, plain: JsonValue, mapped: object) -> None:
    assert from_plain(Lead, field, plain) == mapped


@pytest.mark.parametrize(
    ("field", "plain", "expected"),
    [
        ("next_activity_at", "2026-03-02T12:00:00", "a date and time with a time zone"),
        ("next_activity_at", 7, "a date and time with a time zone"),
        ("fleet_size", "12", "a whole number"),
        ("fleet_size", 1.5, "a whole number"),
        ("fleet_size", True, "a whole number"),
        ("company", 12, "text"),
        ("company", "a\0b", "text"),
        ("status", "asleep", "one of new, contacted"),
    ],
)
def test_a_value_of_the_wrong_form_is_invalid_and_names_field_and_form(
    field: str, plain: JsonValue, expected: str
) -> None:
    with pytest.raises(Invalid, match=expected) as error:
        from_plain(Lead, field, plain)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (NOON, "2026-03-02T12:00:00.000000Z"),
        (dt.date(2026, 3, 2), "2026-03-02"),
        ((1, "a"), [1, "a"]),
        ({"at": NOON}, {"at": "2026-03-02T12:00:00.000000Z"}),
        (None, None),
    ],
)
def test_a_mapped_value_becomes_plain(value: object, plain: JsonValue) -> None:
    assert to_plain(value) == plain


def test_what_has_no_plain_form_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        to_plain(object())


def test_a_row_becomes_plain_by_column_and_comes_back() -> None:
    with bench() as made:
        made.create(last_name="Petit", next_activity_at="2026-03-02T12:00:00.000000Z", fleet_size=3)
        plain = plain_row(made.lead())
        assert plain["next_activity_at"] == "2026-03-02T12:00:00.000000Z"
        mapped = {name: from_plain(Lead, name, value) for name, value in plain.items()}
        assert mapped == {name: getattr(made.lead(), name) for name in plain}
