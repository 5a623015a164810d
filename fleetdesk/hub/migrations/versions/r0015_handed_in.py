"""How much a revoked laptop handed in, kept as it comes."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
admits = "0013"


def upgrade() -> None:
    """Two columns that hubs of before leave as they are: what was handed in to one of those is not counted."""
    op.execute(
        "ALTER TABLE sys_device_turn ADD COLUMN handed_in bigint NOT NULL DEFAULT 0,"
        " ADD COLUMN handed_in_bytes bigint NOT NULL DEFAULT 0"
    )
