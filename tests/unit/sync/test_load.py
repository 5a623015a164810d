"""Loads: of everything into a file of its own, or of gained scopes into the present one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import Defect, DiskFull, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.changes import Changes
from fleetdesk.protocol import LoadTable
from fleetdesk.sync.store.local_store import LoadWriter
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

LEAD = "sys_demo_lead"


@pytest.fixture
def leads(hub: TinyHub) -> list[str]:
    """Ten hosted leads, their ids in order."""
    return sorted(hosted_lead(hub, search_key=f"acme {index}") for index in range(10))


@pytest.fixture
def fresh(tmp_path: Path, hub: TinyHub, leads: list[str]) -> Laptop:
    """A laptop that knows the hub's epoch and has loaded nothing yet."""
    laptop = Laptop(tmp_path / "laptop", hub)
    laptop.store.new_epoch(hub.epoch)
    return laptop


def begin(laptop: Laptop) -> LoadWriter:
    return laptop.store.begin_load(laptop.store.unfinished_load() or laptop.hub.plan(laptop.store.laptop_id))


def write(writer: LoadWriter, hub: TinyHub, table: str, count: int | None = None) -> None:
    after = writer.resume_after(table)
    assert after is not None
    writer.write_rows(table, hub.columns(table), hub.rows_to_load(table, after)[:count])


def complete_all(writer: LoadWriter, hub: TinyHub) -> None:
    for table in writer.plan.tables:
        if writer.resume_after(table.name) is not None:
            write(writer, hub, table.name)
            writer.complete(table.name)


