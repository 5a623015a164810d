"""Whether the policies of the hosted database hold for the role that the hub connects as, and alone.

Asked of the database itself, at each start: what it says is what it will do. The hub's role sets the claims of each
transaction (`hub.claims`), so whoever has its password can speak for anybody: that is by design, and why it is kept as
the provider's secrets are. What it must not have is anything by which it could pass the policies by.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from fleetdesk.errors import BadSettings

__all__ = ["demand_humble"]


def demand_humble(connection: Connection) -> None:
    """Raise BadSettings if a policy would not hold for the connection's role, or if others than ours would."""
    role = connection.execute(_ROLE).one()
    if role.above or role.owns:
        raise BadSettings(
            f"The hub must not connect as “{role.rolname}”: policies would not hold for it.",
            do="Connect as a role that owns no table and has no rights but those it was granted.",
        )
    open_table = connection.execute(_OPEN_TABLE).scalar()
    if open_table is not None:
        raise BadSettings(
            f"The table {open_table} has no row level security, and the hub's role has rights on it.",
            do=f"ALTER TABLE {open_table} ENABLE ROW LEVEL SECURITY, or take these rights away.",
        )
    right = connection.execute(_RIGHT).first()
    if right is not None:
        raise BadSettings(
            f"The hub's role has the right {right.name} on {right.place}, which no policy holds back.",
            do=f"Take it away from “{role.rolname}” and from PUBLIC: REVOKE {right.name} ON {right.place} FROM …",
        )
    strange = connection.execute(_STRANGE_POLICY).first()
    if strange is not None:
        raise BadSettings(
            f"The policy “{strange.policyname}” of the table {strange.tablename} lets the hub see more than"
            " FleetDesk's own policies do.",
            do="Give it to the roles that it is meant for: ALTER POLICY … TO …",
        )


# Whoever may become the owner of a table, or a role above the policies, passes them by: not only who is one.
_ROLE = text(
    "SELECT rolname, EXISTS (SELECT FROM pg_roles AS other WHERE (other.rolsuper OR other.rolbypassrls)"
    " AND pg_has_role(other.oid, 'MEMBER')) AS above,"
    " EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')"
    " AND relnamespace = CAST(current_schema() AS regnamespace) AND pg_has_role(relowner, 'MEMBER')) AS owns"
    " FROM pg_roles WHERE rolname = current_user"
)
# Views that do not ask as whoever reads them read as their owner, for whom no policy holds.
_OPEN_TABLE = text(
    "SELECT relname FROM pg_class WHERE relnamespace = CAST(current_schema() AS regnamespace)"
    " AND relkind IN ('r', 'p', 'f', 'v', 'm')"
    " AND (has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(oid, 'DELETE'))"
    " AND CASE WHEN relkind IN ('r', 'p') THEN NOT row_security_active(oid) WHEN relkind = 'v' THEN"
    " NOT coalesce('security_invoker=true' = ANY (reloptions) OR 'security_invoker=on' = ANY (reloptions), false)"
    " ELSE true END ORDER BY relname LIMIT 1"
)
# No policy is asked about these: to empty a table, to look for its keys by references, to attach what runs at writes;
# nor about what a name in the schema means, or what a function does as its owner.
_RIGHT = text(
    "SELECT * FROM (SELECT name, CAST(CAST(pg_class.oid AS regclass) AS text) AS place"
    " FROM pg_class, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS name"
    " WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')"
    " AND has_table_privilege(pg_class.oid, name)"
    " UNION ALL SELECT 'CREATE', 'SCHEMA ' || quote_ident(current_schema())"
    " WHERE has_schema_privilege(current_schema(), 'CREATE')"
    " UNION ALL SELECT 'EXECUTE', 'FUNCTION ' || CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc"
    " WHERE pronamespace = CAST(current_schema() AS regnamespace) AND prosecdef"
    " AND has_function_privilege(oid, 'EXECUTE')) AS found ORDER BY place, name LIMIT 1"
)
# Policies that permit add up: one that an adopted table had already, for everybody, would show rows to all staff.
_STRANGE_POLICY = text(
    "SELECT tablename, policyname FROM pg_policies AS policy WHERE schemaname = current_schema()"
    r" AND permissive = 'PERMISSIVE' AND policyname NOT LIKE 'fleetdesk\_%'"
    " AND EXISTS (SELECT FROM unnest(roles) AS role"
    " WHERE CASE role WHEN 'public' THEN true ELSE pg_has_role(role, 'USAGE') END)"
    " AND EXISTS (SELECT FROM pg_policies AS ours WHERE ours.schemaname = policy.schemaname"
    r" AND ours.tablename = policy.tablename AND ours.policyname LIKE 'fleetdesk\_%')"
    " ORDER BY tablename, policyname"
)
