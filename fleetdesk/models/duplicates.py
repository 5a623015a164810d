"""When two leads are taken for one: an email address, phone number or trade licence in common.

A second address or number counts as a first one does: it is the same prospect whichever of the two is dialled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fleetdesk.models import normalise

__all__ = ["COLUMNS", "DuplicateKey", "ExistingLead", "duplicate_keys"]


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email_key": ("email_key", "second_email_key"),
    "trade_licence_key": ("trade_licence_key",),
    "phone_key": ("phone_key", "second_phone_key"),
}
"""The columns in which a key stands, by the first of them, which names the kind of key; what tells most comes first."""


class DuplicateKey(NamedTuple):
    """One normal form: the kind of key (the first column that holds such), and its value."""

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
    country = texts.get("country")
    found = (
        *(("email_key", normalise.email_key(texts.get(name))) for name in ("email", "second_email")),
        ("trade_licence_key", normalise.trade_licence_key(texts.get("trade_licence"))),
        *(("phone_key", normalise.phone_key(texts.get(name), country)) for name in ("phone", "second_phone")),
    )
    return tuple(dict.fromkeys(DuplicateKey(column, value) for column, value in found if value))
