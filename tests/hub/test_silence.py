"""The hub's process says nothing of anybody: whatever is asked of it and whatever fails, its output names no one."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.demo.postgres import Server
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.schema import SCHEMA_VERSION
from tests.devices import Signing
from tests.hub.acts import create
from tests.hub.processes import address, process
from tests.hub.support import Hosted, insert_lead

NAME = "Zebulon Quackenbush"
EMAIL = "zebulon@quackenbush.example"
PHONE = "+971501234567"
BAD_TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6ZWJ1bG9uIn0."
WEBHOOK_SECRET = "whsec_emVidWxvbiBxdWFja2VuYnVzaCBzZWNyZXQ="
SALES = f"user_{Role.COMMERCIAL}"
PERSONAL = (NAME, EMAIL, PHONE)


@pytest.fixture
def issuer(tmp_path: Path) -> DemoIssuer:
    issuer = DemoIssuer()
    issuer.write_keys(tmp_path / "keys.json")
    return issuer


def _asked_for_everything(url: str, token: str, subject: str) -> list[httpx.Response]:
    """Ask with personal data wherever a request can hold some: path, query, headers, body, right and wrong.

    Without a token, with a bad one, and with `token`, signed by the laptop of `subject`.
    """
    told = " ".join(PERSONAL)
    headers = {
        "User-Agent": told,
        "Referer": f"https://x.example/{EMAIL}",
        "X-Request-Id": EMAIL,
        "X-Forwarded-For": EMAIL,
        "Cookie": f"session={token}",
        "X-FleetDesk-Run": WEBHOOK_SECRET,
        "Svix-Id": EMAIL,
        "Svix-Timestamp": PHONE,
        "Svix-Signature": WEBHOOK_SECRET,
    }
    bodies: list[bytes] = [
        b"{" + told.encode(),
        json.dumps(told).encode(),
        json.dumps({"laptop_id": told * 50}).encode(),
        json.dumps({"laptop_id": EMAIL, "app_version": NAME, "schema_version": 1, "protocol": 99}).encode(),
        json.dumps({"laptop_id": EMAIL, "cursor": told, "confirmed": 0, "schema_version": SCHEMA_VERSION}).encode(),
        json.dumps({"laptop_id": EMAIL, "columns": ["id", EMAIL], "scopes": [NAME]}).encode(),
        json.dumps({"laptop_id": EMAIL, "first_sequence": 1, "confirmed": 0, "commands": [told]}).encode(),
        json.dumps({"edits": [{"id": EMAIL, "sentence": told}], "last": NAME}).encode(),
        _introduction(token),
        _push(EMAIL),
    ]
    paths = ["/v1/hello", "/v1/push", "/v1/pull", "/v1/load", f"/v1/load/{quote(told)}", "/v1/hooks/clerk"]
    paths += ["/v1/load/sys_demo_lead", f"/v1/documents/{quote(told)}/bytes", f"/{quote(told)}", "/livez", "/readyz"]
    paths += ["/v1/devices", "/v1/quarantine"]
    answers = []
    with httpx.Client(base_url=url, headers=headers, auth=Signing(subject), timeout=60) as client:
        for authorization in ({}, {"Authorization": f"Bearer {BAD_TOKEN}"}, {"Authorization": f"Bearer {token}"}):
            for path in paths:
                there = f"{path}?email={quote(told)}&token={token}"
                answers.append(client.get(there, headers=authorization))
                for body in bodies:
                    typed = authorization | {"Content-Type": "application/json"}
                    answers.append(client.post(there, content=body, headers=typed))
    return answers


def _introduction(token: str) -> bytes:
    """Of a laptop, which would be well but for the sign-in."""
    told = {"id_token": token, "devices": [EMAIL], "salt": PHONE, "public_key": "A" * 43}
    return json.dumps(told | {"name": NAME, "system": EMAIL, "app_version": PHONE}).encode()


def _push(laptop: str) -> bytes:
    """A push of a lead that can be made, of one that cannot, and of what is no command."""
    made = create(new_id(), company=NAME, email=EMAIL, phone=PHONE)
    lead = fleet_platform().commands.encode(made).model_dump(mode="json")
    wrong = lead | {"id": "c2", "payload": {"lead_id": EMAIL, "values": {"country": NAME, "email": PHONE}}}
    unknown = lead | {"id": EMAIL, "name": NAME, "batch": PHONE}
    push = {"laptop_id": laptop, "first_sequence": 1, "confirmed": 0, "commands": [lead, wrong, unknown]}
    return json.dumps(push).encode()


def _broken_http(url: str, token: str) -> None:
    """What is no HTTP, with personal data in it."""
    place = urlsplit(url)
    for sent in (
        f"GET /{EMAIL} HTTP/1.1\r\nHost: {NAME}\r\n\r\n",
        f"{NAME} /{EMAIL} HTTP/1.1\r\nHost: hub\r\n\r\n",
        f"GET /livez HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\nAuthorization: {PHONE}\r\n\r\n",
        f"POST /v1/push HTTP/1.1\r\nHost: hub\r\nContent-Length: 999\r\n\r\n{EMAIL}",
        f"POST /v1/push HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n{EMAIL}\r\n",
    ):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as connection:
            connection.sendall(sent.encode())
            connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while connection.recv(65_536):
                    pass


def test_nothing_that_the_hub_writes_names_anybody(
    hosted: Hosted, server: Server, issuer: DemoIssuer, tmp_path: Path
) -> None:
    hosted.execute("UPDATE adm_users SET first_name = %s, last_name = %s", *NAME.split())
    with hosted.owner() as connection:
        insert_lead(connection, EMAIL, company=NAME, email=EMAIL, phone=PHONE)
    settings = {
        "FLEETDESK_DATABASE_URL": hosted.database.hub.url,
        **issuer.settings(tmp_path / "keys.json"),
        "FLEETDESK_PORT": "0",
        "FLEETDESK_CLERK_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "FLEETDESK_STRANGERS_PER_ADDRESS": "0",
        "FLEETDESK_BODY_SECONDS": "1",
    }
    token = issuer.token(SALES, "platform_commercial")
    stranger = issuer.token(EMAIL, "platform_commercial")
    with process(settings, tmp_path / "log") as hub:
        url = address(hub)
        statuses = {answer.status_code for answer in _asked_for_everything(url, token, SALES)}
        statuses |= {answer.status_code for answer in _asked_for_everything(url, stranger, EMAIL)}
        _broken_http(url, token)
        hosted.execute("ALTER TABLE sys_receipt RENAME COLUMN digest TO fingerprint")  # as good as a mistake of ours
        statuses |= {_pushed(url, token)}
        _take_away(server, hosted)
        statuses |= {_pushed(url, token)}
        hub.send_signal(signal.SIGTERM)
        written = hub.communicate(timeout=60)[0] + (tmp_path / "log").read_text()
    assert {200, 400, 401, 403, 404, 405, 410, 422, 426, 500, 503} <= statuses
    secrets = (token, stranger, BAD_TOKEN, WEBHOOK_SECRET, hosted.database.hub.password)
    for word in (*PERSONAL, *NAME.split(), PHONE[1:], *secrets, *(quote(word) for word in PERSONAL)):
        assert word.lower() not in written.lower()
    lines = [json.loads(line) for line in written.splitlines()]
    asked = [line for line in lines if line["event"] == "request"]
    assert all(re.fullmatch(r"[0-9a-f-]{36}", line["request_id"]) for line in asked)
    assert {line["path"] for line in asked} >= {"/v1/push", "/v1/load/{table}", ""}


def _pushed(url: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return httpx.post(
        f"{url}/v1/push", content=_push("another"), headers=headers, auth=Signing(SALES), timeout=60
    ).status_code


def _take_away(server: Server, hosted: Hosted) -> None:
    """End all connections to the hub's database, and let none in again."""
    with psycopg.connect(server.admin.url, autocommit=True) as connection:
        name = sql.Identifier(hosted.database.name)
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [hosted.database.name]
        )


