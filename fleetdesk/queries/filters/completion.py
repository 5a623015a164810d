"""What could follow where somebody types a query: fields, and a field's values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleetdesk.models.normalise import search_key
from fleetdesk.queries.filters.fields import ME, NONE, Field, FieldTable, Kind
from fleetdesk.queries.filters.grammar import MOMENT_EXAMPLES
from fleetdesk.queries.filters.scanning import Demand, Piece, quoted, scan

__all__ = ["Completion", "Offer", "Vocabulary", "complete"]

_MOST_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be written, and what it means to people (empty where the text says it)."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """Offers for the text from `start` to `end`."""

    start: int
    end: int
    offers: tuple[Offer, ...]


Vocabulary = Mapping[str, Sequence[Offer]]
"""The values that a field has now, by field key: those that no table can list beforehand, or names for those."""


def complete(fields: FieldTable, text: str, cursor: int, vocabulary: Vocabulary) -> Completion:
    """What could stand at the cursor, the nearest first; no offers where anything may."""
    for found in scan(text):
        if not found.start <= cursor <= found.end:
            continue
        if isinstance(found, Demand) and cursor > found.name.end:
            return _values_for(fields, text, found, cursor, vocabulary)
        return _fields_for(fields, text, found, cursor)
    return Completion(cursor, cursor, tuple(_field_offers(fields, "", ":")))


def _fields_for(fields: FieldTable, text: str, found: Piece | Demand, cursor: int) -> Completion:
    if isinstance(found, Demand):
        # What follows the name stays.
        start, end, operator = found.name.start, found.name.end, ""
    else:
        start, end, operator = found.start + text.startswith("-", found.start), found.end, ":"
        if found.quoted:
            return Completion(start, end, ())
    return Completion(start, end, tuple(_field_offers(fields, text[start:cursor], operator)))


def _field_offers(fields: FieldTable, typed: str, operator: str) -> Iterator[Offer]:
    return _fitting((Offer(field.key + operator, field.title) for field in fields), typed)


def _values_for(fields: FieldTable, text: str, demand: Demand, cursor: int, vocabulary: Vocabulary) -> Completion:
    piece = next((value for value in demand.values if value.start <= cursor <= value.end), demand.values[-1])
    field = fields.get(demand.name.text.casefold())
    typed = text[piece.start : cursor].lstrip('"')
    taken = {value.text for value in demand.values if value is not piece}
    offers = () if field is None else _value_offers(field, demand.operator, vocabulary.get(field.key, ()))
    fitting = (offer for offer in _fitting(offers, typed) if offer.text not in taken)
    return Completion(piece.start, piece.end, tuple(_in_form(offer) for offer in fitting)[:_MOST_OFFERED])


def _value_offers(field: Field, operator: str, known: Sequence[Offer]) -> Iterator[Offer]:
    if operator != ":":
        yield from () if field.kind is Kind.NUMBER else (Offer(word) for word in ("today", "yesterday", "7d", "30d"))
        return
    titled = {offer.text for offer in known}
    if field.kind is Kind.PERSON:
        yield Offer(ME)
    yield from (Offer(word) for word in (*field.groups, *field.choices) if word not in titled)
    yield from known
    match field.kind:
        case Kind.INSTANT:
            yield from map(Offer, MOMENT_EXAMPLES)
        case Kind.QUIET:
            yield from map(Offer, ("7", "30", "90"))
        case _:
            pass
    if field.optional:
        yield Offer(NONE)


def _fitting(offers: Iterable[Offer], typed: str) -> Iterator[Offer]:
    """Those whose text begins with what is typed, then those with a word of the title that does."""
    wanted = typed.casefold()
    later = []
    for offer in offers:
        if offer.text.casefold().startswith(wanted):
            yield offer
        elif any(word.startswith(search_key(typed) or wanted) for word in search_key(offer.title).split()):
            later.append(offer)
    yield from later


def _in_form(offer: Offer) -> Offer:
    """The offer as it has to be written."""
    plain = not any(char.isspace() or char in '",' for char in offer.text)
    return offer if plain else Offer(quoted(offer.text), offer.title or offer.text)
