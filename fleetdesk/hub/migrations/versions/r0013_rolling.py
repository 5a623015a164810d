"""What a migration leaves for the hubs of the version before: which of them it admits, and which policies it laid."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
admits = "0013"
"""Hubs before this one ask for their own revision and nothing else."""


def upgrade() -> None:
    """Three columns beside the epoch; the mark of policies that a comment held is of no use any more."""
    op.execute(
        "ALTER TABLE sys_epoch ADD COLUMN admits text, ADD COLUMN laid_by text,"
        " ADD COLUMN policies text NOT NULL DEFAULT '{}'"
    )
    op.execute("COMMENT ON TABLE sys_epoch IS NULL")
