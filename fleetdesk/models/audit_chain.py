"""The chain of the audit log's seals: whoever holds the rows, hub or laptop, can tell what was tampered with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fleetdesk.errors import Invalid
from fleetdesk.models.audit import digest_of_text
from fleetdesk.models.types import JsonValue, canonical_json

__all__ = ["Link", "Seal", "faults", "seal_hash"]


@dataclass(frozen=True, slots=True)
class Seal:
    """A place in the chain, from 1 on, and the hash there."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Seal:
        """The seal behind its text. Raises Invalid for any other text."""
        sequence, _, digest = text.strip().partition(":")
        if not sequence.isascii() or not sequence.isdecimal() or not digest:
            raise Invalid("seal", f"“{text}” is not a seal.", do="Give one as it was told, a number and a hash.")
        return cls(int(sequence), digest)


@dataclass(frozen=True, slots=True)
class Link:
    """A seal with what it covers: the event's columns as plain values, and its payload's salt and text.

    Either is None where it is gone; a payload may be, as an erasure deletes it.
    """

    seal: Seal
    event: Mapping[str, JsonValue] | None
    payload: tuple[str, str] | None


def seal_hash(previous: str, event: Mapping[str, JsonValue]) -> str:
    """The SHA-256, in hex, of the hash before it (of none: nothing) and the event's columns as plain values.

    Empty columns are left out, so that a column which comes later changes no old hash.
    """
    told: JsonValue = {name: value for name, value in event.items() if value is not None}
    return hashlib.sha256(f"{previous}\n{canonical_json(told)}".encode()).hexdigest()


def faults(links: Iterable[Link], noted: Seal | None = None) -> Iterator[str]:
    """What does not fit, in sentences; nothing for a whole chain. The links come in the order of their sequences.

    `noted` is a seal of an earlier time, kept elsewhere: it alone shows that the end was cut off, or all made anew.
    """
    before = Seal(0, "")
    for link in links:
        seal = link.seal
        if seal.sequence != before.sequence + 1:
            yield f"Between the seals {before.sequence} and {seal.sequence}, some are gone."
        elif link.event is not None and seal_hash(before.hash, link.event) != seal.hash:
            yield f"The event of seal {seal.sequence} was changed, or a seal was."
        if link.event is None:
            yield f"The event of seal {seal.sequence} is gone."
        elif link.payload is not None and digest_of_text(*link.payload) != link.event["payload_digest"]:
            yield f"What the event of seal {seal.sequence} tells of was changed."
        if noted is not None and noted.sequence == seal.sequence and noted != seal:
            yield f"Seal {seal.sequence} is another one than was noted."
        before = seal
    if noted is not None and noted.sequence > before.sequence:
        yield f"Seal {noted.sequence}, which was noted, is gone; the last one is {before.sequence}."
