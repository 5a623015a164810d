"""The hub over HTTP: every answer has its declared form, and every failure is a Problem that says what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import closing
from typing import Any

import httpx
import orjson
import pytest

from fleetdesk.hub.api import create_app
from fleetdesk.hub.bodies import LARGEST_BODY
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role, own_scope
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import (
    Hello,
    LoadPlan,
    LoadRequest,
    LoadTableRequest,
    Message,
    Problem,
    PullRequest,
    PushAnswer,
    PushRequest,
    Welcome,
)
from tests.devices import Signing
from tests.hub.acts import edit, wired
from tests.hub.support import Hosted, Laptop, OfAnotherOrganisation, insert_lead, person_id

SIGNED_IN = {"Authorization": f"Bearer user_{Role.COMMERCIAL}"}


class _AsWhoeverSignedIn(httpx.Auth):
    """Signs as the laptop of whoever the token names."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        subject = request.headers.get("Authorization", "Bearer nobody").removeprefix("Bearer ")
        yield from Signing(subject).auth_flow(request)


class Client:
    """Speaks to a hub's application, without a socket between and without a watcher."""

    def __init__(self, hub: Hub) -> None:
        transport = httpx.ASGITransport(create_app(hub), raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://hub", headers=SIGNED_IN)
        self._http.auth = _AsWhoeverSignedIn()
        self._runner = asyncio.Runner()

    @property
    def headers(self) -> httpx.Headers:
        return self._http.headers

    def get(self, path: str) -> httpx.Response:
        return self._runner.run(self._http.get(path))

    def post(self, path: str, content: bytes | AsyncIterator[bytes]) -> httpx.Response:
        return self._runner.run(self._http.post(path, content=content, headers={"Content-Type": "application/json"}))

    def ask(self, path: str, message: Message) -> httpx.Response:
        return self.post(path, message.model_dump_json().encode())

    def lines(self, path: str, message: Message) -> list[Any]:
        """The lines of a stream; httpx takes the zstd off, as the answer's header says."""
        answer = self.ask(path, message)
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "zstd")
        return [orjson.loads(line) for line in answer.content.splitlines()]

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


@pytest.fixture
def client(hosted: Hosted) -> Iterator[Client]:
    client = Client(hosted.hub())
    yield client
    client.close()


def problem_of(answer: httpx.Response) -> Problem:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content)
    assert (problem.status, problem.request_id) == (answer.status_code, answer.headers["X-Request-Id"])
    return problem


def push_of(hosted: Hosted, lead: str, *, first: int = 1) -> PushRequest:
    return PushRequest(laptop_id="laptop", first_sequence=first, confirmed=0, commands=tuple(wired(hosted, edit(lead))))


def test_hello_is_answered_with_the_person_and_their_scopes(client: Client) -> None:
    answer = client.ask("/v1/hello", Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION))
    person = Welcome.model_validate_json(answer.content).person
    assert (person.id, person.scopes) == (
        person_id(Role.COMMERCIAL),
        ("leads", own_scope(person_id(Role.COMMERCIAL)), "staff"),
    )


