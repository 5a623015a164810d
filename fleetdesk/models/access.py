"""Who may do what, and who may hold which rows: one table.

Views use it to show, the replica to authorise early, the hub to decide, the hosted policies to enforce.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleetdesk.errors import NotAllowed, Refused

__all__ = [
    "ACCESS",
    "ORGANISATION",
    "OUTSIDE",
    "Access",
    "Actor",
    "Grant",
    "Permission",
    "Role",
    "Scope",
    "deeds",
    "normalise_role",
    "own_scope",
    "role_name",
    "role_named",
    "scopes_of",
]

ORGANISATION = "fleetcore-platform"
"""The slug of the organisation whose members are staff; anyone else is refused."""


class Role(StrEnum):
    """Role keys as tokens of version 2 carry them; the identity provider's own begin with `org:`."""

    COMMERCIAL = "platform_commercial"
    SUPPORT = "platform_support"
    FINANCE = "platform_finance"
    PRODUCT_MANAGER = "platform_product_manager"
    SUPER_ADMIN = "platform_super_admin"
    SYSTEM = "system"


class Scope(StrEnum):
    """Who may hold a row. Rows of one tenant add `tenant:<id>` to these later; a scope is text on the wire.

    `own` stands in grants and commands for whoever acts; rows carry the scope of one person (`own_scope`).
    """

    STAFF = "staff"
    LEADS = "leads"
    AUDIT = "audit"
    MEMBERS = "members"
    OWN = "own"


class Permission(StrEnum):
    """What staff may do."""

    __hash__ = str.__hash__  # an enumeration's own is ten times as slow, and each command asks for it

    STAFF_READ = "staff.read"
    LEADS_READ = "leads.read"
    LEADS_EDIT = "leads.edit"
    LEADS_IMPORT = "leads.import"
    LEADS_VALIDATE = "leads.validate"
    AUDIT_READ = "audit.read"
    MEMBERS_MANAGE = "members.manage"
    MEMBERS_SETTLE = "members.settle"
    VIEWS_SAVE = "views.save"
    VIEWS_TIDY = "views.tidy"
    DEVICES_REVOKE = "devices.revoke"
    DEVICES_KEEP = "devices.keep"


@dataclass(frozen=True)
class Grant:
    """What a role is given: permissions, and the scopes of the rows that its laptops hold."""

    permissions: frozenset[str]
    scopes: frozenset[str]

    def __or__(self, other: Grant) -> Grant:
        return Grant(self.permissions | other.permissions, self.scopes | other.scopes)


@dataclass(frozen=True)
class Actor:
    """The person who acts: id in the staff directory, role, and the laptop that speaks."""

    person_id: str
    role: Role
    laptop_id: str | None = None


class Access:
    """Role → grant. `admitted` are the roles that a hub serves: all of them, unless it says otherwise."""

    def __init__(self, grants: Mapping[Role, Grant], *, admitted: frozenset[Role] = frozenset(Role)) -> None:
        self._grants = dict(grants)
        self._admitted = admitted

    def grant(self, role: Role) -> Grant:
        """What the role is given; nothing if it stands in no table."""
        return self._grants.get(role, Grant(frozenset(), frozenset()))

    def scopes(self, role: Role, person_id: str) -> frozenset[str]:
        """The scopes of the rows that the laptops of this person, in this role, hold."""
        return scopes_of(person_id, self.grant(role).scopes)

    def allows(self, actor: Actor, *permissions: str) -> bool:
        """Whether the actor's role holds all of the permissions."""
        return self.grant(actor.role).permissions.issuperset(permissions)

    def demand(self, actor: Actor, *permissions: str) -> None:
        """Raise NotAllowed, naming the first that is missing, unless the actor's role holds all of them."""
        for permission in permissions:
            if not self.allows(actor, permission):
                deed = _DEEDS.get(permission, "do this")
                raise NotAllowed(f"Your role ({role_name(actor.role)}) may not {deed}.")

    def granting(self, role: Role, grant: Grant) -> Access:
        """This table with one role given more."""
        return Access({**self._grants, role: self.grant(role) | grant}, admitted=self._admitted)

    def admitting(self, *roles: Role) -> Access:
        """This table for a hub that serves people of these roles alone."""
        return Access(self._grants, admitted=frozenset(roles))

    def demand_admitted(self, role: Role) -> None:
        """Raise NotAllowed for whoever has another role than those that are served."""
        if role not in self._admitted:
            served = " or ".join(sorted(role_name(each) for each in self._admitted))
            raise NotAllowed(
                f"A direct connection to the database is for a {served} alone, and your role is {role_name(role)}.",
                do="Ask your administrator for the address of your team's hub.",
            )


