"""A hub over a test's own database, people of every role, and a laptop that does nothing but keep what it is given."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from fleetdesk.commands.core import Command
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.demo.postgres import Database, Dsn
from fleetdesk.hub.audit import Origin
from fleetdesk.hub.receipts import Receipts
from fleetdesk.hub.serve import HubServer
from fleetdesk.hub.service import Hub
from fleetdesk.hub.tokens import Identity, OtherOrganisation, SignIn, Verifier
from fleetdesk.hub.unseen import Unseen
from fleetdesk.models.access import Role
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.protocol import (
    LoadRequest,
    LoadTableRequest,
    PullEnd,
    PullHead,
    PullRequest,
    PushAnswer,
    PushRequest,
    Receipt,
    TableChecksum,
    Verdict,
    WireCommand,
)
from fleetdesk.settings import HubSettings
from tests.devices import insert_device

STRANGER = "user_of_a_client"
"""Somebody of no staff, whose laptop the hub knows all the same: as of one who left."""
Connection = psycopg.Connection[tuple[Any, ...]]
_FOR_GOOD = dt.datetime.max.replace(tzinfo=dt.UTC)
ORIGIN = Origin("192.0.2.7", "request-1")
STAFF_ROLES = tuple(role for role in Role if role is not Role.SYSTEM)


class HandClock:
    """Shows what the test sets it to; at first, the machine's time."""

    def __init__(self) -> None:
        self._ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self._ahead

    def advance(self, **by: float) -> None:
        """Move the hand."""
        self._ahead += dt.timedelta(**by)


class TrustingVerifier:
    """Takes a token for the provider's id that it is: for tests whose matter is not the token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def verify(self, token: str) -> Identity:
        return Identity(token, self._clock.now() + dt.timedelta(hours=1))

    def verify_sign_in(self, id_token: str) -> SignIn:
        """Of an ID token that is the person's id, and after a blank the nonce."""
        return SignIn(*id_token.split())


class OfAnotherOrganisation:
    """Takes a token as `TrustingVerifier` does; but each names an organisation that is not the staff's."""

    def verify(self, token: str) -> Identity:
        raise OtherOrganisation("Only the platform's own staff can sign in here.", Identity(token, _FOR_GOOD))

    def verify_sign_in(self, id_token: str) -> SignIn:
        raise AssertionError("nobody comes so far")


class Hosted:
    """One database with staff of each role, and hubs before it."""

    def __init__(self, database: Database, platform: Platform | None = None) -> None:
        self.database = database
        self.platform = platform or fleet_platform()
        self.clock = HandClock()
        self._hubs: list[Hub] = []
        with self.owner() as connection:
            for role in STAFF_ROLES:
                insert_person(connection, role)
            insert_device(connection, STRANGER, "person-elsewhere")

    def hub(
        self,
        *,
        receipts: Receipts | None = None,
        unseen: Unseen | None = None,
        pool_size: int = 4,
        by_way_of: Dsn | None = None,
        verifier: Verifier | None = None,
        **settings: Any,  # noqa: ANN401 (what the settings take)
    ) -> Hub:
        """One hub more; `receipts` and `unseen` may be broken ones, `by_way_of` a pooler between.

        Without a verifier it trusts every token.
        """
        # A test's laptops pull fifty times a second: they are counted where that is the matter.
        counted = ("requests_each", "requests_per_device", "requests_per_address", "strangers_per_address")
        uncounted = dict.fromkeys(counted, 0)
        hub = Hub(
            HubSettings(
                database_url=(by_way_of or self.database.hub).url, pool_size=pool_size, **(uncounted | settings)
            ),
            self.platform,
            verifier=verifier or TrustingVerifier(self.clock),
            clock=self.clock,
            receipts=receipts,
            unseen=unseen,
        )
        self._hubs.append(hub)
        return hub

    def owner(self) -> Connection:
        """A connection as the owner of the tables: a person with a SQL prompt."""
        return psycopg.connect(self.database.owner.url)

    @contextmanager
    def as_hub(self, **claims: str) -> Iterator[Connection]:
        """A transaction as the hub's role, with these claims alone; undone at the end."""
        with psycopg.connect(self.database.hub.url) as connection:
            for name, value in claims.items():
                connection.execute("SELECT set_config(%s, %s, true)", [f"fleetdesk.{name}", value])
            yield connection
            connection.rollback()

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the owner reads."""
        with self.owner() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def execute(self, statement: str, *parameters: object) -> None:
        """What the owner does."""
        with self.owner() as connection:
            connection.execute(statement.encode(), parameters)

    def close(self) -> None:
        for hub in self._hubs:
            hub.close()


def person_id(role: Role) -> str:
    return f"person-{role}"


def identity(role: Role) -> Identity:
    """The identity of the test's person of that role."""
    return Identity(f"user_{role}", _FOR_GOOD)


