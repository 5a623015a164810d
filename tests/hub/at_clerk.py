"""What the tests of memberships at Clerk ask of the mirror, and ask for."""

from __future__ import annotations

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ChangeRole, SuspendMember
from fleetdesk.hub.member_mirror import MemberMirror, standing_trouble
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Verdict
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from tests.hub.acts import NOW
from tests.hub.support import Hosted, Laptop

SUPPORT = f"user_{Role.SUPPORT}"
ADMIN = f"user_{Role.SUPER_ADMIN}"
MEMBER = (
    "SELECT member.role, member.status, member.deleted_at IS NULL FROM adm_members AS member"
    " JOIN adm_users AS person ON person.id = user_id WHERE provider_id = %s ORDER BY member.created_at"
)
PERSON = "SELECT first_name, last_name, email, email_key FROM adm_users WHERE provider_id = %s"
INTENT = "SELECT state, outcome FROM sys_intent WHERE subject_id = %s"
EVENTS = "SELECT actor_id, action, sentence, outcome FROM sys_audit_event WHERE action LIKE 'members.%%'"
WORKING = "SELECT count(*) FROM adm_members WHERE deleted_at IS NULL AND status = 'active'"


def another(hosted: Hosted, source: ClerkMemberships) -> MemberMirror:
    """The mirror of one more hub, which reads once a minute."""
    return MemberMirror(hosted.hub().database, hosted.platform, source, hosted.clock, interval=60.0)


def ask(hosted: Hosted, command: Command, by: str = ADMIN) -> Verdict:
    """What the hub says to somebody who asks for a change; a super admin by default."""
    [verdict] = Laptop(hosted.hub(), subject=by).push(command)
    return verdict


def to_finance() -> ChangeRole:
    """The support is to be finance."""
    return ChangeRole(
        id=new_id(), issued_at=NOW, member_id=f"member-{Role.SUPPORT}", base=Role.SUPPORT, role=Role.FINANCE
    )


def suspension() -> SuspendMember:
    """The support is to be suspended."""
    return SuspendMember(id=new_id(), issued_at=NOW, member_id=f"member-{Role.SUPPORT}")


def trouble(hosted: Hosted) -> str:
    """What the last reading did not do."""
    with hosted.hub().database.reading() as connection:
        return standing_trouble(connection)
