"""One row on its way to a lead: each cell is taken into its field, or kept in the note where it does not fit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest
from typing import ClassVar

from fleetdesk.commands.import_letters import looks_mangled, unmangled
from fleetdesk.commands.import_values import in_zone, phone_text, read_moment, read_number
from fleetdesk.commands.import_words import Target, country_code, known_stage
from fleetdesk.commands.lead_fields import LONGEST_TAG
from fleetdesk.models.normalise import looks_like_email, phone_key, search_key
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue, instant_text

__all__ = ["Check", "Draft", "Flag", "Words"]

_NOTHING = frozenset({"", "-", "--", "—", "–", "n/a", "#n/a", "null", "(null)"})
_LONGEST_NOTHING = max(map(len, _NOTHING))
_NOT_KEPT = frozenset({Target.NOTHING, Target.VERDICT})
_SEVERAL_PHONES = re.compile(r"\s*[;\n]\s*|\s+/\s+|\s+(?:or|ou|أو)\s+|,\s*(?=[+0(])")
_SEVERAL_EMAILS = re.compile(r"[\s;,/]+")
_SEVERAL_TAGS = re.compile(r"\s*[;,|\n]\s*")


_word_key = lru_cache(maxsize=1_024)(search_key)
"""The stages and owners of a file are a few words that come again and again."""


def _mangled(text: str) -> str:
    meant = unmangled(text)
    what = f"“{meant}”" if meant else "text"
    return f"“{text}” looks like {what} in another encoding than the rest of the file; it is kept as it stands"


class Check(StrEnum):
    """What a person should look at after an import. Each but OWNER is also the tag that the lead gets."""

    PHONE = "check-phone"
    EMAIL = "check-email"
    COUNTRY = "check-country"
    NUMBER = "check-number"
    DATE = "check-date"
    STAGE = "check-stage"
    LETTERS = "check-letters"
    DUPLICATE = "check-duplicate"
    OWNER = "check-owner"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that was kept but looks wrong: in which column, and what about it."""

    check: Check
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of one file mean, beyond what is known of any.

    `owners` gives people's ids by name (as `normalise.search_key` writes it) and by email address, "" for nobody;
    `stages` where the leads of a stage begin, by its word as `search_key` writes it: in `new`, or in `lost`. `zone` is
    that of dates without one; None: this machine's.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    zone: dt.tzinfo | None = dt.UTC


