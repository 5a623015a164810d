"""The list of leads: which ones, in which order, and a page of them as frozen rows."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    UnaryExpression,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.visitors import iterate

from fleetdesk.models.leads import BY_OWNER, IN_LISTS, Lead
from fleetdesk.models.staff import User
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.filters.sql import Viewpoint, conditions
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_search import hits, parse_search
from fleetdesk.queries.replica import key_pieces, row_key, unindexed, without_indexes
from fleetdesk.queries.staff import full_name

__all__ = [
    "LeadQuery",
    "LeadRow",
    "LeadSort",
    "SortBy",
    "lead_count",
    "lead_ids",
    "lead_key_pieces",
    "lead_keys",
    "lead_page",
    "lead_rows",
    "lead_stages",
    "locate_leads",
    "select_leads",
    "stage_counts",
    "stands_by_owner",
]

_FEW = 2_000
_PAGE = 500


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
    STAGE_SINCE = "stage_since"


@dataclass(frozen=True, slots=True)
class SortBy:
    """One column of the order."""

    column: LeadSort
    descending: bool = False


@dataclass(frozen=True, slots=True)
class LeadQuery:
    """Which leads, in which order; those that were merged into others are in no list."""

    filter: Filter = EVERYTHING
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


def lead_key_pieces(
    connection: Connection, query: LeadQuery, viewpoint: Viewpoint, *, most: int | None = None
) -> Iterator[array[int]]:
    """The row keys of all matching leads, or of the first so many, in order.

    They come as pieces of type `array('q')`: a small one first.
    """
    values = [_SORTED_BY[by.column] for by in query.sort]
    keys = select_leads(connection, query.filter, viewpoint, reads=values)
    ordered = keys.order_by(*_order(query, walked=not _goes_by_owner(query.filter, values)))
    return key_pieces(connection, ordered.limit(most))


def lead_keys(connection: Connection, query: LeadQuery, viewpoint: Viewpoint) -> array[int]:
    """The row keys of all matching leads, in order, as one `array('q')`."""
    keys = array("q")
    for piece in lead_key_pieces(connection, query, viewpoint):
        keys.extend(piece)
    return keys


def lead_count(connection: Connection, asked: Filter, viewpoint: Viewpoint) -> int:
    """How many leads match."""
    keys = select_leads(connection, asked, viewpoint).subquery()
    return connection.scalars(select(func.count()).select_from(keys)).one()


def lead_page(connection: Connection, keys: Sequence[int]) -> dict[int, LeadRow]:
    """The leads with these row keys, in the order of the keys; those that are gone are left out."""
    statement = select(*_ROW_COLUMNS).outerjoin(User, User.id == Lead.owner_id).where(row_key(Lead).in_(keys))
    found = {row.row_key: _lead_row(row) for row in connection.execute(statement)}
    return {key: found[key] for key in keys if key in found}


def lead_rows(connection: Connection, ids: Sequence[str]) -> Iterator[LeadRow]:
    """The leads with these ids, in their order, read a page at a time: for acts over many."""
    for start in range(0, len(ids), _PAGE):
        located = locate_leads(connection, ids[start : start + _PAGE])
        keys = [located[id_] for id_ in ids[start : start + _PAGE] if id_ in located]
        yield from lead_page(connection, keys).values()


def lead_ids(connection: Connection, keys: Sequence[int]) -> list[str]:
    """The ids of the leads with these row keys, in their order: a key names a row of one local copy, an id a lead."""
    ids: list[str] = []
    for start in range(0, len(keys), _PAGE):
        page = keys[start : start + _PAGE]
        statement = select(row_key(Lead), Lead.id).where(row_key(Lead).in_(page))
        found = {row.row_key: row.id for row in connection.execute(statement)}
        ids.extend(found[key] for key in page if key in found)
    return ids


def lead_stages(connection: Connection, keys: Sequence[int]) -> frozenset[Stage]:
    """The stages in which the leads with these row keys stand."""
    found: set[str] = set()
    for start in range(0, len(keys), _PAGE):
        if len(found) == len(Stage):
            break
        statement = select(Lead.status).where(row_key(Lead).in_(keys[start : start + _PAGE])).distinct()
        found.update(connection.execute(statement).scalars())
    return frozenset(map(Stage, found))


def locate_leads(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The row keys of the leads with these ids; those that are gone are left out."""
    statement = select(Lead.id, row_key(Lead)).where(Lead.id.in_(list(ids)))
    return {row.id: row.row_key for row in connection.execute(statement)}


