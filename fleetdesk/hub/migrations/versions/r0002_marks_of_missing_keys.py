"""Leads that others than FleetDesk write are marked, so that the hub makes their keys (`hub.rekeying`)."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_SOURCES = (
    "first_name",
    "last_name",
    "email",
    "second_email",
    "phone",
    "second_phone",
    "company",
    "country",
    "trade_licence",
    "message",
)
_KEYS = ("email_key", "phone_key", "trade_licence_key", "search_key")


def upgrade() -> None:
    """The table of marks, the triggers that fill it, and a mark on every lead that is there already."""
    connection = op.get_bind()
    op.execute(
        """
        CREATE TABLE sys_unkeyed (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            table_name text NOT NULL,
            row_id text NOT NULL,
            -- With its transaction's id in the key, a mark waits for no other transaction.
            CONSTRAINT pk_sys_unkeyed PRIMARY KEY (xid, table_name, row_id)
        )
        """
    )
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION fleetdesk_unkeyed() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            INSERT INTO {schema}.sys_unkeyed (table_name, row_id) VALUES (TG_TABLE_NAME, NEW.id)
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$
        """
    )
    # Who knows the keys writes them along; one that stays as it was (another case, say) is marked for nothing.
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_unkeyed_insert AFTER INSERT ON sys_demo_lead FOR EACH ROW"
        f" WHEN (new.search_key = '' AND coalesce({_listed('new', _SOURCES)}) IS NOT NULL)"
        " EXECUTE FUNCTION fleetdesk_unkeyed()"
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_unkeyed_update AFTER UPDATE ON sys_demo_lead FOR EACH ROW"
        f" WHEN (({_listed('new', _SOURCES)}) IS DISTINCT FROM ({_listed('old', _SOURCES)})"
        f" AND ({_listed('new', _KEYS)}) IS NOT DISTINCT FROM ({_listed('old', _KEYS)}))"
        " EXECUTE FUNCTION fleetdesk_unkeyed()"
    )
    # Those that were adopted have keys that SQL made, that know no accents and no telephone numbers.
    op.execute("INSERT INTO sys_unkeyed (table_name, row_id) SELECT 'sys_demo_lead', id FROM sys_demo_lead")


def _listed(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)
