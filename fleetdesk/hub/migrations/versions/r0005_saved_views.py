"""Saved views, each its owner's or shared with all staff."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The table."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    adopt_table(
        connection,
        "sys_saved_view",
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            # One whose owner is not known is nobody's to see.
            required("scope", "text", fill="'person:'"),
            required("owner_id", "text", fill="''"),
            required("screen", "text", fill="'leads'"),
            required("name", "text", fill="''"),
            required("kind", "text", fill="'table'"),
            required("query", "text", fill="''"),
            required("sort", "text", fill="'[]'"),
            required("columns", "text", fill="'[]'"),
            required("created_at", "timestamp with time zone", fill="now()"),
            required("updated_at", "timestamp with time zone", fill="now()"),
            optional("deleted_at", "timestamp with time zone"),
            optional("deleted_by", "text"),
            optional("deletion_reason", "text"),
        ),
    )
    add_constraint(
        connection, "sys_saved_view", "ck_sys_saved_view_kind", "CHECK (kind IN ('table', 'board', 'calendar'))"
    )
    install_sync(connection, "sys_saved_view", hub_role)
