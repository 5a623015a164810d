"""When a provider's list was read last, by whichever hub, and what of it was not followed."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One table, with one row for the identity provider's members."""
    op.execute(
        """
        CREATE TABLE sys_provider_reading (
            id text CONSTRAINT pk_sys_provider_reading PRIMARY KEY,
            begun_at timestamptz NOT NULL,
            trouble text
        )
        """
    )
    op.execute("INSERT INTO sys_provider_reading (id, begun_at) VALUES ('members', 'epoch')")
