"""The login of a database keeps its password to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fleetdesk.demo.postgres import Dsn
from fleetdesk.errors import BadSettings

AWKWARD = "p@ss/w:rd %?#é"


def test_a_url_survives_being_read_and_written() -> None:
    url = "postgresql://ann:secret@db.example.com:6432/fleet?sslmode=verify-full&connect_timeout=5"
    assert Dsn.parse(url).url == url


def test_any_password_survives_being_written_and_read() -> None:
    dsn = Dsn("db.example.com", 5432, "ann", AWKWARD, "fleet")
    assert Dsn.parse(dsn.url) == dsn


def test_an_address_of_numbers_survives_being_written_and_read() -> None:
    dsn = Dsn("::1", 5432, "ann", "secret", "fleet")
    assert Dsn.parse(dsn.url) == dsn


def test_what_a_url_leaves_out_is_what_libpq_assumes() -> None:
    assert Dsn.parse("postgres://ann@db") == Dsn("db", 5432, "ann", "", "ann")


@pytest.mark.parametrize("shown", [repr, str])
def test_a_password_is_not_shown(shown: Callable[[object], str]) -> None:
    assert "secret" not in shown(Dsn("db", 5432, "ann", "secret", "fleet"))


@pytest.mark.parametrize("url", ["mysql://ann:secret@db/x", "postgresql://ann:secret@db:port/x", "postgresql://db/x"])
def test_a_url_that_makes_no_sense_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        Dsn.parse(url)
    assert "secret" not in str(refusal.value)
