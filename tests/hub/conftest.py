"""What every test of the hosted side stands on: a real PostgreSQL, and in it a migrated database of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Database, Server
from fleetdesk.hub.member_mirror import MemberMirror
from fleetdesk.hub.memberships import MembershipJob
from fleetdesk.providers.clerk import Clerk
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from tests.clerk import KEY, ORGANISATION_ID, ClerkSandbox
from tests.hub.at_clerk import another
from tests.hub.support import STAFF_ROLES, Hosted, insert_lead
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


@pytest.fixture(scope="module")
def module_hosted(template: TemplateDatabase) -> Iterator[Hosted]:
    """One such database for all tests of a module: for those that leave nothing behind in it."""
    with template.clone() as database:
        hosted = Hosted(database)
        yield hosted
        hosted.close()


@pytest.fixture
def issuer(tmp_path: Path) -> DemoIssuer:
    """Who signs the tokens that hub processes accept."""
    issuer = DemoIssuer()
    issuer.write_keys(tmp_path / "keys.json")
    return issuer


@pytest.fixture
def settings(hosted: Hosted, issuer: DemoIssuer, tmp_path: Path) -> dict[str, str]:
    """The settings of a hub process that may start."""
    return {
        "FLEETDESK_DATABASE_URL": hosted.database.hub.url,
        **issuer.settings(tmp_path / "keys.json"),
        "FLEETDESK_PORT": "0",
    }


@pytest.fixture
def lead(hosted: Hosted) -> str:
    """A lead that is there already."""
    with hosted.owner() as connection:
        return insert_lead(connection)


@pytest.fixture
def clerk() -> Iterator[ClerkSandbox]:
    """Clerk as the mirror has it: the staff of each role."""
    with ClerkSandbox() as sandbox:
        for role in STAFF_ROLES:
            sandbox.add(f"user_{role}", role, first_name="Person", last_name=str(role))
        yield sandbox


@pytest.fixture
def source(clerk: ClerkSandbox) -> Iterator[ClerkMemberships]:
    """What the hub has of it."""
    source = ClerkMemberships(Clerk(KEY, ORGANISATION_ID, address=clerk.address))
    yield source
    source.close()


@pytest.fixture
def mirror(hosted: Hosted, source: ClerkMemberships) -> MemberMirror:
    """The mirror of one hub; the pictures that Clerk has of everybody are known already."""
    hosted.execute("UPDATE adm_users SET image_url = 'https://img.clerk.com/x'")
    return another(hosted, source)


@pytest.fixture
def job(hosted: Hosted, source: ClerkMemberships) -> MembershipJob:
    """What carries out, at one hub."""
    return MembershipJob(hosted.hub().database, hosted.platform, source, hosted.clock)


def migrated(database: Database) -> None:
    """Bring an empty database to the newest schema."""
    # Here, so that tests of the server alone need no hub.
    from fleetdesk.hub.migrate import migrate

    migrate(database.owner.url, hub_role=database.hub.user)
