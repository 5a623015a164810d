"""Staff, leads, audit log and intents, with what the hub keeps for itself."""

from __future__ import annotations

from alembic import context, op

from fleetdesk.hub.hosted import HOSTED_FOREIGN_KEYS, allow_schema, install_functions, install_sync
from fleetdesk.hub.migrations.adopting import (
    add_constraint,
    adopt_table,
    optional,
    required,
)

revision = "0001"
down_revision = None

_ID = required("id", "text", fill="gen_random_uuid()::text")
_DELETION = (
    optional("deleted_at", "timestamp with time zone"),
    optional("deleted_by", "text"),
    optional("deletion_reason", "text"),
)
_TIMES = (
    required("created_at", "timestamp with time zone", fill="now()"),
    required("updated_at", "timestamp with time zone", fill="now()"),
)

_USERS = (
    _ID,
    required("scope", "text", fill="'staff'"),
    # Unique ones get a default that no other row has.
    required("provider_id", "text", fill="id", default="gen_random_uuid()::text"),
    required("email", "text", fill="''"),
    required("email_key", "text", fill="lower(trim(email))", default="gen_random_uuid()::text"),
    required("first_name", "text", fill="''"),
    required("last_name", "text", fill="''"),
    optional("image_url", "text"),
    required("status", "text", fill="'active'"),
    *_TIMES,
    *_DELETION,
)

_MEMBERS = (
    _ID,
    required("scope", "text", fill="'staff'"),
    required("user_id", "text", fill="''"),
    required("organisation", "text", fill="''"),
    required("role", "text", fill="''"),
    required("status", "text", fill="'active'"),
    *_TIMES,
    *_DELETION,
)

_LEAD = (
    _ID,
    required("scope", "text", fill="'leads'"),
    required("status", "text", fill="'new'"),
    optional("first_name", "text"),
    optional("last_name", "text"),
    optional("email", "text"),
    optional("second_email", "text"),
    optional("phone", "text"),
    optional("second_phone", "text"),
    optional("company", "text"),
    optional("country", "text"),
    optional("fleet_size", "bigint"),
    optional("current_software", "text"),
    optional("website", "text"),
    optional("trade_licence", "text"),
    optional("message", "text"),
    optional("source", "text"),
    optional("owner_id", "text"),
    optional("score", "bigint"),
    required("tags", "text", fill="'[]'"),
    optional("next_activity", "text"),
    optional("next_activity_at", "timestamp with time zone"),
    optional("lost_reason", "text"),
    optional("conformity", "text"),
    optional("import_id", "text"),
    optional("merged_into", "text"),
    required("activity_count", "bigint", fill="0"),
    optional("last_activity_at", "timestamp with time zone"),
    required("stage_changed_at", "timestamp with time zone", fill="now()"),
    *_TIMES,
    optional("email_key", "text"),
    optional("phone_key", "text"),
    optional("trade_licence_key", "text"),
    # Search, over rows that were adopted, finds their words at once and their accents once the hub made their keys.
    required(
        "search_key",
        "text",
        fill="lower(concat_ws(' ', first_name, last_name, company, message))",
        default="''",
    ),
    *_DELETION,
)

_ACTIVITY = (
    _ID,
    required("scope", "text", fill="'leads'"),
    required("lead_id", "text", fill="''"),
    required("kind", "text", fill="'note'"),
    required("body", "text", fill="''"),
    optional("author_id", "text"),
    optional("from_status", "text"),
    optional("to_status", "text"),
    required("happened_at", "timestamp with time zone", fill="now()"),
    required("recorded_at", "timestamp with time zone", fill="now()"),
)

_EVENT = (
    _ID,
    required("scope", "text", fill="'audit'"),
    optional("command_id", "text"),
    optional("batch_id", "text"),
    required("actor_id", "text", fill="''"),
    optional("on_behalf_of", "text"),
    required("role", "text", fill="''"),
    required("action", "text", fill="''"),
    required("sentence", "text", fill="''"),
    optional("target_table", "text"),
    optional("target_id", "text"),
    required("outcome", "text", fill="''"),
    optional("laptop_id", "text"),
    optional("address", "text"),
    optional("request_id", "text"),
    required("issued_at", "timestamp with time zone", fill="now()"),
    required("recorded_at", "timestamp with time zone", fill="now()"),
    required("payload_digest", "text", fill="''"),
)

