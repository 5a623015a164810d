"""A database's address: what of it may be shown, and that another machine's certificate is always verified."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest
from psycopg.conninfo import conninfo_to_dict

from fleetdesk.direct.database_address import DatabaseAddress
from fleetdesk.errors import BadSettings

AWAY = "postgresql://hub:s3cret@db.example.com:5433/fleetdesk"


def test_its_place_is_told_without_the_password() -> None:
    address = DatabaseAddress.parse(AWAY)
    assert address.place == "“fleetdesk” on db.example.com, as “hub”"
    assert "s3cret" not in repr(address)


@pytest.mark.parametrize("ca_file", [None, Path("/etc/company.pem")])
def test_another_machines_certificate_is_verified(ca_file: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    said = conninfo_to_dict(DatabaseAddress.parse(AWAY).verified(ca_file))
    assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", str(ca_file or certifi.where()))
    assert (said["host"], said["port"], said["user"], said["password"]) == ("db.example.com", "5433", "hub", "s3cret")


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca", ""])
def test_no_lesser_way_to_another_machine_is_taken(mode: str) -> None:
    with pytest.raises(BadSettings, match=f"sslmode={mode}"):
        DatabaseAddress.parse(f"{AWAY}?sslmode={mode}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hub:s3cret@localhost/fleetdesk?hostaddr=192.0.2.1&sslmode=disable",
        "postgresql://hub:s3cret@localhost/fleetdesk?host=db.example.com&sslmode=disable",
        "postgresql://hub:s3cret@127.0.0.1,db.example.com/fleetdesk?sslmode=disable",
        "postgresql://hub:s3cret@[2001:db8::1]:5432/fleetdesk?sslmode=disable",
    ],
)
def test_a_machine_that_is_named_another_way_is_another_machine_too(url: str) -> None:
    with pytest.raises(BadSettings, match="sslmode=disable"):
        DatabaseAddress.parse(url)
    whole = url.replace("sslmode=disable", "connect_timeout=3")
    assert conninfo_to_dict(DatabaseAddress.parse(whole).verified(None))["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hub@localhost/fleetdesk",
        "postgresql://hub@127.0.0.1:5433/fleetdesk",
        "postgresql://hub@[::1]:5433/fleetdesk",
        "postgresql://hub@/fleetdesk?host=/var/run/postgresql",
        "postgresql://hub@%2Fvar%2Frun%2Fpostgresql/fleetdesk",
    ],
)
def test_on_this_machine_nothing_is_demanded(url: str) -> None:
    assert "sslmode" not in conninfo_to_dict(DatabaseAddress.parse(url).verified(None))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage with s3cret",
        "mysql://me:s3cret@db/fleetdesk",
        "host=db password=s3cret",
        "postgresql://me:s3cret@db/fleetdesk\nPGHOST=x",
        "postgresql://me:s3cret@db/fleetdesk?service=other",
        "postgresql://me:s3cret@/fleetdesk",
        "postgresql://db/fleetdesk?password=s3cret",
        "postgresql://me:s3cret@db",
        "postgresql://me:s3cret@[db/fleetdesk",
    ],
)
def test_what_is_no_whole_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadSettings) as told:
        DatabaseAddress.parse(text)
    assert "s3cret" not in str(told.value)
