"""What a lead took from those that were merged into it, layer upon layer, so that they come off again in any order.

The record lies on the lead that took the others in: whoever merges or separates holds that row, and sees all of it.
Where a layer goes that another one covers, the upper one stands on what was below: the value of a lead that was
separated never comes back with another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fleetdesk.commands.lead_fields import EDITABLE
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue, parse_instant
from fleetdesk.models.values import from_plain, to_plain

__all__ = ["Layer", "layers_of", "put_on", "take_off"]

_LAYERS = "layers"
_OWN_LAST = "own_last_activity_at"
_GIVEN_BACK = EDITABLE | {"last_activity_at"}


@dataclass(frozen=True, slots=True)
class Layer:
    """What one lead brought, when it was merged and by whom: plain values, as the record keeps them.

    `fields` has each field that was taken, before and after; `brought` those of its tags that the winner had not;
    `activities` and `last_activity_at` are what its own timeline came to.
    """

    lead_id: str
    at: str
    by: str
    fields: Mapping[str, tuple[JsonValue, JsonValue]]
    tags: tuple[str, ...]
    brought: tuple[str, ...]
    activities: int
    last_activity_at: str | None


def layers_of(record: JsonValue) -> list[Layer]:
    """The layers of a `merge_record`, the oldest first; what cannot be read is left out."""
    kept = record.get(_LAYERS) if isinstance(record, dict) else None
    return [layer for item in (kept if isinstance(kept, list) else ()) if (layer := _read(item)) is not None]


def put_on(winner: Lead, layer: Layer) -> None:
    """Add what a lead brings, and write it down; the fields are set already."""
    record = dict(winner.merge_record or {})
    layers = layers_of(record)
    if not layers:
        record[_OWN_LAST] = to_plain(winner.last_activity_at)
    winner.merge_record = record | {_LAYERS: [*map(_plain, layers), _plain(layer)]}
    winner.tags = sorted({*winner.tags, *layer.tags})
    winner.activity_count += layer.activities
    winner.last_activity_at = _latest([to_plain(winner.last_activity_at), layer.last_activity_at])


def take_off(winner: Lead, loser: Lead) -> None:
    """Take away what a lead brought: each field that still has its value, tags that no other has, its timeline."""
    record = dict(winner.merge_record or {})
    layers = layers_of(record)
    place = next((place for place, layer in enumerate(layers) if layer.lead_id == loser.id), len(layers))
    layer = layers.pop(place) if place < len(layers) else _former(loser)
    for name in layer.fields:
        _uncover(winner, name, layer, layers, place)
    _drop_tags(winner, layers, layer.brought)
    winner.activity_count = max(0, winner.activity_count - layer.activities)
    if to_plain(winner.last_activity_at) == layer.last_activity_at:
        winner.last_activity_at = _latest([record.get(_OWN_LAST), *(each.last_activity_at for each in layers)])
    if layers:
        winner.merge_record = record | {_LAYERS: [*map(_plain, layers)]}
    else:
        rest = {name: value for name, value in record.items() if name not in (_LAYERS, _OWN_LAST)}
        winner.merge_record = rest or None


def _uncover(winner: Lead, name: str, layer: Layer, layers: list[Layer], place: int) -> None:
    """Give back what a field was below a layer that stood at a place: to the next that covers it, or to the lead."""
    before, after = layer.fields[name]
    above = next((at for at in range(place, len(layers)) if name in layers[at].fields), None)
    if above is not None:
        stood_on, covers = layers[above].fields[name]
        if stood_on == after:
            layers[above] = replace(layers[above], fields={**layers[above].fields, name: (before, covers)})
    elif name in _GIVEN_BACK and to_plain(getattr(winner, name)) == after:
        setattr(winner, name, from_plain(Lead, name, before))


def _drop_tags(winner: Lead, layers: list[Layer], brought: Iterable[str]) -> None:
    """Take tags away, but for those that a lead has that is still merged: it is the one that brought them now."""
    gone = set(brought)
    for at, layer in enumerate(layers):
        if kept := gone.intersection(layer.tags):
            layers[at] = replace(layer, brought=tuple(sorted({*layer.brought, *kept})))
            gone -= kept
    winner.tags = [tag for tag in winner.tags if tag not in gone]


def _latest(instants: Sequence[JsonValue]) -> dt.datetime | None:
    return max((parse_instant(text) for text in instants if isinstance(text, str)), default=None)


def _plain(layer: Layer) -> JsonValue:
    return {
        "lead": layer.lead_id,
        "at": layer.at,
        "by": layer.by,
        "fields": {name: list(pair) for name, pair in layer.fields.items()},
        "tags": list(layer.tags),
        "brought": list(layer.brought),
        "activities": layer.activities,
        "last_activity_at": layer.last_activity_at,
    }


def _read(item: JsonValue) -> Layer | None:
    match item:
        case {
            "lead": str(lead_id),
            "at": str(at),
            "by": str(by),
            "fields": dict(fields),
            "tags": list(tags),
            "brought": list(brought),
            "activities": int(activities),
            "last_activity_at": (str() | None) as last,
        }:
            return Layer(
                lead_id, at, by, _pairs(fields), tuple(map(str, tags)), tuple(map(str, brought)), activities, last
            )
        case _:
            return None


def _former(loser: Lead) -> Layer:
    """The layer of a lead that an earlier FleetDesk merged: it kept it on that lead, from which it goes."""
    record = dict(loser.merge_record or {})
    match record:
        case {"fields": dict(fields), "tags": list(tags), "activities": int(activities)}:
            rest = {name: value for name, value in record.items() if name not in ("fields", "tags", "activities")}
            loser.merge_record = rest or None
            brought = tuple(map(str, tags))
            return Layer(loser.id, "", "", _pairs(fields), brought, brought, activities, None)
        case _:
            return Layer(loser.id, "", "", {}, (), (), 0, None)


def _pairs(fields: Mapping[str, JsonValue]) -> dict[str, tuple[JsonValue, JsonValue]]:
    return {name: (pair[0], pair[1]) for name, pair in fields.items() if isinstance(pair, list) and len(pair) == 2}
