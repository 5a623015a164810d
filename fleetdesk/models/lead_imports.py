"""Imports of leads, as they are remembered for everybody: which file, by whom, what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.base import Synced
from fleetdesk.models.types import Id, Instant, JsonValue, Whole, Words

__all__ = ["ImportedLead", "LeadImport", "SinceThen"]


class LeadImport(Synced):
    """One import. Its id is the batch of its commands, and of the revisions that they wrote of leads.

    The figures are those of the file's rows. It was taken back, as far as it could be, where `taken_back_at` is set.
    """

    __tablename__ = "sys_demo_lead_import"

    file_name: Mapped[str] = mapped_column(Words)
    person_id: Mapped[str] = mapped_column(Id)
    rows: Mapped[int] = mapped_column(Whole)
    created: Mapped[int] = mapped_column(Whole)
    updated: Mapped[int] = mapped_column(Whole)
    duplicates: Mapped[int] = mapped_column(Whole)
    failed: Mapped[int] = mapped_column(Whole)
    imported_at: Mapped[dt.datetime] = mapped_column(Instant)
    taken_back_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    taken_back_by: Mapped[str | None] = mapped_column(Id)

    __table_args__ = (Index(None, "imported_at"),)


@dataclass(frozen=True, slots=True)
class SinceThen:
    """What somebody did to a lead after the import: who, when, and which columns they changed (none: an activity)."""

    person: str
    at: dt.datetime
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedLead:
    """A lead that an import created (`changed` is None), or in which it changed columns: each before and after.

    `now` are the lead's columns as they are, as plain values; `since` what was done to it later, the last first.
    """

    id: str
    name: str
    changed: Mapping[str, tuple[JsonValue, JsonValue]] | None
    now: Mapping[str, JsonValue]
    since: Sequence[SinceThen]
