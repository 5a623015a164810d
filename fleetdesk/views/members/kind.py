"""Members, for the screens that show records of any kind: the drawer, the Inbox, the palette."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from fleetdesk.models.members import MemberField
from fleetdesk.models.staff import Member
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import tr
from fleetdesk.queries.members import MemberQuery, MemberRow, matching_members, members
from fleetdesk.views.members.words import value_word
from fleetdesk.views.records import FoundRecord, RecordKind
from fleetdesk.views.words import role_name

__all__ = ["MEMBERS"]


def _show(connection: Connection, ids: Collection[str]) -> list[FoundRecord]:
    return [_line(row) for row in members(connection) if row.id in ids]


def _find(connection: Connection, text: str, most: int) -> list[FoundRecord]:
    return [_line(row) for row in matching_members(connection, MemberQuery(text))[:most]]


def _line(row: MemberRow) -> FoundRecord:
    return FoundRecord(Member.key_of(row.id), row.name, hint=role_name(row.role), icon="identification-badge")


def _field_label(field: str) -> str:
    return {"role": tr("Role"), "status": tr("Status")}.get(field, field.replace("_", " ").capitalize())


def _value_text(connection: Connection, field: str, value: JsonValue) -> str:
    return value_word(MemberField(field), str(value)) if field in tuple(MemberField) else str(value)


MEMBERS = RecordKind(
    table=Member.__tablename__,
    noun="member",
    screen="members",
    show=_show,
    find=_find,
    field_label=_field_label,
    value_text=_value_text,
    written={},
)
