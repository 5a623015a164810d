"""Keys of second addresses and numbers, and the leads that people told apart."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0008"
down_revision = "0007"

_TABLE = "sys_demo_lead_apart"
_INSTANTS = ("created_at", "updated_at", "deleted_at")


def upgrade() -> None:
    """Two columns more, with a mark on each lead that gets a key in them; and one table, which begins empty."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    for column in ("second_email_key", "second_phone_key"):
        op.execute(f"ALTER TABLE sys_demo_lead ADD COLUMN IF NOT EXISTS {column} text")
    op.execute(
        "INSERT INTO sys_unkeyed (table_name, row_id) SELECT 'sys_demo_lead', id FROM sys_demo_lead"
        " WHERE second_email IS NOT NULL OR second_phone IS NOT NULL ON CONFLICT DO NOTHING"
    )
    adopt_table(
        connection,
        _TABLE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'leads'"),
            required("lead_ids", "text", fill="'[]'"),
            required("author_id", "text", fill="''"),
            required("created_at", "timestamp with time zone", fill="now()"),
            required("updated_at", "timestamp with time zone", fill="now()"),
            optional("deleted_at", "timestamp with time zone"),
            optional("deleted_by", "text"),
            optional("deletion_reason", "text"),
        ),
    )
    add_constraint(connection, _TABLE, f"ck_{_TABLE}_lead_ids", "CHECK (json_typeof(lead_ids::json) = 'array')")
    for column in _INSTANTS:
        check = f"CHECK ({column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00')"
        add_constraint(connection, _TABLE, f"ck_{_TABLE}_{column}", check)
    install_sync(connection, _TABLE, hub_role)
