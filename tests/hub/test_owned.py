"""A hub that belongs to one program: it answers that one alone, takes its settings from it, and ends with it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub_process import HubProcess
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import RUN_HEADER, Hello, Problem, ProblemCode, Welcome
from tests.devices import Signing
from tests.hub.support import STAFF_ROLES, Hosted, person_id

SECRET = "the secret of one run"
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump()


@pytest.fixture
def issuer(tmp_path: Path) -> DemoIssuer:
    issuer = DemoIssuer()
    issuer.write_keys(tmp_path / "keys.json")
    return issuer


@pytest.fixture
def settings(hosted: Hosted, issuer: DemoIssuer, tmp_path: Path) -> dict[str, str]:
    return {
        "FLEETDESK_DATABASE_URL": hosted.database.hub.url,
        **issuer.settings(tmp_path / "keys.json"),
        "FLEETDESK_RUN_SECRET": SECRET,
    }


@pytest.fixture
def hub(settings: dict[str, str], tmp_path: Path) -> Iterator[HubProcess]:
    """The own hub of a program, which is the test's."""
    hub = HubProcess(settings, log=tmp_path / "hub.log")
    hub.start()
    yield hub
    hub.stop()


def greet(hub: HubProcess, issuer: DemoIssuer, role: Role, **headers: str) -> httpx.Response:
    shown = {"Authorization": f"Bearer {issuer.token(f'user_{role}', role)}", **headers}
    return httpx.post(hub.url + "/v1/hello", json=HELLO, headers=shown, auth=Signing(f"user_{role}"))


def test_a_super_admin_with_the_secret_is_greeted(hub: HubProcess, issuer: DemoIssuer) -> None:
    answer = greet(hub, issuer, Role.SUPER_ADMIN, **{RUN_HEADER: SECRET})
    assert Welcome.model_validate_json(answer.content).person.id == person_id(Role.SUPER_ADMIN)


@pytest.mark.parametrize("role", [role for role in STAFF_ROLES if role is not Role.SUPER_ADMIN])
def test_everybody_else_is_sent_to_their_teams_hub(hub: HubProcess, issuer: DemoIssuer, role: Role) -> None:
    answer = greet(hub, issuer, role, **{RUN_HEADER: SECRET})
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.code) == (403, ProblemCode.NOT_ALLOWED)
    assert "is for a super admin alone" in problem.title
    assert "team's hub" in problem.do


@pytest.mark.parametrize("shown", [{}, {RUN_HEADER: ""}, {RUN_HEADER: "another"}, {RUN_HEADER: SECRET + "x"}])
@pytest.mark.parametrize("path", ["/v1/hello", "/v1/pull", "/readyz", "/livez", "/openapi.json", "/nowhere"])
def test_another_program_of_the_machine_is_refused_whatever_it_asks(
    hub: HubProcess, issuer: DemoIssuer, path: str, shown: dict[str, str]
) -> None:
    token = issuer.token(f"user_{Role.SUPER_ADMIN}", Role.SUPER_ADMIN)
    answer = httpx.post(hub.url + path, json=HELLO, headers={"Authorization": f"Bearer {token}", **shown})
    assert answer.status_code == 403
    assert "nobody else" in Problem.model_validate_json(answer.content).title


def test_it_is_refused_before_its_request_is_read(hub: HubProcess) -> None:
    port = int(hub.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as stranger:
        stranger.sendall(b"POST /v1/push HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n")
        assert stranger.recv(1024).startswith(b"HTTP/1.1 403 ")


def test_neither_arguments_nor_environment_nor_log_show_a_secret(
    hub: HubProcess, hosted: Hosted, tmp_path: Path
) -> None:
    assert hub.pid is not None
    process = psutil.Process(hub.pid)
    seen = json.dumps([process.cmdline(), process.environ()]) + (tmp_path / "hub.log").read_text()
    assert "serve" in seen
    assert [
        secret for secret in (SECRET, hosted.database.hub.password, hosted.database.hub.url) if secret in seen
    ] == []


_OWNER = """
import json, sys, time
from pathlib import Path
from fleetdesk.hub_process import HubProcess
hub = HubProcess(json.loads(sys.argv[1]), log=Path(sys.argv[2]))
hub.start()
print(hub.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_the_program_that_it_belongs_to_however_that_goes(
    settings: dict[str, str], tmp_path: Path
) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, json.dumps(settings), str(tmp_path / "hub.log")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        hub = psutil.Process(int(owner.stdout.readline()))
        os.kill(owner.pid, signal.SIGKILL)
        _, alive = psutil.wait_procs([hub], timeout=60)
    assert alive == []


def refusal(settings: dict[str, str], folder: Path) -> BadSettings | Unavailable:
    """Why it does not start, as its owner is told."""
    with pytest.raises((BadSettings, Unavailable)) as told:
        HubProcess(settings, log=folder / "hub.log").start()
    error = told.value
    assert isinstance(error, BadSettings | Unavailable)
    return error


def test_its_owner_hears_why_it_refuses_the_owner_of_the_tables(
    settings: dict[str, str], hosted: Hosted, tmp_path: Path
) -> None:
    error = refusal(settings | {"FLEETDESK_DATABASE_URL": hosted.database.owner.url}, tmp_path)
    assert isinstance(error, BadSettings)
    assert f"must not connect as “{hosted.database.owner.user}”" in error.what
    assert "owns no table" in error.do


def test_its_owner_hears_why_it_refuses_whoever_bypasses_policies(
    settings: dict[str, str], hosted: Hosted, tmp_path: Path
) -> None:
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        admin.execute(
            f"CREATE ROLE bypassing LOGIN BYPASSRLS PASSWORD 'pass' IN ROLE \"{hosted.database.hub.user}\"".encode()
        )
        try:
            url = hosted.database.hub.url.replace(
                f"{hosted.database.hub.user}:{hosted.database.hub.password}@", "bypassing:pass@"
            )
            error = refusal(settings | {"FLEETDESK_DATABASE_URL": url}, tmp_path)
        finally:
            admin.execute("DROP ROLE bypassing")
    assert isinstance(error, BadSettings)
    assert "must not connect as “bypassing”" in error.what


@pytest.mark.parametrize(
    ("change", "told"),
    [(("127.0.0.1", "nowhere.invalid"), "nowhere.invalid"), ((":{password}@", ":wrong@"), "authentication failed")],
)
def test_its_owner_hears_why_the_database_cannot_be_reached(
    settings: dict[str, str], hosted: Hosted, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    old, new = change[0].replace("{password}", hosted.database.hub.password), change[1]
    url = settings["FLEETDESK_DATABASE_URL"]
    assert old in url
    error = refusal(settings | {"FLEETDESK_DATABASE_URL": url.replace(old, new)}, tmp_path)
    assert isinstance(error, Unavailable)
    assert told in error.what
    assert hosted.database.hub.password not in str(error)


def test_it_is_for_this_machine_alone(settings: dict[str, str], tmp_path: Path) -> None:
    out = subprocess.run(
        [sys.executable, "-m", "fleetdesk", "hub", "serve"],
        env={**os.environ, **settings, "FLEETDESK_HOST": "192.0.2.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (out.returncode, "for this machine alone" in out.stderr) == (1, True)


def test_started_again_it_is_found_where_it_was(hub: HubProcess) -> None:
    before = hub.url
    hub.kill()
    assert not hub.alive
    assert hub.start() == before
