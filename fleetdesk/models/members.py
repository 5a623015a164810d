"""A change of somebody's membership that was asked for: the intent that says so, and how far it has come.

There is one such intent a member, made at the first change and used again for the next: so two people who ask for
different things at once meet in one row. It has a scope of its own: whose role is about to change is not for all staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from fleetdesk.errors import Invalid
from fleetdesk.models.access import Role
from fleetdesk.models.audit import Intent
from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue

__all__ = [
    "MEMBER_CHANGE",
    "STANDINGS",
    "ListedMember",
    "MemberChange",
    "MemberField",
    "NotDone",
    "intent_id",
    "intent_key",
]

MEMBER_CHANGE = "member.change"
"""The kind of these intents."""
STANDINGS = ("active", "suspended")


class MemberField(StrEnum):
    """What of a membership can be changed."""

    ROLE = "role"
    STATUS = "status"


class NotDone(StrEnum):
    """Why a change that was asked for was not carried out: the outcome of a failed intent.

    `OVERTAKEN`: the membership is neither what it was nor what it was to become. Where the identity provider has it so,
    that is also the code of the refusal.
    """

    WITHDRAWN = "withdrawn"
    LAST_SUPER_ADMIN = "last_super_admin"
    NO_LONGER_ALLOWED = "no_longer_allowed"
    OVERTAKEN = "overtaken"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What was asked for: of one field, from what the person saw to what they want, by whom and with which command.

    Raises Invalid for a value that the field cannot have.
    """

    field: MemberField
    base: str
    new: str
    asked_by: str
    command: str

    def __post_init__(self) -> None:
        for value in (self.base, self.new):
            if value not in _VALUES[self.field]:
                raise Invalid(self.field, f"A membership has no {self.field} “{value}”.")

    @classmethod
    def read(cls, payload: Mapping[str, JsonValue]) -> MemberChange:
        """The change behind an intent's payload. Raises Invalid for one that is none."""
        match payload:
            case {
                "field": str(field),
                "base": str(base),
                "new": str(new),
                "asked_by": str(by),
                "command": str(command),
            }:
                if field in tuple(MemberField):
                    return cls(MemberField(field), base, new, by, command)
        raise Invalid("payload", "This is no change of a membership.")

    def plain(self) -> dict[str, JsonValue]:
        """The payload of an intent."""
        return asdict(self) | {"field": self.field.value}

    @property
    def ends_super_admin(self) -> bool:
        """Whether it takes from a super admin what makes one, if they are one now."""
        if self.field is MemberField.ROLE:
            return self.new != Role.SUPER_ADMIN
        return self.new != "active"


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A membership of the staff's organisation as the identity provider lists it.

    `subject` is the provider's id of the person; `email` is empty where it knows none. `role` is None where `role_key`,
    the provider's own word, is no role of the staff's. `suspended`: kept out of everything there; None where the
    provider would not say.
    """

    subject: str
    email: str
    first_name: str
    last_name: str
    image_url: str | None
    role_key: str
    role: Role | None
    suspended: bool | None

    @property
    def status(self) -> str | None:
        """The standing as the mirror has it; None where it is not known."""
        return None if self.suspended is None else "suspended" if self.suspended else "active"


def intent_id(member_id: str) -> str:
    """The id of the intent of this member's changes."""
    return f"{MEMBER_CHANGE}:{member_id}"


def intent_key(member_id: str) -> Key:
    """Its name."""
    return Intent.key_of(intent_id(member_id))


_VALUES: Mapping[MemberField, tuple[str, ...]] = {
    MemberField.ROLE: tuple(role.value for role in Role if role is not Role.SYSTEM),
    MemberField.STATUS: STANDINGS,
}
