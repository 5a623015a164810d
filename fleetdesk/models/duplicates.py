"""When two leads are taken for one: an email address, phone number or trade licence in common (SPEC.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fleetdesk.models import normalise

__all__ = ["DuplicateKey", "ExistingLead", "duplicate_keys"]


class DuplicateKey(NamedTuple):
    """One normal form: the column that holds it, and its value."""

    column: str
    value: str


@dataclass(frozen=True, slots=True)
class ExistingLead:
    """A lead that has a key in common with another: enough to name it."""

    id: str
    name: str
    company: str | None


def duplicate_keys(values: Mapping[str, object]) -> tuple[DuplicateKey, ...]:
    """The keys of a lead with these fields, in the order in which they tell most: email, trade licence, phone."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    found = (
        DuplicateKey("email_key", normalise.email_key(texts.get("email")) or ""),
        DuplicateKey("trade_licence_key", normalise.trade_licence_key(texts.get("trade_licence")) or ""),
        DuplicateKey("phone_key", normalise.phone_key(texts.get("phone"), texts.get("country")) or ""),
    )
    return tuple(key for key in found if key.value)
