"""What a next version might add: a column, and a table that laptops hold."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.release import THIS

revision = "toy"
down_revision = THIS.newest
admits = THIS.newest


def upgrade() -> None:
    op.execute("ALTER TABLE sys_demo_lead ADD COLUMN shoe_size bigint NOT NULL DEFAULT 42")
    op.execute("CREATE TABLE sys_toy (id text PRIMARY KEY, scope text NOT NULL)")
    install_sync(op.get_bind(), "sys_toy", context.config.attributes["hub_role"])