class Draft:
    """Collects what the cells of one row give. `columns` says from which column each field came."""

    def __init__(self, words: Words) -> None:
        self.values: dict[str, JsonValue] = {}
        self.columns: dict[str, str] = {}
        self.tags: list[str] = []
        self.own_tags: list[str] = []
        """Those of the tags that the file calls so itself."""
        self.flags: list[Flag] = []
        self.lost_reason: str | None = None
        self._words = words
        self._said: list[str] = []
        self._kept: list[str] = []
        self._phones: list[tuple[str, str]] = []
        self._emails: list[tuple[str, str]] = []

    @property
    def note(self) -> str:
        """The text that opens the timeline: notes first, then what has no field; empty where there is neither."""
        return "\n\n".join(filter(None, ("\n\n".join(self._said), "\n".join(self._kept))))

    def take(self, target: Target, title: str, cell: str) -> None:
        """One cell. Call `finish` when all are taken: a phone number is judged by its country."""
        text = cell.strip()
        if len(text) <= _LONGEST_NOTHING and text.casefold() in _NOTHING:
            return
        if not text.isascii() and target not in _NOT_KEPT and looks_mangled(text):
            self._flag(Check.LETTERS, title, _mangled(text))
        taker = self._TAKERS.get(target)
        if taker is None:
            self._set(target.value, title, text)
        else:
            taker(self, title, text)

    def finish(self) -> None:
        """Place phones and addresses: two of each in their fields, further ones in the note. Make tags of the flags."""
        self._phones = [(title, self._whole_phone(title, phone)) for title, phone in self._phones]
        self._place(self._emails, "email", "second_email")
        self._place(self._phones, "phone", "second_phone")
        country = self.values.get("country")
        for title, phone in self._phones:
            if phone_key(phone, country if isinstance(country, str) else None) is None:
                self._flag(Check.PHONE, title, f"“{phone}” is no complete phone number; it is kept as it is")
        self.tags += sorted({flag.check for flag in self.flags} - {Check.OWNER})

    def _set(self, name: str, title: str, value: JsonValue) -> None:
        self.values[name] = value
        self.columns[name] = title

    def _place(self, found: list[tuple[str, str]], *names: str) -> None:
        for name, item in zip_longest(names, found):
            if item is None:
                return
            title, text = item
            if name is None:
                self._keep(title, text)
            else:
                self._set(name, title, text)

    def _flag(self, check: Check, title: str, reason: str) -> None:
        self.flags.append(Flag(check, title, reason))

    def _keep(self, title: str, text: str) -> None:
        self._kept.append(f"{title}: {text}")
        # A note that is too long is the fault of its longest part, which stands here at the latest.
        self.columns.setdefault("body", title)

    def _note(self, title: str, text: str) -> None:
        self._said.append(text)
        self.columns["body"] = title

    def _tags(self, title: str, text: str) -> None:
        tags = [tag for tag in _SEVERAL_TAGS.split(text) if tag]
        self.own_tags += tags
        self.tags += tags
        self.columns["tags"] = title

    def _nothing(self, title: str, text: str) -> None:
        """It is left out."""

    def _phone(self, title: str, text: str) -> None:
        self._phones += ((title, part) for part in _SEVERAL_PHONES.split(text) if part)

    def _keep_flagged(self, check: Check, title: str, text: str, what: str) -> None:
        self._keep(title, text)
        self._flag(check, title, f"“{text}” {what}; it is kept in the note")

    def _full_name(self, title: str, text: str) -> None:
        family, comma, given = (part.strip() for part in text.partition(","))
        if not comma:
            given, _, family = text.partition(" ")
        if given:
            self._set("first_name", title, given)
        if family:
            self._set("last_name", title, family.strip())

    def _email(self, title: str, text: str) -> None:
        parts = [part.removeprefix("mailto:").strip("<>") for part in _SEVERAL_EMAILS.split(text)]
        addresses = [part for part in parts if looks_like_email(part)]
        self._emails += ((title, address) for address in addresses)
        if not addresses:
            self._keep_flagged(Check.EMAIL, title, text, "is no email address")
        elif any(part not in addresses for part in parts if part):
            self._keep(title, text)

    def _whole_phone(self, title: str, text: str) -> str:
        """The number behind what a spreadsheet program made of it."""
        phone, whole = phone_text(text)
        if not whole:
            what = "is a number that a spreadsheet program shortened, its last digits are lost; it is kept as it is"
            self._flag(Check.PHONE, title, f"“{text}” {what}")
        return phone

    def _country(self, title: str, text: str) -> None:
        code = country_code(text)
        if code is None:
            self._keep_flagged(Check.COUNTRY, title, text, "is no country that is known here")
        else:
            self._set("country", title, code)

    def _fleet_size(self, title: str, text: str) -> None:
        self._number("fleet_size", title, text)

    def _score(self, title: str, text: str) -> None:
        self._number("score", title, text)

    def _number(self, name: str, title: str, text: str) -> None:
        number = read_number(text)
        if number is None:
            self._keep_flagged(Check.NUMBER, title, text, "is no whole number")
        else:
            self._set(name, title, number)

    def _owner(self, title: str, text: str) -> None:
        owners = self._words.owners
        key = _word_key(text)
        person = owners.get(key) or owners.get(text.casefold())
        if person:
            self._set("owner_id", title, person)
        elif key in owners:
            self._keep(title, text)
        else:
            self._keep_flagged(Check.OWNER, title, text, "is nobody of the staff")

    def _stage(self, title: str, text: str) -> None:
        if len(text) > LONGEST_TAG:
            self._keep_flagged(Check.STAGE, title, text, "is too long for a stage")
            return
        self.tags.append(text)
        stage = self._words.stages.get(_word_key(text)) or known_stage(text)
        if stage is None:
            self._flag(Check.STAGE, title, f"“{text}” is no stage that is known here; the lead begins in new")
        elif stage is Stage.LOST:
            self.lost_reason = text

    def _moment(self, title: str, text: str) -> None:
        moment = read_moment(text)
        at = None if moment is None else in_zone(moment.at, self._words.zone)
        if moment is None or at is None:
            self._keep_flagged(Check.DATE, title, text, "is no date of the calendar")
            return
        self._set("next_activity_at", title, instant_text(at))
        if moment.counted:
            what = f"was read as a spreadsheet program's number for {moment.at:%Y-%m-%d}"
            self._flag(Check.DATE, title, f"“{text}” {what}")

    _TAKERS: ClassVar[Mapping[Target, Callable[[Draft, str, str], None]]] = {
        Target.FULL_NAME: _full_name,
        Target.EMAIL: _email,
        Target.PHONE: _phone,
        Target.COUNTRY: _country,
        Target.FLEET_SIZE: _fleet_size,
        Target.SCORE: _score,
        Target.OWNER: _owner,
        Target.STAGE: _stage,
        Target.NEXT_ACTIVITY_AT: _moment,
        Target.REST: _keep,
        Target.LEAD_ID: _keep,
        Target.NOTE: _note,
        Target.TAGS: _tags,
        Target.VERDICT: _nothing,
        Target.NOTHING: _nothing,
    }
    """What takes a cell in; the text of all others is the value of the field that bears their name."""
