"""What people type to find a lead, as conditions on the replica.

- Words match the beginnings of words in `search_key`: all of them, in any order.
- A word with @ matches the beginning of an email address or, where it begins with @, of its domain.
- A text of digits matches the beginning of a phone number, with or without its country's code, or its end from four
  digits on; or words of digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    column,
    func,
    literal_column,
    select,
    union_all,
)

from fleetdesk.models.leads import BY_DOMAIN, BY_PHONE_ENDING, BY_SECOND_EMAIL, PHONE_ENDING, Lead
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.replica import row_key, search_table

__all__ = ["Hits", "Search", "hits", "parse_search"]

Hits = Select[int] | CompoundSelect[int]

_PHONE = re.compile(r"[+\d\s().\-/]+")
_LEAST_DIGITS = 3
_CALLING_CODES = tuple(str(code) for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_LAST = "\U0010ffff"
_SPLITTING = dict.fromkeys([*range(0x19B0, 0x19C1), 0x19C8, 0x19C9, 0x1CF2, 0x1CF3], " ")
"""Signs of New Tai Lue and Vedic that are letters since Unicode 8; FTS5 goes by an older one and splits words there."""


@dataclass(frozen=True, slots=True)
class Search:
    """A typed text, taken apart: all of its parts must match; `numbers`, `ending` and `words` are alternatives."""

    words: str = ""
    """An expression of FTS5's."""
    numbers: tuple[str, ...] = ()
    """How a phone number may begin."""
    ending: str = ""
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


def parse_search(text: str) -> Search | None:
    """The search behind a typed text; None where it asks for nothing."""
    typed = text.replace("\0", "").strip()
    if _PHONE.fullmatch(typed) and sum(map(str.isdigit, typed)) >= _LEAST_DIGITS:
        return _number_search(typed)
    terms = typed.casefold().split()
    search = Search(
        words=_all_of(" ".join(term for term in terms if "@" not in term)),
        emails=tuple(term for term in terms if "@" in term[1:]),
        domains=tuple(term for term in terms if term.startswith("@") and len(term) > 1),
    )
    return search if search != Search() else None


def hits(search: Search) -> Hits:
    """Selects the row keys of the leads that match, in no order, some of them perhaps twice."""
    demands: list[Hits] = [_by_email(address) for address in search.emails]
    demands += [_leads(_begins(_DOMAIN, domain)) for domain in search.domains]
    if search.words:
        demands.append(_by_words(search.words))
    if search.numbers:
        endings = [_by_ending(search.ending)] if len(search.ending) >= PHONE_ENDING else []
        demands.append(union_all(demands.pop(), _by_numbers(search.numbers), *endings))
    return demands[0] if len(demands) == 1 else _leads(and_(*(row_key(Lead).in_(demand) for demand in demands)))


def _number_search(typed: str) -> Search:
    digits = "".join(filter(str.isdigit, typed))
    if typed.startswith("+") or digits.startswith("00"):
        world = digits.removeprefix("00") if not typed.startswith("+") else digits
        local = [world.removeprefix(code) for code in _CALLING_CODES if world.startswith(code) and world != code]
        ending = "" if typed.startswith("+") else digits
        return Search(words=_any_of(world, *local), numbers=(f"+{world}",), ending=ending)
    national = digits.lstrip("0") or digits
    return Search(
        words=f"({_all_of(typed)}) OR {_any_of(national)}",
        numbers=(f"+{digits}", *(f"+{code}{national}" for code in _CALLING_CODES)),
        ending=digits,
    )


def _by_email(address: str) -> Hits:
    return union_all(_leads(_begins(Lead.email_key, address)), _leads(_begins(_SECOND_EMAIL, address)))


_DOMAIN = literal_column(BY_DOMAIN.expressions[0], Text)
_SECOND_EMAIL = literal_column(BY_SECOND_EMAIL.expressions[0], Text)


def _by_numbers(beginnings: tuple[str, ...]) -> Hits:
    # An outer join, though it may add a null, which is no row's key: an inner one lets SQLite begin with the leads.
    beginning = func.json_each(canonical_json(list(beginnings))).table_valued("value", name="beginning")
    within = and_(Lead.phone_key >= beginning.c.value, Lead.phone_key < beginning.c.value.concat(_LAST))
    numbers = beginning.outerjoin(Lead.table(), within)
    return select(row_key(Lead)).select_from(numbers).correlate(None)


def _by_ending(digits: str) -> Hits:
    indexed = literal_column(BY_PHONE_ENDING.expressions[0], Text) == digits[-PHONE_ENDING:]
    return _leads(and_(indexed, Lead.phone_key.endswith(digits)))


def _by_words(expression: str) -> Hits:
    index = search_table(Lead)
    return select(column("rowid", BigInteger)).select_from(index).where(index.c[index.name].op("MATCH")(expression))


def _leads(condition: ColumnElement[bool]) -> Select[int]:
    return select(row_key(Lead)).select_from(Lead.table()).where(condition).correlate(None)


def _begins(key: SQLColumnExpression[str | None], prefix: str) -> ColumnElement[bool]:
    return and_(key >= prefix, key < prefix + _LAST)


def _all_of(text: str) -> str:
    return " AND ".join(f'"{word}"*' for word in search_key(text).translate(_SPLITTING).split())


def _any_of(*words: str) -> str:
    return " OR ".join(f'"{word}"*' for word in words)
