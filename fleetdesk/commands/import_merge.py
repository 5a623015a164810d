"""What a row brings to a lead that is there already: which of its fields are set, and what they replace."""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.commands.core import FieldEdit
from fleetdesk.models.normalise import email_key, phone_key
from fleetdesk.models.types import JsonValue

__all__ = ["PAIRS", "edits_of", "pair_key"]

PAIRS = (("email", "second_email"), ("phone", "second_phone"))
"""Fields that hold two of a kind: one that is new goes where there is room."""


def edits_of(
    values: Mapping[str, JsonValue], current: Mapping[str, JsonValue], overwritten: frozenset[str]
) -> dict[str, FieldEdit]:
    """The edits that bring a row's `values` to a lead that has `current` ones: empty fields, and those `overwritten`.

    What says the same in other letters is no edit; a row's empty cells never empty a field.
    """
    edits: dict[str, FieldEdit] = {}
    paired = {name for pair in PAIRS for name in pair}
    for name, value in values.items():
        old = current.get(name)
        if name in paired or value == old or value in (None, ""):
            continue
        if old in (None, "") or name in overwritten:
            edits[name] = FieldEdit(base=old, new=value)
    for pair in PAIRS:
        _place_pair(pair, values, current, overwritten, edits)
    return edits


def _place_pair(
    pair: tuple[str, str],
    values: Mapping[str, JsonValue],
    current: Mapping[str, JsonValue],
    overwritten: frozenset[str],
    edits: dict[str, FieldEdit],
) -> None:
    country = values.get("country") or current.get("country")
    here = {pair_key(current.get(name), country) for name in pair}
    for name in pair:
        value = values.get(name)
        if value in (None, "") or pair_key(value, country) in here:
            continue
        free = next((each for each in pair if current.get(each) in (None, "") and each not in edits), None)
        place = name if name in overwritten else free
        if place is not None and place not in edits:
            edits[place] = FieldEdit(base=current.get(place), new=value)


def pair_key(value: JsonValue, country: JsonValue) -> str:
    """What two texts have in common that say the same address or number."""
    if not isinstance(value, str):
        return ""
    if "@" in value:
        return email_key(value) or value
    return phone_key(value, country if isinstance(country, str) else None) or value
