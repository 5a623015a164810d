"""Documents of leads, and their bytes in pieces, once for all documents of a scope that have the same ones."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import Connection

from fleetdesk.hub.hosted import ForeignKey, install_sync
from fleetdesk.hub.migrations.adopting import add_constraint, adopt_table, optional, required

revision = "0009"
down_revision = "0008"

_TABLE = "doc_documents"
_OF_BLOB = ForeignKey("doc_blob_piece", "blob_id", "doc_blob", on_delete="CASCADE")
_INSTANTS = ("created_at", "updated_at", "deleted_at")


def upgrade() -> None:
    """The documents, which may be there for other records already; and the tables that no laptop holds."""
    connection = op.get_bind()
    hub_role: str = context.config.attributes["hub_role"]
    adopt_table(
        connection,
        _TABLE,
        (
            required("id", "text", fill="gen_random_uuid()::text"),
            # One whose record is not known is nobody's to see.
            required("scope", "text", fill="''"),
            required("owner_kind", "text", fill="''"),
            required("owner_id", "text", fill="''"),
            required("name", "text", fill="''"),
            required("sha256", "text", fill="''"),
            required("size", "bigint", fill="0"),
            required("media_type", "text", fill="''"),
            required("state", "text", fill="'waiting'"),
            optional("added_by", "text"),
            required("created_at", "timestamp with time zone", fill="now()"),
            required("updated_at", "timestamp with time zone", fill="now()"),
            optional("deleted_at", "timestamp with time zone"),
            optional("deleted_by", "text"),
            optional("deletion_reason", "text"),
        ),
    )
    add_constraint(connection, _TABLE, f"ck_{_TABLE}_state", "CHECK (state IN ('waiting', 'stored'))")
    for column in _INSTANTS:
        check = f"CHECK ({column} >= '0001-01-01 00:00:00+00' AND {column} < '10000-01-01 00:00:00+00')"
        add_constraint(connection, _TABLE, f"ck_{_TABLE}_{column}", check)
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_TABLE}_owner_id ON {_TABLE} (owner_id)")
    op.execute(f"CREATE INDEX IF NOT EXISTS ix_{_TABLE}_state ON {_TABLE} (state)")
    install_sync(connection, _TABLE, hub_role)
    _go_with_their_lead(connection)
    _bytes(connection)


def _go_with_their_lead(connection: Connection) -> None:
    """No foreign key says so: a document may belong to records of several kinds."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION fleetdesk_documents_of_leads() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            DELETE FROM {schema}.doc_documents WHERE owner_kind = 'lead' AND owner_id IN (SELECT id FROM gone);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER fleetdesk_documents AFTER DELETE ON sys_demo_lead REFERENCING OLD TABLE AS gone"
        " FOR EACH STATEMENT EXECUTE FUNCTION fleetdesk_documents_of_leads()"
    )


def _bytes(connection: Connection) -> None:
    op.execute(
        """
        CREATE TABLE doc_blob (
            id text DEFAULT gen_random_uuid()::text CONSTRAINT pk_doc_blob PRIMARY KEY,
            scope text NOT NULL,
            sha256 text NOT NULL,
            size bigint NOT NULL,
            -- Whoever sends it: what one person sends wrongly must not spoil what another one sends.
            person_id text NOT NULL,
            received bigint NOT NULL DEFAULT 0,
            whole boolean NOT NULL DEFAULT false,
            touched_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX uq_doc_blob_whole ON doc_blob (scope, sha256) WHERE whole")
    op.execute("CREATE UNIQUE INDEX uq_doc_blob_coming ON doc_blob (scope, sha256, person_id) WHERE NOT whole")
    op.execute(
        """
        CREATE TABLE doc_blob_piece (
            blob_id text NOT NULL,
            place bigint NOT NULL,
            scope text NOT NULL,
            bytes bytea NOT NULL,
            CONSTRAINT pk_doc_blob_piece PRIMARY KEY (blob_id, place)
        )
        """
    )
    add_constraint(connection, _OF_BLOB.table, _OF_BLOB.name, _OF_BLOB.definition)
    # Pictures and PDFs are compressed already: to try again costs time alone.
    op.execute("ALTER TABLE doc_blob_piece ALTER COLUMN bytes SET STORAGE EXTERNAL")
