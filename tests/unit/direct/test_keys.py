"""The secrets of a direct connection: kept in the vault under names of their own, replaced, forgotten."""

from __future__ import annotations

import pytest

from fleetdesk.direct.keys import DATABASE, DirectKeys
from fleetdesk.errors import BadSettings, Invalid
from fleetdesk.sync.files.vault import MemoryVault

URL = "postgresql://hub:s3cret@localhost/fleetdesk"


@pytest.fixture
def keys() -> DirectKeys:
    return DirectKeys(MemoryVault(), "own")


def test_nothing_is_kept_at_first(keys: DirectKeys) -> None:
    assert (keys.kept(), keys.settings()) == ((), {})
    with pytest.raises(BadSettings, match="not kept on this laptop"):
        keys.database()


def test_the_database_is_given_back(keys: DirectKeys) -> None:
    keys.keep(DATABASE, f" {URL}\n")
    assert (keys.database().url, keys.kept()) == (URL, (DATABASE,))


def test_a_providers_key_becomes_the_hubs_setting(keys: DirectKeys) -> None:
    keys.keep("clerk", "sk_live_1")
    assert keys.settings() == {"FLEETDESK_CLERK_SECRET_KEY": "sk_live_1"}


def test_one_is_replaced_and_forgotten(keys: DirectKeys) -> None:
    keys.keep("clerk", "old")
    keys.keep("clerk", "new")
    assert keys.settings() == {"FLEETDESK_CLERK_SECRET_KEY": "new"}
    keys.forget("clerk")
    assert keys.kept() == ()


def test_connections_do_not_share_them() -> None:
    vault = MemoryVault()
    DirectKeys(vault, "own").keep(DATABASE, URL)
    assert DirectKeys(vault, "other").kept() == ()


def test_what_can_be_no_secret_takes_no_secrets_place(keys: DirectKeys) -> None:
    keys.keep("clerk", "good")
    for text in ("", "  ", "two\nlines"):
        with pytest.raises(Invalid):
            keys.keep("clerk", text)
    with pytest.raises(BadSettings):
        keys.keep(DATABASE, "no address")
    assert keys.settings() == {"FLEETDESK_CLERK_SECRET_KEY": "good"}


@pytest.mark.parametrize("act", ["keep", "forget"])
def test_there_are_no_other_entries(keys: DirectKeys, act: str) -> None:
    with pytest.raises(BadSettings, match="no secret “stripe”"):
        keys.keep("stripe", "x") if act == "keep" else keys.forget("stripe")
