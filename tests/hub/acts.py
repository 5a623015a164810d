"""What people do in the tests of the hub, and what became of it."""

from __future__ import annotations

import datetime as dt

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.protocol import WireCommand
from tests.hub.support import Hosted

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def edit(lead: str, field: str = "company", *, base: object = "Al Noor Transport", new: object = "Noor") -> EditLead:
    return EditLead(id=new_id(), issued_at=NOW, lead_id=lead, edits={field: FieldEdit(base=base, new=new)})


def create(lead: str, **values: object) -> CreateLead:
    return CreateLead(id=new_id(), issued_at=NOW, lead_id=lead, values={"company": "Dunes Taxi"} | values)


def note(lead: str, activity: str, body: str = "Called back") -> LogActivity:
    return LogActivity(
        id=new_id(),
        issued_at=NOW,
        lead_id=lead,
        activity_id=activity,
        kind=ActivityKind.NOTE,
        body=body,
        happened_at=NOW,
    )


def delete(lead: str) -> DeleteLead:
    return DeleteLead(id=new_id(), issued_at=NOW, lead_id=lead, reason="Spam")


def restore(lead: str) -> RestoreLead:
    return RestoreLead(id=new_id(), issued_at=NOW, lead_id=lead)


def wired(hosted: Hosted, *commands: Command) -> list[WireCommand]:
    return [hosted.platform.commands.encode(command) for command in commands]


def at(command: EditLead | LogActivity, instant: dt.datetime) -> Command:
    return command.renewed(id=command.id, issued_at=instant)


def companies(hosted: Hosted) -> dict[str, str]:
    return dict(hosted.rows("SELECT id, company FROM sys_demo_lead"))
