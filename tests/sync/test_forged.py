"""Whatever a client sends with the token of a role, it gets what that role may have, and the log tells of it."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson
import pytest

from fleetdesk.commands.core import Command, FieldEdit, platform_commands
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.saved_views import DeleteView, EditView
from fleetdesk.errors import NotAllowed, ProtocolError
from fleetdesk.models.access import ACCESS, Permission, Role, own_scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.schema import platform_schema, wire_columns
from fleetdesk.protocol import (
    LoadEnd,
    LoadPlan,
    LoadRequest,
    LoadTableRequest,
    PullRequest,
    PushRequest,
    RemovedChunk,
    RowsChunk,
)
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from tests.devices import signer_of
from tests.hub.acts import NOW
from tests.hub.planting import plant
from tests.hub.support import STAFF_ROLES, Hosted, insert_lead, person_id
from tests.sync.running import RunningHub
from tests.unit.commands.examples import EXAMPLES

pytestmark = pytest.mark.anyio

SCHEMA = platform_schema()
SCOPES = ("staff", "leads", "audit", "members", "tenant:1", *(own_scope(person_id(role)) for role in STAFF_ROLES))
DENIALS = "SELECT action, outcome, actor_id, role FROM sys_audit_event WHERE action = %s"
TOLD = "SELECT action, outcome, actor_id, role FROM sys_audit_event WHERE starts_with(id, 'sys') IS FALSE"
LEAD = "a lead of nobody's"
REFERENCES: Mapping[str, dict[str, object]] = {
    "adm_members": {"user_id": person_id(Role.FINANCE)},
    "sys_demo_lead_activity": {"lead_id": LEAD},
    "sys_demo_lead_revision": {"row_id": LEAD},
}


@pytest.fixture(params=STAFF_ROLES)
def role(request: pytest.FixtureRequest) -> Role:
    found: Role = request.param
    return found


@pytest.fixture
async def client(hub: RunningHub, role: Role) -> AsyncIterator[HubClient]:
    """A client with the token of the role's person."""
    client = HubClient(hub.url, StaticTokens(f"user_{role}"), silence=10.0, signer=signer_of(f"user_{role}"))
    yield client
    await client.close()


@pytest.fixture
def planted(hosted: Hosted) -> Hosted:
    """A row of every scope in every table that laptops hold; its id says which."""
    with hosted.owner() as connection:
        insert_lead(connection, LEAD, scope="nobody")
        for record in SCHEMA:
            for number, scope in enumerate(SCOPES, start=1):
                row_id = f"{record.__tablename__}:{scope}"
                references = REFERENCES.get(record.__tablename__, {})
                plant(connection, record, row_id, number=number, scope=scope, **references)
        # Their keys are as good as any: the hub must not make them anew while a test compares.
        connection.execute("DELETE FROM sys_unkeyed")
    return hosted


def table_request(table: str, scopes: tuple[str, ...] | None = None) -> LoadTableRequest:
    columns = tuple(column.name for column in wire_columns(SCHEMA.record(table)))
    return LoadTableRequest(laptop_id="laptop", columns=columns, after="", scopes=scopes)


def load_request(scopes: tuple[str, ...] | None = None) -> LoadRequest:
    return LoadRequest(laptop_id="laptop", schema_version=SCHEMA.version, scopes=scopes)


def held(role: Role) -> frozenset[str]:
    return ACCESS.scopes(role, person_id(role))


def lacking(role: Role) -> list[str]:
    return [scope for scope in SCOPES if scope not in held(role)]


async def loaded(client: HubClient, table: str) -> set[str]:
    """The scopes of the planted rows that a load of a table gives."""
    found = set[str]()
    async with client.load_table(table, table_request(table)) as blocks:
        async for block in blocks:
            if not isinstance(block, LoadEnd):
                found |= {orjson.loads(line)[0] for line in block.splitlines()}
    return {id.removeprefix(f"{table}:") for id in found if id.startswith(f"{table}:")}


async def pulled(client: HubClient, cursor: str) -> tuple[set[str], set[str]]:
    """The scopes of the planted rows that a pull gives, and of those that it tells the end of."""
    rows, removed = set[str](), set[str]()
    request = PullRequest(laptop_id="laptop", cursor=cursor, confirmed=0, schema_version=SCHEMA.version)
    async with client.pull(request) as pull:
        async for part in pull.parts:
            if isinstance(part, RowsChunk):
                rows |= {row[0] for row in part.rows}
            elif isinstance(part, RemovedChunk):
                removed |= set(part.ids)
    scopes = {f"{record.__tablename__}:{scope}": scope for record in SCHEMA for scope in SCOPES}
    return {scopes[id] for id in rows if id in scopes}, {scopes[id] for id in removed if id in scopes}


def tampered(plan: LoadPlan) -> str:
    """A cursor that says that the laptop holds every scope, and has seen nothing of any."""
    cursor = json.loads(base64.urlsafe_b64decode(plan.cursor))
    forged = cursor | {"scopes": list(SCOPES), "snapshot": "3:3:"}
    return base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()


