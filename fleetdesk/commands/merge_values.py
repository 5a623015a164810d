"""Whose values a merge had best take: of two that say the same the better written one; no address or number is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fleetdesk.commands.import_merge import PAIRS, pair_key
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import JsonValue

__all__ = ["Spare", "best_written", "spare_values"]

_PAIRED = frozenset(name for pair in PAIRS for name in pair)
_BY_CASE = frozenset({"first_name", "last_name", "company"})
"""Fields in which a name in small letters alone was typed in haste."""

Values = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Spare:
    """Second addresses and numbers that the leads bring: where there is room (`placed`), and where there is none.

    What is placed has the number of its lead beside it.
    """

    placed: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def best_written(name: str, first: Values, others: Sequence[Values]) -> int:
    """Which of the leads' values of a field to take: 0 for the `first` one's, unless another says the same better.

    Better is what is not shouted, has its country's code, or is the fuller form of a company's name.
    """
    same = [0, *(place for place, other in enumerate(others, 1) if _says_the_same(name, first, other))]
    leads = (first, *others)
    return max(same, key=lambda place: (_written(name, leads[place][name]), -place))


def spare_values(leads: Sequence[Values], taken: Values) -> Spare:
    """What else the leads have of what a lead has two of, when these values are `taken`."""
    placed: dict[str, tuple[str, int]] = {}
    left: dict[str, tuple[str, ...]] = {}
    country = taken.get("country")
    for first, second in PAIRS:
        known = {pair_key(taken.get(name), country) for name in (first, second)} - {""}
        more: list[tuple[str, int]] = []
        for value, place in ((lead.get(name), place) for place, lead in enumerate(leads) for name in (first, second)):
            if isinstance(value, str) and (key := pair_key(value, country)) and key not in known:
                known.add(key)
                more.append((value, place))
        free = not taken.get(second) or pair_key(taken[second], country) == pair_key(taken.get(first), country)
        if more and free:
            placed[second] = more.pop(0)
        if more:
            left[second] = tuple(value for value, _ in more)
    return Spare(placed, left)


def _says_the_same(name: str, one: Values, other: Values) -> bool:
    mine, theirs = one[name], other[name]
    if not isinstance(mine, str) or not isinstance(theirs, str):
        return False
    if name in _PAIRED:
        return pair_key(mine, one.get("country")) == pair_key(theirs, other.get("country"))
    mine, theirs = search_key(mine), search_key(theirs)
    return mine == theirs or (name == "company" and f"{theirs} ".startswith(f"{mine} "))


def _written(name: str, value: JsonValue) -> tuple[int, bool, int]:
    text = str(value)
    case = 0 if text.isupper() else 1 if text.islower() and name in _BY_CASE else 2
    return (case, text.startswith("+"), len(search_key(text)) if name == "company" else 0)