def own_scope(person_id: str) -> str:
    """The scope of the rows that only this person holds."""
    # Claims list scopes with commas between them; an id that came from elsewhere may be any text.
    return f"person:{person_id.replace('%', '%25').replace(',', '%2C')}"


def scopes_of(person_id: str, declared: Iterable[str]) -> frozenset[str]:
    """The scopes that a grant or a command declares, as they are for this person: `own` is theirs."""
    return frozenset(own_scope(person_id) if scope == Scope.OWN else scope for scope in declared)


def normalise_role(key: str) -> Role:
    """The role behind a provider's key, with or without `org:`. Raises Refused for one that is no staff role."""
    try:
        role = Role(key.removeprefix("org:"))
    except ValueError:
        role = Role.SYSTEM
    if role is Role.SYSTEM:
        raise Refused("no_role", f"“{key}” is not a role of the platform's staff.")
    return role


def deeds(permissions: Iterable[str]) -> list[str]:
    """What permissions permit, each as the end of “You may …”, in the order of the table."""
    given = frozenset(permissions)
    return [deed for permission, deed in _DEEDS.items() if permission in given]


def role_name(role: Role) -> str:
    """A role as people call it, within a sentence."""
    return _ROLE_NAMES[role]


def role_named(name: str) -> Role:
    """The role that people call so, or that the provider's key names. Raises Refused (`no_role`)."""
    wanted = name.strip().casefold()
    found = (role for role, called in _ROLE_NAMES.items() if called == wanted and role is not Role.SYSTEM)
    return next(found, None) or normalise_role(name)


_ROLE_NAMES = {
    Role.COMMERCIAL: "sales",
    Role.SUPPORT: "support",
    Role.FINANCE: "finance",
    Role.PRODUCT_MANAGER: "product manager",
    Role.SUPER_ADMIN: "super admin",
    Role.SYSTEM: "system",
}

_DEEDS: Mapping[str, str] = {
    Permission.STAFF_READ: "read the staff directory",
    Permission.LEADS_READ: "read leads",
    Permission.LEADS_EDIT: "change leads",
    Permission.LEADS_IMPORT: "import leads",
    Permission.LEADS_VALIDATE: "validate leads",
    Permission.AUDIT_READ: "read the audit log",
    Permission.MEMBERS_MANAGE: "change other people's roles",
    Permission.MEMBERS_SETTLE: "say what became of a change of role",
    Permission.VIEWS_SAVE: "save views",
    Permission.VIEWS_TIDY: "change other people's views",
    Permission.DEVICES_REVOKE: "revoke laptops",
    Permission.DEVICES_KEEP: "register laptops by a command",
}
"""What a permission permits, as the end of “Your role may not …”."""

_EVERYONE = Grant(frozenset({Permission.STAFF_READ, Permission.VIEWS_SAVE}), frozenset({Scope.STAFF, Scope.OWN}))
_SALES = Grant(
    frozenset({Permission.LEADS_READ, Permission.LEADS_EDIT, Permission.LEADS_IMPORT}), frozenset({Scope.LEADS})
)
_AUDITORS = Grant(frozenset({Permission.AUDIT_READ}), frozenset({Scope.AUDIT}))

ACCESS = Access(
    {
        Role.COMMERCIAL: _EVERYONE | _SALES,
        Role.SUPPORT: _EVERYONE | _AUDITORS,
        Role.FINANCE: _EVERYONE,
        Role.PRODUCT_MANAGER: _EVERYONE,
        Role.SUPER_ADMIN: _EVERYONE
        | _SALES
        | _AUDITORS
        | Grant(
            frozenset(
                {
                    Permission.LEADS_VALIDATE,
                    Permission.MEMBERS_MANAGE,
                    Permission.VIEWS_TIDY,
                    Permission.DEVICES_REVOKE,
                }
            ),
            frozenset({Scope.MEMBERS}),
        ),
        Role.SYSTEM: Grant(frozenset(Permission), frozenset(Scope)),
    }
)
"""The table of the staff's roles."""

OUTSIDE = Access({})
"""What is left of every role to a person whom the hub does not take in: nothing."""
