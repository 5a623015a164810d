"""What Alembic runs around the revisions: on the connection, and in the transaction, that `hub.migrate` has begun."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection


def _run(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
