"""The stages of a lead and the legal moves between them: a table, and one function.

The same function refuses a move in the window, on another laptop, in an import and at the hub.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fleetdesk.errors import Refused
from fleetdesk.models.access import Permission

__all__ = ["CHECKLIST", "PIPELINE", "LeadFacts", "Stage", "check_move", "move_permission", "moves_from"]


class Stage(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    ONBOARDING = "onboarding"
    VALIDATED = "validated"
    CONVERTED = "converted"
    LOST = "lost"


PIPELINE = (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.ONBOARDING, Stage.VALIDATED, Stage.CONVERTED)
"""The stages in order, without `lost`."""

CHECKLIST = ("identity", "trade_licence", "address", "fleet_documents", "sanctions")
"""What a super admin confirms before a lead is validated; every point must be ticked."""


class LeadFacts(Protocol):
    """What the rules read of a lead; a mapped record and a frozen row both have it."""

    @property
    def status(self) -> str: ...
    @property
    def company(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def fleet_size(self) -> int | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def activity_count(self) -> int: ...
    @property
    def checklist(self) -> Mapping[str, bool] | None: ...
    @property
    def deleted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Move:
    permission: Permission = Permission.LEADS_EDIT
    needs: tuple[str, ...] = ()


_MOVES: Mapping[tuple[Stage, Stage], _Move] = {
    (Stage.NEW, Stage.CONTACTED): _Move(needs=("activity",)),
    (Stage.CONTACTED, Stage.QUALIFIED): _Move(needs=("company", "country", "fleet_size", "email")),
    (Stage.QUALIFIED, Stage.ONBOARDING): _Move(needs=("email",)),
    (Stage.ONBOARDING, Stage.VALIDATED): _Move(permission=Permission.LEADS_VALIDATE, needs=("checklist",)),
    **{(stage, Stage.LOST): _Move(needs=("lost_reason",)) for stage in PIPELINE[:-1]},
    (Stage.LOST, Stage.CONTACTED): _Move(),
}

_NEED_WORDS = {
    "activity": "a logged activity (a call, an email, a meeting or a note)",
    "company": "a company",
    "country": "a country",
    "fleet_size": "a fleet size",
    "email": "an email address",
    "checklist": "every point of the conformity checklist ticked",
    "lost_reason": "a reason",
}


def moves_from(stage: Stage) -> tuple[Stage, ...]:
    """The stages that a person can move a lead to from here, in pipeline order, `lost` last."""
    return tuple(target for target in (*PIPELINE, Stage.LOST) if (stage, target) in _MOVES)


def move_permission(current: Stage, target: Stage) -> Permission:
    """The permission that a move asks for; where there is no such move, that of the command that would make it."""
    no_such = _Move(permission=Permission.LEADS_VALIDATE) if target is Stage.VALIDATED else _Move()
    return _MOVES.get((current, target), no_such).permission


def check_move(lead: LeadFacts, target: Stage, *, reason: str | None = None) -> None:
    """Raise Refused unless the lead may move to `target` now; `missing` names what would mend it.

    Codes: `deleted`, `converted_by_conversion`, `illegal_move`, `incomplete`.
    """
    current = Stage(lead.status)
    if lead.deleted:
        raise Refused("deleted", "This lead is deleted.", do="Restore it first.")
    if target is Stage.CONVERTED:
        raise Refused(
            "converted_by_conversion",
            "A lead becomes converted only when it is made a tenant.",
            do="A super admin converts a validated lead.",
        )
    move = _MOVES.get((current, target))
    if move is None:
        raise Refused("illegal_move", f"A lead cannot go from {current} to {target}.", do=_advice(current))
    missing = tuple(need for need in move.needs if not _has(lead, need, reason))
    if missing:
        wanted = ", ".join(_NEED_WORDS[need] for need in missing)
        raise Refused("incomplete", f"To be {target}, this lead needs {wanted}.", missing=missing)


def _advice(current: Stage) -> str:
    targets = moves_from(current)
    if not targets:
        return f"A {current} lead stays {current}."
    return f"From {current} it can go to {' or '.join(targets)}."


def _has(lead: LeadFacts, need: str, reason: str | None) -> bool:
    match need:
        case "activity":
            return lead.activity_count > 0
        case "lost_reason":
            return bool(reason and reason.strip())
        case "checklist":
            ticked = lead.checklist or {}
            return all(ticked.get(point) is True for point in CHECKLIST)
        case "fleet_size":
            return lead.fleet_size is not None
        case _:
            value = getattr(lead, need)
            return bool(value and value.strip())
