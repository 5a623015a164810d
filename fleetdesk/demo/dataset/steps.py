"""The steps of a pursuit: what a salesperson plans, then writes down; and how a lead is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage

__all__ = ["Loss", "Moment", "Script", "Step"]


class Moment(StrEnum):
    """What brings a lead further, in the order in which it usually happens."""

    TRY = "try"  # nobody answers
    REACH = "reach"  # the first real contact
    FOLLOW_UP = "follow up"
    QUALIFY = "qualify"
    DEMO = "demo"
    OFFER = "offer"
    NEGOTIATE = "negotiate"
    DOCUMENTS = "documents"
    REVIEW = "review"  # by a super admin, before validating
    KICK_OFF = "kick-off"
    CONVERT = "convert"  # by a super admin
    HAND_OVER = "hand over"


@dataclass(frozen=True, slots=True)
class Step:
    """One activity: `plan` is the lead's next activity until it is done, `notes` what may be written once it is."""

    kind: ActivityKind
    plan: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """How a lead is lost: the last activity, the reason given, and the call with which it may come back one day."""

    kind: ActivityKind
    note: str
    reason: str
    return_call: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """All that a team writes, in its language. Texts have the slots {first}, {company}, {cars}, {city}, {software}."""

    steps: Mapping[Moment, tuple[Step, ...]]
    losses: Mapping[Stage, tuple[Loss, ...]]
