"""The fields of a lead that people set, and what each must look like: the same for form, import and hub."""

from __future__ import annotations

from collections.abc import Mapping

import phonenumbers

from fleetdesk.errors import Invalid
from fleetdesk.models import normalise
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue

__all__ = ["EDITABLE", "LONGEST_TAG", "check_field", "renormalise"]

_LINE = 300
_TEXT = 20_000
_LONGEST = {"message": _TEXT, "next_activity": 1_000}
LONGEST_TAG = 60

EDITABLE = frozenset(
    {
        "first_name",
        "last_name",
        "email",
        "second_email",
        "phone",
        "second_phone",
        "company",
        "country",
        "fleet_size",
        "current_software",
        "website",
        "trade_licence",
        "message",
        "source",
        "owner_id",
        "score",
        "next_activity",
        "next_activity_at",
    }
)
"""What an edit may set; stage, tags, deletion and the derived columns have commands of their own."""

_KEYED = EDITABLE & {
    "first_name",
    "last_name",
    "email",
    "second_email",
    "phone",
    "second_phone",
    "company",
    "country",
    "trade_licence",
    "message",
}


def check_field(name: str, value: JsonValue) -> None:
    """Raise Invalid unless `value` may stand in the field `name`.

    A phone number of any form may: an odd one is kept and has no `phone_key`.
    """
    if name not in EDITABLE:
        raise Invalid(name, f"“{name}” is not a field that an edit may set.")
    if value is None:
        return
    if isinstance(value, str):
        longest = _LONGEST.get(name, _LINE)
        if len(value) > longest:
            raise Invalid(name, f"This text has {len(value):,} characters; at most {longest:,} fit.")
    match name, value:
        case (("email" | "second_email"), str()) if not normalise.looks_like_email(value):
            raise Invalid(name, f"“{value}” is not an email address.", do="Write it as name@example.com.")
        case "country", str() if value not in phonenumbers.SUPPORTED_REGIONS:
            raise Invalid(name, f"“{value}” is not a country code.", do="Use two letters (ISO 3166), such as AE or FR.")
        case "fleet_size", int() if not 0 <= value <= 1_000_000:
            raise Invalid(name, f"A fleet of {value} vehicles cannot be right.", do="Use a number from 0 to 1,000,000.")
        case "score", int() if not 0 <= value <= 100:
            raise Invalid(name, f"A score of {value} cannot be right.", do="Use a number from 0 to 100.")
        case _:
            return


def renormalise(lead: Lead, changed: Mapping[str, object]) -> None:
    """Bring the search and duplicate keys in step with the changed fields."""
    if not _KEYED & changed.keys():
        return
    lead.email_key = normalise.email_key(lead.email)
    lead.phone_key = normalise.phone_key(lead.phone, lead.country)
    lead.trade_licence_key = normalise.trade_licence_key(lead.trade_licence)
    lead.search_key = normalise.search_key(
        lead.first_name,
        lead.last_name,
        lead.company,
        _mailbox(lead.email),
        _mailbox(lead.second_email),
        # A number with a key of its own is found by that.
        "" if lead.phone_key else normalise.phone_digits(lead.phone, lead.country),
        normalise.phone_digits(lead.second_phone, lead.country),
        lead.message,
    )


def _mailbox(email: str | None) -> str:
    return (email or "").partition("@")[0]
