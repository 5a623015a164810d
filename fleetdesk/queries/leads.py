"""The list of leads: which ones, in which order, and a page of them as frozen rows."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    UnaryExpression,
    case,
    func,
    or_,
    select,
)

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.lead_search import hits, parse_search
from fleetdesk.queries.replica import key_pieces, row_key, unindexed
from fleetdesk.queries.staff import full_name

__all__ = [
    "Deleted",
    "LeadQuery",
    "LeadRow",
    "LeadSort",
    "SortBy",
    "lead_count",
    "lead_key_pieces",
    "lead_keys",
    "lead_page",
    "locate_leads",
    "stage_counts",
]

_FEW = 2_000


class LeadSort(StrEnum):
    """What a list of leads may be sorted by. Rows without a value come last in either direction."""

    UPDATED = "updated"
    CREATED = "created"
    NAME = "name"
    COMPANY = "company"
    COUNTRY = "country"
    STAGE = "stage"
    FLEET_SIZE = "fleet_size"
    OWNER = "owner"
    SOURCE = "source"
    SCORE = "score"
    NEXT_ACTIVITY = "next_activity"
    LAST_ACTIVITY = "last_activity"


@dataclass(frozen=True, slots=True)
class SortBy:
    """One column of the order."""

    column: LeadSort
    descending: bool = False


class Deleted(StrEnum):
    """Whether deleted leads are in the list."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class LeadQuery:
    """Which leads, in which order. An empty set asks for any; None among the owners asks for leads without one.

    `created_from` and `created_before` bound the time of creation; `next_before` asks for a next activity due before
    then; `quiet_since` for leads without any activity since then (rotting); `without_next` for no next activity at all.
    """

    text: str = ""
    statuses: frozenset[Stage] = frozenset()
    owner_ids: frozenset[str | None] = frozenset()
    countries: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    import_id: str | None = None
    created_from: dt.datetime | None = None
    created_before: dt.datetime | None = None
    next_before: dt.datetime | None = None
    quiet_since: dt.datetime | None = None
    without_next: bool = False
    deleted: Deleted = Deleted.HIDDEN
    sort: tuple[SortBy, ...] = (SortBy(LeadSort.UPDATED, descending=True),)


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead in a list, with all that the stage rules read (`models.stages.LeadFacts`). Instants are in UTC."""

    key: int
    id: str
    status: Stage
    name: str
    company: str | None
    email: str | None
    phone: str | None
    country: str | None
    fleet_size: int | None
    owner_id: str | None
    owner_name: str | None
    source: str | None
    score: int | None
    tags: tuple[str, ...]
    next_activity: str | None
    next_activity_at: dt.datetime | None
    lost_reason: str | None
    checklist: Mapping[str, bool] | None
    activity_count: int
    last_activity_at: dt.datetime | None
    stage_changed_at: dt.datetime
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted: bool


def lead_key_pieces(connection: Connection, query: LeadQuery) -> Iterator[array[int]]:
    """The row keys of all matching leads, in order, as pieces of type `array('q')`: a small one first."""
    return key_pieces(connection, _select_keys(connection, query).order_by(*_order(query)))


def lead_keys(connection: Connection, query: LeadQuery) -> array[int]:
    """The row keys of all matching leads, in order, as one `array('q')`."""
    keys = array("q")
    for piece in lead_key_pieces(connection, query):
        keys.extend(piece)
    return keys


def lead_count(connection: Connection, query: LeadQuery) -> int:
    """How many leads match."""
    return connection.scalars(select(func.count()).select_from(_select_keys(connection, query).subquery())).one()


def lead_page(connection: Connection, keys: Sequence[int]) -> dict[int, LeadRow]:
    """The leads with these row keys, in the order of the keys; those that are gone are left out."""
    statement = select(*_ROW_COLUMNS).outerjoin(User, User.id == Lead.owner_id).where(row_key(Lead).in_(keys))
    found = {row.row_key: _lead_row(row) for row in connection.execute(statement)}
    return {key: found[key] for key in keys if key in found}


def locate_leads(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The row keys of the leads with these ids; those that are gone are left out."""
    statement = select(Lead.id, row_key(Lead)).where(Lead.id.in_(list(ids)))
    return {row.id: row.row_key for row in connection.execute(statement)}


def stage_counts(connection: Connection, query: LeadQuery = LeadQuery()) -> dict[Stage, int]:
    """How many leads match in each stage, whatever stages the query asks for; every stage is there."""
    keys = _select_keys(connection, replace(query, statuses=frozenset())).add_columns(Lead.status).subquery()
    statement = select(keys.c.status, func.count().label("leads")).group_by(keys.c.status)
    counted = {row.status: row.leads for row in connection.execute(statement)}
    return {stage: counted.get(stage, 0) for stage in Stage}


def _select_keys(connection: Connection, query: LeadQuery) -> Select[int]:
    statement = select(row_key(Lead)).select_from(Lead.table()).where(*_kinds(query), *_moments(query))
    search = parse_search(query.text)
    if search is None:
        return statement
    found = hits(search)
    few = len(connection.execute(found.limit(_FEW + 1)).all()) <= _FEW
    # Few are looked up by key; for many, the index of the order is walked, and each key is tested.
    return statement.where((row_key(Lead) if few else unindexed(row_key(Lead))).in_(found))


