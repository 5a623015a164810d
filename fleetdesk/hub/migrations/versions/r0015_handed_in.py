"""How much a revoked laptop handed in, kept as it comes."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
admits = "0013"


def upgrade() -> None:
    """Two columns, which hubs of before leave as they are: what one of those takes in from here on is not counted."""
    op.execute(
        "ALTER TABLE sys_device_turn ADD COLUMN handed_in bigint NOT NULL DEFAULT 0,"
        " ADD COLUMN handed_in_bytes bigint NOT NULL DEFAULT 0"
    )
    op.execute(
        "UPDATE sys_device_turn AS turn SET handed_in = there.edits, handed_in_bytes = there.bytes FROM ("
        " SELECT device_id, count(*) AS edits, sum(octet_length(payload)) AS bytes FROM sys_quarantine"
        " GROUP BY device_id) AS there WHERE there.device_id = turn.device_id"
    )
