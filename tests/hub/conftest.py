"""What every test of the hosted side stands on: a real PostgreSQL, and in it a migrated database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fleetdesk.demo.postgres import Database, Server
from tests.hub.support import Hosted, insert_lead
from tests.postgres import TemplateDatabase, running_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server of this session, empty but for what tests make."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[TemplateDatabase]:
    """A database with all migrations, to be cloned."""
    template = TemplateDatabase(server, migrated)
    yield template
    template.close()


@pytest.fixture
def database(template: TemplateDatabase) -> Iterator[Database]:
    """A migrated, empty database for one test alone."""
    with template.clone() as database:
        yield database


@pytest.fixture
def hosted(database: Database) -> Iterator[Hosted]:
    """That database with staff of each role, and whatever hubs the test puts before it."""
    hosted = Hosted(database)
    yield hosted
    hosted.close()


@pytest.fixture
def lead(hosted: Hosted) -> str:
    """A lead that is there already."""
    with hosted.owner() as connection:
        return insert_lead(connection)


def migrated(database: Database) -> None:
    """Bring an empty database to the newest schema."""
    # Here, so that tests of the server alone need no hub.
    from fleetdesk.hub.migrate import migrate

    migrate(database.owner.url, hub_role=database.hub.user)
