"""Which tables have anything new, told by the database itself."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_unseen

revision = "0014"
down_revision = "0013"
admits = "0013"


def upgrade() -> None:
    """One function, which hubs of before do not ask for."""
    hub_role: str = context.config.attributes["hub_role"]
    install_unseen(op.get_bind(), hub_role)
