"""What a merge had best take where nobody chose: the better written of two values, and every address and number."""

from __future__ import annotations

import pytest

from fleetdesk.commands.merge_values import best_written, spare_values


@pytest.mark.parametrize(
    ("name", "first", "other", "taken"),
    [
        ("email", "MARIAM@ALZAABI.EXAMPLE", "Mariam@alzaabi.example", 1),
        ("email", "mariam@alzaabi.example", "MARIAM@ALZAABI.EXAMPLE", 0),
        ("email", "MARIAM@ALZAABI.EXAMPLE", "office@alzaabi.example", 0),
        ("company", "AL ZAABI CARS", "Al Zaabi Cars", 1),
        ("company", "al zaabi cars", "Al Zaabi Cars", 1),
        ("company", "Al Zaabi", "Al Zaabi Cars LLC", 1),
        ("company", "Al Zaabi Cars LLC", "Al Zaabi", 0),
        ("company", "Al Zaabi", "Al Zaabiya", 0),
        ("last_name", "LEFEVRE", "Lefèvre", 1),
        ("phone", "050 660 1122", "+971 50 660 1122", 1),
        ("phone", "+971 50 660 1122", "0506601122", 0),
        ("phone", "050 660 1122", "+971 4 220 0000", 0),
        ("fleet_size", 40, 42, 0),
    ],
)
def test_of_values_that_say_the_same_the_better_written_is_taken(
    name: str, first: str | int, other: str | int, taken: int
) -> None:
    country = {"country": "AE"}

    assert best_written(name, {name: first, **country}, [{name: other, **country}]) == taken


AE = {"country": "AE"}
ONE = {"phone": "+971 50 660 1122", "second_phone": None, "email": "a@b.example", "second_email": None, **AE}


def test_another_number_takes_the_second_place() -> None:
    spare = spare_values([ONE, {**ONE, "phone": "+971 4 220 0000"}], ONE)

    assert (dict(spare.placed), dict(spare.left)) == ({"second_phone": ("+971 4 220 0000", 1)}, {})


def test_the_same_number_in_another_form_needs_no_second_place() -> None:
    assert not spare_values([ONE, {**ONE, "phone": "0506601122", "email": "A@B.example"}], ONE).placed


def test_a_third_number_is_named_as_left() -> None:
    others = [{**ONE, "phone": "+971 4 220 0000", "second_phone": "x5686"}]

    spare = spare_values([ONE, *others], ONE)

    assert (spare.placed["second_phone"][0], spare.left["second_phone"]) == ("+971 4 220 0000", ("x5686",))


def test_a_second_place_that_is_taken_is_left_alone() -> None:
    taken = {**ONE, "second_phone": "+971 4 111 1111"}

    spare = spare_values([taken, {**ONE, "phone": "+971 4 220 0000"}], taken)

    assert (dict(spare.placed), spare.left["second_phone"]) == ({}, ("+971 4 220 0000",))
