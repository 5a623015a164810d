"""Groups of duplicates as a list and its pane show them: who is in them, and what exactly they share."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from fleetdesk.models.duplicates import COLUMNS
from fleetdesk.models.leads import Lead
from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.queries.duplicate_groups import DuplicateGroup, Sureness
from fleetdesk.queries.replica import row_key
from fleetdesk.queries.staff import full_name

__all__ = ["DuplicateRow", "GroupLead", "Shared", "duplicate_rows", "group_leads"]

_LOOKED_AT = 24
"""Leads of a group that are read for its line in a list."""
FIELDS = {column: column.removesuffix("_key") for columns in COLUMNS.values() for column in columns}
"""The field of a lead that each key is made of."""


class Shared(NamedTuple):
    """A value that several leads have: its kind of key, and the key itself."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class GroupLead:
    """One lead of a group. `shares` names the fields in which another one of the group has the same."""

    id: str
    status: Stage
    name: str
    company: str | None
    email: str | None
    second_email: str | None
    phone: str | None
    second_phone: str | None
    trade_licence: str | None
    owner_name: str | None
    activity_count: int
    created_at: dt.datetime
    updated_at: dt.datetime
    shares: frozenset[str]


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """One group in a list. `id` is that of its first lead, or of the row that tells its leads apart.

    `leads` are its first ones, of `count`; `told_by` and `told_at` say who told them apart, and when.
    """

    id: str
    group: DuplicateGroup
    leads: tuple[GroupLead, ...]
    shared: tuple[Shared, ...]
    told_by: str | None = None
    told_at: dt.datetime | None = None

    @property
    def count(self) -> int:
        """How many leads there are."""
        return len(self.group.keys)

    @property
    def sureness(self) -> Sureness:
        """How sure it is that they are one."""
        return self.group.sureness

    @property
    def updated_at(self) -> dt.datetime:
        """When one of those that were read was changed last."""
        return max(lead.updated_at for lead in self.leads)


def duplicate_rows(connection: Connection, groups: Iterable[DuplicateGroup]) -> dict[int, DuplicateRow]:
    """The groups as rows, by their keys; one of which no lead is there any more is left out."""
    groups = list(groups)
    found = _leads(connection, {key for group in groups for key in group.keys[:_LOOKED_AT]})
    told = _told(connection, [group.apart_id for group in groups if group.apart_id is not None])
    rows: dict[int, DuplicateRow] = {}
    for group in groups:
        members = [found[key] for key in group.keys[:_LOOKED_AT] if key in found]
        if members:
            leads, shared = _compared(members)
            by, at = told.get(group.apart_id or "", (None, None))
            rows[group.key] = DuplicateRow(group.apart_id or leads[0].id, group, leads, shared, by, at)
    return rows


def group_leads(connection: Connection, keys: Sequence[int]) -> tuple[GroupLead, ...]:
    """The leads with these row keys, with what they share with one another; those that are gone are left out."""
    found = _leads(connection, keys)
    return _compared([found[key] for key in keys if key in found])[0]


def _leads(connection: Connection, keys: Iterable[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    names = (User.first_name.label("owner_first_name"), User.last_name.label("owner_last_name"))
    statement = (
        select(row_key(Lead), *(Lead.table().c[name] for name in _COLUMNS), *names)
        .outerjoin(User, User.id == Lead.owner_id)
        .where(row_key(Lead).in_(sorted(keys)))
    )
    return {row.row_key: row for row in connection.execute(statement)}


def _told(connection: Connection, ids: Sequence[str]) -> Mapping[str, tuple[str | None, dt.datetime]]:
    """Who told leads apart, and when, by the ids of the rows that say so."""
    statement = (
        select(LeadsApart.id, LeadsApart.created_at, User.first_name, User.last_name)
        .outerjoin(User, User.id == LeadsApart.author_id)
        .where(LeadsApart.id.in_(ids))
    )
    rows = connection.execute(statement) if ids else ()
    return {row.id: (full_name(row.first_name, row.last_name) or None, row.created_at) for row in rows}


def _compared(members: Sequence[Row[*tuple[Any, ...]]]) -> tuple[tuple[GroupLead, ...], tuple[Shared, ...]]:
    """The leads, with what each shares with another; and what is shared, the kinds that tell most first."""
    having = Counter(shared for row in members for shared in {shared for _, shared in _keys(row)})
    repeated = {shared for shared, count in having.items() if count > 1}
    order = list(COLUMNS)
    leads = tuple(
        _lead(row, frozenset(FIELDS[column] for column, shared in _keys(row) if shared in repeated)) for row in members
    )
    return leads, tuple(sorted(repeated, key=lambda shared: (order.index(shared.kind), -having[shared], shared.value)))


def _keys(row: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, Shared]]:
    """Each key that a lead has: the column, and what others have the same of."""
    for kind, columns in COLUMNS.items():
        for column in columns:
            value = getattr(row, column)
            if value is not None:
                yield column, Shared(kind, value)


def _lead(row: Row[*tuple[Any, ...]], shares: frozenset[str]) -> GroupLead:
    return GroupLead(
        id=row.id,
        status=Stage(row.status),
        name=full_name(row.first_name, row.last_name),
        company=row.company,
        email=row.email,
        second_email=row.second_email,
        phone=row.phone,
        second_phone=row.second_phone,
        trade_licence=row.trade_licence,
        owner_name=full_name(row.owner_first_name, row.owner_last_name) or None,
        activity_count=row.activity_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
        shares=shares,
    )


_COLUMNS = (
    *("id", "status", "first_name", "last_name", "company", "activity_count", "created_at", "updated_at"),
    *FIELDS,
    *FIELDS.values(),
)