def test_hello_says_which_sequence_comes_next(client: Client, hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    client.ask("/v1/push", push_of(hosted, lead))
    answer = client.ask("/v1/hello", Hello(laptop_id="laptop", app_version="1", schema_version=SCHEMA_VERSION))
    assert Welcome.model_validate_json(answer.content).next_sequence == 2


def test_a_push_is_answered_with_receipts(client: Client, hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    answer = PushAnswer.model_validate_json(client.ask("/v1/push", push_of(hosted, lead)).content)
    assert [receipt.verdict.kind for receipt in answer.receipts] == ["applied"]


def test_a_push_is_audited_under_the_requests_id(client: Client, hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    answer = client.ask("/v1/push", push_of(hosted, lead))
    assert hosted.rows("SELECT request_id FROM sys_audit_event") == [(answer.headers["X-Request-Id"],)]


def test_a_pull_streams_lines_under_zstd(client: Client, hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    request = PullRequest(laptop_id="l", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION)
    assert [line["type"] for line in client.lines("/v1/pull", request)] == ["head", "end"]


def test_a_large_pull_arrives_whole(client: Client, hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        for number in range(3_000):
            insert_lead(connection, f"{number}", message=f"{number * 7919}" * 40)
    request = PullRequest(laptop_id="l", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION)
    lines = client.lines("/v1/pull", request)
    assert sum(len(line["rows"]) for line in lines if line["type"] == "rows") == 3_000


def test_a_load_streams_rows_under_zstd(client: Client, hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "l")
    plan = LoadPlan.model_validate_json(
        client.ask("/v1/load", LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION)).content
    )
    assert "sys_demo_lead" in {table.name for table in plan.tables}
    lines = client.lines("/v1/load/sys_demo_lead", LoadTableRequest(laptop_id="l", columns=("id",)))
    assert lines == [["l"], {"type": "end", "more": False}]


def test_the_process_lives(client: Client) -> None:
    assert client.get("/livez").status_code == 200


def test_the_process_is_ready(client: Client) -> None:
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "flaw", ["UPDATE alembic_version SET version_num = '0001'", "DELETE FROM sys_epoch", "DELETE FROM alembic_version"]
)
def test_a_database_of_another_version_is_not_ready(client: Client, hosted: Hosted, flaw: str) -> None:
    hosted.execute(flaw)
    problem = problem_of(client.get("/readyz"))
    assert (problem.status, problem.code) == (503, "unavailable")


def test_a_database_that_is_away_is_not_ready_and_the_process_lives_on(hosted: Hosted) -> None:
    hosted.database = hosted.database.on("nowhere")
    client = Client(hosted.hub())
    assert (problem_of(client.get("/readyz")).code, client.get("/livez").status_code) == ("unavailable", 200)
    client.close()


# ----------------------------------------------------------------------------------------------------------- failures

ENDPOINTS = [
    ("/v1/hello", Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION)),
    ("/v1/push", PushRequest(laptop_id="l", first_sequence=1, confirmed=0, commands=())),
    ("/v1/pull", PullRequest(laptop_id="l", cursor="", confirmed=0, schema_version=SCHEMA_VERSION)),
    ("/v1/load", LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION)),
    ("/v1/load/sys_demo_lead", LoadTableRequest(laptop_id="l", columns=("id",))),
]


@pytest.mark.parametrize(("path", "message"), ENDPOINTS)
def test_who_names_no_session_is_asked_to_sign_in(client: Client, path: str, message: Message) -> None:
    del client.headers["Authorization"]
    problem = problem_of(client.ask(path, message))
    assert (problem.status, problem.code) == (401, "sign_in")


@pytest.mark.parametrize("header", ["X-User", "X-Person", "X-Forwarded-User", "X-FleetDesk-Person", "Cookie"])
def test_no_header_but_the_token_names_a_person(client: Client, header: str) -> None:
    del client.headers["Authorization"]
    client.headers[header] = person_id(Role.SUPER_ADMIN)
    assert problem_of(client.get("/v1/events")).code == "sign_in"


@pytest.mark.parametrize(("path", "message"), [endpoint for endpoint in ENDPOINTS if endpoint[0] != "/v1/pull"])
def test_who_is_no_staff_is_turned_away(client: Client, path: str, message: Message) -> None:
    client.headers["Authorization"] = "Bearer user_of_a_client"
    problem = problem_of(client.ask(path, message))
    assert (problem.status, problem.code) == (403, "not_staff")


@pytest.mark.parametrize(
    ("path", "message", "action", "laptop"),
    [
        ("/v1/hello", ENDPOINTS[0][1], "hub.hello", "l"),
        ("/v1/push", ENDPOINTS[1][1], "hub.push", "l"),
        ("/v1/load", ENDPOINTS[3][1], "hub.load", "l"),
        ("/v1/load/sys_demo_lead", ENDPOINTS[4][1], "hub.load", "l"),
    ],
)
def test_a_stranger_is_audited_by_the_tokens_subject(
    client: Client, hosted: Hosted, path: str, message: Message, action: str, laptop: str
) -> None:
    client.headers["Authorization"] = "Bearer user_of_a_client"
    answer = client.ask(path, message)
    assert hosted.rows("SELECT action, outcome, actor_id, role, laptop_id, request_id FROM sys_audit_event") == [
        (action, "not_staff", "user_of_a_client", "", laptop, answer.headers["X-Request-Id"])
    ]


def test_a_stranger_who_pulls_is_audited(client: Client, hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    client.headers["Authorization"] = "Bearer user_of_a_client"
    client.ask("/v1/pull", PullRequest(laptop_id="l", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION))
    assert hosted.rows("SELECT action, outcome FROM sys_audit_event") == [("hub.pull", "not_staff")]


def test_a_stranger_who_listens_is_audited(client: Client, hosted: Hosted) -> None:
    client.headers["Authorization"] = "Bearer user_of_a_client"
    client.get("/v1/events")
    assert hosted.rows("SELECT action, outcome, laptop_id FROM sys_audit_event") == [("hub.events", "not_staff", None)]


def test_who_was_suspended_is_audited_by_the_tokens_subject(client: Client, hosted: Hosted) -> None:
    hosted.execute("UPDATE adm_users SET status = 'suspended'")
    client.ask(*ENDPOINTS[0])
    assert hosted.rows("SELECT actor_id, outcome FROM sys_audit_event") == [(f"user_{Role.COMMERCIAL}", "not_staff")]


def test_who_speaks_for_another_persons_laptop_is_audited(client: Client, hosted: Hosted) -> None:
    Laptop(hosted.hub(), Role.SUPPORT, id="l").push()
    client.ask(*ENDPOINTS[1])
    assert hosted.rows("SELECT actor_id, role, outcome, laptop_id FROM sys_audit_event") == [
        (person_id(Role.COMMERCIAL), "platform_commercial", "not_allowed", "l")
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/load", LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION, scopes=("audit",))),
        ("/v1/load/sys_audit_event", LoadTableRequest(laptop_id="l", columns=("id",), scopes=("audit",))),
    ],
)
def test_who_asks_for_a_foreign_scope_is_audited(client: Client, hosted: Hosted, path: str, message: Message) -> None:
    client.ask(path, message)
    assert hosted.rows("SELECT actor_id, action, outcome FROM sys_audit_event") == [
        (person_id(Role.COMMERCIAL), "hub.load", "not_allowed")
    ]


@pytest.mark.parametrize(
    ("subject", "actor", "role"),
    [("user_of_a_client", "user_of_a_client", ""), (f"user_{Role.SUPPORT}", person_id(Role.SUPPORT), Role.SUPPORT)],
)
def test_a_token_of_another_organisation_is_audited(hosted: Hosted, subject: str, actor: str, role: str) -> None:
    answer, events = _turned_away_at_the_door(hosted, subject)
    assert (answer.status_code, problem_of(answer).code) == (403, "not_allowed")
    assert events == [
        (actor, role, "hub.sign_in", "other_organisation", "Was turned away"),
        (actor, role, "hub.sign_in", "other_organisation", "Was turned away 1 more times"),
    ]


def test_a_token_of_another_organisation_by_somebody_who_left_is_audited(hosted: Hosted) -> None:
    hosted.execute("UPDATE adm_members SET deleted_at = now()")
    answer, events = _turned_away_at_the_door(hosted, f"user_{Role.SUPPORT}")
    assert (answer.status_code, problem_of(answer).code) == (403, "not_staff")
    assert [event[:4] for event in events] == [(f"user_{Role.SUPPORT}", "", "hub.sign_in", "not_staff")] * 2


def _turned_away_at_the_door(hosted: Hosted, subject: str) -> tuple[httpx.Response, list[tuple[Any, ...]]]:
    """Ask twice with a token of another organisation: the second answer, and what the audit log has a minute later."""
    hub = hosted.hub(verifier=OfAnotherOrganisation())
    with closing(Client(hub)) as client:
        client.headers["Authorization"] = f"Bearer {subject}"
        client.ask(*ENDPOINTS[0])
        answer = client.ask(*ENDPOINTS[2])
    hosted.clock.advance(minutes=1)
    hub.denials.sum_up()
    return answer, hosted.rows("SELECT actor_id, role, action, outcome, sentence FROM sys_audit_event ORDER BY id")


def test_what_is_no_denial_is_not_audited(client: Client, hosted: Hosted) -> None:
    client.ask(*ENDPOINTS[0])
    client.ask(*ENDPOINTS[2])
    assert hosted.rows("SELECT FROM sys_audit_event") == []


def test_a_gap_in_the_order_names_the_sequence_that_is_expected(client: Client, hosted: Hosted) -> None:
    problem = problem_of(client.ask("/v1/push", push_of(hosted, "x", first=5)))
    assert (problem.status, problem.code, problem.next_sequence) == (409, "out_of_order", 1)


def test_another_payload_under_a_known_sequence_is_a_problem(client: Client, hosted: Hosted) -> None:
    client.ask("/v1/push", push_of(hosted, "x"))
    problem = problem_of(client.ask("/v1/push", push_of(hosted, "x")))
    assert (problem.status, problem.code) == (409, "payload_changed")


def test_a_cursor_that_is_gone_is_a_problem(client: Client) -> None:
    problem = problem_of(client.ask("/v1/pull", ENDPOINTS[2][1]))
    assert (problem.status, problem.code) == (410, "cursor_gone")


def test_another_version_of_the_protocol_is_a_problem(client: Client) -> None:
    hello = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION, protocol=99)
    problem = problem_of(client.ask("/v1/hello", hello))
    assert (problem.status, problem.code) == (426, "upgrade_needed")