_PAYLOAD = (
    _ID,
    required("scope", "text", fill="'audit'"),
    required("salt", "text", fill="''"),
    required("body", "text", fill="'{}'"),
)

_INTENT = (
    _ID,
    required("scope", "text", fill="'leads'"),
    required("kind", "text", fill="''"),
    required("subject_id", "text", fill="''"),
    required("payload", "text", fill="'{}'"),
    required("idempotency_key", "text", fill="id", default="gen_random_uuid()::text"),
    required("state", "text", fill="'waiting'"),
    required("attempts", "bigint", fill="0"),
    optional("outcome", "text"),
    *_TIMES,
)

_REFERRING = ("adm_members", "sys_demo_lead", "sys_demo_lead_activity")

_CHECKS = (
    ("adm_users", "status", "status IN ('active', 'suspended')"),
    ("adm_members", "status", "status IN ('active', 'suspended')"),
    (
        "adm_members",
        "role",
        (
            "role IN ('platform_commercial', 'platform_support', 'platform_finance', 'platform_product_manager',"
            " 'platform_super_admin')"
        ),
    ),
    (
        "sys_demo_lead",
        "status",
        "status IN ('new', 'contacted', 'qualified', 'onboarding', 'validated', 'converted', 'lost')",
    ),
    ("sys_demo_lead", "fleet_size", "fleet_size >= 0"),
    (
        "sys_demo_lead_activity",
        "kind",
        "kind IN ('call', 'email', 'meeting', 'note', 'task', 'status_change')",
    ),
    ("sys_intent", "state", "state IN ('waiting', 'running', 'done', 'failed')"),
)

_INDEXES = (
    "UNIQUE INDEX IF NOT EXISTS uq_adm_users_provider_id ON adm_users (provider_id)",
    "UNIQUE INDEX IF NOT EXISTS uq_adm_users_email_key ON adm_users (email_key) WHERE deleted_at IS NULL",
    (
        "UNIQUE INDEX IF NOT EXISTS uq_adm_members_user_id_organisation ON adm_members (user_id, organisation)"
        " WHERE deleted_at IS NULL"
    ),
    (
        "INDEX IF NOT EXISTS ix_sys_demo_lead_status_deleted_at_updated_at"
        " ON sys_demo_lead (status, deleted_at, updated_at)"
    ),
    (
        "INDEX IF NOT EXISTS ix_sys_demo_lead_updated_at_status_deleted_at"
        " ON sys_demo_lead (updated_at, status, deleted_at)"
    ),
    "INDEX IF NOT EXISTS ix_sys_demo_lead_created_at ON sys_demo_lead (created_at)",
    (
        "INDEX IF NOT EXISTS ix_sys_demo_lead_owner_id_updated_at_status_deleted_at"
        " ON sys_demo_lead (owner_id, updated_at, status, deleted_at)"
    ),
    "INDEX IF NOT EXISTS ix_sys_demo_lead_next_activity_at ON sys_demo_lead (next_activity_at)",
    "INDEX IF NOT EXISTS ix_sys_demo_lead_email_key ON sys_demo_lead (email_key)",
    "INDEX IF NOT EXISTS ix_sys_demo_lead_phone_key ON sys_demo_lead (phone_key)",
    "INDEX IF NOT EXISTS ix_sys_demo_lead_trade_licence_key ON sys_demo_lead (trade_licence_key)",
    (
        "INDEX IF NOT EXISTS ix_sys_demo_lead_activity_lead_id_happened_at"
        " ON sys_demo_lead_activity (lead_id, happened_at)"
    ),
    "INDEX IF NOT EXISTS ix_sys_audit_event_recorded_at ON sys_audit_event (recorded_at)",
    "INDEX IF NOT EXISTS ix_sys_audit_event_target_id ON sys_audit_event (target_id)",
    "UNIQUE INDEX IF NOT EXISTS uq_sys_intent_idempotency_key ON sys_intent (idempotency_key)",
    "INDEX IF NOT EXISTS ix_sys_intent_subject_id ON sys_intent (subject_id)",
)