def insert_person(connection: Connection, role: Role, name: str = "") -> None:
    """Somebody of that role, called as it or otherwise: `person-…`, who signs in as `user_…` and is `member-…`."""
    name = name or role
    connection.execute(
        "INSERT INTO adm_users (id, scope, provider_id, email, email_key, first_name, last_name, status, created_at,"
        " updated_at) VALUES (%s, 'staff', %s, %s, %s, 'Person', %s, 'active', now(), now())",
        [f"person-{name}", f"user_{name}", f"{name}@example.com", f"{name}@example.com", name],
    )
    connection.execute(
        "INSERT INTO adm_members (id, scope, user_id, organisation, role, status, created_at, updated_at)"
        " VALUES (%s, 'staff', %s, 'fleetcore-platform', %s, 'active', now(), now())",
        [f"member-{name}", f"person-{name}", role],
    )
    insert_device(connection, f"user_{name}", f"person-{name}")


def insert_lead(connection: Connection, lead_id: str | None = None, **values: object) -> str:
    """A lead, committed by whoever commits the connection; gives its id."""
    row = {
        "id": lead_id or new_id(),
        "scope": "leads",
        "status": "new",
        "company": "Al Noor Transport",
        "tags": "[]",
        "activity_count": 0,
        "search_key": "al noor transport",
        "stage_changed_at": "2026-01-01T00:00:00Z",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    } | values
    connection.execute(
        f"INSERT INTO sys_demo_lead ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})".encode(),
        list(row.values()),
    )
    return str(row["id"])


Rows = dict[str, dict[str, dict[str, Any]]]


