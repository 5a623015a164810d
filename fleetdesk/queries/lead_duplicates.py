"""Leads that have an email address, a phone number or a trade licence in common with others.

Deleted leads, and those that were merged into others, are nobody's duplicates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from fleetdesk.models.duplicates import DuplicateKey, ExistingLead, duplicate_keys
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.replica import row_key, unindexed
from fleetdesk.queries.staff import full_name

__all__ = ["Duplicate", "DuplicateGroup", "duplicate_groups", "duplicates_of", "existing_leads"]

KEYS = ("email_key", "trade_licence_key", "phone_key")
"""The columns that tell, those that tell most first."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A lead that may be the same as the one asked about, and which keys they share (column names)."""

    lead: ExistingLead
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Leads that hang together by what they share, as row keys for `queries.leads.lead_page`; the oldest here first.

    Not every two of them need to share something: one may have the address of a second and the phone of a third.
    """

    keys: tuple[int, ...]
    shared: frozenset[str]


def duplicates_of(
    connection: Connection, values: Mapping[str, object], *, besides: Collection[str] = ()
) -> tuple[Duplicate, ...]:
    """The leads that share a key with a lead of these fields, those that share most first; `besides` are left out."""
    shared: dict[ExistingLead, list[str]] = defaultdict(list)
    for key, lead in _having(connection, duplicate_keys(values)):
        if lead.id not in besides:
            shared[lead].append(key.column)
    found = [Duplicate(lead, tuple(columns)) for lead, columns in shared.items()]
    return tuple(sorted(found, key=lambda duplicate: (-len(duplicate.shared), KEYS.index(duplicate.shared[0]))))


def existing_leads(connection: Connection, keys: Iterable[DuplicateKey]) -> dict[DuplicateKey, ExistingLead]:
    """The oldest lead behind each of the keys; keys that no lead has are left out."""
    found: dict[DuplicateKey, ExistingLead] = {}
    for key, lead in _having(connection, keys):
        found.setdefault(key, lead)
    return found


def duplicate_groups(connection: Connection) -> tuple[DuplicateGroup, ...]:
    """Every group of leads that share keys, the largest first."""
    groups = _Groups()
    for column in KEYS:
        for keys in _sharing(connection, column):
            groups.join(column, keys)
    return groups.found()


def _having(connection: Connection, keys: Iterable[DuplicateKey]) -> Iterator[tuple[DuplicateKey, ExistingLead]]:
    """The leads behind the keys, column by column, the oldest first."""
    by_column: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_column[key.column].append(key.value)
    for name, values in by_column.items():
        column = Lead.table().c[name]
        asked = func.json_each(canonical_json([*values])).table_valued("value", name="asked")
        statement = (
            select(column.label("value"), Lead.id, Lead.first_name, Lead.last_name, Lead.company)
            .where(column.in_(select(asked.c.value)), *_counts())
            .order_by(Lead.created_at, Lead.id)
        )
        for row in connection.execute(statement):
            lead = ExistingLead(row.id, full_name(row.first_name, row.last_name), row.company)
            yield DuplicateKey(name, row.value), lead


def _sharing(connection: Connection, name: str) -> Iterator[list[int]]:
    """The row keys of the leads that share one value of a column, value by value; an index has all that is asked."""
    column = Lead.table().c[name]
    shared = select(column).where(column.is_not(None), *_counts()).group_by(column).having(func.count() > 1)
    statement = select(column.label("value"), row_key(Lead)).where(column.in_(shared), *_counts()).order_by(column)
    value, keys = None, list[int]()
    for row in connection.execute(statement):
        if row.value != value:
            if keys:
                yield keys
            value, keys = row.value, []
        keys.append(row.row_key)
    if keys:
        yield keys


def _counts() -> tuple[ColumnElement[bool], ...]:
    """Whether a lead may be anybody's duplicate; nearly all may, so that no index is to be searched for it."""
    columns = Lead.table().c
    return unindexed(columns.deleted_at).is_(None), unindexed(columns.merged_into).is_(None)


class _Groups:
    """Joins leads that share something, and those that those share something with."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._shared: dict[str, list[int]] = defaultdict(list)

    def join(self, column: str, keys: list[int]) -> None:
        """These leads share a value of the column."""
        first = self._root(keys[0])
        self._shared[column].append(keys[0])
        for key in keys[1:]:
            self._parents[self._root(key)] = first

    def found(self) -> tuple[DuplicateGroup, ...]:
        members: dict[int, list[int]] = defaultdict(list)
        for key in self._parents:
            members[self._root(key)].append(key)
        shared: dict[int, set[str]] = defaultdict(set)
        for column, keys in self._shared.items():
            for key in keys:
                shared[self._root(key)].add(column)
        groups = [DuplicateGroup(tuple(sorted(keys)), frozenset(shared[root])) for root, keys in members.items()]
        return tuple(sorted(groups, key=lambda group: (-len(group.keys), group.keys)))

    def _root(self, key: int) -> int:
        while (parent := self._parents.setdefault(key, key)) != key:
            self._parents[key] = key = self._parents[parent]
        return key