def upgrade() -> None:
    """Adopt or make everything; the order is that of the references."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    allow_schema(connection, hub_role)
    for table, columns in (
        ("adm_users", _USERS),
        ("adm_members", _MEMBERS),
        ("sys_demo_lead", _LEAD),
        ("sys_demo_lead_activity", _ACTIVITY),
        ("sys_audit_event", _EVENT),
        ("sys_audit_payload", _PAYLOAD),
        ("sys_intent", _INTENT),
    ):
        adopt_table(connection, table, columns)
    for table, name, condition in _CHECKS:
        add_constraint(connection, table, f"ck_{table}_{name}", f"CHECK ({condition})")
    for index in _INDEXES:
        op.execute(f"CREATE {index}")
    for key in (key for key in HOSTED_FOREIGN_KEYS if key.table in _REFERRING):
        add_constraint(connection, key.table, key.name, key.definition)
    _hub_tables()
    install_functions(connection)
    for table in (
        "adm_users",
        "adm_members",
        "sys_demo_lead",
        "sys_demo_lead_activity",
        "sys_intent",
        "sys_audit_event",
        "sys_audit_payload",
    ):
        install_sync(connection, table, hub_role)
    _append_only()


def _hub_tables() -> None:
    """What no laptop holds: the epoch, the laptops' streams, the receipts, the removal log."""
    op.execute(
        """
        CREATE TABLE sys_epoch (
            only_row boolean DEFAULT true CONSTRAINT ck_sys_epoch_only_row CHECK (only_row),
            epoch text NOT NULL,
            began_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_sys_epoch PRIMARY KEY (only_row)
        )
        """
    )
    op.execute("INSERT INTO sys_epoch (epoch) VALUES (gen_random_uuid()::text)")
    op.execute(
        """
        CREATE TABLE sys_laptop (
            id text CONSTRAINT pk_sys_laptop PRIMARY KEY,
            person_id text NOT NULL,
            last_sequence bigint NOT NULL DEFAULT 0,
            confirmed bigint NOT NULL DEFAULT 0,
            drained_at timestamptz,
            first_seen_at timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE sys_receipt (
            person_id text NOT NULL,
            command_id text NOT NULL,
            laptop_id text NOT NULL,
            sequence bigint NOT NULL,
            digest text NOT NULL,
            verdict text NOT NULL,
            recorded_at timestamptz NOT NULL,
            CONSTRAINT pk_sys_receipt PRIMARY KEY (person_id, command_id)
        )
        """
    )
    op.execute("CREATE INDEX ix_sys_receipt_laptop_id_sequence ON sys_receipt (laptop_id, sequence)")
    op.execute("CREATE INDEX ix_sys_receipt_recorded_at ON sys_receipt (recorded_at)")
    op.execute(
        """
        CREATE TABLE sys_removal (
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            table_name text NOT NULL,
            row_id text NOT NULL,
            scope text NOT NULL,
            removed_at timestamptz NOT NULL DEFAULT now(),
            -- No number from a sequence: a database cloned from another may, after a crash, give one out twice.
            CONSTRAINT pk_sys_removal PRIMARY KEY (xid, table_name, row_id, scope)
        )
        """
    )
    op.execute("CREATE INDEX ix_sys_removal_removed_at ON sys_removal (removed_at)")


def _append_only() -> None:
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_append_only BEFORE UPDATE OR DELETE ON sys_audit_event"
        " FOR EACH ROW EXECUTE FUNCTION fleetdesk_append_only()"
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_append_only_truncate BEFORE TRUNCATE ON sys_audit_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION fleetdesk_append_only()"
    )
