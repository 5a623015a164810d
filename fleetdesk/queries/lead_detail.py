"""One lead as its screen shows it: all fields that people see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.queries.staff import full_name

__all__ = ["LeadDetail", "lead_detail"]


@dataclass(frozen=True, slots=True)
class LeadDetail:
    """Every field that people see of a lead; it has all that the stage rules read (`models.stages.LeadFacts`).

    The fields that an edit may set bear the record's names, with values in their mapped form; instants are in UTC.
    """

    id: str
    status: Stage
    first_name: str | None
    last_name: str | None
    email: str | None
    second_email: str | None
    phone: str | None
    second_phone: str | None
    company: str | None
    country: str | None
    fleet_size: int | None
    current_software: str | None
    website: str | None
    trade_licence: str | None
    message: str | None
    source: str | None
    owner_id: str | None
    owner_name: str | None
    score: int | None
    tags: tuple[str, ...]
    next_activity: str | None
    next_activity_at: dt.datetime | None
    lost_reason: str | None
    conformity: Mapping[str, bool] | None
    import_id: str | None
    merged_into: str | None
    activity_count: int
    last_activity_at: dt.datetime | None
    stage_changed_at: dt.datetime
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None
    deleted_by: str | None
    deletion_reason: str | None

    @property
    def name(self) -> str:
        """First and last name, or nothing where neither is known."""
        return full_name(self.first_name, self.last_name)

    @property
    def deleted(self) -> bool:
        """Whether the lead is deleted (softly)."""
        return self.deleted_at is not None

    @property
    def checklist(self) -> Mapping[str, bool] | None:
        """The conformity checklist as the stage rules read it."""
        return self.conformity


def lead_detail(connection: Connection, lead_id: str) -> LeadDetail | None:
    """The lead, deleted or not; None where there is none that this person may see."""
    owner = (
        User.first_name.label("owner_first_name"),
        User.last_name.label("owner_last_name"),
    )
    columns = (column for column in Lead.table().columns if column.name not in _HIDDEN)
    statement = select(*columns, *owner).outerjoin(User, User.id == Lead.owner_id).where(Lead.id == lead_id)
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    values = dict(row)
    owner_name = full_name(values.pop("owner_first_name"), values.pop("owner_last_name")) or None
    values["status"], values["tags"] = Stage(values["status"]), tuple(values["tags"])
    return LeadDetail(**values, owner_name=owner_name)


_HIDDEN = frozenset({name for name in Lead.table().columns.keys() if name.endswith("_key")}) | {
    "scope",
    "merge_record",
    "pinned",
    "revision",
}