_CRASHES = {
    "an error that nobody caught": "raise ValueError(SECRET)",
    "an error in a thread": "import threading; t = threading.Thread(target=lambda: int(SECRET)); t.start(); t.join()",
    "an error in a destructor": "D = type('D', (), {'__del__': lambda self: int(SECRET)}); D()",
    "a warning": "import warnings; warnings.warn(SECRET)",
    "a task whose end nobody awaited": "import asyncio, gc\n"
    "async def fails(): raise ValueError(SECRET)\n"
    "async def main():\n"
    "    task = asyncio.create_task(fails()); await asyncio.sleep(0); await asyncio.sleep(0); del task; gc.collect()\n"
    "asyncio.run(main())",
    "a word of somebody else's code": "import logging; logging.getLogger('psycopg').warning('ignored %s', SECRET)",
}


@pytest.mark.parametrize("crash", _CRASHES.values(), ids=_CRASHES)
def test_what_python_itself_would_print_is_told_without_its_words(crash: str) -> None:
    begin = f"from fleetdesk.hub.logs import log_to_standard_error\nlog_to_standard_error()\nSECRET = {EMAIL!r}\n"
    ended = subprocess.run([sys.executable, "-c", begin + crash], capture_output=True, text=True, check=False)
    assert EMAIL not in ended.stdout + ended.stderr
    assert [json.loads(line)["level"] for line in ended.stderr.splitlines()] in (["error"], ["warning"])
