"""Settings from the environment, and secrets from files that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.errors import BadSettings
from fleetdesk.protocol import Hello
from fleetdesk.settings import LONGEST_LEASE, HubSettings, exposed_secrets, hub_settings, laptop_settings, secrets


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a secret, for its owner alone."""
    file = tmp_path / "secret"
    file.write_text("sk_s3cret\n")
    file.chmod(0o400)
    return file


def test_a_secret_comes_from_the_file_that_is_named_without_the_end_of_its_line(secret: Path) -> None:
    assert hub_settings({"FLEETDESK_CLERK_SECRET_KEY_FILE": str(secret)}).clerk_secret_key == "sk_s3cret"


@pytest.mark.parametrize("variable", secrets(HubSettings))
def test_every_secret_may_lie_in_a_file(secret: Path, variable: str) -> None:
    settings = hub_settings({f"{variable}_FILE": str(secret)})
    assert getattr(settings, variable.removeprefix("FLEETDESK_").lower()) == "sk_s3cret"


def test_the_secrets_are_all_that_a_log_of_the_settings_leaves_out() -> None:
    values = {variable: f"s3cret of {variable}" for variable in secrets(HubSettings)}
    assert "s3cret" not in repr(hub_settings(values))


def test_what_is_no_secret_comes_from_no_file(secret: Path) -> None:
    assert hub_settings({"FLEETDESK_ISSUER_FILE": str(secret)}).issuer == ""


def test_a_secret_that_is_given_twice_is_refused(secret: Path) -> None:
    with pytest.raises(BadSettings, match=r"FLEETDESK_RUN_SECRET and FLEETDESK_RUN_SECRET_FILE") as refusal:
        hub_settings({"FLEETDESK_RUN_SECRET": "other s3cret", "FLEETDESK_RUN_SECRET_FILE": str(secret)})
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("flaw", ["absent", "folder", "no text"])
def test_a_file_that_cannot_be_read_is_told_by_its_variable(tmp_path: Path, flaw: str) -> None:
    file = tmp_path / flaw
    if flaw == "folder":
        file.mkdir()
    if flaw == "no text":
        file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match="FLEETDESK_DATABASE_URL_FILE"):
        hub_settings({"FLEETDESK_DATABASE_URL_FILE": str(file)})


@pytest.mark.parametrize(("mode", "exposed"), [(0o400, []), (0o440, []), (0o444, ["FLEETDESK_RUN_SECRET_FILE"])])
def test_a_secret_that_everybody_may_read_is_found(secret: Path, mode: int, exposed: list[str]) -> None:
    secret.chmod(mode)
    assert exposed_secrets({"FLEETDESK_RUN_SECRET_FILE": str(secret)}) == exposed


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", str(LONGEST_LEASE + 1)])
def test_a_lease_that_no_laptop_could_tell_its_hub_is_refused(hours: str) -> None:
    with pytest.raises(BadSettings, match="FLEETDESK_LEASE_HOURS"):
        laptop_settings({"FLEETDESK_LEASE_HOURS": hours})


def test_the_longest_lease_can_be_told() -> None:
    hours = laptop_settings({"FLEETDESK_LEASE_HOURS": str(LONGEST_LEASE)}).lease_hours
    assert Hello(laptop_id="l", app_version="1", schema_version=1, lease_hours=hours).lease_hours == LONGEST_LEASE
