"""Saved views: what a list is to show and how, under a name, for one person or for all staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.errors import Invalid
from fleetdesk.models.access import Scope
from fleetdesk.models.base import SoftDeleted, Synced
from fleetdesk.models.types import Choice, Id, Instant, Json, JsonValue, Words

__all__ = [
    "SavedView",
    "ViewColumn",
    "ViewKind",
    "ViewSort",
    "plain_columns",
    "plain_sort",
    "read_columns",
    "read_sort",
]

_MOST_COLUMNS = 40
_LONGEST_KEY = 60
_WIDEST = 4_000


class ViewKind(StrEnum):
    """How the rows are laid out."""

    TABLE = "table"
    BOARD = "board"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column that is shown, by its key, and its width in pixels before any scaling."""

    key: str
    width: int


@dataclass(frozen=True, slots=True)
class ViewSort:
    """A column of the order, by its key."""

    key: str
    descending: bool = False


class SavedView(SoftDeleted, Synced):
    """One view of the screen `screen`. Its scope says who has it: its owner alone, or all staff.

    `query` is text as people type it; `columns` and `sort` are what `plain_columns` and `plain_sort` make. They may
    name fields that are no more: whoever opens the view leaves those out (`queries.saved_views`).
    """

    __tablename__ = "sys_saved_view"

    owner_id: Mapped[str] = mapped_column(Id)
    screen: Mapped[str] = mapped_column(Words)
    name: Mapped[str] = mapped_column(Words)
    kind: Mapped[str] = mapped_column(Choice(tuple(ViewKind)))
    query: Mapped[str] = mapped_column(Words)
    sort: Mapped[list[JsonValue]] = mapped_column(Json("array"))
    columns: Mapped[list[JsonValue]] = mapped_column(Json("array"))
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    @property
    def shared(self) -> bool:
        """Whether all staff have it."""
        return self.scope == Scope.STAFF

    @property
    def deleted(self) -> bool:
        """Whether it is deleted (softly)."""
        return self.deleted_at is not None


def plain_columns(columns: Sequence[ViewColumn]) -> list[JsonValue]:
    """Columns as a view keeps them."""
    return [{"key": column.key, "width": column.width} for column in columns]


def plain_sort(sort: Sequence[ViewSort]) -> list[JsonValue]:
    """An order as a view keeps it."""
    return [{"key": by.key, "descending": by.descending} for by in sort]


def read_columns(value: JsonValue) -> tuple[ViewColumn, ...]:
    """The columns that a view keeps. Raises Invalid (`columns`) for anything else."""
    found = []
    for item in _items("columns", value, {"key", "width"}):
        key, width = item["key"], item["width"]
        if not _is_key(key) or type(width) is not int or not 0 < width <= _WIDEST:
            raise Invalid("columns", "A column of the view cannot be read.")
        found.append(ViewColumn(str(key), width))
    return tuple(found)


def read_sort(value: JsonValue) -> tuple[ViewSort, ...]:
    """The order that a view keeps. Raises Invalid (`sort`) for anything else."""
    found = []
    for item in _items("sort", value, {"key", "descending"}):
        key, descending = item["key"], item["descending"]
        if not _is_key(key) or not isinstance(descending, bool):
            raise Invalid("sort", "The order of the view cannot be read.")
        found.append(ViewSort(str(key), descending))
    return tuple(found)


def _items(field: str, value: JsonValue, keys: set[str]) -> list[dict[str, JsonValue]]:
    if not isinstance(value, list) or len(value) > _MOST_COLUMNS:
        raise Invalid(field, f"A view has at most {_MOST_COLUMNS} columns.")
    items = [item for item in value if isinstance(item, dict) and item.keys() == keys]
    if len(items) < len(value):
        raise Invalid(field, "What the view keeps of its columns cannot be read.")
    return items


def _is_key(value: JsonValue) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_KEY
