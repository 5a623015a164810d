"""The fields of a lead that people set, and what each must look like: the same for form, import and hub."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import phonenumbers

from fleetdesk.errors import Invalid
from fleetdesk.models import normalise
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue

__all__ = [
    "EDITABLE",
    "LONGEST_PROSE",
    "LONGEST_TAG",
    "MOST_TAGS",
    "check_field",
    "check_tag",
    "check_tags",
    "check_text",
    "field_words",
    "longest",
    "tags_in",
]

_LINE = 300
LONGEST_PROSE = 20_000
"""Characters of a reason, or of an entry of a timeline."""
_LONGEST = {"message": LONGEST_PROSE, "next_activity": 1_000}
LONGEST_TAG = 60
MOST_TAGS = 50
"""Tags that one command adds, or takes away, at most."""

EDITABLE = Lead.key_sources | {
    "fleet_size",
    "current_software",
    "website",
    "source",
    "owner_id",
    "score",
    "next_activity",
    "next_activity_at",
}
"""What an edit may set; stage, tags, deletion and the derived columns have commands of their own."""


_WORDS = {"owner_id": "owner", "next_activity": "next step", "next_activity_at": "next step"}


def field_words(name: str) -> str:
    """What a field is called within a sentence."""
    return _WORDS.get(name) or name.replace("_", " ")


def longest(name: str) -> int:
    """How many characters a text in the field `name` may have."""
    return _LONGEST.get(name, _LINE)


def check_text(name: str, text: str) -> None:
    """Raise Invalid, naming the field, unless this text can be kept: a reason, or an entry of a timeline."""
    if len(text) > LONGEST_PROSE:
        raise Invalid(name, f"This text has {len(text):,} characters; at most {LONGEST_PROSE:,} fit.")
    if "\0" in text:
        raise Invalid(name, "This text has a character (NUL) that cannot be kept.")


def check_tags(tags: Collection[str]) -> None:
    """Raise Invalid if these are more tags than one command may bring or take away."""
    if len(tags) > MOST_TAGS:
        raise Invalid("tags", f"These are {len(tags):,} tags; at most {MOST_TAGS} can be given at once.")


def check_tag(text: str) -> str:
    """The tag as it is kept, with single spaces. Raises Invalid for one that is empty or too long."""
    tag = " ".join(text.split())
    if not tag or len(tag) > LONGEST_TAG:
        raise Invalid("tags", f"A tag has 1 to {LONGEST_TAG} characters.")
    return tag


def tags_in(columns: Mapping[str, JsonValue]) -> list[str]:
    """The tags among a row's changed columns."""
    tags = columns.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else []


def check_field(name: str, value: JsonValue) -> None:
    """Raise Invalid unless `value` may stand in the field `name`.

    A phone number of any form may: an odd one is kept and has no `phone_key`.
    """
    if name not in EDITABLE:
        raise Invalid(name, f"“{name}” is not a field that an edit may set.")
    if value is None:
        return
    if isinstance(value, str) and len(value) > longest(name):
        raise Invalid(name, f"This text has {len(value):,} characters; at most {longest(name):,} fit.")
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
