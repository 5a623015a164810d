"""The first load: all rows that a person may hold, in responses that end early and resume, whatever happens between."""

from __future__ import annotations

import itertools

import orjson
import pytest

from fleetdesk.errors import Busy, Invalid, NotAllowed
from fleetdesk.hub.database import Database
from fleetdesk.hub.load import Loader
from fleetdesk.models.access import Role, Scope, own_scope
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import LoadRequest, LoadTableRequest
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, identity, insert_lead, person_id

COLUMNS = ("id", "company")


@pytest.fixture
def loader(hosted: Hosted) -> Loader:
    """A loader whose responses end after each block of rows."""
    hub = hosted.hub()
    return Loader(hub.database, hosted.platform, hosted.clock, most_bytes=1)


def insert_leads(hosted: Hosted, count: int) -> list[str]:
    with hosted.owner() as connection:
        return [insert_lead(connection, f"lead-{number:05}") for number in range(count)]


def load(loader: Loader, after: str = "") -> tuple[list[list[object]], bool]:
    """One response: its rows, and whether there are more."""
    request = LoadTableRequest(laptop_id="l", columns=COLUMNS, after=after)
    lines = b"".join(loader.rows("sys_demo_lead", request, identity(Role.COMMERCIAL))).splitlines()
    return [orjson.loads(line) for line in lines[:-1]], orjson.loads(lines[-1])["more"]


def load_all(loader: Loader) -> list[object]:
    rows, more = load(loader)
    while more:
        further, more = load(loader, str(rows[-1][0]))
        rows += further
    return [row[0] for row in rows]


def test_a_load_brings_all_rows_in_the_columns_asked_for(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "b", company='say "b\\"\n')
        insert_lead(connection, "a", company="ا")
    request = LoadTableRequest(laptop_id="l", columns=("id", "score", "company"))
    lines = b"".join(hosted.hub().loader.rows("sys_demo_lead", request, identity(Role.COMMERCIAL))).splitlines()
    assert [orjson.loads(line) for line in lines] == [
        ["a", None, "ا"],
        ["b", None, 'say "b\\"\n'],
        {"type": "end", "more": False},
    ]


@pytest.mark.parametrize(
    "company",
    [
        pytest.param("", id="nothing, which is not null"),
        pytest.param("null", id="the word null"),
        pytest.param("true", id="the word true"),
        pytest.param('"', id="a quote"),
        pytest.param("\\", id="a backslash"),
        pytest.param("\\N", id="COPY's null"),
        pytest.param("\\.", id="COPY's end"),
        pytest.param("a,b;c", id="commas"),
        pytest.param("one\r\ntwo\n", id="lines"),
        pytest.param("".join(map(chr, range(1, 0x20))), id="controls"),
        pytest.param("\x7f\u0085\u2028\u200f\ufeff", id="controls beyond ASCII"),
        pytest.param("سيارات 🚕 Été", id="letters of the world"),
    ],
)
def test_any_text_is_loaded_as_it_is_hosted(hosted: Hosted, loader: Loader, company: str) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "lead-1", company=company)
        insert_lead(connection, "lead-2", company="plain")
    assert load(loader)[0] == [["lead-1", company], ["lead-2", "plain"]]


def test_a_response_ends_early_and_resumes_by_key(hosted: Hosted, loader: Loader) -> None:
    leads = insert_leads(hosted, 1_800)
    rows, more = load(loader)
    assert (len(rows) < len(leads), more, load_all(loader)) == (True, True, leads)


def test_a_response_ends_after_its_time(hosted: Hosted) -> None:
    insert_leads(hosted, 1_800)
    hub = hosted.hub()
    _, more = load(Loader(hub.database, hosted.platform, hosted.clock, most_seconds=0.0))
    assert more


def test_a_connection_whose_response_ended_early_is_whole_again(hosted: Hosted) -> None:
    leads = insert_leads(hosted, 1_800)
    database = Database(hosted.database.hub.url, pool_size=1)
    loader = Loader(database, hosted.platform, hosted.clock, most_bytes=1)
    assert [load_all(loader), load_all(loader)] == [leads, leads]
    database.close()