# Reading


async def test_a_load_gives_the_rows_of_the_roles_scopes_and_no_others(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    for record in SCHEMA:
        assert await loaded(client, record.__tablename__) == held(role), record.__tablename__


async def test_a_plan_for_a_scope_that_the_role_lacks_is_denied_and_told(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    for scope in lacking(role):
        with pytest.raises(NotAllowed):
            await client.load(load_request((scope,)))
    assert planted.rows(DENIALS, "hub.load") == [("hub.load", "not_allowed", person_id(role), role)]


async def test_a_load_of_a_scope_that_the_role_lacks_is_denied_and_told(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    for record in SCHEMA:
        for scope in lacking(role):
            with pytest.raises(NotAllowed):
                async with client.load_table(
                    record.__tablename__, table_request(record.__tablename__, ("staff", scope))
                ):
                    pass
    assert planted.rows(DENIALS, "hub.load") == [("hub.load", "not_allowed", person_id(role), role)]


async def test_a_tampered_cursor_brings_the_rows_of_the_roles_scopes_and_no_others(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    rows, _ = await pulled(client, tampered(await client.load(load_request())))
    assert rows == held(role)


async def test_a_tampered_cursor_tells_of_the_end_of_no_other_rows(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    cursor = tampered(await client.load(load_request()))
    planted.execute("DELETE FROM sys_saved_view")
    _, removed = await pulled(client, cursor)
    assert removed == held(role)


async def test_the_bytes_of_documents_are_given_to_roles_that_hold_them_alone(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    planted.execute(
        "UPDATE doc_documents SET state = 'stored', sha256 = encode(sha256('licence'::bytea), 'hex'), size = 7"
    )
    for scope in SCOPES:
        planted.execute(
            "WITH blob AS (INSERT INTO doc_blob (scope, sha256, size, person_id, whole, touched_at)"
            " VALUES (%s, encode(sha256('licence'::bytea), 'hex'), 7, 'p', true, now()) RETURNING id, scope)"
            " INSERT INTO doc_blob_piece (blob_id, place, scope, bytes)"
            " SELECT id, 0, scope, 'licence'::bytea FROM blob",
            scope,
        )
    given = set[str]()
    for scope in SCOPES:
        try:
            assert await client.get_bytes(f"doc_documents:{scope}", 0) == b"licence"
        except (NotAllowed, ProtocolError):
            continue
        given.add(scope)
    allowed = Permission.LEADS_READ in ACCESS.grant(role).permissions
    assert given == (held(role) if allowed else set())


# Writing


def forbidden(role: Role) -> list[Command]:
    """A command of every kind that the role may not give, each under an id of its own."""
    may = ACCESS.grant(role).permissions
    return [dataclasses.replace(command, id=new_id()) for command in EXAMPLES if command.permissions() - may]


def push_of(commands: Sequence[Command]) -> PushRequest:
    wires = tuple(platform_commands().encode(command) for command in commands)
    return PushRequest(laptop_id="laptop", first_sequence=1, confirmed=0, commands=wires)


def everything(hosted: Hosted) -> list[tuple[Any, ...]]:
    """All rows but those of the audit log."""
    tables = [record.__tablename__ for record in SCHEMA if not record.__tablename__.startswith("sys_audit")]
    return [
        row for table in tables for row in hosted.rows(f"SELECT row_to_json(t)::text FROM {table} AS t ORDER BY id")
    ]


async def test_whatever_command_a_role_may_not_give_is_refused_changes_nothing_and_is_told(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    commands, before = forbidden(role), everything(planted)
    answer = await client.push(push_of(commands))
    assert {receipt.verdict.code for receipt in answer.receipts} == {"not_allowed"}
    assert everything(planted) == before
    assert set(planted.rows(TOLD)) == {
        (command.name, "rejected:not_allowed", person_id(role), role) for command in commands
    }


def test_every_role_has_commands_that_it_may_not_give() -> None:
    assert all(forbidden(role) for role in STAFF_ROLES)


async def test_a_command_about_a_row_of_a_scope_that_the_role_lacks_finds_none(
    client: HubClient, planted: Hosted, role: Role
) -> None:
    """Allowed as such, but about another person's private view, or a lead that is not the staff's."""
    before, commands = everything(planted), list[Command]()
    for scope in lacking(role):
        about: dict[str, Any] = {"issued_at": NOW, "view_id": f"sys_saved_view:{scope}"}
        commands.append(DeleteView(id=new_id(), **about))
        commands.append(EditView(id=new_id(), **about, edits={"name": FieldEdit(base="x", new="y")}))
        if Permission.LEADS_EDIT in ACCESS.grant(role).permissions:
            commands.append(DeleteLead(id=new_id(), issued_at=NOW, lead_id=f"sys_demo_lead:{scope}", reason="Mine"))
    answer = await client.push(push_of(commands))
    assert {receipt.verdict.code for receipt in answer.receipts} == {"missing"}
    assert everything(planted) == before
