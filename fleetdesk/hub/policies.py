"""Row level security as the hosted database has it: the policies and grants that follow from `hub.rights`.

No policy joins: each compares a row's own scope, or its own person, with the transaction's claims (`hub.claims`) and
with what the claimed role may, inside a sub-select so that it is computed once a statement. A claim that is not set
lets nothing through, and none is worth more than the role's rights.

They are laid at the end of every migration, so that a changed table of roles needs no revision of its own; the database
remembers which were laid last, table by table, and a hub of another mind is not ready (`hub.admission`). The owner of
the tables passes all of them by: who migrates, restores and copies is no hub (`docs/decisions/0039`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text

from fleetdesk.hub.rights import RIGHTS, Rights, rights_of
from fleetdesk.models.access import ACCESS, Access, Role, Scope

__all__ = ["close_functions", "lay_policies", "outdated", "protect"]

_READ, _WRITE = "fleetdesk.read", "fleetdesk.write"
_REMOVALS = "sys_removal"
_ACTIONS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_STAFF = tuple(role for role in Role if role is not Role.SYSTEM)
_Scopes = Mapping[Role, frozenset[str]]


@dataclass(frozen=True)
class _Policy:
    """One policy: for which action, which rows it shows, which rows it lets be written."""

    action: str
    using: str | None = None
    check: str | None = None


def protect(connection: Connection, table: str, hub_role: str, access: Access = ACCESS) -> None:
    """Row level security on one table, as its rights say, and on what the removal log tells of it.

    Policies of others that the table has already stay: the hub does not start where they would let it see more
    (`hub.humility`).
    """
    rights = rights_of(table)
    _run(connection, _statements(connection, table, hub_role, _of_scopes(rights, access), rights.mine))
    _run(connection, _statements(connection, _REMOVALS, hub_role, _of_removals(access), None))


def outdated(connection: Connection, hub_role: str, rights: Mapping[str, Rights] = RIGHTS) -> list[str]:
    """The tables that were laid other policies last than these rights say, for this role.

    What an owner changed in them by hand since is not looked at.
    """
    laid = _laid(connection)
    wanted = _all_statements(connection, hub_role, rights)
    return [table for table, statements in wanted.items() if laid.get(table) != _digest(statements)]


def lay_policies(connection: Connection, tables: Iterable[str], hub_role: str, rights: Mapping[str, Rights]) -> None:
    """These tables as the rights say. Each is nobody else's to use from here to the transaction's end."""
    wanted = _all_statements(connection, hub_role, rights)
    laid = _laid(connection)
    for table in tables:
        _run(connection, wanted[table])
        laid[table] = _digest(wanted[table])
    connection.execute(_NOTE, {"policies": orjson.dumps(laid, option=orjson.OPT_SORT_KEYS).decode()})


def close_functions(connection: Connection) -> None:
    """Nobody attaches what triggers run."""
    for function in connection.execute(_OPEN_FUNCTIONS).scalars().all():
        connection.execute(text(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"))


def _laid(connection: Connection) -> dict[str, str]:
    """The digest of what each table was laid last."""
    noted: str | None = connection.execute(_LAID).scalar()
    laid: dict[str, str] = orjson.loads(noted) if noted else {}
    return laid


def _all_statements(
    connection: Connection, hub_role: str, all_rights: Mapping[str, Rights]
) -> dict[str, tuple[str, ...]]:
    policies: dict[str, tuple[Iterable[_Policy], str | None]] = {
        table: (_of_scopes(rights, ACCESS), rights.mine) for table, rights in all_rights.items()
    }
    policies |= {table: (kept, None) for table, kept in _BOOKKEEPING.items()}
    policies[_REMOVALS] = (_of_removals(ACCESS), None)
    return {
        table: tuple(_statements(connection, table, hub_role, said, unchanging))
        for table, (said, unchanging) in policies.items()
    }


def _statements(
    connection: Connection, table: str, hub_role: str, policies: Iterable[_Policy], unchanging: str | None
) -> Iterator[str]:
    """Row level security with these policies and no other of ours, and the grants that go with them."""
    role = connection.dialect.identifier_preparer.quote_identifier(hub_role)
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"REVOKE ALL ON {table} FROM {role}"
    for action in _ACTIONS:
        yield f"DROP POLICY IF EXISTS fleetdesk_{action.lower()} ON {table}"
    for policy in policies:
        using = f" USING ({policy.using})" if policy.using is not None else ""
        check = f" WITH CHECK ({policy.check})" if policy.check is not None else ""
        columns = _but(connection, table, unchanging) if unchanging and policy.action == "UPDATE" else ""
        yield f"CREATE POLICY fleetdesk_{policy.action.lower()} ON {table} FOR {policy.action}{using}{check}"
        yield f"GRANT {policy.action}{columns} ON {table} TO {role}"


def _but(connection: Connection, table: str, unchanging: str) -> str:
    columns = connection.execute(_COLUMNS, {"table": table, "unchanging": unchanging}).scalars()
    return f" ({', '.join(columns)})"


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in list(statements):
        connection.execute(text(statement))


def _digest(statements: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:16]


# ------------------------------------------------------------------------------------------------- what the rights say


def _of_scopes(rights: Rights, access: Access) -> Iterator[_Policy]:
    yield _Policy("SELECT", using=_within(_READ, _held(access)))
    added = _written(rights, access, "INSERT")
    if added or "INSERT" in rights.system:
        yield _Policy("INSERT", check=_checked(rights, access, added))
    changed = _written(rights, access, "UPDATE")
    if rights.locked:
        # A lock asks for the right to update: it is the new row that is refused where only locks are meant.
        yield _Policy("UPDATE", using=_within(_WRITE, _held(access)), check=_checked(rights, access, changed))
    elif changed:
        yield _Policy("UPDATE", using=_checked(rights, access, changed), check=_checked(rights, access, changed))
    deleted = _written(rights, access, "DELETE")
    if deleted or "DELETE" in rights.system:
        yield _Policy("DELETE", using=_checked(rights, access, deleted))


def _held(access: Access) -> _Scopes:
    """The scopes of the rows that each role reads."""
    return {role: access.grant(role).scopes for role in _STAFF}


def _written(rights: Rights, access: Access, action: str) -> _Scopes:
    """The scopes of the rows that each role may write so."""
    if rights.anywhere:
        return _held(access)
    scopes: dict[Role, frozenset[str]] = {}
    for role in _STAFF:
        mine = [
            right.scopes
            for right in rights.writing
            if action in right.actions and right.permission in access.grant(role).permissions
        ]
        if mine:
            scopes[role] = frozenset[str]().union(*mine)
    return scopes


def _checked(rights: Rights, access: Access, scopes: _Scopes) -> str:
    """The condition on a row that is written: its scope, and whose it is."""
    within = _within(_WRITE, scopes)
    if rights.mine is None:
        return within
    of_others = [
        role
        for role in Role
        if role is Role.SYSTEM or (rights.of_others and rights.of_others in access.grant(role).permissions)
    ]
    return f"{within} AND ({_is_mine(rights.mine)} OR {_speaks_as(of_others)})"


def _within(claim: str, scopes: _Scopes) -> str:
    """The row's scope is claimed, and one of the claimed role's; the system's are all that it claims."""
    claimed = f"string_to_array(current_setting('{claim}', true), ',')"
    cases = "".join(f" WHEN '{role}' THEN {_array(names)}" for role, names in sorted(scopes.items()) if names)
    granted = f"CASE current_setting('fleetdesk.role', true){cases} WHEN 'system' THEN {claimed} END"
    return f"scope = ANY ((SELECT {claimed})::text[]) AND scope = ANY ((SELECT {granted})::text[])"


