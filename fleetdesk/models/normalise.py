"""Normal forms for search and duplicates, made in Python so that both databases hold the same text.

Email addresses compare without case; phone numbers as E.164 (ITU-T E.164, by the `phonenumbers` library); trade
licences by their letters and digits; search text without case, accents, and the Arabic letter variants that people
type for one another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

__all__ = ["email_key", "looks_like_email", "phone_digits", "phone_key", "search_key", "trade_licence_key"]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_NOT_WORD = re.compile(r"[^\w]+")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|poste)\s*\d+\s*$", re.IGNORECASE)
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""})
_PLAIN_PHONE = re.compile(r"\+[0-9](?:[ .-]?[0-9]){6,14}")
_NOT_DIGIT = re.compile("[^0-9]")
_REGIONS = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
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
    return _phone(text or "", country).key


def phone_digits(text: str | None, country: str | None = None) -> str:
    """The digits of a number of any form without its country's code, leading zeros and extension: for search."""
    return _phone(text or "", country).digits


def trade_licence_key(text: str | None) -> str | None:
    """The licence's letters and digits in upper case; None where there are none."""
    key = _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text or "")).upper()
    return key or None


def search_key(*parts: str | None) -> str:
    """The words of the parts as search compares them: no case, no accents, one space between words."""
    joined = " ".join(part for part in parts if part)
    if joined.isascii():
        return _NOT_WORD.sub(" ", joined.lower()).strip()[:_LONGEST_SEARCH_KEY]
    decomposed = unicodedata.normalize("NFKD", joined.translate(_ARABIC)).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare).strip()[:_LONGEST_SEARCH_KEY]


class _Phone(NamedTuple):
    """What is known of a phone number: its E.164 form, if it is valid, and its digits without its country's code."""

    key: str | None
    digits: str


@lru_cache(maxsize=_REMEMBERED)
def _phone(text: str, country: str | None) -> _Phone:
    if not text:
        return _Phone(None, "")
    number = _plain_phone(text)
    if number is not None and phonenumbers.is_valid_number(number):
        return _Phone(f"+{number.country_code}{number.national_number}", str(number.national_number))
    number = _parse_phone(text, country)
    if number is None:
        return _Phone(None, "".join(filter(str.isdecimal, _EXTENSION.sub("", text))).lstrip("0"))
    valid = phonenumbers.is_valid_number(number)
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None
    return _Phone(key, str(number.national_number))


def _plain_phone(text: str) -> phonenumbers.PhoneNumber | None:
    """A number written with its country's code and nothing odd: what `parse` makes of it, in a fifth of the time.

    None where `parse` has to decide: about leading zeros, and digits that may be a prefix of the country's own.
    """
    if not _PLAIN_PHONE.fullmatch(text):
        return None
    digits = _NOT_DIGIT.sub("", text)
    code = next((digits[:length] for length in (1, 2, 3) if int(digits[:length]) in _REGIONS), None)
    national = digits[len(code) :] if code is not None else ""
    if code is None or national.startswith("0"):
        return None
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), _REGIONS[int(code)][0])
    prefix = metadata.national_prefix_for_parsing if metadata is not None else ""
    if prefix and re.match(prefix, national):
        return None
    return phonenumbers.PhoneNumber(country_code=int(code), national_number=int(national))


def _parse_phone(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    typed = _EXTENSION.sub("", text).strip()
    if typed.startswith("00"):
        typed = "+" + typed[2:]
    try:
        return phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
