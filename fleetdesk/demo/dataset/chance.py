"""Chance that can be repeated: weighted choices, ids and office hours, all from one seeded generator."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar

__all__ = ["at_work", "seeded_id", "several", "weighted", "zone_of"]

_T = TypeVar("_T")

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_OPENS, _CLOSES = 9, 18
_SATURDAY = 5

# Fixed offsets, because not every machine has a time zone database; France's summer hour does not matter here.
_ZONES = {"AE": dt.timezone(dt.timedelta(hours=4)), "FR": dt.timezone(dt.timedelta(hours=1))}


def weighted(rng: random.Random, weights: Mapping[_T, float]) -> _T:
    """One of the keys, each as likely as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def several(rng: random.Random, choices: Sequence[_T], most: int) -> list[_T]:
    """From none up to `most` different ones of the choices."""
    return rng.sample(choices, rng.randint(0, most))


def seeded_id(rng: random.Random, at: dt.datetime) -> str:
    """A UUIDv7 (RFC 9562) in lower-case text for that instant, the same from the same generator."""
    milliseconds = (at - _EPOCH) // _MILLISECOND
    value = milliseconds << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=value))


def zone_of(country: str) -> dt.timezone:
    """The offset of a country's clocks."""
    return _ZONES[country]


def at_work(rng: random.Random, instant: dt.datetime, country: str) -> dt.datetime:
    """The instant, or where that is in the night or at the weekend, one of the next working day; in UTC."""
    local = instant.astimezone(zone_of(country))
    if _OPENS <= local.hour < _CLOSES and local.weekday() < _SATURDAY:
        return instant
    day = local if local.hour < _OPENS else local + dt.timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += dt.timedelta(days=1)
    opening = day.replace(hour=_OPENS, minute=0, second=0, microsecond=0)
    return (opening + dt.timedelta(hours=(_CLOSES - _OPENS) * rng.betavariate(1.2, 1.6))).astimezone(dt.UTC)
