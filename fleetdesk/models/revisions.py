"""Revisions: what a command made of a row, field by field, written down beside it for all who hold the row.

The audit log tells the same and more, to auditors, for good. A revision goes where its row goes: it has the same scope,
and is deleted with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.base import Key, Synced
from fleetdesk.models.types import Id, Instant, Json, JsonValue, Whole, Words

__all__ = ["REVISIONS", "Revised", "Revision", "is_revision", "revision_key"]


class Revised:
    """A record of which revisions are kept: `revision` counts them (None for 0), `revised` are the columns told of."""

    revised: ClassVar[frozenset[str]]

    revision: Mapped[int | None] = mapped_column(Whole)


class Revision(Synced):
    """One command's changes of one row; `number` is its place among the row's. Written by `commands.revising` alone.

    `batch` is that of the command. `changes` holds for each changed field the value before and after, in plain form.
    The first revision, the row's creation, has none: what the row was then follows from the later ones.
    """

    __abstract__ = True

    revises: ClassVar[str]
    """The table of the rows."""

    row_id: Mapped[str] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Whole)
    action: Mapped[str] = mapped_column(Words)
    changes: Mapped[dict[str, JsonValue]] = mapped_column(Json)
    actor_id: Mapped[str] = mapped_column(Id)
    laptop_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[dt.datetime] = mapped_column(Instant)
    batch: Mapped[str | None] = mapped_column(Id)

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        _BY_TABLE[cls.revises] = cls


_BY_TABLE: dict[str, type[Revision]] = {}
REVISIONS: Mapping[str, type[Revision]] = _BY_TABLE
"""The records of revisions by the table whose rows they tell of."""


def is_revision(key: Key) -> bool:
    """Whether this row is a revision."""
    return any(record.__tablename__ == key.table for record in REVISIONS.values())


def revision_key(command_id: str, row: Key, target: Key) -> Key:
    """The name of the revision that a command writes of a row, where it changes it: known before it is performed."""
    record = REVISIONS[row.table]
    return record.key_of(command_id if row == target else f"{command_id}:{row.id}")
