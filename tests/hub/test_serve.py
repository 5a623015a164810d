"""The hub as a process: it refuses to start where it would not be safe, says where it listens, and stops when asked."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Database, Server
from fleetdesk.hub.cli import hub_cli
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, Welcome
from tests.devices import Signing
from tests.hub.processes import SERVE, address, process
from tests.hub.support import Hosted, person_id
from tests.postgres import TemplateDatabase

SUPPORT = Signing(f"user_{Role.SUPPORT}")
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION)


def greet(url: str, token: str) -> httpx.Response:
    return httpx.post(
        url + "/v1/hello", json=HELLO.model_dump(), headers={"Authorization": f"Bearer {token}"}, auth=SUPPORT
    )


def test_it_says_where_it_listens_when_it_can_serve(settings: dict[str, str], tmp_path: Path) -> None:
    with process(settings, tmp_path / "log") as hub:
        assert httpx.get(address(hub) + "/readyz").status_code == 200


def test_it_accepts_a_token_of_its_issuer(settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path) -> None:
    with process(settings, tmp_path / "log") as hub:
        answer = greet(address(hub), issuer.token(f"user_{Role.SUPPORT}", "platform_support"))
    assert Welcome.model_validate_json(answer.content).person.id == person_id(Role.SUPPORT)


def test_the_role_is_the_mirrors_and_not_the_tokens(
    settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path
) -> None:
    with process(settings, tmp_path / "log") as hub:
        answer = greet(address(hub), issuer.token(f"user_{Role.SUPPORT}", "platform_super_admin"))
    assert Welcome.model_validate_json(answer.content).person.role == Role.SUPPORT


def test_it_accepts_no_token_of_an_earlier_start_of_the_demo(settings: dict[str, str], tmp_path: Path) -> None:
    with process(settings, tmp_path / "log") as hub:
        answer = greet(address(hub), DemoIssuer().token(f"user_{Role.SUPPORT}", "platform_support"))
    assert answer.status_code == 401


def test_asked_to_stop_it_ends_even_while_someone_listens(
    settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path
) -> None:
    token = issuer.token(f"user_{Role.SUPPORT}", "platform_support")
    with process(settings, tmp_path / "log") as hub:
        url = address(hub) + "/v1/events"
        with httpx.stream("GET", url, headers={"Authorization": f"Bearer {token}"}, auth=SUPPORT, timeout=30) as events:
            pieces = events.iter_text()
            next(pieces)
            hub.send_signal(signal.SIGTERM)
            for _ in pieces:
                pass
        assert hub.wait(30) == 0


def test_its_log_is_json_and_names_nobody(settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path) -> None:
    with process(settings, tmp_path / "log") as hub:
        greet(address(hub), issuer.token(f"user_{Role.SUPPORT}", "platform_support"))
        hub.send_signal(signal.SIGTERM)
        hub.wait(30)
    log = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/v1/hello"]
    assert "@example.com" not in log
    assert "Person" not in log


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not count open files")
def test_it_lets_in_no_more_connections_than_it_may_have_files_open(settings: dict[str, str], tmp_path: Path) -> None:
    start = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200)); {SERVE}"
    with process(settings, tmp_path / "log", start=start) as hub:
        address(hub)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["connections"] for line in lines if line["event"] == "fewer connections than set"] == [72]


@pytest.mark.parametrize(
    "missing",
    ["FLEETDESK_ISSUER", "FLEETDESK_ISSUER_KEYS", "FLEETDESK_ISSUER_CLIENTS", "FLEETDESK_DATABASE_URL"],
)
def test_it_refuses_to_start_without(settings: dict[str, str], missing: str) -> None:
    del settings[missing]
    assert missing in refusal(settings)


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_it_refuses_to_start_at_a_port_that_is_none(settings: dict[str, str], port: str) -> None:
    assert f"FLEETDESK_PORT is {port}" in refusal(settings | {"FLEETDESK_PORT": port})


def test_it_refuses_to_start_as_the_owner_of_the_tables(settings: dict[str, str], hosted: Hosted) -> None:
    assert "must not connect as" in refusal(settings | {"FLEETDESK_DATABASE_URL": hosted.database.owner.url})


def test_it_refuses_to_start_on_a_database_that_is_not_migrated(settings: dict[str, str], server: Server) -> None:
    template = TemplateDatabase(server, lambda _: None)
    with template.clone() as empty:
        said = refusal(settings | {"FLEETDESK_DATABASE_URL": empty.hub.url})
    template.close()
    assert "hub migrate" in said


def test_it_refuses_to_start_on_a_database_that_is_away(settings: dict[str, str], hosted: Hosted) -> None:
    said = refusal(settings | {"FLEETDESK_DATABASE_URL": hosted.database.on("nowhere").hub.url})
    assert "cannot be reached" in said
    assert hosted.database.hub.password not in said


def test_migrate_brings_an_empty_database_to_this_version(server: Server) -> None:
    template = TemplateDatabase(server, lambda _: None)
    with template.clone() as empty:
        result = CliRunner().invoke(hub_cli, ["migrate"], env={"FLEETDESK_OWNER_DATABASE_URL": empty.owner.url})
        epochs = read(empty, "SELECT count(*) FROM sys_epoch")
    template.close()
    assert (result.exit_code, epochs) == (0, [(1,)])


def test_new_epoch_says_the_new_epoch(database: Database) -> None:
    result = CliRunner().invoke(hub_cli, ["new-epoch"], env={"FLEETDESK_OWNER_DATABASE_URL": database.owner.url})
    assert [(result.stdout.strip(),)] == read(database, "SELECT epoch FROM sys_epoch")


@pytest.mark.parametrize("command", ["migrate", "new-epoch"])
def test_what_only_the_owner_may_do_asks_for_the_owner(command: str) -> None:
    result = CliRunner().invoke(hub_cli, [command], env={})
    assert (result.exit_code, "FLEETDESK_OWNER_DATABASE_URL" in result.stderr) == (1, True)


def test_it_takes_its_secrets_from_files_and_warns_of_one_that_everybody_may_read(
    settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "database_url"
    file.write_text(settings.pop("FLEETDESK_DATABASE_URL") + "\n")
    file.chmod(0o444)
    with process(settings | {"FLEETDESK_DATABASE_URL_FILE": str(file)}, tmp_path / "log") as hub:
        address(hub)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [line["variable"] for line in lines if line["level"] == "warning"] == ["FLEETDESK_DATABASE_URL_FILE"]


@pytest.mark.parametrize("abstract", [False, True], ids=["a file", "no file"])
def test_it_tells_its_supervisor_when_it_serves_and_when_it_stops(
    settings: dict[str, str], tmp_path: Path, abstract: bool
) -> None:
    name = f"fleetdesk-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.bind(f"\0{name}" if abstract else name)
        notices.settimeout(60)
        with process(settings | {"NOTIFY_SOCKET": f"@{name}" if abstract else name}, tmp_path / "log") as hub:
            began = notices.recv(100)
            hub.send_signal(signal.SIGTERM)
            ended = notices.recv(100)
            assert hub.wait(30) == 0
    assert (began, ended) == (b"READY=1", b"STOPPING=1")


def refusal(settings: Mapping[str, str]) -> str:
    """What it says, having refused to start."""
    result = CliRunner().invoke(hub_cli, ["serve"], env=settings)
    assert result.exit_code == 1
    return result.stderr


def read(database: Database, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner.url) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize(
    ("command", "variable"),
    [
        (("serve",), "FLEETDESK_DATABASE_URL"),
        (("migrate",), "FLEETDESK_OWNER_DATABASE_URL"),
        (("new-epoch",), "FLEETDESK_OWNER_DATABASE_URL"),
        (("admin", "add", "you@example.com"), "FLEETDESK_OWNER_DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("url", ["garbage with s3cret", "mysql://me:s3cret@db/fleetdesk"])
def test_what_is_no_address_of_a_database_is_named_and_not_repeated(
    command: tuple[str, ...], variable: str, url: str
) -> None:
    result = CliRunner().invoke(hub_cli, [*command], env={variable: url})
    assert result.exit_code == 1
    assert variable in result.output
    assert "s3cret" not in result.output