def _array(scopes: frozenset[str]) -> str:
    return f"ARRAY[{', '.join(_OWN if scope == Scope.OWN else _literal(scope) for scope in sorted(scopes))}]"


def _literal(scope: str) -> str:
    escaped = scope.replace("'", "''").replace(":", r"\:")  # a colon begins a parameter of SQLAlchemy's text
    return f"'{escaped}'"


def _is_mine(column: str) -> str:
    return f"{column} = (SELECT current_setting('fleetdesk.person', true))"


def _speaks_as(roles: Iterable[Role]) -> str:
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT current_setting('fleetdesk.role', true)) IN ({listed})"


# As `models.access.own_scope` writes it; of nobody it is null, which no scope is.
_OWN = r"'person\:' || replace(replace(nullif(current_setting('fleetdesk.person', true), ''), '%', '%25'), ',', '%2C')"

# ---------------------------------------------------------------------------------------- what the hub keeps for itself

_KEEPER = _speaks_as([Role.SYSTEM])
_MINE = f"{_is_mine('person_id')} AND {_speaks_as(_STAFF)}"
_BOOKKEEPING: Mapping[str, tuple[_Policy, ...]] = {
    # Which version and which epoch it is, is no secret from whoever can connect.
    "alembic_version": (_Policy("SELECT", using="true"),),
    "sys_epoch": (_Policy("SELECT", using="true"),),
    "sys_device_turn": (
        _Policy("SELECT", using=_KEEPER),
        _Policy("INSERT", check=_KEEPER),
        _Policy("UPDATE", using=_KEEPER, check=_KEEPER),
    ),
    "sys_laptop": (
        _Policy("SELECT", using=f"{_MINE} OR {_KEEPER}"),
        _Policy("INSERT", check=_MINE),
        _Policy("UPDATE", using=_MINE, check=_MINE),
    ),
    "sys_provider_reading": (
        _Policy("SELECT", using=_KEEPER),
        _Policy("UPDATE", using=_KEEPER, check=_KEEPER),
    ),
    "sys_receipt": (
        _Policy("SELECT", using=f"{_MINE} OR {_KEEPER}"),
        _Policy("INSERT", check=_MINE),
        _Policy("UPDATE", using=_MINE, check=_MINE),
        _Policy("DELETE", using=_KEEPER),
    ),
    "sys_unkeyed": (
        _Policy("SELECT", using=_KEEPER),
        _Policy("DELETE", using=_KEEPER),
    ),
}


def _of_removals(access: Access) -> Iterator[_Policy]:
    """Written by its triggers alone, and read by those who held what is gone."""
    yield _Policy("SELECT", using=f"({_within(_READ, _held(access))}) OR {_KEEPER}")
    yield _Policy("DELETE", using=_KEEPER)


_LAID = text("SELECT policies FROM sys_epoch")
_NOTE = text("UPDATE sys_epoch SET policies = :policies")
_COLUMNS = text(
    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0"
    " AND NOT attisdropped AND attname NOT IN ('id', :unchanging) ORDER BY attname"
)
# A trigger goes on running what nobody may run: only who attaches it is asked. They run as the owner of the tables, and
# attached to a temporary table of the hub's own they would do to any row what no policy allows.
_OPEN_FUNCTIONS = text(
    r"SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc WHERE proname LIKE 'fleetdesk\_%'"
    " AND pronamespace = CAST(current_schema() AS regnamespace) AND has_function_privilege('public', oid, 'EXECUTE')"
)
