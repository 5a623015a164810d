"""Claims end with their transaction, however it ends; also where a transaction pooler stands between: PgBouncer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, text

from fleetdesk.demo.postgres import Dsn
from fleetdesk.errors import Busy, Invalid
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.database import Database, driver
from fleetdesk.hub.service import Hub
from fleetdesk.hub.wire import copied
from fleetdesk.models.access import Role, own_scope
from tests.hub.acts import edit
from tests.hub.support import Hosted, Laptop, insert_lead, listening, person_id
from tests.pgbouncer import pgbouncer

CLAIMS = Claims(
    person=person_id(Role.SUPER_ADMIN),
    role=Role.SUPER_ADMIN,
    laptop="l",
    read=frozenset({"leads", "staff", "audit"}),
    write=frozenset({"leads"}),
)
NONE = ("",) * 5
NAMES = ("person", "role", "laptop", "read", "write")
LEFT = "SELECT " + ", ".join(f"coalesce(current_setting('fleetdesk.{name}', true), '')" for name in NAMES)


@pytest.fixture
def pooler(hosted: Hosted) -> Iterator[Dsn]:
    """PgBouncer in transaction mode, before one connection to the server."""
    with pgbouncer(hosted.database.hub, servers=1) as way:
        yield way


@pytest.fixture(params=["direct", "behind PgBouncer"])
def line(request: pytest.FixtureRequest, hosted: Hosted) -> Iterator[Database]:
    """One connection of the hub's, which all transactions take in turn."""
    way = hosted.database.hub if request.param == "direct" else request.getfixturevalue("pooler")
    database = Database(way.url, pool_size=1)
    yield database
    database.close()


# ------------------------------------------------------------------------------------------ how a transaction may end


def commits(database: Database) -> None:
    with database.writing() as connection:
        set_claims(connection, CLAIMS)


def is_rolled_back(database: Database) -> None:
    with database.writing() as connection:
        set_claims(connection, CLAIMS)
        raise ZeroDivisionError


def fails(database: Database) -> None:
    with database.writing() as connection:
        set_claims(connection, CLAIMS)
        connection.execute(_FAILING)


def goes_on_after_a_savepoint(database: Database) -> None:
    with database.writing() as connection:
        savepoint = connection.begin_nested()
        set_claims(connection, CLAIMS)
        savepoint.rollback()
        assert claims_of(connection) == NONE, "what a savepoint claimed goes with it"
        with connection.begin_nested():
            set_claims(connection, CLAIMS)
        assert claims_of(connection)[0] == CLAIMS.person


def takes_too_long(database: Database) -> None:
    with database.writing() as connection:
        set_claims(connection, CLAIMS)
        connection.execute(text("SELECT set_config('statement_timeout', '20ms', true)"))
        connection.execute(_SLEEPING)


def is_cancelled(database: Database) -> None:
    with database.writing() as connection:
        set_claims(connection, CLAIMS)
        threading.Timer(0.1, driver(connection).cancel_safe).start()
        connection.execute(_SLEEPING)


def only_reads(database: Database) -> None:
    with database.reading() as connection:
        set_claims(connection, CLAIMS)


def stops_reading_half_way(database: Database) -> None:
    with database.reading() as connection:
        set_claims(connection, CLAIMS)
        rows = copied(connection, sql.SQL("SELECT generate_series(1, 1000000)"))
        next(rows)
        rows.close()


_FAILING = text("SELECT 1 / 0")
_SLEEPING = text("SELECT pg_sleep(10)")
ENDS: list[tuple[Callable[[Database], None], type[Exception] | None]] = [
    (commits, None),
    (is_rolled_back, ZeroDivisionError),
    (fails, Invalid),
    (goes_on_after_a_savepoint, None),
    (takes_too_long, Busy),
    (is_cancelled, Busy),
    (only_reads, None),
    (stops_reading_half_way, None),
]


@pytest.mark.parametrize(("ends", "error"), ENDS, ids=[ends.__name__ for ends, _ in ENDS])
def test_claims_are_gone_when_their_transaction(
    hosted: Hosted, line: Database, ends: Callable[[Database], None], error: type[Exception] | None
) -> None:
    with hosted.owner() as owner:
        insert_lead(owner)
    with line.reading() as connection:
        before = backend(connection)
    with pytest.raises(error) if error else nullcontext():
        ends(line)
    with line.reading() as connection:
        left = claims_of(connection), connection.execute(text("SELECT id FROM sys_demo_lead")).all()
        after = backend(connection)
    assert (left, after) == ((NONE, []), before)


def claims_of(connection: Connection) -> tuple[str, ...]:
    return tuple(connection.exec_driver_sql(LEFT).one())