def test_a_table_that_is_not_there_is_a_problem(client: Client) -> None:
    problem = problem_of(client.ask("/v1/load/sys_laptop", LoadTableRequest(laptop_id="l", columns=("id",))))
    assert (problem.status, problem.code) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"laptop_id": 7}',
        b'{"laptop_id":"l","first_sequence":0,"confirmed":0,"commands":[]}',
        b'{"laptop_id":"l","first_sequence":1,"confirmed":NaN,"commands":[]}',
        b'{"laptop_id":"%b","first_sequence":1,"confirmed":0,"commands":[]}' % (b"l" * 201),
        b'{"laptop_id":"\\ud800","first_sequence":1,"confirmed":0,"commands":[]}',
        b'{"laptop_id":"\xff","first_sequence":1,"confirmed":0,"commands":[]}',
        b"[" * 100_000,
    ],
)
def test_a_body_of_the_wrong_form_is_a_problem(client: Client, body: bytes) -> None:
    assert problem_of(client.post("/v1/push", body)).code == "bad_request"


def test_a_text_that_no_database_keeps_is_a_problem(client: Client) -> None:
    push = PushRequest(laptop_id="nul\x00", first_sequence=1, confirmed=0, commands=())
    assert problem_of(client.ask("/v1/push", push)).code == "bad_request"


