"""Leads and their activities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models import normalise
from fleetdesk.models.base import ReplicaIndex, SoftDeleted, Synced
from fleetdesk.models.revisions import Revised, Revision
from fleetdesk.models.stages import Stage
from fleetdesk.models.types import Choice, Id, Instant, Json, JsonValue, Whole, Words

__all__ = [
    "BY_DOMAIN",
    "BY_OWNER",
    "BY_PHONE_ENDING",
    "BY_SECOND_EMAIL",
    "BY_SECOND_PHONE",
    "IN_LISTS",
    "PHONE_ENDING",
    "STAGE_MOVES",
    "ActivityKind",
    "CallOutcome",
    "Lead",
    "LeadActivity",
    "LeadRevision",
    "TaskStep",
]

IN_LISTS = ReplicaIndex(
    "list",
    (
        "updated_at",
        "status",
        "deleted_at",
        "merged_into",
        "owner_id",
        "country",
        "source",
        "fleet_size",
        "score",
        "next_activity_at",
        "last_activity_at",
        "created_at",
        "stage_changed_at",
        "import_id",
        "tags",
        "company",
        "substr(search_key, 1, 32)",
    ),
)
"""All that lists are filtered and sorted by, in the order in which they begin.

A million leads are filtered and sorted within it in a second; with their rows read, which are wide and encrypted, in
ten to thirty. Too wide for the hosted table, which has no use for it.
"""
BY_OWNER = ReplicaIndex(
    "owner",
    (
        "owner_id",
        "status",
        "deleted_at",
        "merged_into",
        "next_activity_at",
        "last_activity_at",
        "created_at",
        "stage_changed_at",
        "updated_at",
        "fleet_size",
    ),
)
"""What a day's work is found and counted by, owner after owner: their own leads stand together, whoever has how many.

Of a million leads, one of twenty owners' are counted in ten milliseconds, and all of them in half a second.
"""
BY_DOMAIN = ReplicaIndex("domain", ("substr(email_key, instr(email_key, '@'))",))
"""Where an address goes to, with its @."""
BY_SECOND_EMAIL = ReplicaIndex(
    "second_email", ("second_email_key", "deleted_at", "merged_into"), where="second_email_key IS NOT NULL"
)
BY_SECOND_PHONE = ReplicaIndex(
    "second_phone", ("second_phone_key", "deleted_at", "merged_into"), where="second_phone_key IS NOT NULL"
)
"""Few leads have a second address or number; duplicates are found and counted in these without reading a row."""
PHONE_ENDING = 4
"""Digits of a number's end by which people know it."""
BY_PHONE_ENDING = ReplicaIndex("phone_ending", (f"substr(phone_key, -{PHONE_ENDING})",))
STAGE_MOVES = ReplicaIndex("moves", ("to_status", "happened_at", "lead_id"), where="to_status IS NOT NULL")
"""When leads came to which stage."""
STEPS_OF_TASKS = ReplicaIndex("steps_of_tasks", ("task_id",), where="task_id IS NOT NULL")


OF_BATCHES = ReplicaIndex("batches", ("batch",), where="batch IS NOT NULL")
"""What an import, or another act over many leads, did to which of them."""


class ActivityKind(StrEnum):
    """What happened with a lead."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    NOTE = "note"
    TASK = "task"
    STATUS_CHANGE = "status_change"


class CallOutcome(StrEnum):
    """What became of a call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"
    WRONG_NUMBER = "wrong_number"


class TaskStep(StrEnum):
    """What an entry that is about a task says of it."""

    DONE = "done"
    REOPENED = "reopened"