def backend(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


# ------------------------------------------------------------------------------------------------- two people, one way


def test_two_people_of_different_roles_over_one_connection_see_their_own_rows_alone(
    hosted: Hosted, pooler: Dsn
) -> None:
    hub = hosted.hub(by_way_of=pooler, pool_size=12)  # as many as three may ask for at once; the pooler has one
    with hosted.owner() as owner:
        leads = {insert_lead(owner) for _ in range(20)}
        for role in (Role.COMMERCIAL, Role.FINANCE):
            insert_view(owner, role)
    sales, finance = Laptop(hub, Role.COMMERCIAL), Laptop(hub, Role.FINANCE)
    with listening(hub):  # its watcher and its chores take their turns as well
        together(lambda: work(sales, leads), lambda: look(finance), lambda: look(finance_again(hub)))
    assert (set(sales.leads), finance.leads) == (leads, {})
    for laptop in (sales, finance):
        assert list(laptop.rows["sys_saved_view"]) == [f"view of {laptop.role}"]
    assert {lead["company"] for lead in sales.leads.values()} == {"Noor"}


def test_the_pooler_of_these_tests_gives_everybody_the_same_connection(hosted: Hosted, pooler: Dsn) -> None:
    with psycopg.connect(pooler.url, autocommit=True) as one, psycopg.connect(pooler.url, autocommit=True) as other:
        one.execute("SELECT set_config('fleetdesk.role', 'platform_super_admin', false)")
        seen = other.execute("SELECT current_setting('fleetdesk.role', true)").fetchone()
    assert seen == ("platform_super_admin",), "so a claim for the session would reach somebody else"


def test_a_driver_that_prepares_statements_would_fail_behind_it(pooler: Dsn) -> None:
    with (
        psycopg.connect(pooler.url, autocommit=True, prepare_threshold=0) as one,
        psycopg.connect(pooler.url, autocommit=True, prepare_threshold=0) as other,
    ):
        one.execute("SELECT 1")
        with pytest.raises(psycopg.errors.DuplicatePreparedStatement):
            other.execute("SELECT 2")


def test_a_hub_behind_a_pooler_keeps_watch(hosted: Hosted, pooler: Dsn, lead: str) -> None:
    hub = hosted.hub(by_way_of=pooler)
    laptop = Laptop(hub)
    laptop.load()
    with listening(hub), hub.watcher.subscribe(frozenset({"leads"})) as subscription:
        told = threading.Event()
        subscription.tell = lambda changed: told.set() if "leads" in changed else None  # type: ignore[method-assign]
        laptop.push(edit(lead))
        assert told.wait(30)


def insert_view(owner: psycopg.Connection[tuple[object, ...]], role: Role) -> None:
    owner.execute(
        "INSERT INTO sys_saved_view (id, scope, owner_id, screen, name, kind, query, sort, columns, created_at,"
        " updated_at) VALUES (%s, %s, %s, 'leads', 'Mine', 'table', '', '[]', '[]', now(), now())",
        [f"view of {role}", own_scope(person_id(role)), person_id(role)],
    )


def work(laptop: Laptop, leads: set[str]) -> None:
    laptop.load()
    for lead in sorted(leads):
        laptop.push(edit(lead))
        laptop.pull()


def look(laptop: Laptop) -> None:
    laptop.load()
    for _ in range(30):
        laptop.pull(checksums=True)
        assert laptop.leads == {}


def finance_again(hub: Hub) -> Laptop:
    return Laptop(hub, Role.FINANCE)


def together(*acts: Callable[[], None]) -> None:
    """All at once; what goes wrong in one goes wrong here."""
    failures: list[BaseException] = []

    def attempt(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # told below
            failures.append(error)

    threads = [threading.Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


# --------------------------------------------------------------------------------------- what a session would remember

SESSION = text("""
    SELECT 'setting', name || ' = ' || setting FROM pg_settings
    WHERE source = 'session' AND name NOT LIKE 'transaction_%'
    UNION ALL SELECT 'claim', name FROM unnest(ARRAY['person', 'role', 'laptop', 'read', 'write']) AS name
    WHERE coalesce(current_setting('fleetdesk.' || name, true), '') <> ''
    UNION ALL SELECT 'prepared statement', statement FROM pg_prepared_statements
    UNION ALL SELECT 'cursor', name FROM pg_cursors WHERE name <> ''
    UNION ALL SELECT 'channel', pg_listening_channels()
    UNION ALL SELECT 'lock', classid::text FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
    UNION ALL SELECT 'temporary', relname FROM pg_class WHERE relpersistence = 't'
""")


def test_a_hubs_connection_remembers_nothing_of_what_was_done_over_it(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub(pool_size=1)
    laptop = Laptop(hub)
    for _ in range(8):  # a driver that prepares statements does so at the sixth time
        laptop.load()
        laptop.push(edit(lead))
        laptop.pull(checksums=True)
    for chore in hub.chores:
        chore.do()
    hub.demand_humble_role()
    hub.demand_ready()
    with hub.database.writing() as connection:
        assert connection.execute(SESSION).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET lock_timeout = '1s'",
        "SELECT set_config('fleetdesk.role', 'system', false)",
        "PREPARE p AS SELECT 1",
        "LISTEN news",
        "SELECT pg_advisory_lock(1)",
        "CREATE TEMPORARY TABLE t ()",
    ],
)
def test_what_a_session_would_remember_is_found(hosted: Hosted, statement: str) -> None:
    database = hosted.hub(pool_size=1).database
    with database.writing() as connection:
        connection.exec_driver_sql(statement)
    with database.writing() as connection:
        assert connection.execute(SESSION).all() != []
