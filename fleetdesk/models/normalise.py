"""Normal forms for search and duplicates, made in Python so that both databases hold the same text.

Email addresses compare without case; phone numbers as E.164 (ITU-T E.164, by the `phonenumbers` library); trade
licences by their letters and digits; search text without case, accents, and the Arabic letter variants that people
type for one another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

__all__ = ["email_key", "looks_like_email", "phone_digits", "phone_key", "search_key", "trade_licence_key"]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_NOT_WORD = re.compile(r"[^\w]+")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|poste)\s*\d+\s*$", re.IGNORECASE)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""})
_LONGEST_SEARCH_KEY = 4000
_REMEMBERED = 4_096
"""Phone numbers: an import asks for each when it plans its row, looks for doubles and makes the lead."""


def looks_like_email(text: str) -> bool:
    """Whether the text has the form of one address (one @, a dot in the domain, no spaces)."""
    return _EMAIL.fullmatch(text.strip()) is not None


def email_key(text: str | None) -> str | None:
    """The address without surrounding space and case; None where there is none."""
    key = (text or "").strip().casefold()
    return key or None


def phone_key(text: str | None, country: str | None = None) -> str | None:
    """The number as E.164 (`+971501234567`), or None where it is no valid number of the country (ISO 3166) or world."""
    return _e164(text or "", country)


def phone_digits(text: str | None, country: str | None = None) -> str:
    """The digits of a number of any form without its country's code, leading zeros and extension: for search."""
    number = _parse_phone(text or "", country)
    if number is not None:
        return str(number.national_number)
    return "".join(filter(str.isdecimal, _EXTENSION.sub("", text or ""))).lstrip("0")


def trade_licence_key(text: str | None) -> str | None:
    """The licence's letters and digits in upper case; None where there are none."""
    key = _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text or "")).upper()
    return key or None


def search_key(*parts: str | None) -> str:
    """The words of the parts as search compares them: no case, no accents, one space between words."""
    joined = " ".join(part for part in parts if part)
    decomposed = unicodedata.normalize("NFKD", joined.translate(_ARABIC)).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare).strip()[:_LONGEST_SEARCH_KEY]


@lru_cache(maxsize=_REMEMBERED)
def _e164(text: str, country: str | None) -> str | None:
    number = _parse_phone(text, country)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parse_phone(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    typed = _EXTENSION.sub("", text).strip()
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    try:
        return phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
