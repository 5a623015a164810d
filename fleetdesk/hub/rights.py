"""Who may do what with the rows of each hosted table: the table of roles (`models.access`), as policies enforce it.

A transaction claims a person, a role and scopes (`hub.claims`); these rights bound what any claim is worth. So a
mistake in the hub that claims too much for somebody opens nothing: finance writes no lead, and sales no membership,
whatever scopes their transactions name. Only who the person is, and in which role, is the hub's word alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fleetdesk.models.access import Permission, Scope

__all__ = ["RIGHTS", "Right", "Rights", "rights_of"]


@dataclass(frozen=True)
class Right:
    """Whoever holds the permission may do this (INSERT, UPDATE, DELETE) with rows of these scopes."""

    permission: Permission
    actions: frozenset[str]
    scopes: frozenset[str]


@dataclass(frozen=True)
class Rights:
    """What may be done with the rows of one table, each of which has a scope; roles read what is in theirs.

    `locked`: commands lock rows that they only read, and the system changes any. `system`: whether it adds and deletes
    rows, beside what roles do. `mine` names the column that holds whose a row is: it never changes, and nobody writes a
    row of somebody else's but holders of the permission `of_others`, and the system.
    `anywhere`: it is no table of FleetDesk's own, and whoever holds a scope writes rows of it.
    """

    writing: tuple[Right, ...] = ()
    locked: bool = True
    system: frozenset[str] = frozenset({"INSERT", "DELETE"})
    mine: str | None = None
    of_others: Permission | None = None
    anywhere: bool = False


_ADD = frozenset({"INSERT"})
_CHANGE = frozenset({"INSERT", "UPDATE"})
_ALL = frozenset({"INSERT", "UPDATE", "DELETE"})
_IN_LEADS = frozenset({Scope.LEADS})
_IN_AUDIT = frozenset({Scope.AUDIT})
_IN_MEMBERS = frozenset({Scope.MEMBERS})
_LEADS = Rights((Right(Permission.LEADS_EDIT, _CHANGE, _IN_LEADS),))
_LEADS_KEPT = Rights((Right(Permission.LEADS_EDIT, _ADD, _IN_LEADS),))
_DIRECTORY = Rights()
# Whatever somebody does is told of in the audit log by their own transaction, whether they may read it or not.
_TOLD = Right(Permission.STAFF_READ, _ADD, _IN_AUDIT)

RIGHTS: Mapping[str, Rights] = MappingProxyType(
    {
        "adm_members": _DIRECTORY,
        "adm_users": _DIRECTORY,
        "doc_blob": Rights((Right(Permission.LEADS_EDIT, _ALL, _IN_LEADS),), locked=False, mine="person_id"),
        "doc_blob_piece": Rights((Right(Permission.LEADS_EDIT, _ADD, _IN_LEADS),), locked=False),
        "doc_documents": _LEADS,
        "sys_audit_event": Rights((_TOLD,), locked=False, system=_ADD, mine="actor_id"),
        "sys_audit_payload": Rights((_TOLD,), locked=False, system=_ADD),
        "sys_audit_seal": Rights(locked=False, system=_ADD),
        "sys_demo_lead": _LEADS,
        "sys_demo_lead_activity": _LEADS_KEPT,
        "sys_demo_lead_apart": _LEADS,
        "sys_demo_lead_import": Rights((Right(Permission.LEADS_IMPORT, _CHANGE, _IN_LEADS),)),
        "sys_demo_lead_revision": _LEADS_KEPT,
        "sys_device": Rights((Right(Permission.DEVICES_REVOKE, frozenset({"UPDATE"}), _IN_MEMBERS),)),
        "sys_intent": Rights(
            (
                Right(Permission.LEADS_EDIT, _CHANGE, _IN_LEADS),
                Right(Permission.MEMBERS_MANAGE, _CHANGE, _IN_MEMBERS),
            )
        ),
        "sys_quarantine": Rights(locked=False),
        "sys_saved_view": Rights(
            (Right(Permission.VIEWS_SAVE, _CHANGE, frozenset({Scope.OWN, Scope.STAFF})),),
            mine="owner_id",
            of_others=Permission.VIEWS_TIDY,
        ),
    }
)
"""The tables that hold rows of scopes. What the hub keeps for itself is in `hub.hosted`."""


def rights_of(table: str) -> Rights:
    """The rights on a table; on one that FleetDesk does not know, whoever holds a scope writes its rows."""
    return RIGHTS.get(table, Rights(anywhere=True))
