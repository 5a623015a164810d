"""Where a session's tokens are kept: what cannot be renewed surely, what can if there is room."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from fleetdesk.errors import Unavailable
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.sync.signin.tokens import SignedInAs, Tokens, TokenShelf

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
REGISTRATION = Registration("https://id.example.com", "desktop")
TOKENS = Tokens("access", NOW, "refresh", SignedInAs("user_1", "Mona", "mona@example.com"))


class SmallVault(MemoryVault):
    """A keyring that keeps no long texts, as Windows' own."""

    def keep(self, name: str, text: str) -> None:
        if len(text) > 1280:
            raise Unavailable("too long")
        super().keep(name, text)


def shelf(vault: MemoryVault, registration: Registration = REGISTRATION) -> TokenShelf:
    return TokenShelf(vault, "team", registration)


def test_tokens_are_given_back_as_they_were_kept() -> None:
    vault = MemoryVault()
    shelf(vault).keep(TOKENS)
    assert shelf(vault).read() == TOKENS


def test_there_are_none_at_first() -> None:
    assert shelf(MemoryVault()).read() is None


def test_those_of_another_provider_or_client_are_none() -> None:
    vault = MemoryVault()
    shelf(vault).keep(TOKENS)
    others = (replace(REGISTRATION, issuer="https://id.example.org"), replace(REGISTRATION, client_id="web"))
    assert [shelf(vault, other).read() for other in others] == [None, None]


def test_those_of_another_connection_are_none() -> None:
    vault = MemoryVault()
    shelf(vault).keep(TOKENS)
    assert TokenShelf(vault, "other", REGISTRATION).read() is None


def test_an_access_token_that_is_too_long_is_asked_for_anew() -> None:
    vault = SmallVault()
    shelf(vault).keep(replace(TOKENS, access="a" * 2000))
    found = shelf(vault).read()
    assert found is not None
    assert (found.access, found.refresh, found.expires_at < NOW) == ("", "refresh", True)


def test_an_access_token_of_the_session_before_is_not_used() -> None:
    """The two entries are written one after the other, and the power may go between."""
    vault = SmallVault()
    shelf(vault).keep(TOKENS)
    shelf(vault).keep(replace(TOKENS, access="a" * 2000, refresh="another"))
    found = shelf(vault).read()
    assert found is not None
    assert (found.access, found.refresh) == ("", "another")


def test_what_is_damaged_is_as_good_as_none() -> None:
    vault = MemoryVault()
    shelf(vault).keep(TOKENS)
    vault.keep("team.session", "{")
    assert shelf(vault).read() is None


def test_forgotten_they_are_gone_whole() -> None:
    vault = MemoryVault()
    shelf(vault).keep(TOKENS)
    shelf(vault).forget()
    assert vault == MemoryVault()


def test_tokens_do_not_show_when_they_are_printed() -> None:
    assert {"access", "refresh"} & set(repr(TOKENS).replace("'", " ").replace("=", " ").split()) == set()
