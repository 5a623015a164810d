"""A provider for the whole session, a real hub that believes it, and a laptop's place for what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.hub.tokens import JwksVerifier
from fleetdesk.models.access import Role
from fleetdesk.sync.files.vault import MemoryVault
from tests.hub.conftest import database, hosted, server, template
from tests.hub.support import Hosted
from tests.signin.provider import AUDIENCE, CLIENT, ELSEWHERE, STAFF, RealProvider
from tests.sync.conftest import anyio_backend
from tests.sync.running import RunningHub

__all__ = ["anyio_backend", "database", "hosted", "server", "template"]

PEOPLE = {
    **{f"user_{role}": {"org_id": STAFF} for role in Role},
    "user_elsewhere": {"org_id": ELSEWHERE},
    "user_alone": {},
    "user_unknown": {"org_id": STAFF},
}
"""Whoever signs in, by login, and the organisation that their tokens name."""


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    """The provider that tests share which leave it as it is."""
    with RealProvider(tmp_path_factory.mktemp("provider"), PEOPLE) as provider:
        yield provider


@pytest.fixture
def own_provider(tmp_path: Path) -> Iterator[RealProvider]:
    """A provider for one test alone, which may stop it or change its keys."""
    with RealProvider(tmp_path, PEOPLE) as provider:
        yield provider


@pytest.fixture
def vault() -> MemoryVault:
    """Where the laptop keeps its tokens."""
    return MemoryVault()


def believing(provider: RealProvider, hosted: Hosted) -> RunningHub:
    """A hub that takes that provider's tokens for FleetDesk, and no others."""
    verifier = JwksVerifier(
        provider.issuer,
        provider.keys,
        hosted.clock,
        clients=[CLIENT],
        audience=AUDIENCE,
        organisation_id=STAFF,
    )
    return RunningHub(hosted, verifier)


@pytest.fixture
def hub(provider: RealProvider, hosted: Hosted) -> Iterator[RunningHub]:
    """A hub before a real database that believes the shared provider."""
    with believing(provider, hosted) as hub:
        yield hub
