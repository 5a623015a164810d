"""Laptops with a key of their own, the numbers of their requests, and what was on those that were revoked."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0012"
down_revision = "0011"

_DEVICE, _QUARANTINE = "sys_device", "sys_quarantine"
_INSTANTS = {
    _DEVICE: ("registered_at", "last_contact_at", "lease_until", "revoked_at", "handed_in_at"),
    _QUARANTINE: ("made_at", "received_at"),
}
_INSTANT = "timestamp with time zone"


def upgrade() -> None:
    """Three tables, which begin empty."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    adopt_table(
        connection,
        _DEVICE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'members'"),
            *(required(name, "text", fill="''") for name in ("person_id", "name", "system", "app_version")),
            required("registered_at", _INSTANT, fill="now()"),
            required("last_contact_at", _INSTANT, fill="now()"),
            optional("waiting", "bigint"),
            *(optional(name, _INSTANT) for name in ("lease_until", "revoked_at", "handed_in_at")),
            *(optional(name, "text") for name in ("revoked_by", "revocation_reason")),
        ),
    )
    adopt_table(
        connection,
        _QUARANTINE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            required("scope", "text", fill="'members'"),
            *(required(name, "text", fill="''") for name in ("device_id", "person_id")),
            required("kind", "text", fill="'waiting'"),
            *(required(name, "text", fill="''") for name in ("name", "sentence")),
            *(optional(name, "text") for name in ("target_table", "target_id")),
            *(required(name, _INSTANT, fill="now()") for name in _INSTANTS[_QUARANTINE]),
            required("payload", "text", fill="'{}'"),
        ),
    )
    for table, columns in _INSTANTS.items():
        for column in columns:
            check = f"CHECK ({column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00')"
            add_constraint(connection, table, f"ck_{table}_{column}", check)
    add_constraint(connection, _QUARANTINE, f"ck_{_QUARANTINE}_kind", "CHECK (kind IN ('waiting', 'inbox', 'draft'))")
    add_constraint(
        connection, _QUARANTINE, f"ck_{_QUARANTINE}_payload", "CHECK (json_typeof(payload::json) = 'object')"
    )
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_DEVICE}_person_id ON {_DEVICE} (person_id)")
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_QUARANTINE}_device_id ON {_QUARANTINE} (device_id)")
    for table in (_DEVICE, _QUARANTINE):
        install_sync(connection, table, hub_role)
    # Written with every request: room on its page keeps a row where it is, and no index hears of it.
    op.execute(
        """
        CREATE TABLE sys_device_turn (
            device_id text CONSTRAINT pk_sys_device_turn PRIMARY KEY,
            subject text NOT NULL,
            public_key bytea NOT NULL,
            highest bigint NOT NULL,
            seen bit(256) NOT NULL,
            contact_at timestamptz NOT NULL,
            app_version text NOT NULL,
            waiting bigint,
            lease_hours double precision
        ) WITH (fillfactor = 50)
        """
    )
