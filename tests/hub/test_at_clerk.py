"""A hub whose memberships have their source at Clerk: how it starts, and what its command line does."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from fleetdesk.hub.cli import hub_cli
from fleetdesk.models.access import Role
from fleetdesk.settings import HubSettings
from tests.clerk import KEY, ClerkSandbox, Fault
from tests.hub.at_clerk import SUPPORT
from tests.hub.processes import address, process
from tests.hub.support import STAFF_ROLES, Hosted

ROLE = "SELECT role FROM adm_members WHERE id = %s"


@pytest.fixture
def settings(settings: dict[str, str], clerk: ClerkSandbox) -> dict[str, str]:
    """The settings of a hub that may start, and asks Clerk."""
    return settings | {"FLEETDESK_CLERK_SECRET_KEY": KEY, "FLEETDESK_CLERK_ADDRESS": clerk.address}


def follow(settings: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(hub_cli, ["follow-members", *arguments], env=settings)


def until_it_is(hosted: Hosted, role: Role) -> None:
    """Wait until the mirror has that role; the test's own time limit is the only one."""
    while hosted.rows(ROLE, f"member-{Role.SUPPORT}") != [(role,)]:
        time.sleep(0.02)


def test_a_hub_follows_clerk_at_once_when_it_starts(
    hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str], tmp_path: Path
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    with process(settings, tmp_path / "log") as hub:
        address(hub)
        until_it_is(hosted, Role.FINANCE)


def test_and_goes_on_following(hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str], tmp_path: Path) -> None:
    with process(settings | {"FLEETDESK_CLERK_INTERVAL": "1"}, tmp_path / "log") as hub:
        address(hub)
        clerk.change(SUPPORT, role="org:platform_finance")
        until_it_is(hosted, Role.FINANCE)
        clerk.change(SUPPORT, role="org:platform_support")
        until_it_is(hosted, Role.SUPPORT)


def test_a_hub_starts_while_clerk_is_away(
    hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str], tmp_path: Path
) -> None:
    clerk.faults += [Fault(status=503)] * 2
    with process(settings, tmp_path / "log") as hub:
        assert httpx.get(address(hub) + "/readyz").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"FLEETDESK_CLERK_SECRET_KEY": "sk_test_another"}, "does not accept the secret key"),
        ({"FLEETDESK_CLERK_SECRET_KEY": "another"}, "has not the form"),
        ({"FLEETDESK_ORGANISATION_ID": "org_another"}, "no such organisation"),
        ({"FLEETDESK_CLERK_ADDRESS": "http://clerk.example.com"}, "https"),
        ({"FLEETDESK_CLERK_INTERVAL": "0"}, "once a second"),
        ({"FLEETDESK_CLERK_INTERVAL": "nan"}, "once a second"),
        ({"FLEETDESK_CLERK_INTERVAL": "inf"}, "once a second"),
    ],
)
def test_a_hub_does_not_start_with_settings_that_do_not_fit(
    settings: dict[str, str], tmp_path: Path, wrong: dict[str, str], named: str
) -> None:
    with process(settings | wrong, tmp_path / "log") as hub:
        assert hub.wait() == 1
    told = (tmp_path / "log").read_text()
    assert named in told
    assert "another" not in told.replace("org_another", "")


def test_the_key_stands_in_no_line_of_the_log(
    hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str], tmp_path: Path
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    with process(settings, tmp_path / "log") as hub:
        address(hub)
        until_it_is(hosted, Role.FINANCE)
    assert KEY not in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    "name", ["clerk_secret_key", "clerk_webhook_secret", "run_secret", "database_url", "owner_database_url"]
)
def test_a_secret_stands_in_no_picture_of_the_settings(name: str) -> None:
    secrets: dict[str, Any] = {name: "a secret"}
    assert "a secret" not in repr(HubSettings(**secrets))


def test_the_command_line_follows_now(hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str]) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    result = follow(settings)
    assert (result.exit_code, result.output) == (0, "The memberships are as Clerk has them.\n")
    assert hosted.rows(ROLE, f"member-{Role.SUPPORT}") == [(Role.FINANCE,)]


def test_the_command_line_says_what_is_held_back_and_does_it_when_it_is_meant(
    hosted: Hosted, clerk: ClerkSandbox, settings: dict[str, str]
) -> None:
    for role in (Role.SUPPORT, Role.FINANCE, Role.COMMERCIAL):
        clerk.change(f"user_{role}", role=None)
    refused = follow(settings)
    assert refused.exit_code == 1
    assert "--although-many" in refused.stderr
    assert follow(settings, "--although-many").exit_code == 0
    assert hosted.rows("SELECT count(*) FROM adm_members WHERE deleted_at IS NULL") == [(len(STAFF_ROLES) - 3,)]


def test_without_a_key_the_command_line_says_which_setting_is_missing(settings: dict[str, str]) -> None:
    result = follow(settings | {"FLEETDESK_CLERK_SECRET_KEY": ""})
    assert result.exit_code == 1
    assert "FLEETDESK_CLERK_SECRET_KEY" in result.stderr