def test_more_commands_than_a_push_may_have_are_a_problem(client: Client, hosted: Hosted) -> None:
    body = push_of(hosted, "x").model_dump(mode="json")
    body["commands"] *= 501
    assert problem_of(client.post("/v1/push", orjson.dumps(body))).code == "bad_request"


def test_a_body_that_is_too_large_is_a_problem(client: Client) -> None:
    problem = problem_of(client.post("/v1/push", b" " * (LARGEST_BODY + 1)))
    assert (problem.status, problem.code) == (413, "too_large")


def test_a_body_that_hides_its_size_is_bounded_too(client: Client) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1_000_000 + 1):
            yield b" " * 1_000_000

    assert problem_of(client.post("/v1/push", pieces())).code == "too_large"


def test_a_body_that_is_larger_than_it_says_is_bounded_too(client: Client) -> None:
    client.headers["Content-Length"] = "2"
    assert problem_of(client.post("/v1/push", b" " * (LARGEST_BODY + 1))).code == "too_large"


def test_an_address_that_is_not_there_is_a_problem(client: Client) -> None:
    problem = problem_of(client.get("/v1/nothing"))
    assert (problem.status, problem.code) == (404, "not_found")


def test_a_method_that_is_not_there_is_a_problem(client: Client) -> None:
    assert problem_of(client.get("/v1/push")).status == 405


def test_a_mistake_of_the_hub_is_a_problem_without_its_trace(client: Client, hosted: Hosted) -> None:
    hosted.execute("ALTER TABLE sys_receipt RENAME COLUMN digest TO fingerprint")
    answer = client.ask("/v1/push", push_of(hosted, "x"))
    assert (problem_of(answer).code, "fingerprint" in answer.text, "Traceback" in answer.text) == (
        "defect",
        False,
        False,
    )


# ----------------------------------------------------------------------------------------------------------- document


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def test_the_document_names_every_endpoint_of_the_protocol(document: dict[str, Any]) -> None:
    assert document["paths"].keys() == {
        "/livez",
        "/readyz",
        "/v1/devices",
        "/v1/quarantine",
        "/v1/hello",
        "/v1/push",
        "/v1/pull",
        "/v1/load",
        "/v1/load/{table}",
        "/v1/events",
        "/v1/hooks/clerk",
        "/v1/documents/{document_id}/bytes",
        "/v1/documents/{document_id}/bytes/{place}",
    }


def test_the_document_says_of_every_endpoint_how_it_fails(document: dict[str, Any]) -> None:
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    assert all("application/problem+json" in answer["default"]["content"] for answer in answers)


def test_the_document_says_of_every_endpoint_how_it_succeeds(document: dict[str, Any]) -> None:
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    assert all(answer["200"]["content"] for answer in answers)


def test_every_reference_of_the_document_leads_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()


def test_the_document_asks_for_a_token_wherever_rows_are_given(document: dict[str, Any]) -> None:
    open_paths = {
        name for name, path in document["paths"].items() for operation in path.values() if "security" not in operation
    }
    assert open_paths == {"/livez", "/readyz", "/v1/hooks/clerk", "/v1/quarantine"}
