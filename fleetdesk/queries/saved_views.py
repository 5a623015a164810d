"""Saved views as screens list and open them; one that names what is no more opens without it, and says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, select

from fleetdesk.errors import Invalid
from fleetdesk.models.access import Scope
from fleetdesk.models.saved_views import SavedView, ViewColumn, ViewKind, ViewSort, read_columns, read_sort
from fleetdesk.models.staff import User
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.filters.fields import FieldTable
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.staff import full_name

__all__ = ["OpenedView", "ViewRow", "open_view", "saved_view", "saved_views"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One saved view as it is kept; `sort` and `columns` are plain values (`models.saved_views` reads them)."""

    id: str
    owner_id: str
    owner_name: str | None
    screen: str
    name: str
    kind: ViewKind
    query: str
    sort: JsonValue
    columns: JsonValue
    shared: bool
    updated_at: dt.datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class OpenedView:
    """What a view shows now. `warnings` are sentences on what it asks for and is not there (any more)."""

    filter: Filter
    sort: tuple[ViewSort, ...]
    columns: tuple[ViewColumn, ...]
    warnings: tuple[str, ...] = ()


def saved_views(connection: Connection, screen: str, *, deleted: bool = False) -> tuple[ViewRow, ...]:
    """The views of a screen that this person has, their own and shared ones, by name; `deleted`: those as well."""
    statement = _select_views().where(SavedView.screen == screen)
    if not deleted:
        statement = statement.where(SavedView.deleted_at.is_(None))
    rows = [_view_row(row) for row in connection.execute(statement)]
    return tuple(sorted(rows, key=lambda view: (view.name.casefold(), view.id)))


def saved_view(connection: Connection, view_id: str) -> ViewRow | None:
    """The view, deleted or not; None where there is none that this person may see."""
    row = connection.execute(_select_views().where(SavedView.id == view_id)).one_or_none()
    return None if row is None else _view_row(row)


def open_view(
    view: ViewRow, fields: FieldTable, columns: Collection[str], *, orders: Collection[str] | None = None
) -> OpenedView:
    """The view as the screen can show it, whose columns these are; `orders`: what can be sorted by, if not all."""
    parsed = parse(fields, view.query)
    warnings = [f"{problem.what} The view is shown without it." for problem in parsed.problems]

    def known(
        read: Callable[[JsonValue], tuple[_T, ...]], kept: JsonValue, key: Callable[[_T], str], there: Collection[str]
    ) -> tuple[_T, ...]:
        try:
            found = read(kept)
        except Invalid as error:
            warnings.append(f"{error.what} The view is shown without it.")
            return ()
        gone = dict.fromkeys(key(item) for item in found if key(item) not in there)
        warnings.extend(f"There is no column “{name}”. The view is shown without it." for name in gone)
        return tuple(item for item in found if key(item) in there)

    sort = known(read_sort, view.sort, lambda by: by.key, columns if orders is None else orders)
    shown = known(read_columns, view.columns, lambda column: column.key, columns)
    return OpenedView(parsed.filter, sort, shown, tuple(dict.fromkeys(warnings)))


def _select_views() -> Select[*tuple[Any, ...]]:
    names = (User.first_name, User.last_name)
    return select(*SavedView.table().columns, *names).outerjoin(User, User.id == SavedView.owner_id)


def _view_row(row: Row[*tuple[Any, ...]]) -> ViewRow:
    return ViewRow(
        id=row.id,
        owner_id=row.owner_id,
        owner_name=full_name(row.first_name, row.last_name) or None,
        screen=row.screen,
        name=row.name,
        kind=ViewKind(row.kind),
        query=row.query,
        sort=row.sort,
        columns=row.columns,
        shared=row.scope == Scope.STAFF,
        updated_at=row.updated_at,
        deleted=row.deleted_at is not None,
    )