@dataclass
class Laptop:
    """Keeps rows by table and id as the hub sends them, and counts its commands."""

    hub: Hub
    role: Role = Role.COMMERCIAL
    id: str = field(default_factory=new_id)
    subject: str = ""
    """As whom it signs in, if not as the test's person of the role."""
    cursor: str = ""
    rows: Rows = field(default_factory=dict)
    next_sequence: int = 1
    confirmed: int = 0
    between: Callable[[], None] = lambda: None
    """What happens between two responses of a load."""

    @property
    def leads(self) -> dict[str, dict[str, Any]]:
        return self.rows.get("sys_demo_lead", {})

    def load(self, scopes: tuple[str, ...] | None = None) -> None:
        """Load everything, or these scopes alone; the cursor then is the plan's, unless there is one."""
        plan = self.hub.loader.plan(
            LoadRequest(laptop_id=self.id, schema_version=self.hub.platform.schema.version, scopes=scopes), self._who
        )
        self.cursor = self.cursor if scopes else plan.cursor
        for table in plan.tables:
            self._load_table(table.name, table.columns, scopes)

    def pull(self, *, checksums: bool = False) -> Pulled:
        """Take in what changed."""
        pulled = Pulled()
        for message in self.messages(checksums=checksums):
            match message["type"]:
                case "head":
                    pulled.head = PullHead.model_validate(message)
                    self._drop(pulled.head.lost_scopes)
                case "removed":
                    pulled.removed[message["table"]] = message["ids"]
                    for id in message["ids"]:
                        self.rows.get(message["table"], {}).pop(id, None)
                case "rows":
                    pulled.count += len(message["rows"])
                    self._put(message["table"], message["columns"], message["rows"])
                case _:
                    pulled.end = PullEnd.model_validate(message)
        self.cursor = pulled.end.cursor
        return pulled

    def messages(self, *, checksums: bool = False) -> list[dict[str, Any]]:
        """The lines of a pull, decoded; nothing is taken in."""
        request = PullRequest(
            laptop_id=self.id,
            cursor=self.cursor,
            confirmed=self.confirmed,
            schema_version=self.hub.platform.schema.version,
            checksums=checksums,
        )
        blocks = b"".join(self.hub.feed.pull(request, self._who))
        return [orjson.loads(line) for line in blocks.splitlines()]

    def push(self, *commands: Command, more: bool = False) -> list[Verdict]:
        """Offer commands as the next in this laptop's order; the verdicts on them."""
        answer = self.offer([self.hub.platform.commands.encode(command) for command in commands], more=more)
        self.next_sequence = answer.next_sequence
        return [receipt.verdict for receipt in answer.receipts]

    def offer(
        self, commands: Sequence[WireCommand], *, first: int | None = None, more: bool = False, hub: Hub | None = None
    ) -> PushAnswer:
        """Offer commands from a sequence on; nothing is counted."""
        request = PushRequest(
            laptop_id=self.id,
            first_sequence=self.next_sequence if first is None else first,
            confirmed=self.confirmed,
            more=more,
            commands=tuple(commands),
        )
        return (hub or self.hub).push.accept(request, self._who, ORIGIN)

    @property
    def _who(self) -> Identity:
        return identity(self.role) if not self.subject else Identity(self.subject, _FOR_GOOD)

    def _load_table(self, table: str, columns: tuple[str, ...], scopes: tuple[str, ...] | None) -> None:
        after, more = "", True
        while more:
            request = LoadTableRequest(laptop_id=self.id, columns=columns, after=after, scopes=scopes)
            lines = b"".join(self.hub.loader.rows(table, request, self._who)).splitlines()
            rows = [orjson.loads(line) for line in lines[:-1]]
            self._put(table, columns, rows)
            more = orjson.loads(lines[-1])["more"]
            after = rows[-1][0] if rows else after
            self.between()

    def _put(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        kept = self.rows.setdefault(table, {})
        for values in rows:
            row = dict(zip(columns, values, strict=True))
            kept[row["id"]] = row

    def _drop(self, scopes: tuple[str, ...]) -> None:
        for kept in self.rows.values():
            for id in [id for id, row in kept.items() if row["scope"] in scopes]:
                del kept[id]


@dataclass
class Pulled:
    """What a pull brought."""

    removed: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0
    _head: PullHead | None = None
    _end: PullEnd | None = None

    @property
    def head(self) -> PullHead:
        assert self._head is not None
        return self._head

    @head.setter
    def head(self, head: PullHead) -> None:
        self._head = head

    @property
    def end(self) -> PullEnd:
        assert self._end is not None
        return self._end

    @end.setter
    def end(self, end: PullEnd) -> None:
        self._end = end

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        return self.end.receipts

    @property
    def checksums(self) -> dict[str, TableChecksum]:
        return {checksum.table: checksum for checksum in self.end.checksums}


@contextmanager
def listening(hub: Hub) -> Iterator[str]:
    """The hub on a socket of its own, with its watcher; gives its address."""
    address: queue.SimpleQueue[str] = queue.SimpleQueue()
    server = HubServer(hub, host="127.0.0.1", port=0, listening=address.put)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield address.get(timeout=30)
    finally:
        server.should_exit = True
        thread.join()


def at_once(*acts: Callable[[], object]) -> None:
    """Do all of them at the same time, each on a thread of its own, to their end."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
