"""A lead's fields, stages and activities as people read them, and their colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fleetdesk.models.leads import ActivityKind, CallOutcome
from fleetdesk.models.normalise import phone_key
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import Tone

__all__ = [
    "ACTIVITY_ICONS",
    "STAGE_TONES",
    "activity_word",
    "checklist_word",
    "field_label",
    "lead_about",
    "lead_title",
    "logged_words",
    "outcome_word",
    "phone_flag",
    "stage_word",
]

STAGE_TONES: Mapping[Stage, Tone] = {
    Stage.NEW: Tone.INFO,
    Stage.CONTACTED: Tone.ACTIVE,
    Stage.QUALIFIED: Tone.NOTABLE,
    Stage.ONBOARDING: Tone.WARNING,
    Stage.VALIDATED: Tone.SUCCESS,
    Stage.CONVERTED: Tone.SUCCESS,
    Stage.LOST: Tone.NEUTRAL,
}

ACTIVITY_ICONS: Mapping[ActivityKind, str] = {
    ActivityKind.CALL: "phone",
    ActivityKind.EMAIL: "envelope-simple",
    ActivityKind.MEETING: "users",
    ActivityKind.NOTE: "note-pencil",
    ActivityKind.TASK: "check-square",
    ActivityKind.STATUS_CHANGE: "arrow-right",
}

_STAGES: Mapping[Stage, str] = {
    Stage.NEW: "New",
    Stage.CONTACTED: "Contacted",
    Stage.QUALIFIED: "Qualified",
    Stage.ONBOARDING: "Onboarding",
    Stage.VALIDATED: "Validated",
    Stage.CONVERTED: "Converted",
    Stage.LOST: "Lost",
}

_ACTIVITIES: Mapping[ActivityKind, str] = {
    ActivityKind.CALL: "Call",
    ActivityKind.EMAIL: "Email",
    ActivityKind.MEETING: "Meeting",
    ActivityKind.NOTE: "Note",
    ActivityKind.TASK: "Task",
    ActivityKind.STATUS_CHANGE: "Stage",
}

_CHECKLIST: Mapping[str, str] = {
    "identity": "Identity of the signatory",
    "trade_licence": "Trade licence",
    "address": "Address of the company",
    "fleet_documents": "Documents of the fleet",
    "sanctions": "Sanctions lists",
}

_LABELS: Mapping[str, str] = {
    "email": "Email",
    "second_email": "Second email",
    "phone": "Phone",
    "second_phone": "Second phone",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "country": "Country",
    "fleet_size": "Fleet size",
    "current_software": "Current software",
    "website": "Website",
    "trade_licence": "Trade licence",
    "message": "Message",
    "source": "Source",
    "created_at": "Created",
    "owner_id": "Owner",
    "score": "Score",
    "next_activity": "Next step",
    "next_activity_at": "Due",
    "status": "Stage",
    "lost_reason": "Reason",
    "tags": "Tags",
    "reason": "Reason",
    "body": "Text",
    "kind": "Activity",
    "happened_at": "When",
    "checklist": "Checklist",
    "conformity": "Checklist",
    "merged_into": "Merged into",
    "deleted_at": "Deleted",
    "deletion_reason": "Reason of the deletion",
}

_OUTCOMES: Mapping[CallOutcome, str] = {
    CallOutcome.REACHED: "Reached",
    CallOutcome.NO_ANSWER: "No answer",
    CallOutcome.MESSAGE_LEFT: "Message left",
    CallOutcome.WRONG_NUMBER: "Wrong number",
}


def stage_word(stage: Stage) -> str:
    """A stage as people call it."""
    return tr(_STAGES[stage])


class Called(Protocol):
    """A lead with what people call it by."""

    @property
    def name(self) -> str: ...
    @property
    def company(self) -> str | None: ...
    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


def activity_word(kind: ActivityKind) -> str:
    """A kind of activity as people call it."""
    return tr(_ACTIVITIES[kind])


def logged_words(kind: ActivityKind) -> str:
    """That an activity was written down, such as “Logged the call”."""
    words = {
        ActivityKind.CALL: tr("Logged the call"),
        ActivityKind.EMAIL: tr("Logged the email"),
        ActivityKind.MEETING: tr("Logged the meeting"),
        ActivityKind.TASK: tr("Added the task"),
    }
    return words.get(kind, tr("Added the note"))


def outcome_word(outcome: CallOutcome) -> str:
    """How a call went, as people call it."""
    return tr(_OUTCOMES[outcome])


def checklist_word(point: str) -> str:
    """A point of the conformity checklist as people call it."""
    return tr(_CHECKLIST[point])


def field_label(name: str) -> str:
    """A lead's field as people call it."""
    return tr(_LABELS[name]) if name in _LABELS else name.replace("_", " ").capitalize()


def phone_flag(phone: str | None, country: str | None) -> str:
    """What to say of a number that is kept although it is not one that can be dialled; empty where all is well."""
    if not phone or not phone.strip() or phone_key(phone, country or None):
        return ""
    return tr("This is not a complete phone number. It is kept as it is written.")


def lead_about(lead: Called, other: Called | None = None) -> str:
    """Which lead is meant, where several may be called the same: its name with its company, or what else is known.

    From an `other` one it is told apart by the first of these that differs.
    """
    title = lead_title(lead.name, lead.company, lead.email, lead.phone)
    known = [text for text in (lead.company, lead.email, lead.phone) if text and text != title]
    others = set() if other is None else {other.company, other.email, other.phone}
    more = [text for text in known if text not in others] or known
    return tr(" · ").join(map(isolated, (title, *more[:1])))


def lead_title(name: str, company: str | None, email: str | None, phone: str | None) -> str:
    """What to call a lead: its name, or the first of the others that is known."""
    return name or company or email or phone or tr("Unnamed lead")