def _kinds(query: LeadQuery) -> Iterator[ColumnElement[bool]]:
    if query.deleted is not Deleted.SHOWN:
        yield (Lead.deleted_at.is_(None) if query.deleted is Deleted.HIDDEN else Lead.deleted_at.is_not(None))
    if query.statuses:
        yield Lead.status.in_(sorted(query.statuses))
    if query.owner_ids:
        owned = Lead.owner_id.in_(sorted(filter(None, query.owner_ids)))
        yield or_(owned, Lead.owner_id.is_(None)) if None in query.owner_ids else owned
    if query.countries:
        yield Lead.country.in_(sorted(query.countries))
    if query.sources:
        yield Lead.source.in_(sorted(query.sources))
    if query.tags:
        tag = func.json_each(Lead.tags).table_valued("value")
        yield select(tag.c.value).where(tag.c.value.in_(sorted(query.tags))).exists()
    if query.import_id is not None:
        yield Lead.import_id == query.import_id


def _moments(query: LeadQuery) -> Iterator[ColumnElement[bool]]:
    if query.created_from is not None:
        yield Lead.created_at >= query.created_from
    if query.created_before is not None:
        yield Lead.created_at < query.created_before
    if query.next_before is not None:
        yield Lead.next_activity_at < query.next_before
    if query.quiet_since is not None:
        yield func.coalesce(Lead.last_activity_at, Lead.created_at) < query.quiet_since
    if query.without_next:
        yield Lead.next_activity_at.is_(None)


def _order(query: LeadQuery) -> Iterator[UnaryExpression[Any]]:
    for by in query.sort:
        value = _SORTED_BY[by.column]
        if not _walks_index(query):
            value = unindexed(value)
        yield value.desc().nulls_last() if by.descending else value.asc().nulls_last()


def _walks_index(query: LeadQuery) -> bool:
    """Whether an index holds all that the query asks of a row.

    Where it does not, each step along an index would read a row from elsewhere in the file: ten times slower than to
    read all rows as they lie and sort.
    """
    asked = replace(query, text="", statuses=frozenset(), owner_ids=frozenset(), deleted=Deleted.HIDDEN, sort=())
    return asked == LeadQuery(sort=()) and [by.column for by in query.sort] == [LeadSort.UPDATED]


def _lead_row(row: Row[*tuple[Any, ...]]) -> LeadRow:
    return LeadRow(
        key=row.row_key,
        id=row.id,
        status=Stage(row.status),
        name=full_name(row.first_name, row.last_name),
        company=row.company,
        email=row.email,
        phone=row.phone,
        country=row.country,
        fleet_size=row.fleet_size,
        owner_id=row.owner_id,
        owner_name=full_name(row.owner_first_name, row.owner_last_name) or None,
        source=row.source,
        score=row.score,
        tags=tuple(row.tags),
        next_activity=row.next_activity,
        next_activity_at=row.next_activity_at,
        lost_reason=row.lost_reason,
        checklist=row.conformity,
        activity_count=row.activity_count,
        last_activity_at=row.last_activity_at,
        stage_changed_at=row.stage_changed_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted=row.deleted_at is not None,
    )


_OWNER = select(User.first_name + " " + User.last_name).where(User.id == Lead.owner_id).scalar_subquery()
_LEADS = Lead.table().c
_SORTED_BY: Mapping[LeadSort, ColumnElement[Any]] = {
    LeadSort.UPDATED: _LEADS.updated_at,
    LeadSort.CREATED: _LEADS.created_at,
    # `search_key` begins with the name, without case and accents.
    LeadSort.NAME: _LEADS.search_key,
    LeadSort.COMPANY: _LEADS.company.collate("NOCASE"),
    LeadSort.COUNTRY: _LEADS.country,
    LeadSort.STAGE: case(
        {stage.value: place for place, stage in enumerate((*PIPELINE, Stage.LOST))},
        value=_LEADS.status,
    ),
    LeadSort.FLEET_SIZE: _LEADS.fleet_size,
    LeadSort.OWNER: _OWNER.collate("NOCASE"),
    LeadSort.SOURCE: _LEADS.source.collate("NOCASE"),
    LeadSort.SCORE: _LEADS.score,
    LeadSort.NEXT_ACTIVITY: _LEADS.next_activity_at,
    LeadSort.LAST_ACTIVITY: _LEADS.last_activity_at,
}
_ROW_COLUMNS = (
    row_key(Lead),
    Lead.id,
    Lead.status,
    Lead.first_name,
    Lead.last_name,
    Lead.company,
    Lead.email,
    Lead.phone,
    Lead.country,
    Lead.fleet_size,
    Lead.owner_id,
    User.first_name.label("owner_first_name"),
    User.last_name.label("owner_last_name"),
    Lead.source,
    Lead.score,
    Lead.tags,
    Lead.next_activity,
    Lead.next_activity_at,
    Lead.lost_reason,
    Lead.conformity,
    Lead.activity_count,
    Lead.last_activity_at,
    Lead.stage_changed_at,
    Lead.created_at,
    Lead.updated_at,
    Lead.deleted_at,
)
