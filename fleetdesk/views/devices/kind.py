"""Laptops, for the screens that show records of any kind: the drawer, the Inbox, the palette."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from fleetdesk.models.devices import Device
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import tr
from fleetdesk.queries.devices import DeviceQuery, DeviceRow, devices, matching_devices
from fleetdesk.views.devices.words import person_word
from fleetdesk.views.records import FoundRecord, RecordKind

__all__ = ["DEVICES"]


def _show(connection: Connection, ids: Collection[str]) -> list[FoundRecord]:
    return [_line(row) for row in devices(connection) if row.id in ids]


def _find(connection: Connection, text: str, most: int) -> list[FoundRecord]:
    return [_line(row) for row in matching_devices(connection, DeviceQuery(text))[:most]]


def _line(row: DeviceRow) -> FoundRecord:
    name = tr("%1 of %2").replace("%2", person_word(row)).replace("%1", row.name)
    return FoundRecord(Device.key_of(row.id), name, hint=row.system, icon="laptop")


def _field_label(field: str) -> str:
    return {"revocation_reason": tr("Reason"), "revoked_at": tr("Revoked")}.get(
        field, field.replace("_", " ").capitalize()
    )


def _value_text(connection: Connection, field: str, value: JsonValue) -> str:
    return str(value)


DEVICES = RecordKind(
    table=Device.__tablename__,
    noun="laptop",
    screen="devices",
    show=_show,
    find=_find,
    field_label=_field_label,
    value_text=_value_text,
    written={},
)
