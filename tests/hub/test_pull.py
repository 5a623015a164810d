"""The feed: every change reaches every laptop that may hold it, once, however transactions overlap."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from psycopg import sql

from fleetdesk.errors import Busy, CursorGone, UpgradeNeeded
from fleetdesk.hub.cursor import Cursor
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.hub.unseen import Unseen, unseen
from fleetdesk.models.access import Role
from fleetdesk.models.base import Synced
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import PullRequest
from tests.hub.acts import edit
from tests.hub.support import Hosted, Laptop, identity, insert_lead


def test_a_pull_brings_what_was_inserted_since(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        lead = insert_lead(connection, company="Émirats “Transport” \\ شركة\n\t2")
    laptop.pull()
    assert laptop.leads[lead]["company"] == "Émirats “Transport” \\ شركة\n\t2"


def test_a_pull_brings_what_was_updated_since(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE sys_demo_lead SET fleet_size = 12")
    laptop.pull()
    assert laptop.leads[lead]["fleet_size"] == 12


def test_a_pull_of_nothing_brings_nothing(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    assert laptop.pull().count == 0


def test_pulls_that_are_read_slowly_leave_connections_to_pushes(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub(pool_size=2)
    laptop = Laptop(hub)
    laptop.load()
    slow = hub.feed.pull(
        PullRequest(laptop_id="slow", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION),
        identity(Role.COMMERCIAL),
    )
    next(slow)
    with pytest.raises(Busy):
        laptop.pull()
    (verdict,) = laptop.push(edit(lead))
    slow.close()
    assert (verdict.kind, laptop.pull().count > 0) == ("applied", True)


def test_pulls_that_one_laptop_reads_slowly_leave_places_to_others(hosted: Hosted) -> None:
    hub = hosted.hub(pool_size=10)
    laptop, other = Laptop(hub), Laptop(hub, Role.SUPPORT)
    laptop.load()
    other.load()
    request = PullRequest(laptop_id="slow", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION)
    slow = [hub.feed.pull(request, identity(Role.COMMERCIAL)) for _ in range(2)]
    for each in slow:
        next(each)
    with pytest.raises(Busy):
        laptop.pull()
    assert other.pull().head is not None
    for each in slow:
        each.close()
    laptop.pull()


def test_every_table_that_laptops_hold_is_looked_at_for_news(hosted: Hosted) -> None:
    ((looks,),) = hosted.rows("SELECT prosrc FROM pg_proc WHERE proname = 'fleetdesk_unseen'")
    looked_at = set(re.findall(r"FROM \w+\.(\w+)", str(looks)))
    assert looked_at == {*hosted.platform.schema.tables, "sys_removal"}


def test_who_looks_for_news_reads_no_table_from_its_beginning(hosted: Hosted) -> None:
    ((source,),) = hosted.rows("SELECT prosrc FROM pg_proc WHERE proname = 'fleetdesk_unseen'")
    returned = re.search(r"RETURN (.*);", str(source))
    assert returned is not None
    question = returned[1].replace("seen)", "$1)").replace("oldest", "$2")
    with hosted.as_hub(role="system", read="leads") as connection:
        for statement in (
            "SET LOCAL plan_cache_mode = force_generic_plan",
            "SET LOCAL enable_seqscan = off",
            "SET LOCAL enable_bitmapscan = off",
            f"PREPARE news (pg_snapshot, xid8) AS SELECT {question}",
        ):
            connection.execute(statement.encode())
        plan = "\n".join(line for (line,) in connection.execute("EXPLAIN EXECUTE news ('1:1:', '1')"))
    scanned = re.findall(r"(\w+ Scan)(?: using (\w+))? on (\w+)", plan)
    by_xid = {table: f"ix_{table}_xid" for table in hosted.platform.schema.tables} | {"sys_removal": "pk_sys_removal"}
    assert {table: index for _, index, table in scanned} == by_xid
    assert {kind for kind, _, _ in scanned} <= {"Index Scan", "Only Scan"}


def test_the_same_change_is_not_pulled_twice(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        insert_lead(connection)
    laptop.pull()
    assert laptop.pull().count == 0


def test_rows_travel_in_their_wire_forms(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        lead = insert_lead(connection, updated_at="2026-03-01T13:30:00.5+04:00", tags='["a","b"]', score=7)
    laptop.pull()
    row = laptop.leads[lead]
    assert (row["updated_at"], row["tags"], row["score"], row["email"]) == (
        "2026-03-01T09:30:00.500000Z",
        '["a","b"]',
        7,
        None,
    )


def test_many_rows_come_in_chunks(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        for number in range(2_001):
            insert_lead(connection, f"lead-{number}")
    sizes = [len(message["rows"]) for message in laptop.messages() if message["type"] == "rows"]
    assert sizes == [2_000, 1]


def test_a_transaction_that_commits_late_slips_behind_no_cursor(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as early, hosted.owner() as late:
        slow = insert_lead(early)
        quick = insert_lead(late)
        late.commit()
        laptop.pull()
        assert laptop.leads.keys() == {quick}
        early.commit()
    laptop.pull()
    assert laptop.leads.keys() == {quick, slow}


class _ByTime(Unseen):
    """What one would write first."""

    def rows(self, record: type[Synced], cursor: Cursor) -> sql.Composable:
        if "updated_at" not in record.table().columns:
            return super().rows(record, cursor)
        return sql.SQL("updated_at > {}").format(sql.Literal(cursor.taken_at))


def test_a_cursor_that_went_by_time_would_lose_what_commits_late(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub(unseen=_ByTime()))
    laptop.load()
    with hosted.owner() as early:
        insert_lead(early, updated_at=hosted.clock.now())
        laptop.pull()
    laptop.pull()
    assert laptop.leads == {}


def test_an_open_transaction_holds_back_nobody_else(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as held, hosted.owner() as other:
        insert_lead(held)
        for _ in range(3):
            lead = insert_lead(other)
            other.commit()
            laptop.pull()
            assert lead in laptop.leads


def test_rows_written_inside_a_savepoint_are_stamped_by_the_whole_transaction(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        insert_lead(connection)
        with connection.transaction():
            inner = insert_lead(connection)
            with hosted.owner() as other:
                insert_lead(other)
        laptop.pull()
        assert inner not in laptop.leads
    laptop.pull()
    assert inner in laptop.leads


def test_what_a_savepoint_took_back_never_comes(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        kept = insert_lead(connection)
        connection.execute("SAVEPOINT doubtful")
        insert_lead(connection)
        connection.execute("ROLLBACK TO SAVEPOINT doubtful")
    laptop.pull()
    assert laptop.leads.keys() == {kept}


def test_concurrent_writers_lose_no_row_to_a_laptop_that_pulls_all_the_while(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    ended = threading.Event()

    def pull_on_and_on() -> None:
        while not ended.is_set():
            laptop.pull()

    def write(writer: int) -> None:
        with hosted.owner() as connection:
            for number in range(25):
                # The stamp is drawn first and committed later, by each writer after another while.
                insert_lead(connection, f"{writer}-{number}")
                connection.execute("SELECT pg_sleep(%s)", [0.001 * ((writer * 7 + number * 3) % 8)])
                if number % 5 == 4:
                    connection.rollback()
                else:
                    connection.commit()

    puller = threading.Thread(target=pull_on_and_on)
    writers = [threading.Thread(target=write, args=[writer]) for writer in range(6)]
    for thread in (puller, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    puller.join()
    laptop.pull()
    assert sorted(laptop.leads) == sorted(row[0] for row in hosted.rows("SELECT id FROM sys_demo_lead"))


def test_a_deleted_row_comes_as_a_removal(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("DELETE FROM sys_demo_lead")
    assert laptop.pull().removed == {"sys_demo_lead": [lead]}


def test_deleting_a_lead_for_good_removes_its_timeline_too(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
        connection.execute(
            "INSERT INTO sys_demo_lead_activity (id, scope, lead_id, kind, body, happened_at, recorded_at)"
            " VALUES ('a', 'leads', %s, 'note', 'x', now(), now())",
            [lead],
        )
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("DELETE FROM sys_demo_lead")
    assert laptop.pull().removed == {"sys_demo_lead": [lead], "sys_demo_lead_activity": ["a"]}


def test_emptying_a_table_at_once_comes_as_removals(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("TRUNCATE sys_demo_lead CASCADE")
    laptop.pull()
    assert laptop.leads == {}


def test_a_row_that_leaves_the_scopes_of_a_person_comes_as_a_removal(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE sys_demo_lead SET scope = 'audit'")
    assert laptop.pull().removed == {"sys_demo_lead": [lead]}


def test_a_removal_from_scopes_that_a_person_never_held_is_not_told(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, scope="audit")
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("DELETE FROM sys_demo_lead")
    assert laptop.pull().removed == {}


def test_a_row_that_moves_between_scopes_that_a_person_holds_is_there_afterwards(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE sys_demo_lead SET scope = 'staff'")
    laptop.pull()
    assert laptop.leads[lead]["scope"] == "staff"


def test_a_row_that_goes_and_comes_back_between_two_pulls_is_there(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("DELETE FROM sys_demo_lead")
    with hosted.owner() as connection:
        insert_lead(connection, lead)
    laptop.pull()
    assert lead in laptop.leads


def test_a_row_may_leave_a_scope_twice_in_one_transaction(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        for scope in ("audit", "leads", "audit"):
            connection.execute("UPDATE sys_demo_lead SET scope = %s", [scope])
    assert laptop.pull().removed == {"sys_demo_lead": [lead]}


def test_a_changed_id_leaves_nothing_behind(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "old")
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE sys_demo_lead SET id = 'new'")
    laptop.pull()
    assert laptop.leads.keys() == {"new"}


def test_a_role_taken_away_names_the_scopes_that_were_lost(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE role = %s", Role.COMMERCIAL)
    assert laptop.pull().head.lost_scopes == ("leads",)


def test_rows_of_a_lost_scope_come_no_more(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE role = %s", Role.COMMERCIAL)
    with hosted.owner() as connection:
        insert_lead(connection)
    laptop.pull()
    assert laptop.leads == {}


def test_rows_of_a_gained_scope_are_left_to_be_loaded(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub(), Role.FINANCE)
    laptop.load()
    with hosted.owner() as connection:
        insert_lead(connection)
        connection.execute("UPDATE adm_members SET role = 'platform_commercial' WHERE role = %s", [Role.FINANCE])
    pulled = laptop.pull()
    assert (pulled.head.gained_scopes, laptop.leads) == (("leads",), {})


def test_after_gained_scopes_are_loaded_nothing_is_missing(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub(), Role.FINANCE)
    laptop.load()
    with hosted.owner() as connection:
        first = insert_lead(connection)
        connection.execute("UPDATE adm_members SET role = 'platform_commercial' WHERE role = %s", [Role.FINANCE])
    laptop.pull()
    laptop.load(("leads",))
    with hosted.owner() as connection:
        second = insert_lead(connection)
    laptop.pull()
    assert laptop.leads.keys() == {first, second}


def test_another_epoch_asks_for_a_new_load(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    new_epoch(hosted.database.owner.url)
    with pytest.raises(CursorGone):
        laptop.pull()


def test_a_cursor_ahead_of_the_server_asks_for_a_new_load(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.cursor = altered(laptop.cursor, snapshot="9000000:9000000:")
    with pytest.raises(CursorGone):
        laptop.pull()


def test_a_cursor_older_than_the_removal_log_asks_for_a_new_load(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.clock.advance(days=91)
    with pytest.raises(CursorGone):
        laptop.pull()


def test_a_cursor_of_a_poorer_schema_asks_for_a_new_load(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.cursor = altered(laptop.cursor, schema_version=0)
    with pytest.raises(CursorGone):
        laptop.pull()


@pytest.mark.parametrize("cursor", ["", "x", "e30=", "ZGVhZA=="])
def test_what_is_no_cursor_asks_for_a_new_load(hosted: Hosted, cursor: str) -> None:
    laptop = Laptop(hosted.hub(), cursor=cursor)
    with pytest.raises(CursorGone):
        laptop.pull()


def test_a_laptop_of_an_unknown_schema_is_asked_to_upgrade(hosted: Hosted) -> None:
    hub = hosted.hub()
    laptop = Laptop(hub)
    laptop.load()
    request = PullRequest(laptop_id=laptop.id, cursor=laptop.cursor, confirmed=0, schema_version=99)
    with pytest.raises(UpgradeNeeded):
        list(hub.feed.pull(request, identity(Role.COMMERCIAL)))


def test_the_index_on_the_stamp_is_used_under_row_level_security(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "first")
        connection.execute(
            "CREATE TEMPORARY TABLE many AS SELECT sys_demo_lead.*, number"
            " FROM sys_demo_lead, generate_series(1, 20000) AS number;"
            "UPDATE many SET id = number::text; ALTER TABLE many DROP COLUMN number;"
            "INSERT INTO sys_demo_lead SELECT * FROM many"
        )
        connection.commit()
        connection.execute("ANALYZE sys_demo_lead")
    ((snapshot,),) = hosted.rows("SELECT pg_current_snapshot()::text")
    explain = sql.SQL("EXPLAIN SELECT FROM sys_demo_lead WHERE ") + unseen(snapshot)
    with hosted.as_hub(role=Role.COMMERCIAL, read="leads") as connection:
        plan = "\n".join(line for (line,) in connection.execute(explain).fetchall())
    assert "Index Cond: (xid >= " in plan


def test_any_hub_answers_a_cursor_of_another(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    laptop.hub = hosted.hub()
    laptop.pull()
    assert lead in laptop.leads


def altered(cursor: str, **values: object) -> str:
    """The cursor with other values; the hub signs none."""
    return Cursor.decode(cursor).model_copy(update={"taken_at": dt.datetime.now(dt.UTC), **values}).encode()
