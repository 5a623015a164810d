"""What stands between a lead and each stage: asked of the rules, and turned into the commands that make the move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import LogActivity, MoveLead, StartOnboarding, ValidateLead
from fleetdesk.errors import NotAllowed, Refused
from fleetdesk.models.access import Access, Actor
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import LeadFacts, Stage, check_move, move_permission
from fleetdesk.models.types import JsonValue
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.leads.edits import edit_lead

__all__ = ["Answers", "MoveOption", "move_commands", "move_option"]


@dataclass(frozen=True, slots=True)
class MoveOption:
    """One stage as seen from a lead.

    `needs` names what the person must still give; `why_not` is set where no answer would help.
    """

    target: Stage
    needs: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def possible(self) -> bool:
        """Whether the move can be made, once what it needs is given."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person gave for a move: values of fields, an activity, a reason, the checklist."""

    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    activity: ActivityKind | None = None
    body: str = ""
    reason: str | None = None
    checklist: Mapping[str, bool] = field(default_factory=dict)


def move_option(lead: LeadFacts, target: Stage, actor: Actor, access: Access) -> MoveOption:
    """Ask the rules whether a lead may go to a stage, and what they miss."""
    try:
        access.demand(actor, move_permission(Stage(lead.status), target))
        check_move(lead, target)
    except NotAllowed as error:
        return MoveOption(target, why_not=str(error))
    except Refused as error:
        return MoveOption(target, needs=error.missing, why_not="" if error.missing else str(error))
    return MoveOption(target)


def move_commands(lead: LeadDetail, target: Stage, answers: Answers, now: dt.datetime) -> list[Command]:
    """The commands that give what was missing and make the move, in order: they are performed together."""
    commands: list[Command] = []
    if answers.activity is not None:
        commands.append(
            LogActivity(
                id=new_id(),
                issued_at=now,
                lead_id=lead.id,
                activity_id=new_id(),
                kind=answers.activity,
                body=answers.body,
                happened_at=now,
            )
        )
    if answers.fields:
        commands.append(edit_lead(lead, answers.fields, now))
    return [*commands, _move(lead, target, answers, now)]


def _move(lead: LeadDetail, target: Stage, answers: Answers, now: dt.datetime) -> Command:
    match target:
        case Stage.ONBOARDING:
            return StartOnboarding(
                id=new_id(),
                issued_at=now,
                lead_id=lead.id,
                base=lead.status,
                activity_id=new_id(),
                intent_id=new_id(),
            )
        case Stage.VALIDATED:
            return ValidateLead(
                id=new_id(),
                issued_at=now,
                lead_id=lead.id,
                base=lead.status,
                activity_id=new_id(),
                checklist=answers.checklist,
            )
        case _:
            return MoveLead(
                id=new_id(),
                issued_at=now,
                lead_id=lead.id,
                base=lead.status,
                activity_id=new_id(),
                to=target,
                reason=answers.reason,
            )
