"""What every hosted table gets beyond its columns: the `xid` stamp, the removal log, row level security, the grants.

A migration calls `install_sync` for each synced table; a test does so for its toy record. No policy joins: each
compares a row's own scope, or its own person, with the transaction's claims (`hub.claims`), inside a sub-select so that
it is computed once a statement. A claim that is not set lets nothing through.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

__all__ = [
    "HOSTED_FOREIGN_KEYS",
    "ForeignKey",
    "Policy",
    "allow_schema",
    "by_scope",
    "install_functions",
    "install_sync",
    "protect",
]


@dataclass(frozen=True)
class ForeignKey:
    """A reference that the hosted table enforces and the replica, which judges nothing, does not."""

    table: str
    column: str
    target: str
    on_delete: str = "NO ACTION"

    @property
    def name(self) -> str:
        """The constraint's name, by the convention of `models.base`."""
        return f"fk_{self.table}_{self.column}"

    @property
    def definition(self) -> str:
        """The constraint as PostgreSQL reads and shows it.

        Deferred, because a push writes tables in no particular order; it has them checked before it goes on.
        """
        action = "" if self.on_delete == "NO ACTION" else f" ON DELETE {self.on_delete}"
        return f"FOREIGN KEY ({self.column}) REFERENCES {self.target}(id){action} DEFERRABLE INITIALLY DEFERRED"


HOSTED_FOREIGN_KEYS = (
    ForeignKey("adm_members", "user_id", "adm_users"),
    ForeignKey("doc_blob_piece", "blob_id", "doc_blob", on_delete="CASCADE"),
    ForeignKey("sys_demo_lead", "owner_id", "adm_users"),
    ForeignKey("sys_demo_lead_activity", "lead_id", "sys_demo_lead", on_delete="CASCADE"),
    ForeignKey("sys_demo_lead_revision", "row_id", "sys_demo_lead", on_delete="CASCADE"),
)


@dataclass(frozen=True)
class Policy:
    """One row level security policy: for which command, which rows it shows, which rows it lets be written."""

    action: str
    using: str | None = None
    check: str | None = None


_READ = "scope = ANY ((SELECT string_to_array(current_setting('fleetdesk.read', true), ','))::text[])"
_WRITE = "scope = ANY ((SELECT string_to_array(current_setting('fleetdesk.write', true), ','))::text[])"
_BY_SCOPE = {
    "SELECT": Policy("SELECT", using=_READ),
    "INSERT": Policy("INSERT", check=_WRITE),
    "UPDATE": Policy("UPDATE", using=_WRITE, check=_WRITE),
    "DELETE": Policy("DELETE", using=_WRITE),
}
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")


def by_scope(*actions: str) -> tuple[Policy, ...]:
    """Policies that let these actions see and write the rows whose scope the transaction's claims name."""
    return tuple(_BY_SCOPE[action] for action in actions)


def allow_schema(connection: Connection, hub_role: str) -> None:
    """Let the hub's role reach into the schema, which some installations close to everyone but its owner."""
    role = connection.dialect.identifier_preparer.quote_identifier(hub_role)
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")


def install_functions(connection: Connection) -> None:
    """The trigger functions that `install_sync` attaches; `sys_removal` has to exist."""
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for statement in _FUNCTIONS:
        connection.execute(text(statement.replace("@schema@", schema)))


def install_sync(connection: Connection, table: str, hub_role: str, *, actions: tuple[str, ...] = _ALL) -> None:
    """Make the table one that laptops hold: stamped, logged when rows leave, and seen by scope alone.

    `actions` are what the hub's role may do with it; it needs the columns `id` and `scope`. May be run again.
    """
    execute = connection.exec_driver_sql
    # A row that is there already counts as changed by this transaction; no table is rewritten for it.
    execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS xid xid8 NOT NULL DEFAULT pg_current_xact_id()")
    execute(f"CREATE INDEX IF NOT EXISTS ix_{table}_xid ON {table} (xid)")
    execute(
        f"CREATE OR REPLACE TRIGGER fleetdesk_stamp BEFORE INSERT OR UPDATE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION fleetdesk_stamp()"
    )
    execute(
        f"CREATE OR REPLACE TRIGGER fleetdesk_moved AFTER UPDATE ON {table} FOR EACH ROW"
        " WHEN (old.scope IS DISTINCT FROM new.scope OR old.id IS DISTINCT FROM new.id)"
        " EXECUTE FUNCTION fleetdesk_moved()"
    )
    execute(
        f"CREATE OR REPLACE TRIGGER fleetdesk_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION fleetdesk_deleted()"
    )
    execute(
        f"CREATE OR REPLACE TRIGGER fleetdesk_truncated BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION fleetdesk_truncated()"
    )
    protect(connection, table, hub_role, *by_scope(*actions))


def protect(connection: Connection, table: str, hub_role: str, *policies: Policy) -> None:
    """Row level security with these policies, and the grants that go with them.

    Others that the table has already stay: the hub does not start where they would let it see more (`hub.service`).
    """
    execute = connection.exec_driver_sql
    role = connection.dialect.identifier_preparer.quote_identifier(hub_role)
    execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    execute(f"REVOKE ALL ON {table} FROM {role}")
    for policy in policies:
        name = f"fleetdesk_{policy.action.lower()}"
        using = f" USING ({policy.using})" if policy.using is not None else ""
        check = f" WITH CHECK ({policy.check})" if policy.check is not None else ""
        execute(f"DROP POLICY IF EXISTS {name} ON {table}")
        execute(f"CREATE POLICY {name} ON {table} FOR {policy.action}{using}{check}")
        execute(f"GRANT {policy.action} ON {table} TO {role}")


# A row may leave one scope several times in a transaction: once is enough to tell.
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

_FUNCTIONS = (
    # The top-level transaction's id, also inside savepoints; a tuple's own xmin would be the savepoint's.
    """
    CREATE OR REPLACE FUNCTION fleetdesk_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.xid := pg_catalog.pg_current_xact_id();
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION fleetdesk_moved() RETURNS trigger {_DEFINER} AS $$
    BEGIN
        INSERT INTO @schema@.sys_removal (table_name, row_id, scope) VALUES (TG_TABLE_NAME, OLD.id, OLD.scope)
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION fleetdesk_deleted() RETURNS trigger {_DEFINER} AS $$
    BEGIN
        INSERT INTO @schema@.sys_removal (table_name, row_id, scope) SELECT TG_TABLE_NAME, id, scope FROM gone
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION fleetdesk_truncated() RETURNS trigger {_DEFINER} AS $$
    BEGIN
        EXECUTE format(
            'INSERT INTO @schema@.sys_removal (table_name, row_id, scope) SELECT %L, id, scope FROM %I.%I'
            ' ON CONFLICT DO NOTHING',
            TG_TABLE_NAME, TG_TABLE_SCHEMA, TG_TABLE_NAME
        );
        RETURN NULL;
    END $$
    """,
    # A purge after its time of keeping is marked; a change of nothing but the stamp is how a new epoch is told.
    """
    CREATE OR REPLACE FUNCTION fleetdesk_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        restamped record;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            restamped := NEW;
            restamped.xid := OLD.xid;
            IF restamped IS NOT DISTINCT FROM OLD THEN
                RETURN NEW;
            END IF;
        ELSIF pg_catalog.current_setting('fleetdesk.purge', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
)
