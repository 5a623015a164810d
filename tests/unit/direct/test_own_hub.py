"""Whoever waits for the hub of a direct connection hears how it went, whatever it was, and can give up."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.direct.keys import DirectKeys
from fleetdesk.direct.own_hub import OwnHub
from fleetdesk.errors import Defect, Unavailable
from fleetdesk.sync.engine.backoff import Backoff
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.connections import Connection, ConnectionKind

pytestmark = pytest.mark.timeout(60)

CONNECTION = Connection(
    name="own", kind=ConnectionKind.DIRECT, issuer="http://127.0.0.1:9", client_id="desk", organisation_id="org_1"
)


class BrokenKeys(DirectKeys):
    """Raises this instead of telling where the database is."""

    def __init__(self, error: Exception) -> None:
        super().__init__(MemoryVault(), "own")
        self.error = error

    def database(self) -> DatabaseAddress:
        raise self.error


def own_hub(keys: DirectKeys, folder: Path) -> OwnHub:
    """One that tries again when it is asked, and hardly by itself."""
    return OwnHub(CONNECTION, keys, folder, backoff=Backoff(random.Random(1), first=600.0))


def test_an_error_that_nobody_foresaw_is_told_and_logged_and_it_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = BrokenKeys(KeyError("database"))
    with caplog.at_level(logging.ERROR), own_hub(keys, tmp_path) as own:
        with pytest.raises(Defect, match="own hub"):
            asyncio.run(own.wait())
        keys.error = Unavailable("The keyring does not answer.")
        with pytest.raises(Unavailable, match="keyring"):
            asyncio.run(own.wait())
    assert {record.message for record in caplog.records} == {"unforeseen error in the own hub"}


def test_whoever_waits_for_one_that_is_closed_hears_that_at_once(tmp_path: Path) -> None:
    broken = BrokenKeys(Unavailable("The keyring does not answer."))
    with own_hub(broken, tmp_path) as own, pytest.raises(Unavailable):
        asyncio.run(own.wait())
    for _ in range(2):
        with pytest.raises(Unavailable):
            asyncio.run(own.wait())