def stage_counts(connection: Connection, asked: Filter, viewpoint: Viewpoint) -> dict[Stage, int]:
    """How many leads match in each stage, whatever stages the filter asks for; every stage is there."""
    rest = asked.without("status")
    status = unindexed(_LEADS.status) if rest.narrows else _LEADS.status
    keys = select_leads(connection, rest, viewpoint)
    statement = keys.with_only_columns(_LEADS.status, func.count().label("leads")).group_by(status)
    counted = {row.status: row.leads for row in connection.execute(statement)}
    return {stage: counted.get(stage, 0) for stage in Stage}


def select_leads(
    connection: Connection,
    asked: Filter,
    viewpoint: Viewpoint,
    *,
    in_one_pass: bool = False,
    reads: Iterable[ColumnElement[Any]] = (),
) -> Select[int]:
    """Selects the row keys of the matching leads.

    `reads` is what the statement looks at beyond what is asked for (its order, its sums); `in_one_pass`, for sums.
    """
    wanted = conditions(connection, LEAD_FIELDS, asked, viewpoint)
    search = parse_search(asked.text)
    found = None if search is None else hits(search)
    many = found is not None and len(connection.execute(found.limit(_FEW + 1)).all()) > _FEW
    if _goes_by_owner(asked, reads, in_one_pass=in_one_pass):
        wanted = [without_indexes(condition, but=_LEADS.owner_id) for condition in wanted]
    elif in_one_pass or many or asked.without("status", "owner").terms or _reads_more(reads):
        # No narrow index holds all that is asked for: only the list's own does, and its order is walked.
        wanted = [without_indexes(condition) for condition in wanted]
    # Nearly all leads are merged into none, which SQLite does not know: it would look each of them up.
    unmerged = unindexed(_LEADS.merged_into).is_(None)
    statement = select(row_key(Lead)).select_from(Lead.table()).where(unmerged, *wanted)
    if found is None:
        return statement
    # Few hits are looked up by key; with many, each key on the way is looked up among them.
    return statement.where((unindexed(row_key(Lead)) if many else row_key(Lead)).in_(found))


def _reads_more(reads: Iterable[ColumnElement[Any]]) -> bool:
    """Whether more is read than the narrow indexes hold, which would each time be looked up in the row."""
    return any(value is not _LEADS.updated_at for value in reads)


def stands_by_owner(asked: Filter, reads: Iterable[ColumnElement[Any]] = ()) -> bool:
    """Whether all that is asked for, and read beyond that, stands in the index that goes from owner to owner."""
    fields = [LEAD_FIELDS.get(term.field) for term in asked.terms]
    read = [*reads, *(field.column for field in fields if field is not None)]
    parts = (part for value in read for part in iterate(value) if isinstance(part, ColumnClause))
    return not asked.text and all(part.name in _BY_OWNER for part in parts if part.table in {None, Lead.table()})


def _goes_by_owner(asked: Filter, reads: Iterable[ColumnElement[Any]], *, in_one_pass: bool = False) -> bool:
    """Whether to go through that index: for leads of some owners, and more than the narrow indexes know of them."""
    owned = any(
        isinstance(term.condition, AnyOf) and None not in term.condition.values and not term.negated
        for term in asked.of("owner")
    )
    more = in_one_pass or bool(asked.without("status", "owner").terms)
    return owned and more and stands_by_owner(asked, reads)


def _order(query: LeadQuery, *, walked: bool) -> Iterator[UnaryExpression[Any]]:
    """The order, which only the list's own index may be `walked` in: any other leads to rows all over the file."""
    for by in query.sort:
        value = _SORTED_BY[by.column]
        if not walked or by.column is not LeadSort.UPDATED:
            value = unindexed(value)
        yield value.desc().nulls_last() if by.descending else value.asc().nulls_last()


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
_BY_OWNER = frozenset(BY_OWNER.expressions)
_SORTED_BY: Mapping[LeadSort, ColumnElement[Any]] = {
    LeadSort.UPDATED: _LEADS.updated_at,
    LeadSort.CREATED: _LEADS.created_at,
    # `search_key` begins with the name, without case and accents.
    LeadSort.NAME: literal_column(IN_LISTS.expressions[-1], Text),
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
    LeadSort.STAGE_SINCE: _LEADS.stage_changed_at,
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
