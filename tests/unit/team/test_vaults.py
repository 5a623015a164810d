"""A connection's vault knows what the first versions put into the keyring for it, and moves all of it under the PIN."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from fleetdesk.demo.laptops import vault_of_demo
from fleetdesk.direct.keys import DATABASE, DirectKeys
from fleetdesk.models.passphrases import Word
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import file_keys
from fleetdesk.sync.signin.connections import Connection
from fleetdesk.team.vaults import vault_of
from tests.unit.sync.keyrings import Contents, DesktopKeyring

PLACES = ("0123456789abcdef", "fedcba9876543210")
PIN = "2468ac"


@pytest.fixture
def secrets() -> Iterator[Contents]:
    """The keyring of this machine."""
    before, contents = keyring.get_keyring(), Contents()
    keyring.set_keyring(DesktopKeyring(contents))
    yield contents
    keyring.set_keyring(before)


def put(secrets: Contents, name: str, text: str) -> None:
    secrets["FleetDesk", name] = text


def put_keys(secrets: Contents, laptop: str, first: int) -> None:
    for number, kind in enumerate(("replica", "outbox", "documents"), first):
        put(secrets, f"{laptop}.{kind}", b64encode(bytes([number]) * 32).decode())


def test_every_person_s_keys_the_session_and_the_database_s_address_move(tmp_path: Path, secrets: Contents) -> None:
    folder = tmp_path / "connections" / "own"
    for number, place in enumerate(PLACES):
        (folder / place).mkdir(parents=True)
        put_keys(secrets, f"hub.own.{place}", 10 * number)
    (folder / "vault.json").write_text('{"kind": "keyring"}')
    put(secrets, "hub.own.session", "a session")
    put(secrets, "hub.own.access", "a token")
    put(secrets, "direct.own.database", "postgresql://hub:secret@db/fleet")

    locked = vault_of(LaptopSettings(data_dir=tmp_path), Connection(name="own"))
    assert (locked.wanted.word, locked.wanted.moving) == (Word.PIN, True)
    vault = locked.unlock(PIN).vault

    assert [name.partition(".")[0] for _, name in secrets] == ["vault"]
    assert file_keys(vault, f"hub.own.{PLACES[1]}").outbox == bytes([11]) * 32
    assert vault.secret("hub.own.session") == "a session"
    assert DirectKeys(vault, "own").kept() == (DATABASE,)


def test_so_do_the_keys_of_the_demo_s_persons(tmp_path: Path, secrets: Contents) -> None:
    (tmp_path / "user_demo_1").mkdir()
    (tmp_path / "vault.json").write_text('{"kind": "keyring"}')
    put_keys(secrets, "demo.user_demo_1", 5)
    vault = vault_of_demo(tmp_path).unlock(PIN).vault
    assert [name.partition(".")[0] for _, name in secrets] == ["vault"]
    assert file_keys(vault, "demo.user_demo_1").replica == bytes([5]) * 32
