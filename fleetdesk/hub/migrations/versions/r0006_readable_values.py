"""Values that no laptop could read are refused, whoever writes them: broken JSON, years beyond four digits."""

from __future__ import annotations

from alembic import op

from fleetdesk.hub.migrations.adopting import add_constraint

revision = "0006"
down_revision = "0005"

_JSON = (
    ("sys_audit_payload", "body", "object"),
    ("sys_demo_lead", "tags", "array"),
    ("sys_demo_lead", "conformity", "object"),
    ("sys_demo_lead", "merge_record", "object"),
    ("sys_intent", "payload", "object"),
    ("sys_saved_view", "sort", "array"),
    ("sys_saved_view", "columns", "array"),
)
_INSTANTS = {
    "adm_members": ("created_at", "updated_at", "deleted_at"),
    "adm_users": ("created_at", "updated_at", "deleted_at"),
    "sys_audit_event": ("issued_at", "recorded_at"),
    "sys_demo_lead": (
        "next_activity_at",
        "last_activity_at",
        "stage_changed_at",
        "created_at",
        "updated_at",
        "deleted_at",
    ),
    "sys_demo_lead_activity": ("happened_at", "recorded_at"),
    "sys_intent": ("created_at", "updated_at"),
    "sys_saved_view": ("created_at", "updated_at", "deleted_at"),
}


def upgrade() -> None:
    """A check for each such column."""
    connection = op.get_bind()
    for table, column, shape in _JSON:
        check = f"CHECK (json_typeof({column}::json) = '{shape}')"
        add_constraint(connection, table, f"ck_{table}_{column}", check)
    for table, columns in _INSTANTS.items():
        for column in columns:
            check = f"CHECK ({column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00')"
            add_constraint(connection, table, f"ck_{table}_{column}", check)
