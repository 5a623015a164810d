"""What every hosted table gets beyond its columns: the `xid` stamp, the removal log, and its policies (`hub.policies`).

And one function over them all, which tells the tables that have anything new (`hub.unseen`).

A migration calls `install_sync` for each synced table; a test does so for its toy record.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from fleetdesk.hub.policies import protect
from fleetdesk.models.access import ACCESS, Access

__all__ = ["HOSTED_FOREIGN_KEYS", "ForeignKey", "allow_schema", "install_functions", "install_sync", "install_unseen"]


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


def install_sync(connection: Connection, table: str, hub_role: str, *, access: Access = ACCESS) -> None:
    """Make the table one that laptops hold: stamped, logged when rows leave, and seen by scope alone.

    It needs the columns `id` and `scope`; `access` says which roles hold which scopes. May be run again.
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
    protect(connection, table, hub_role, access)
    install_unseen(connection, hub_role)


def install_unseen(connection: Connection, hub_role: str) -> None:
    """`fleetdesk_unseen` over the tables that are synced by now; to be made anew whenever one more is, or one less."""
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    tables = [*connection.execute(_SYNCED).scalars(), "sys_removal"]
    looks = ", ".join(_LOOK.format(table=table, place=f"{schema}.{table}") for table in tables)
    role = connection.dialect.identifier_preparer.quote_identifier(hub_role)
    connection.exec_driver_sql(_UNSEEN.format(looks=looks))
    connection.exec_driver_sql("REVOKE ALL ON FUNCTION fleetdesk_unseen FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION fleetdesk_unseen TO {role}")


_SYNCED = text(
    "SELECT quote_ident(relname) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE tgname = 'fleetdesk_stamp' AND relnamespace = CAST(current_schema() AS regnamespace) ORDER BY 1"
)
_LOOK = (
    "CASE WHEN EXISTS (SELECT FROM {place} WHERE xid >= oldest AND NOT pg_visible_in_snapshot(xid, seen))"
    " THEN '{table}' END"
)
# It asks as whoever calls it, under their claims. Each connection plans it once: to plan a query of all tables takes
# ten times as long as to find nothing in them. How much of a table a snapshot has not seen, that plan cannot know: it
# is to look for the first such row by the index on xid, and no further.
_UNSEEN = """
    CREATE OR REPLACE FUNCTION fleetdesk_unseen(seen pg_snapshot) RETURNS text[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    DECLARE
        oldest CONSTANT xid8 := pg_snapshot_xmin(seen);
    BEGIN
        RETURN array_remove(ARRAY[{looks}], NULL);
    END $$
"""


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