@contextmanager
def stopping(laptop: Laptop, *, after: float) -> Iterator[None]:
    """Stop whatever runs on the laptop's files, again and again from so many seconds on."""
    over = threading.Event()

    def stop() -> None:
        time.sleep(after)
        while not over.is_set():
            laptop.store.interrupt()

    thread = threading.Thread(target=stop)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class TestEverything:
    """A full load."""

    def test_a_new_laptop_needs_one(self, fresh: Laptop) -> None:
        assert fresh.store.needs_load
        fresh.store.close()

    def test_it_brings_every_row_that_the_person_may_see(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        laptop.load()
        assert laptop.rows() == hub.visible()

    def test_search_works_after_it(self, laptop: Laptop, leads: list[str]) -> None:
        laptop.load()
        assert laptop.found('"acm"*') == set(leads)

    def test_it_says_that_every_table_changed(self, laptop: Laptop) -> None:
        heard: list[Changes] = []
        laptop.store.subscribe(heard.append)
        laptop.load()
        assert heard[-1].tables == set(laptop.platform.schema.tables)

    def test_nothing_shows_before_it_is_complete(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        writer = begin(laptop)
        write(writer, hub, LEAD)
        assert laptop.rows() == {}
        writer.close()

    def test_it_cannot_be_finished_while_rows_are_wanted(self, laptop: Laptop) -> None:
        writer = begin(laptop)
        with pytest.raises(Defect):
            writer.finish()
        writer.close()

    def test_people_work_on_while_it_runs(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        writer = begin(laptop)
        write(writer, hub, LEAD)
        act = laptop.new_lead(company="Bolt")
        laptop.do(act)
        complete_all(writer, hub)
        writer.finish()
        writer.close()
        assert laptop.lead(act.lead_id) is not None
        assert [change.command for change in laptop.in_state(PendingState.WAITING)] == [act]

    def test_what_waits_can_still_be_taken_back_after_it(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        act = laptop.new_lead()
        laptop.do(act)
        laptop.load()
        laptop.store.discard(act.id)
        assert laptop.rows() == hub.visible()

    def test_what_was_settled_before_it_is_not_applied_twice(self, laptop: Laptop, hub: TinyHub) -> None:
        lead = laptop.new_lead()
        laptop.do(lead, laptop.log(lead.lead_id))
        laptop.push()
        laptop.load()
        assert laptop.rows() == hub.visible()
        assert laptop.images() == 0

    def test_the_old_file_is_destroyed(self, laptop: Laptop) -> None:
        before = {path.name for path in laptop.folder.glob("replica-*.db")}
        laptop.load()
        assert not before & {path.name for path in laptop.folder.glob("replica-*.db")}

    def test_screens_that_read_go_on_with_their_snapshot(self, laptop: Laptop, leads: list[str]) -> None:
        with laptop.store.reading() as connection:
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {LEAD}").scalar_one() == 0
            laptop.load()
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {LEAD}").scalar_one() == 0

    def test_the_next_reading_sees_the_new_file(self, laptop: Laptop, leads: list[str]) -> None:
        before = laptop.store.generation
        laptop.load()
        assert len(laptop.rows()) == len(leads)
        assert laptop.store.generation == before + 1

    def test_tables_and_columns_of_a_newer_hub_are_not_asked_for(self, laptop: Laptop, hub: TinyHub) -> None:
        plan = hub.plan(laptop.store.laptop_id)
        newer = LoadTable(name=LEAD, columns=("id", "scope", "new_column"), rows_about=1)
        unknown = LoadTable(name="new_table", columns=("id",), rows_about=1)
        writer = laptop.store.begin_load(plan.model_copy(update={"tables": (newer, unknown)}))
        assert [(table.name, table.columns) for table in writer.plan.tables] == [(LEAD, ("id", "scope"))]
        writer.close()

    def test_a_swap_that_finds_no_room_is_made_later_without_loading_again(
        self, laptop: Laptop, hub: TinyHub, leads: list[str]
    ) -> None:
        writer = begin(laptop)
        complete_all(writer, hub)
        in_the_way = laptop.folder / "replica.new"
        in_the_way.mkdir()
        with pytest.raises(DiskFull):
            writer.finish()
        in_the_way.rmdir()
        again = begin(laptop)
        assert again.rows_written == len(leads)
        again.finish()
        again.close()
        assert laptop.rows() == hub.visible()

    def test_a_database_that_was_restored_meanwhile_is_not_mixed_in(self, laptop: Laptop, hub: TinyHub) -> None:
        writer = begin(laptop)
        complete_all(writer, hub)
        laptop.store.new_epoch("epoch-2")
        with pytest.raises(Unavailable):
            writer.finish()
        writer.close()


class TestCutLoad:
    """A load that was left, by a crash too."""

    def test_it_goes_on_after_the_last_committed_row(self, fresh: Laptop, hub: TinyHub, leads: list[str]) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        fresh.start_again()
        again = begin(fresh)
        assert again.resume_after(LEAD) == leads[3]
        assert again.rows_written == 4
        again.close()
        fresh.store.close()

    def test_it_ends_with_every_row_once(self, fresh: Laptop, hub: TinyHub, leads: list[str]) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        fresh.start_again()
        fresh.load()
        assert fresh.rows() == hub.visible()
        fresh.store.close()

    def test_it_keeps_the_cursor_of_its_first_plan(self, fresh: Laptop, hub: TinyHub, leads: list[str]) -> None:
        first = hub.cursor()
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        hub.change(LEAD, leads[0], company="Bolt")
        fresh.load()
        assert fresh.store.cursor == first
        fresh.pull()
        assert fresh.rows() == hub.visible()
        fresh.store.close()

    def test_a_complete_table_is_not_asked_for_again(self, fresh: Laptop, hub: TinyHub) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD)
        writer.complete(LEAD)
        writer.close()
        again = begin(fresh)
        assert again.resume_after(LEAD) is None
        again.close()
        fresh.store.close()

    def test_it_survives_the_machine_stopping(self, fresh: Laptop, hub: TinyHub, tmp_path: Path) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD)
        writer.complete(LEAD)
        fresh.crash(tmp_path / "after")
        writer.close()
        again = begin(fresh)
        assert again.resume_after(LEAD) is None
        again.close()
        fresh.store.close()

    def test_what_was_not_committed_when_the_machine_stopped_is_asked_for_again(
        self, fresh: Laptop, hub: TinyHub, tmp_path: Path
    ) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        fresh.crash(tmp_path / "after")
        writer.close()
        again = begin(fresh)
        assert again.resume_after(LEAD) == ""
        again.close()
        fresh.store.close()

    def finished(self, laptop: Laptop, stopped_after: float) -> bool:
        """Whether a load gets to its end before it is stopped."""
        with stopping(laptop, after=stopped_after), closing(begin(laptop)) as writer:
            try:
                writer.finish()
            except Unavailable:
                return False
            return True

    def test_one_that_is_stopped_at_any_moment_of_its_end_finds_every_row(self, fresh: Laptop, hub: TinyHub) -> None:
        words = [" ".join(f"w{index}x{word}" for word in range(100)) for index in range(300)]
        ids = {hosted_lead(hub, search_key=f"vtc {text}") for text in words}
        writer = begin(fresh)
        complete_all(writer, hub)
        writer.close()
        stopped = 0
        while not self.finished(fresh, stopped_after=stopped * 0.002):
            stopped += 1
        assert stopped
        assert fresh.found('"vtc"*') == ids
        fresh.store.close()

    def test_one_that_cannot_be_used_is_given_up_with_the_cursor(self, fresh: Laptop, hub: TinyHub) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        fresh.store.forget_cursor()
        assert fresh.store.unfinished_load() is None
        assert len(list(fresh.folder.glob("replica-*.db"))) == 1
        fresh.store.close()

    def test_one_for_a_database_that_was_restored_begins_anew(self, fresh: Laptop, hub: TinyHub) -> None:
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        fresh.store.new_epoch("epoch-2")
        assert fresh.store.unfinished_load() is None
        fresh.store.close()

    def test_one_whose_file_was_damaged_begins_anew(self, fresh: Laptop, hub: TinyHub, leads: list[str]) -> None:
        present = set(fresh.folder.glob("replica-*.db"))
        writer = begin(fresh)
        write(writer, hub, LEAD, count=4)
        writer.close()
        [path] = set(fresh.folder.glob("replica-*.db")) - present
        path.write_bytes(b"x" * path.stat().st_size)
        fresh.load()
        assert fresh.rows() == hub.visible()
        fresh.store.close()


class TestGainedScopes:
    """Rows of scopes that a changed role gained."""

    def test_they_are_loaded_beside_what_is_here(self, laptop: Laptop, hub: TinyHub, leads: list[str]) -> None:
        hub.insert("sys_audit_payload", id="secret", scope="audit", salt="s", body={})
        laptop.pull()
        hub.role = Role.SUPER_ADMIN
        laptop.pull()
        assert laptop.rows() == hub.visible()
        assert laptop.store.scopes_to_load == ()

    def test_they_are_still_wanted_after_a_crash(self, laptop: Laptop, hub: TinyHub, tmp_path: Path) -> None:
        hub.role = Role.SUPER_ADMIN
        cursor = laptop.store.cursor
        assert cursor is not None
        pull = hub.pull(laptop.store.laptop_id, cursor, 0)
        with laptop.store.begin_pull(laptop.pull_request(), pull.head) as writer:
            writer.finish(pull.end)
        laptop.crash(tmp_path / "after")
        assert laptop.store.scopes_to_load == ("audit", "members")

    def test_their_load_goes_on_where_it_was_cut(self, laptop: Laptop, hub: TinyHub) -> None:
        for index in range(5):
            hub.insert("sys_audit_payload", id=f"payload-{index}", scope="audit", salt="s", body={})
        hub.role = Role.SUPER_ADMIN
        cursor = laptop.store.cursor
        assert cursor is not None
        pull = hub.pull(laptop.store.laptop_id, cursor, 0)
        with laptop.store.begin_pull(laptop.pull_request(), pull.head) as writer:
            writer.finish(pull.end)
        load = laptop.store.begin_load(hub.plan(laptop.store.laptop_id), scopes=("audit",))
        rows = hub.rows_to_load("sys_audit_payload", "", ("audit",))
        load.write_rows("sys_audit_payload", hub.columns("sys_audit_payload"), rows[:2])
        load.close()
        laptop.start_again()
        again = laptop.store.begin_load(hub.plan(laptop.store.laptop_id), scopes=("audit",))
        assert again.resume_after("sys_audit_payload") == "payload-1"
        laptop.load_gained_scopes()
        assert laptop.rows() == hub.visible()
