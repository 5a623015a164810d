"""What a merge took from a lead, and indexes that know which leads are merged into others."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_REPLACED = (
    "status_deleted_at_updated_at",
    "updated_at_status_deleted_at",
    "owner_id_updated_at_status_deleted_at",
    "email_key",
    "phone_key",
    "trade_licence_key",
)
_COLUMNS = (
    "updated_at, status, deleted_at, merged_into",
    "status, deleted_at, updated_at, merged_into",
    "merged_into",
    "email_key, deleted_at, merged_into",
    "phone_key, deleted_at, merged_into",
    "trade_licence_key, deleted_at, merged_into",
)


def upgrade() -> None:
    """One column more; the policies of the table cover it. Indexes in the places of those that they extend."""
    op.execute("ALTER TABLE sys_demo_lead ADD COLUMN IF NOT EXISTS merge_record text")
    for name in _REPLACED:
        op.execute(f"DROP INDEX IF EXISTS ix_sys_demo_lead_{name}")
    for columns in _COLUMNS:
        name = columns.replace(", ", "_")
        op.execute(f"CREATE INDEX IF NOT EXISTS ix_sys_demo_lead_{name} ON sys_demo_lead ({columns})")
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_sys_demo_lead_of_owner"
        " ON sys_demo_lead (owner_id, updated_at, status, deleted_at, merged_into)"
    )
