"""What a transaction may see and write: claims that the policies of `hub.hosted` compare each row with.

They are set for the transaction alone, so that a connection that goes back to a pool, here or in a pooler between,
takes none along.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from fleetdesk.errors import Defect
from fleetdesk.models.access import Role, Scope

__all__ = ["DIRECTORY", "KEEPER", "Claims", "set_claims"]


@dataclass(frozen=True)
class Claims:
    """The person and role that a transaction speaks for, and the scopes of the rows that it reads and writes."""

    person: str = ""
    role: str = ""
    laptop: str = ""
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()


DIRECTORY = Claims(role=Role.SYSTEM, read=frozenset({Scope.STAFF}))
"""Enough to look up who speaks."""
KEEPER = Claims(role=Role.SYSTEM)
"""The hub's own housekeeping: what it keeps about laptops, receipts and removals."""


def set_claims(connection: Connection, claims: Claims) -> None:
    """Set the claims until the transaction's end."""
    connection.execute(
        _SET,
        {
            "patience": "0" if claims.role == Role.SYSTEM else _PATIENCE,
            "person": claims.person,
            "role": claims.role,
            "laptop": claims.laptop,
            "read": _listed(claims.read),
            "write": _listed(claims.write),
        },
    )


_PATIENCE = "120s"
"""How long a statement for a person may take, at most; a load ends by itself after a quarter of that.

Said with the claims, since they are set in each transaction anyway: nothing is left to a connection that others use.
"""
_SET = text(
    "SELECT set_config('statement_timeout', :patience, true),"
    " set_config('fleetdesk.person', :person, true), set_config('fleetdesk.role', :role, true),"
    " set_config('fleetdesk.laptop', :laptop, true), set_config('fleetdesk.read', :read, true),"
    " set_config('fleetdesk.write', :write, true)"
)


def _listed(scopes: frozenset[str]) -> str:
    if any("," in scope for scope in scopes):
        raise Defect("a scope must not hold a comma")
    return ",".join(sorted(scopes))
