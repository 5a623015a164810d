"""Laptops that registered a key at the hub, and what was on those that a super admin revoked.

The key itself, and the numbers of a device's requests, are the hub's alone (`hub.devices`).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.models.base import Synced
from fleetdesk.models.types import Choice, Id, Instant, Json, JsonValue, Whole, Words

__all__ = ["LONGEST_REASON", "Device", "EditKind", "QuarantinedEdit"]

LONGEST_REASON = 500
"""Characters of why a laptop is revoked."""


class EditKind(StrEnum):
    """Where an edit was on a laptop: waiting in its outbox, in its Inbox, or not even a change yet."""

    WAITING = "waiting"
    INBOX = "inbox"
    DRAFT = "draft"


class Device(Synced):
    """A person's FleetDesk on one laptop; its id is the thumbprint of its key.

    Contact, version and what waits are told every few minutes. `lease_until`: when it locks, unless it reaches the hub
    before. `handed_in_at`: when a revoked one had handed in what waited there, and began to forget all.
    """

    __tablename__ = "sys_device"

    person_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Words)
    system: Mapped[str] = mapped_column(Words)
    app_version: Mapped[str] = mapped_column(Words)
    registered_at: Mapped[dt.datetime] = mapped_column(Instant)
    last_contact_at: Mapped[dt.datetime] = mapped_column(Instant)
    waiting: Mapped[int | None] = mapped_column(Whole)
    lease_until: Mapped[dt.datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[str | None] = mapped_column(Id)
    revocation_reason: Mapped[str | None] = mapped_column(Words)
    handed_in_at: Mapped[dt.datetime | None] = mapped_column(Instant)

    __table_args__ = (Index(None, "person_id"),)


class QuarantinedEdit(Synced):
    """What somebody had done or begun on a laptop that was revoked. Nothing of it was carried out.

    `name` is a command's, or a draft's key; `payload` is what the command, or the draft, holds.
    """

    __tablename__ = "sys_quarantine"

    device_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(Choice(tuple(EditKind)))
    name: Mapped[str] = mapped_column(Words)
    sentence: Mapped[str] = mapped_column(Words)
    target_table: Mapped[str | None] = mapped_column(Words)
    target_id: Mapped[str | None] = mapped_column(Id)
    made_at: Mapped[dt.datetime] = mapped_column(Instant)
    received_at: Mapped[dt.datetime] = mapped_column(Instant)
    payload: Mapped[dict[str, JsonValue]] = mapped_column(Json)

    __table_args__ = (Index(None, "device_id"),)
