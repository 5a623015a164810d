"""What a transaction may see and write: claims that the policies of `hub.hosted` compare each row with.

They are set for the transaction alone, so that a connection that goes back to a pool, here or in a pooler between,
takes none along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.errors import Defect
from fleetdesk.hub.database import Row, asked
from fleetdesk.models.access import Role, Scope

__all__ = ["DIRECTORY", "KEEPER", "Claims", "ask_as", "set_claims"]


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
    asked(connection, _SET, _values(claims))


def ask_as(connection: Connection, claims: Claims, question: str, values: Mapping[str, object]) -> list[Row]:
    """Set the claims until the transaction's end, and ask under them, in one message (`asked`)."""
    return asked(connection, f"{_SET}; {question}", {**_values(claims), **values})


def _values(claims: Claims) -> dict[str, object]:
    return {
        "claimed_patience": "0" if claims.role == Role.SYSTEM else _PATIENCE,
        "claimed_person": claims.person,
        "claimed_role": claims.role,
        "claimed_laptop": claims.laptop,
        "claimed_read": _listed(claims.read),
        "claimed_write": _listed(claims.write),
    }


_PATIENCE = "120s"
"""How long a statement for a person may take, at most; a load ends by itself after a quarter of that.

Said with the claims, since they are set in each transaction anyway: nothing is left to a connection that others use.
"""
_SET = (
    "SELECT set_config('statement_timeout', %(claimed_patience)s, true),"
    " set_config('fleetdesk.person', %(claimed_person)s, true), set_config('fleetdesk.role', %(claimed_role)s, true),"
    " set_config('fleetdesk.laptop', %(claimed_laptop)s, true), set_config('fleetdesk.read', %(claimed_read)s, true),"
    " set_config('fleetdesk.write', %(claimed_write)s, true)"
)


def _listed(scopes: frozenset[str]) -> str:
    if any("," in scope for scope in scopes):
        raise Defect("a scope must not hold a comma")
    return ",".join(sorted(scopes))
