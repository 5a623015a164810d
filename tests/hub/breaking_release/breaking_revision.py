"""What a version after might take away, so that hubs of this one cannot go on."""

from __future__ import annotations

from alembic import op

revision = "breaking"
down_revision = "toy"


def upgrade() -> None:
    op.execute("ALTER TABLE sys_demo_lead DROP COLUMN shoe_size")
