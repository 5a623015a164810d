"""Whatever is asked of the hub, right or wrong in form: no mistake of its own, and not a row of another role's.

schemathesis makes the requests from the OpenAPI document; the hub is a real one, on a socket, before a real database in
which each scope has rows that bear its mark. Who may see which mark is what `tests.hub.matrix` has written down.
Requests are signed by laptops that the hub knows, so that it is the rest of them that is looked at.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from pydantic import ValidationError
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from fleetdesk.commands.core import Command
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.hub.api import create_app
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import own_scope
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import PUSH_LIMIT, LoadRequest, LoadTableRequest, NewDevice, Problem, ProblemCode
from fleetdesk.settings import HubSettings
from fleetdesk.signatures import Commitment
from tests.devices import Signing, SigningForBearer, insert_device, key_of
from tests.hub.matrix import READS, SPEAKERS
from tests.hub.planting import plant
from tests.hub.support import Hosted, TrustingVerifier, listening
from tests.unit.commands.examples import EXAMPLES

_EXAMPLES = 10
"""Requests of each mode, for each endpoint and each role."""
_SCOPES = {"staff": "staff", "leads": "leads", "audit": "audit", "members": "members", "another's own": "person:ali"}
_PEOPLE: Mapping[str, str | None] = {"nobody": None} | {name: f"user_{SPEAKERS[name]}" for name in READS}
_UNSIGNED = {ProblemCode.DEVICE_UNKNOWN, ProblemCode.BAD_SIGNATURE, ProblemCode.OUT_OF_TURN}
"""What must not keep a request from being looked at further."""


def _operations() -> dict[str, Any]:
    """The endpoints of the document, by method and path."""
    clock = SystemClock()
    never_asked = HubSettings(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    hub = Hub(never_asked, fleet_platform(), verifier=TrustingVerifier(clock), clock=clock)
    schema = schemathesis.openapi.from_dict(create_app(hub).openapi())
    operations = {}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operations[found.ok().label] = found.ok()
    return operations


_OPERATIONS = _operations()


@pytest.fixture(scope="module")
def url(module_hosted: Hosted) -> Iterator[str]:
    """A hub that listens, whose event streams end at once, and whose database has marked rows in every scope."""
    with module_hosted.owner() as connection:
        for number, (name, scope) in enumerate(_SCOPES.items(), start=100):
            for record in module_hosted.platform.schema:
                plant(connection, record, _mark(name), number=number, scope=scope)
        for name in READS:
            subject = f"user_{SPEAKERS[name]}"
            revoked = insert_device(connection, subject, f"person-{SPEAKERS[name]}", key_of(_revoked_laptop(subject)))
            connection.execute("UPDATE sys_device SET revoked_at = now() WHERE id = %s", [revoked])
    with listening(module_hosted.hub(streams_each=0)) as url:
        yield url


def _mark(scope: str) -> str:
    return f"mark of {scope}"


def _revoked_laptop(subject: str) -> str:
    return f"{subject}, who lost it"


def _new_laptop(subject: str) -> str:
    return f"{subject}, who just bought it"


def _laptop(url: str, person: str) -> httpx.Client:
    """Asks as that person, on their laptop."""
    headers = {"Authorization": f"Bearer {_PEOPLE[person]}", "Content-Type": "application/json"}
    return httpx.Client(base_url=url, headers=headers, auth=SigningForBearer(), timeout=60)


def _demand_decent(answer: httpx.Response, person: str) -> None:
    text = answer.content.decode(errors="replace")
    assert answer.status_code < 500, text
    assert "Traceback" not in text
    if answer.is_error:
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = Problem.model_validate_json(answer.content)
        assert problem.request_id == answer.headers["X-Request-Id"]
        assert person == "nobody" or problem.code not in _UNSIGNED
    held = READS.get(person, set())
    seen = {name for name in _SCOPES if _mark(name) in text}
    assert seen <= held, f"{person} was given rows of {seen - held}"


def _sent(client: httpx.Client, url: str, case: Any, subject: str | None) -> httpx.Response | None:  # noqa: ANN401
    """The answer to a request, as a laptop of theirs would make it; None for one that cannot be put into HTTP."""
    try:
        request = requests.Request(**case.as_transport_kwargs(base_url=url)).prepare()
    except (requests.RequestException, UnicodeError):
        return None
    own = ("authorization", "content-length")
    headers = {name: value for name, value in request.headers.items() if name.lower() not in own}
    assert request.url is not None
    path, body, signing = urlsplit(request.url).path, request.body, Signing(subject or "")
    if subject is None:
        return client.request(str(request.method), request.url, content=body, headers=headers)  # type: ignore[arg-type]
    if path == "/v1/quarantine":
        signing = Signing(_revoked_laptop(subject))
    else:
        headers["Authorization"] = f"Bearer {subject}"
    if path == "/v1/devices":
        body, signing = _signed_in(body, subject), Signing(_new_laptop(subject))
    return client.request(str(request.method), request.url, content=body, headers=headers, auth=signing)  # type: ignore[arg-type]


def _signed_in(body: Any, subject: str) -> Any:  # noqa: ANN401 (what requests sends)
    """A registration with what a true sign-in puts into it; as it is, if it has not the form of one."""
    key = key_of(_new_laptop(subject))
    try:
        message = NewDevice.model_validate_json(body or b"")
    except ValidationError:
        return body
    commitment = Commitment((key.device_id,), message.salt)
    true = {
        "id_token": f"{subject} {commitment.nonce}",
        "devices": commitment.devices,
        "public_key": base64.urlsafe_b64encode(key.public).rstrip(b"=").decode(),
    }
    return message.model_copy(update=true).model_dump_json().encode()


@pytest.mark.parametrize("operation", _OPERATIONS)
@pytest.mark.parametrize("person", _PEOPLE)
def test_every_answer_is_decent(url: str, person: str, operation: str) -> None:
    with httpx.Client(timeout=60) as client:
        for mode in _modes(operation):

            @seed(len(operation))
            @settings(
                max_examples=_EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(_cases(operation, mode))
            def ask(case: Any) -> None:  # noqa: ANN401 (schemathesis hands it in)
                answer = _sent(client, url, case, _PEOPLE[person])
                if answer is not None:
                    _demand_decent(answer, person)

            ask()


def _modes(operation: str) -> list[GenerationMode]:
    """What nothing is said to there is nothing wrong to be said to."""
    told = "{" in operation or bool(_OPERATIONS[operation].body)
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if told else [GenerationMode.POSITIVE]


@cache
def _cases(operation: str, mode: GenerationMode) -> Any:  # noqa: ANN401 (a strategy of schemathesis's own)
    return _OPERATIONS[operation].as_strategy(generation_mode=mode)


@pytest.mark.parametrize("person", READS)
def test_a_whole_load_brings_the_marks_of_ones_own_scopes_and_no_other(url: str, person: str) -> None:
    texts = []
    with _laptop(url, person) as client:
        plan = client.post(
            "/v1/load", content=LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION).model_dump_json()
        )
        for table in plan.json()["tables"]:
            asked = LoadTableRequest(laptop_id="l", columns=table["columns"])
            answer = client.post(f"/v1/load/{table['name']}", content=asked.model_dump_json())
            _demand_decent(answer, person)
            texts.append(answer.text)
    assert {name for name in _SCOPES if _mark(name) in "".join(texts)} == READS[person] - {"own"}


@pytest.mark.parametrize("person", READS)
@pytest.mark.parametrize(
    "scope", [*_SCOPES.values(), own_scope("person-platform_finance"), "", "leads,audit", "%", "*"]
)
def test_a_scope_that_is_not_ones_own_is_given_to_nobody(url: str, person: str, scope: str) -> None:
    with _laptop(url, person) as client:
        for table in fleet_platform().schema:
            asked = LoadTableRequest(laptop_id="l", columns=("id", "scope"), scopes=(scope,))
            answer = client.post(f"/v1/load/{table.__tablename__}", content=asked.model_dump_json())
            _demand_decent(answer, person)


# ---------------------------------------------------------------------------------------------------------- injection

HOSTILE = (
    "'; DROP TABLE sys_demo_lead; --",
    "' OR '1'='1",
    '"; SELECT pg_sleep(60); --',
    "$$; SELECT 1; $$",
    "\\'; SELECT 1; --",
    "{table}",
    "%s %(x)s %",
    ":laptop_id",
    "a\r\nX-Injected: yes",
    "a\nevent: changed",
    "a\0b",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{LINE SEPARATOR}",
    "\N{PILE OF POO}" * 150,
    "a" * 10_000,
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "${jndi:ldap://127.0.0.1/a}",
)


@pytest.fixture(scope="module")
def admin(url: str) -> Iterator[httpx.Client]:
    with _laptop(url, "admin") as client:
        yield client


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_text_is_taken_for_sql_or_for_a_header(
    url: str, admin: httpx.Client, module_hosted: Hosted, text: str
) -> None:
    pull = {"laptop_id": text, "cursor": text, "confirmed": 0, "schema_version": SCHEMA_VERSION}
    command = {
        "id": text,
        "name": text,
        "version": 1,
        "issued_at": "2026-01-01T00:00:00Z",
        "batch": text,
        "payload": {text: text},
    }
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/v1/hello", {"laptop_id": text, "app_version": text, "schema_version": SCHEMA_VERSION}),
        ("/v1/pull", pull),
        ("/v1/load", {"laptop_id": text, "schema_version": SCHEMA_VERSION, "scopes": [text]}),
        ("/v1/load/sys_demo_lead", {"laptop_id": text, "columns": ["id", text], "after": text}),
        ("/v1/load/sys_demo_lead", {"laptop_id": text, "columns": ["id"], "after": text, "scopes": [text]}),
        ("/v1/load/sys_demo_lead", {"laptop_id": "l", "columns": ["id"], "after": text}),
        ("/v1/push", {"laptop_id": text, "first_sequence": 1, "confirmed": 0, "commands": []}),
        ("/v1/push", {"laptop_id": f"l{len(text)}", "first_sequence": 1, "confirmed": 0, "commands": [command]}),
    ]
    answers = [admin.post(path, json=body) for path, body in asked]
    in_path = requests.utils.quote(text, safe="")[:1_900]  # type: ignore[attr-defined]
    answers += [
        admin.post(f"/v1/load/{in_path}", json={"laptop_id": "l", "columns": ["id"]}),
        admin.post(f"/v1/documents/{in_path}/bytes"),
        admin.get(f"/v1/documents/{in_path}/bytes/0"),
        admin.get(f"/v1/documents/x/bytes/{in_path}"),
        admin.get(f"/livez?{in_path}={in_path}"),
    ]
    for answer in answers:
        _demand_decent(answer, "admin")
        assert "X-Injected" not in answer.headers
        assert text not in str(answer.headers)
    assert module_hosted.rows("SELECT count(*) FROM sys_demo_lead") == [(len(_SCOPES),)]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_whatever_a_laptop_calls_itself_or_hands_in_is_taken_as_words(url: str, text: str) -> None:
    short = text[:50]
    introduction = {"id_token": "", "devices": [], "salt": short, "public_key": "", "name": short}
    introduction |= {"system": short, "app_version": short}
    edit: dict[str, Any] = {"id": short, "kind": "draft", "name": short, "sentence": text[:2_000]}
    edit |= {"target_table": short, "target_id": short, "made_at": "2026-01-01T00:00:00Z", "payload": {text: [text]}}
    registered, handed_in = _registered(url, introduction), _handed_in(url, {"edits": [edit], "last": False})
    for answer in (registered, handed_in):
        _demand_decent(answer, "sales")
    assert registered.status_code == (422 if "\0" in text else 200)  # no column can hold that one
    assert handed_in.status_code == 200  # who is refused here would hand in the same for ever


def _registered(url: str, message: dict[str, Any]) -> httpx.Response:
    subject = _PEOPLE["sales"] or ""
    headers = {"Authorization": f"Bearer {subject}", "Content-Type": "application/json"}
    body = _signed_in(json.dumps(message), subject)
    return httpx.post(f"{url}/v1/devices", content=body, headers=headers, auth=Signing(_new_laptop(subject)))


def _handed_in(url: str, message: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{url}/v1/quarantine", json=message, auth=Signing(_revoked_laptop(_PEOPLE["sales"] or "")))


def test_half_a_character_is_refused(admin: httpx.Client) -> None:
    for surrogate in (b"\\ud800", b"\\udfff", b"\xed\xa0\x80", b"\xff"):
        body = b'{"laptop_id":"%b","app_version":"1","schema_version":1}' % surrogate
        answer = admin.post("/v1/hello", content=body)
        _demand_decent(answer, "admin")
        assert answer.status_code == 422


# ----------------------------------------------------------------------------------------------------------- commands

WRONG: tuple[Any, ...] = (
    None,
    "",
    "\0",
    "a" * 100_000,
    "'; --",
    0,
    -1,
    2**63,
    2**64,
    1.5,
    1e308,
    True,
    [],
    [None],
    [[]],
    ["a", "a"],
    {},
    {"": None},
    {"id": {"base": None, "new": None}},
    {"company": {"base": None, "new": {"a": [1]}}},
    {"scope": {"base": "leads", "new": "staff"}},
    {"fleet_size": {"base": None, "new": 2**70}},
    {"next_activity_at": {"base": None, "new": "9999-12-31T23:59:59.999999-23:59"}},
    {"next_activity_at": {"base": None, "new": "0001-01-01T00:00:00+14:00"}},
    "0001-01-01T00:00:00+14:00",
    "2026-02-30",
    "\N{PILE OF POO}",
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda command: command.name)
def test_a_command_of_any_form_gets_a_verdict(url: str, example: Command) -> None:
    """Each field in turn holds what it should not; whatever the command is, it is decided and harms no other."""
    wire = fleet_platform().commands.encode(example).model_dump(mode="json")
    payloads = [wire["payload"] | {name: value} for name in wire["payload"] for value in WRONG]
    payloads += [{}, {"unknown": 1}, wire["payload"] | {"unknown": 1}, wire["payload"]]
    commands = [wire | {"id": new_id(), "payload": payload} for payload in payloads]
    for person in ("sales", "admin"):
        with _laptop(url, person) as client:
            for first in range(0, len(commands), PUSH_LIMIT):
                some = [command | {"id": new_id()} for command in commands[first : first + PUSH_LIMIT]]
                push = {"laptop_id": new_id(), "first_sequence": 1, "confirmed": 0, "commands": some}
                answer = client.post("/v1/push", content=json.dumps(push))
                _demand_decent(answer, person)
                assert answer.status_code == 200, answer.text
                verdicts = [receipt["verdict"] for receipt in answer.json()["receipts"]]
                wrong = [
                    command["payload"]
                    for command, verdict in zip(some, verdicts, strict=True)
                    if verdict["code"] == "defect"
                ]
                assert not wrong, f"a mistake of the hub's own over {ascii(wrong)[:2_000]}"
