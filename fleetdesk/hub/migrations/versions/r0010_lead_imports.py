"""Imports that are remembered, and the batches by which they are found in the revisions of leads."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0010"
down_revision = "0009"

_TABLE = "sys_demo_lead_import"
_FIGURES = ("rows", "created", "updated", "duplicates", "failed")
_INSTANTS = ("imported_at", "taken_back_at")


def upgrade() -> None:
    """A column more, which rewrites no row, and one table, which begins empty."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    op.execute("ALTER TABLE sys_demo_lead_revision ADD COLUMN IF NOT EXISTS batch text")
    adopt_table(
        connection,
        _TABLE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'leads'"),
            required("file_name", "text", fill="''"),
            required("person_id", "text", fill="''"),
            *(required(name, "bigint", fill="0") for name in _FIGURES),
            required("imported_at", "timestamp with time zone", fill="now()"),
            optional("taken_back_at", "timestamp with time zone"),
            optional("taken_back_by", "text"),
        ),
    )
    for column in _INSTANTS:
        check = f"CHECK ({column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00')"
        add_constraint(connection, _TABLE, f"ck_{_TABLE}_{column}", check)
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_TABLE}_imported_at ON {_TABLE} (imported_at)")
    install_sync(connection, _TABLE, hub_role)