class Lead(SoftDeleted, Revised, Synced):
    """A prospect who asked for a demo. `status` is the stage; a lead is deleted where `deleted_at` is set.

    One that was merged into another names it in `merged_into`; the other keeps in `merge_record` what it took from it.
    The columns ending in `_key` are normalised copies of `key_sources`, made by `rekey`: for search and duplicates.
    `pinned` names the entries of its own timeline that are to stand on top, the one pinned first in front.
    """

    __tablename__ = "sys_demo_lead"
    search_columns = ("search_key",)
    replica_indexes = (IN_LISTS, BY_OWNER, BY_DOMAIN, BY_SECOND_EMAIL, BY_SECOND_PHONE, BY_PHONE_ENDING)
    key_sources: ClassVar[frozenset[str]] = frozenset(
        {
            "first_name",
            "last_name",
            "email",
            "second_email",
            "phone",
            "second_phone",
            "company",
            "country",
            "trade_licence",
            "message",
        }
    )
    revised: ClassVar[frozenset[str]] = key_sources | {
        "status",
        "fleet_size",
        "current_software",
        "website",
        "source",
        "owner_id",
        "score",
        "tags",
        "next_activity",
        "next_activity_at",
        "lost_reason",
        "conformity",
        "merged_into",
        "deleted_at",
        "deletion_reason",
    }

    status: Mapped[str] = mapped_column(Choice(tuple(Stage)))
    first_name: Mapped[str | None] = mapped_column(Words)
    last_name: Mapped[str | None] = mapped_column(Words)
    email: Mapped[str | None] = mapped_column(Words)
    second_email: Mapped[str | None] = mapped_column(Words)
    phone: Mapped[str | None] = mapped_column(Words)
    second_phone: Mapped[str | None] = mapped_column(Words)
    company: Mapped[str | None] = mapped_column(Words)
    country: Mapped[str | None] = mapped_column(Words)
    fleet_size: Mapped[int | None] = mapped_column(Whole)
    current_software: Mapped[str | None] = mapped_column(Words)
    website: Mapped[str | None] = mapped_column(Words)
    trade_licence: Mapped[str | None] = mapped_column(Words)
    message: Mapped[str | None] = mapped_column(Words)
    source: Mapped[str | None] = mapped_column(Words)
    owner_id: Mapped[str | None] = mapped_column(Id)
    score: Mapped[int | None] = mapped_column(Whole)
    tags: Mapped[list[str]] = mapped_column(Json("array"))
    next_activity: Mapped[str | None] = mapped_column(Words)
    next_activity_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    lost_reason: Mapped[str | None] = mapped_column(Words)
    conformity: Mapped[dict[str, bool] | None] = mapped_column(Json)
    import_id: Mapped[str | None] = mapped_column(Id)
    merged_into: Mapped[str | None] = mapped_column(Id)
    merge_record: Mapped[dict[str, JsonValue] | None] = mapped_column(Json)
    activity_count: Mapped[int] = mapped_column(Whole)
    last_activity_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    stage_changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    pinned: Mapped[list[str] | None] = mapped_column(Json("array"))
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)
    email_key: Mapped[str | None] = mapped_column(Words)
    second_email_key: Mapped[str | None] = mapped_column(Words)
    phone_key: Mapped[str | None] = mapped_column(Words)
    second_phone_key: Mapped[str | None] = mapped_column(Words)
    trade_licence_key: Mapped[str | None] = mapped_column(Words)
    search_key: Mapped[str] = mapped_column(Words)

    __table_args__ = (
        CheckConstraint("fleet_size >= 0", name="fleet_size"),
        # A list of a million leads is walked in one of these without reading a row: 0.3 s against 13 s.
        Index(None, "updated_at", "status", "deleted_at", "merged_into"),
        Index(None, "status", "deleted_at", "updated_at", "merged_into"),
        Index("ix_sys_demo_lead_of_owner", "owner_id", "updated_at", "status", "deleted_at", "merged_into"),
        Index(None, "created_at"),
        Index(None, "next_activity_at"),
        Index(None, "merged_into"),
        # Duplicates among a million leads are counted in these without reading a row.
        Index(None, "email_key", "deleted_at", "merged_into"),
        Index(None, "phone_key", "deleted_at", "merged_into"),
        Index(None, "trade_licence_key", "deleted_at", "merged_into"),
    )

    @property
    def deleted(self) -> bool:
        """Whether the lead is deleted (softly)."""
        return self.deleted_at is not None

    @property
    def checklist(self) -> Mapping[str, bool] | None:
        """The conformity checklist as the stage rules read it."""
        return self.conformity

    def rekey(self) -> None:
        """Bring the keys in step with `key_sources`."""
        self.email_key = normalise.email_key(self.email)
        self.second_email_key = normalise.email_key(self.second_email)
        self.phone_key = normalise.phone_key(self.phone, self.country)
        self.second_phone_key = normalise.phone_key(self.second_phone, self.country)
        self.trade_licence_key = normalise.trade_licence_key(self.trade_licence)
        self.search_key = normalise.search_key(
            self.first_name,
            self.last_name,
            self.company,
            _mailbox(self.email),
            _mailbox(self.second_email),
            # A number with a key of its own is found by that.
            "" if self.phone_key else normalise.phone_digits(self.phone, self.country),
            normalise.phone_digits(self.second_phone, self.country),
            self.message,
        )


class LeadActivity(Synced):
    """One entry of a lead's timeline: append-only. When it happened, and when it was recorded.

    A call has an `outcome`, a task perhaps a day on which it is due. That a task is done, or open again, is an entry of
    its own, with the task's id in `task_id`: the first one of a task closes it, the next opens it again, and so on.
    """

    __tablename__ = "sys_demo_lead_activity"
    replica_indexes = (STAGE_MOVES, STEPS_OF_TASKS)

    lead_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(Choice(tuple(ActivityKind)))
    body: Mapped[str] = mapped_column(Words)
    author_id: Mapped[str | None] = mapped_column(Id)
    from_status: Mapped[str | None] = mapped_column(Words)
    to_status: Mapped[str | None] = mapped_column(Words)
    outcome: Mapped[str | None] = mapped_column(Choice(tuple(CallOutcome)))
    due_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    task_id: Mapped[str | None] = mapped_column(Id)
    task_step: Mapped[str | None] = mapped_column(Choice(tuple(TaskStep)))
    happened_at: Mapped[dt.datetime] = mapped_column(Instant)
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "lead_id", "happened_at"),)


class LeadRevision(Revision):
    """What one command changed in a lead."""

    __tablename__ = "sys_demo_lead_revision"
    revises = Lead.__tablename__
    replica_indexes = (OF_BATCHES,)

    __table_args__ = (Index(None, "row_id", "at"),)


def _mailbox(email: str | None) -> str:
    return (email or "").partition("@")[0]
