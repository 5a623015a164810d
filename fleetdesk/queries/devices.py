"""Laptops as a super admin sees them: whose, what they told last, and what those that were revoked handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from fleetdesk.models.base import Key
from fleetdesk.models.devices import Device, EditKind, QuarantinedEdit
from fleetdesk.models.normalise import search_key
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.replica import row_key
from fleetdesk.queries.staff import staff_directory

__all__ = [
    "DeviceQuery",
    "DeviceRow",
    "DeviceSort",
    "DeviceStanding",
    "KeptEdit",
    "devices",
    "kept_edits",
    "locate_devices",
    "matching_devices",
]


class DeviceStanding(StrEnum):
    """How it stands with a laptop: in use; revoked, and not heard since; revoked, and it handed all in."""

    IN_USE = "in_use"
    REVOKED = "revoked"
    EMPTIED = "emptied"


class DeviceSort(StrEnum):
    """What the list can be sorted by."""

    PERSON = "person"
    CONTACT = "contact"
    WAITING = "waiting"
    LEASE = "lease"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One laptop. `person` is who signed in there; `edits` counts what it handed in."""

    id: str
    key: int
    person_id: str
    person: str
    name: str
    system: str
    version: str
    registered_at: dt.datetime
    contact_at: dt.datetime
    waiting: int | None
    lease_until: dt.datetime | None
    standing: DeviceStanding
    revoked_at: dt.datetime | None
    revoked_by: str
    reason: str
    handed_in_at: dt.datetime | None
    edits: int


@dataclass(frozen=True, slots=True)
class DeviceQuery:
    """Those of people, or of names and systems, that have the words; of one standing, or all."""

    text: str = ""
    standing: DeviceStanding | None = None
    sort: DeviceSort = DeviceSort.PERSON
    descending: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves any laptop out."""
        return bool(self.text.strip()) or self.standing is not None


@dataclass(frozen=True, slots=True)
class KeptEdit:
    """What was handed in. `command` is the command's name, or the draft's key; `target` the row, if it is about one."""

    id: str
    kind: EditKind
    command: str
    sentence: str
    target: Key | None
    made_at: dt.datetime
    payload: Mapping[str, JsonValue]

    def plain(self) -> dict[str, JsonValue]:
        """As a file has it."""
        return {
            "kind": self.kind.value,
            "command": self.command,
            "sentence": self.sentence,
            "table": None if self.target is None else self.target.table,
            "id": None if self.target is None else self.target.id,
            "made_at": self.made_at.isoformat(),
            "payload": dict(self.payload),
        }


def devices(connection: Connection, keys: Collection[int] | None = None) -> list[DeviceRow]:
    """All laptops, or those of them with these keys, in no particular order."""
    statement = select(row_key(Device), Device.__table__)
    if keys is not None:
        statement = statement.where(row_key(Device).element.in_(sorted(keys)))
    rows = connection.execute(statement).all()
    names = {person.id: person.name for person in staff_directory(connection)}
    counts = select(QuarantinedEdit.device_id, func.count().label("edits")).group_by(QuarantinedEdit.device_id)
    edits = {row.device_id: int(row.edits) for row in connection.execute(counts)}
    return [_device(row, names, edits.get(row.id, 0)) for row in rows]


def matching_devices(connection: Connection, query: DeviceQuery) -> list[DeviceRow]:
    """Those that a query asks for, in its order; one person's stand by their last contact, the latest first."""
    words = search_key(query.text).split()
    found = [row for row in devices(connection) if _matches(row, query, words)]
    found.sort(key=lambda row: (row.contact_at, row.id), reverse=True)
    found.sort(key=lambda row: row.person.casefold())
    if query.sort is not DeviceSort.PERSON or query.descending:
        found.sort(key=lambda row: _order(row, query.sort), reverse=query.descending)
    return found


def locate_devices(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """The keys of these laptops; those that are not there are left out."""
    statement = select(Device.id, row_key(Device)).where(Device.id.in_(ids))
    return {row.id: row.row_key for row in connection.execute(statement)}


def kept_edits(connection: Connection, device_id: str, most: int | None = None) -> tuple[KeptEdit, ...]:
    """What a revoked laptop handed in, the latest first; at most so many."""
    statement = (
        select(QuarantinedEdit.__table__)
        .where(QuarantinedEdit.device_id == device_id)
        .order_by(QuarantinedEdit.made_at.desc(), QuarantinedEdit.id.desc())
        .limit(most)
    )
    return tuple(
        KeptEdit(
            id=row.id,
            kind=EditKind(row.kind),
            command=row.name,
            sentence=row.sentence,
            target=Key(row.target_table, row.target_id) if row.target_table and row.target_id else None,
            made_at=row.made_at,
            payload=row.payload,
        )
        for row in connection.execute(statement)
    )


def _matches(row: DeviceRow, query: DeviceQuery, words: Sequence[str]) -> bool:
    if query.standing not in (None, row.standing):
        return False
    known = search_key(row.person, row.name, row.system).split()
    return all(any(one.startswith(word) for one in known) for word in words)


_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def _order(row: DeviceRow, sort: DeviceSort) -> tuple[Any, ...]:
    match sort:
        case DeviceSort.PERSON:
            return (row.person.casefold(),)
        case DeviceSort.CONTACT:
            return (row.contact_at,)
        case DeviceSort.WAITING:
            return (row.waiting or 0,)
        case DeviceSort.LEASE:
            return (row.lease_until or _NEVER,)
        case DeviceSort.STANDING:
            return (tuple(DeviceStanding).index(row.standing),)


def _device(row: Row[Any], names: Mapping[str, str], edits: int) -> DeviceRow:
    standing = DeviceStanding.IN_USE
    if row.revoked_at is not None:
        standing = DeviceStanding.REVOKED if row.handed_in_at is None else DeviceStanding.EMPTIED
    return DeviceRow(
        id=row.id,
        key=row.row_key,
        person_id=row.person_id,
        person=names.get(row.person_id, ""),
        name=row.name,
        system=row.system,
        version=row.app_version,
        registered_at=row.registered_at,
        contact_at=row.last_contact_at,
        waiting=row.waiting,
        lease_until=row.lease_until,
        standing=standing,
        revoked_at=row.revoked_at,
        revoked_by=names.get(row.revoked_by or "", ""),
        reason=row.revocation_reason or "",
        handed_in_at=row.handed_in_at,
        edits=edits,
    )