def test_rows_changed_between_two_responses_are_right_after_the_pull(hosted: Hosted, loader: Loader) -> None:
    insert_leads(hosted, 1_800)
    laptop = Laptop(hosted.hub())
    laptop.hub.loader = loader
    turns = itertools.count()

    def change() -> None:
        """One before and one behind the point that the load has reached: deleted, changed, inserted."""
        with hosted.owner() as connection:
            turn = next(turns)
            for lead in (f"lead-{turn:05}", f"lead-{1_700 + turn:05}"):
                connection.execute("DELETE FROM sys_demo_lead WHERE id = %s", [lead])
                insert_lead(connection, f"{lead}-new")
            for lead in (f"lead-{100 + turn:05}", f"lead-{1_600 + turn:05}"):
                connection.execute("UPDATE sys_demo_lead SET company = 'changed' WHERE id = %s", [lead])

    laptop.between = change
    laptop.load()
    laptop.pull()
    hosted_now = dict(hosted.rows("SELECT id, company FROM sys_demo_lead"))
    assert {id: row["company"] for id, row in laptop.leads.items()} == hosted_now


def test_what_commits_while_a_load_runs_comes_with_the_pull(hosted: Hosted) -> None:
    insert_leads(hosted, 3)
    laptop = Laptop(hosted.hub())
    with hosted.owner() as connection:
        late = insert_lead(connection, "late")
        laptop.load()
        connection.commit()
    laptop.pull()
    assert late in laptop.leads


def test_loaded_and_pulled_rows_have_one_form(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection, company='“x\\y"', tags='["ü"]', fleet_size=3, next_activity_at="2026-01-01")
    laptop = Laptop(hosted.hub())
    laptop.load()
    loaded = dict(laptop.leads[lead])
    hosted.execute("UPDATE sys_demo_lead SET score = NULL")
    laptop.pull()
    assert laptop.leads[lead] == loaded


def test_the_plan_guesses_how_many_rows_there_are(hosted: Hosted) -> None:
    insert_leads(hosted, 700)
    hosted.execute("ANALYZE sys_demo_lead")
    loader = hosted.hub().loader
    about = {
        role: next(
            table.rows_about
            for table in loader.plan(LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION), identity(role)).tables
            if table.name == "sys_demo_lead"
        )
        for role in (Role.COMMERCIAL, Role.FINANCE)
    }
    assert (about[Role.COMMERCIAL], about[Role.FINANCE] < 10) == (700, True)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_load_brings_what_the_role_holds_and_nothing_else(hosted: Hosted, role: Role) -> None:
    of_all = [scope for scope in Scope if scope is not Scope.OWN]
    with hosted.owner() as connection:
        for scope in (*of_all, "tenant:1", own_scope(person_id(role)), own_scope("someone else")):
            insert_lead(connection, scope, scope=scope)
    laptop = Laptop(hosted.hub(), role)
    laptop.load()
    assert laptop.leads.keys() == hosted.platform.access.scopes(role, person_id(role))


def test_a_load_of_some_scopes_brings_those_alone(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        for scope in ("leads", "staff"):
            insert_lead(connection, scope, scope=scope)
    laptop = Laptop(hosted.hub())
    laptop.load(("leads",))
    assert laptop.leads.keys() == {"leads"}


def test_a_scope_that_the_person_does_not_hold_is_not_loaded(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub(), Role.FINANCE)
    with pytest.raises(NotAllowed):
        laptop.load(("leads",))


@pytest.mark.parametrize("columns", [(), ("company", "id"), ("id", "xid"), ("id", "id"), ("id", "1; DROP TABLE x")])
def test_columns_that_the_table_has_not_are_refused(hosted: Hosted, columns: tuple[str, ...]) -> None:
    request = LoadTableRequest(laptop_id="l", columns=columns)
    with pytest.raises(Invalid):
        list(hosted.hub().loader.rows("sys_demo_lead", request, identity(Role.COMMERCIAL)))


def test_loads_leave_half_of_the_connections_to_others(hosted: Hosted) -> None:
    insert_leads(hosted, 1)
    loader = hosted.hub(pool_size=2).loader
    request = LoadTableRequest(laptop_id="l", columns=COLUMNS)
    running = loader.rows("sys_demo_lead", request, identity(Role.COMMERCIAL))
    next(running)
    with pytest.raises(Busy):
        load(loader)
    running.close()
    assert load(loader)[0]
