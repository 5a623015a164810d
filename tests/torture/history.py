"""What the hosted database itself saw, written down by triggers of the simulation's own: the oracle's eyes.

Every value that a watched column ever took is a row of `torture_history`, in the order of the transactions, with the
value that it replaced. Nothing of FleetDesk writes or reads it.
"""

from __future__ import annotations

import psycopg

__all__ = ["WATCHED", "install", "renumber", "values_seen"]

WATCHED = ("company", "message", "current_software", "source", "status", "tags", "deletion_reason", "website")

_DDL = """
CREATE TABLE torture_history (
    number bigserial PRIMARY KEY, table_name text NOT NULL, row_id text NOT NULL, field text NOT NULL,
    old text, new text);
ALTER TABLE torture_history OWNER TO CURRENT_USER;
CREATE FUNCTION torture_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE name text; old_value text; new_value text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        EXECUTE format('SELECT ($1).%I::text', name) INTO new_value USING NEW;
        old_value := NULL;
        IF TG_OP = 'UPDATE' THEN
            EXECUTE format('SELECT ($1).%I::text', name) INTO old_value USING OLD;
        END IF;
        IF new_value IS DISTINCT FROM old_value THEN
            INSERT INTO torture_history (table_name, row_id, field, old, new)
            VALUES (TG_TABLE_NAME, NEW.id, name, old_value, new_value);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION torture_record() FROM PUBLIC;
CREATE TRIGGER torture_leads AFTER INSERT OR UPDATE ON sys_demo_lead
    FOR EACH ROW EXECUTE FUNCTION torture_record({watched});
CREATE TRIGGER torture_views AFTER INSERT OR UPDATE ON sys_saved_view
    FOR EACH ROW EXECUTE FUNCTION torture_record('name');
CREATE TRIGGER torture_activities AFTER INSERT ON sys_demo_lead_activity
    FOR EACH ROW EXECUTE FUNCTION torture_record('body');
"""


def install(owner_dsn: str) -> None:
    """Put the triggers into a migrated database."""
    with psycopg.connect(owner_dsn) as connection:
        connection.execute(_DDL.replace("{watched}", ", ".join(f"'{name}'" for name in WATCHED)))


def renumber(owner_dsn: str) -> None:
    """Go on numbering in a cloned database.

    A clone believes of its sequences that their next numbers are in the log, as they are in that of its template:
    after a crash it would give them out once more.
    """
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SELECT setval('torture_history_number_seq', (SELECT max(number) + 1 FROM torture_history))")


def values_seen(owner_dsn: str) -> list[tuple[str, str, str, str | None, str | None]]:
    """Every (table, row, field, old, new), oldest first."""
    with psycopg.connect(owner_dsn) as connection:
        return connection.execute(
            "SELECT table_name, row_id, field, old, new FROM torture_history ORDER BY number"
        ).fetchall()
