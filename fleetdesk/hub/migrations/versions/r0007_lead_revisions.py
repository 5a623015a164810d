"""Revisions of leads, pinned entries, outcomes of calls, due dates and steps of tasks."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import ForeignKey, install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0007"
down_revision = "0006"

_TABLE = "sys_demo_lead_revision"
_OF_LEAD = ForeignKey(_TABLE, "row_id", "sys_demo_lead", on_delete="CASCADE")
_COLUMNS = (
    ("sys_demo_lead", "revision bigint"),
    ("sys_demo_lead", "pinned text"),
    ("sys_demo_lead_activity", "outcome text"),
    ("sys_demo_lead_activity", "due_at timestamp with time zone"),
    ("sys_demo_lead_activity", "task_id text"),
    ("sys_demo_lead_activity", "task_step text"),
)
_CHECKS = (
    ("sys_demo_lead", "pinned", "json_typeof(pinned::json) = 'array'"),
    ("sys_demo_lead_activity", "outcome", "outcome IN ('reached', 'no_answer', 'message_left', 'wrong_number')"),
    ("sys_demo_lead_activity", "task_step", "task_step IN ('done', 'reopened')"),
    (
        "sys_demo_lead_activity",
        "due_at",
        "due_at >= '0001-01-01 00:00:00+00' AND due_at < '10000-01-01 00:00:00+00'",
    ),
    (_TABLE, "changes", "json_typeof(changes::json) = 'object'"),
    (_TABLE, "at", "at >= '0001-01-01 00:00:00+00' AND at < '10000-01-01 00:00:00+00'"),
)


def upgrade() -> None:
    """Columns more, which rewrite no row, and one table, which begins empty."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column}")
    adopt_table(
        connection,
        _TABLE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'leads'"),
            required("row_id", "text", fill="''"),
            required("number", "bigint", fill="0"),
            required("action", "text", fill="''"),
            required("changes", "text", fill="'{}'"),
            required("actor_id", "text", fill="''"),
            optional("laptop_id", "text"),
            required("at", "timestamp with time zone", fill="now()"),
        ),
    )
    for table, name, condition in _CHECKS:
        add_constraint(connection, table, f"ck_{table}_{name}", f"CHECK ({condition})")
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_TABLE}_row_id_at ON {_TABLE} (row_id, at)")
    add_constraint(connection, _OF_LEAD.table, _OF_LEAD.name, _OF_LEAD.definition)
    install_sync(connection, _TABLE, hub_role)
