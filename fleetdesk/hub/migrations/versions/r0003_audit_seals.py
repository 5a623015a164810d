"""The seals of the audit log (`hub.sealing`): append-only, as the events are."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrations.adopting import adopt_table, required

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The table; what was written before is sealed as it is found."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    adopt_table(
        connection,
        "sys_audit_seal",
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'audit'"),
            required("sequence", "bigint", fill="0"),
            required("hash", "text", fill="''"),
        ),
    )
    op.execute("CREATE UNIQUE INDEX IF NOT EXISTS uq_sys_audit_seal_sequence ON sys_audit_seal (sequence)")
    install_sync(connection, "sys_audit_seal", hub_role)
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_append_only BEFORE UPDATE OR DELETE ON sys_audit_seal"
        " FOR EACH ROW EXECUTE FUNCTION fleetdesk_append_only()"
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_append_only_truncate BEFORE TRUNCATE ON sys_audit_seal"
        " FOR EACH STATEMENT EXECUTE FUNCTION fleetdesk_append_only()"
    )
