"""One row on its way to a lead: each cell is taken into its field, or kept in the note where it does not fit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from fleetdesk.commands.import_words import Target, country_code, known_stage
from fleetdesk.commands.lead_fields import LONGEST_TAG
from fleetdesk.models.normalise import looks_like_email, phone_key, search_key
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import JsonValue, instant_text

__all__ = ["Check", "Draft", "Flag"]

_NOTHING = frozenset({"", "-", "--", "—", "–", "n/a", "#n/a", "null", "(null)"})
_SEVERAL_PHONES = re.compile(r"\s*[;\n]\s*|\s+/\s+|\s+(?:or|ou|أو)\s+|,\s*(?=[+0(])")
_SEVERAL_EMAILS = re.compile(r"[\s;,/]+")
_SEVERAL_TAGS = re.compile(r"\s*[;,|\n]\s*")
_NUMBER = re.compile(r"(\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d+)(?:[.,]0+)?\s*[^\W\d]*\.?")
_SEPARATORS = re.compile(r"\D")
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T,]+(\d{1,2})[:h](\d{2}))?")
_MORNING = dt.time(9)


class Check(StrEnum):
    """What a person should look at after an import. Each but OWNER is also the tag that the lead gets."""

    PHONE = "check-phone"
    EMAIL = "check-email"
    COUNTRY = "check-country"
    NUMBER = "check-number"
    DATE = "check-date"
    STAGE = "check-stage"
    DUPLICATE = "check-duplicate"
    OWNER = "check-owner"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that was kept but looks wrong: in which column, and what about it."""

    check: Check
    column: str
    reason: str


class Draft:
    """Collects what the cells of one row give. `columns` says from which column each field came."""

    def __init__(self, owners: Mapping[str, str], zone: dt.tzinfo) -> None:
        self.values: dict[str, JsonValue] = {}
        self.columns: dict[str, str] = {}
        self.tags: list[str] = []
        self.flags: list[Flag] = []
        self.lost_reason: str | None = None
        self._owners = owners
        self._zone = zone
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
        if text.casefold() in _NOTHING:
            return
        match target:
            case Target.FULL_NAME:
                self._full_name(title, text)
            case Target.EMAIL:
                self._email(title, text)
            case Target.PHONE:
                self._phones += ((title, part) for part in _SEVERAL_PHONES.split(text) if part)
            case Target.COUNTRY:
                self._country(title, text)
            case Target.FLEET_SIZE | Target.SCORE:
                self._number(target.value, title, text)
            case Target.OWNER:
                self._owner(title, text)
            case Target.STAGE:
                self._stage(title, text)
            case Target.NEXT_ACTIVITY_AT:
                self._moment(title, text)
            case _:
                self._take_words(target, title, text)

    def finish(self) -> None:
        """Place phones and addresses: two of each in their fields, further ones in the note. Make tags of the flags."""
        self._place(self._emails, "email", "second_email")
        self._place(self._phones, "phone", "second_phone")
        country = self.values.get("country")
        for title, phone in self._phones:
            if phone_key(phone, country if isinstance(country, str) else None) is None:
                self._flag(Check.PHONE, title, f"“{phone}” is no complete phone number; it was kept as it is")
        self.tags += sorted({flag.check for flag in self.flags} - {Check.OWNER})

    def _take_words(self, target: Target, title: str, text: str) -> None:
        match target:
            case Target.REST:
                self._keep(title, text)
            case Target.NOTE:
                self._said.append(text)
                self.columns["body"] = title
            case Target.TAGS:
                self.tags += filter(None, _SEVERAL_TAGS.split(text))
                self.columns["tags"] = title
            case Target.VERDICT:
                pass
            case _:
                self._set(target.value, title, text)

    def _set(self, field: str, title: str, value: JsonValue) -> None:
        self.values[field] = value
        self.columns[field] = title

    def _place(self, found: list[tuple[str, str]], *fields: str) -> None:
        for field, item in zip_longest(fields, found):
            if item is None:
                return
            title, text = item
            if field is None:
                self._keep(title, text)
            else:
                self._set(field, title, text)

    def _flag(self, check: Check, title: str, reason: str) -> None:
        self.flags.append(Flag(check, title, reason))

    def _keep(self, title: str, text: str) -> None:
        self._kept.append(f"{title}: {text}")
        # A note that is too long is the fault of its longest part, which stands here at the latest.
        self.columns.setdefault("body", title)

    def _keep_flagged(self, check: Check, title: str, text: str, what: str) -> None:
        self._keep(title, text)
        self._flag(check, title, f"“{text}” {what}; it was kept in the note")

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

    def _country(self, title: str, text: str) -> None:
        code = country_code(text)
        if code is None:
            self._keep_flagged(Check.COUNTRY, title, text, "is no country that is known here")
        else:
            self._set("country", title, code)

    def _number(self, field: str, title: str, text: str) -> None:
        match = _NUMBER.fullmatch(text)
        if match is None:
            self._keep_flagged(Check.NUMBER, title, text, "is no whole number")
        else:
            self._set(field, title, int(_SEPARATORS.sub("", match[1])))

    def _owner(self, title: str, text: str) -> None:
        person = self._owners.get(search_key(text)) or self._owners.get(text.casefold())
        if person is None:
            self._keep_flagged(Check.OWNER, title, text, "is nobody of the staff")
        else:
            self._set("owner_id", title, person)

    def _stage(self, title: str, text: str) -> None:
        if len(text) > LONGEST_TAG:
            self._keep_flagged(Check.STAGE, title, text, "is too long for a stage")
            return
        self.tags.append(text)
        stage = known_stage(text)
        if stage is None:
            self._flag(Check.STAGE, title, f"“{text}” is no stage that is known here; the lead begins in new")
        elif stage is Stage.LOST:
            self.lost_reason = text

    def _moment(self, title: str, text: str) -> None:
        moment = _moment(text, self._zone)
        if moment is None:
            self._keep_flagged(Check.DATE, title, text, "is no date of the calendar")
        else:
            self._set("next_activity_at", title, instant_text(moment))


def _moment(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """The instant of an ISO 8601 text, or of one with the day first, as both countries write; at nine by default."""
    day_first = _DAY.fullmatch(text)
    try:
        if day_first is not None:
            day, month, year, hour, minute = day_first.groups()
            at = dt.time(int(hour), int(minute)) if hour else _MORNING
            return dt.datetime.combine(dt.date(int(year), int(month), int(day)), at, zone)
        if len(text) == len("2026-03-01"):
            return dt.datetime.combine(dt.date.fromisoformat(text), _MORNING, zone)
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
