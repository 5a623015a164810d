"""Files that cannot be read, or are another's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import AlreadyRunning, OutboxUnusable, ReplicaUnusable
from fleetdesk.sync.files.cipher import PAGE_SIZE, FileKind, connect
from fleetdesk.sync.store.local_store import FileKeys, LocalStore
from tests.unit.sync.laptop import KEYS, Laptop, Watch, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub


class PowerCutError(BaseException):
    """The machine stops."""


@pytest.fixture
def used(laptop: Laptop, hub: TinyHub) -> Laptop:
    """A laptop with 300 hosted leads and a waiting one."""
    for index in range(300):
        hosted_lead(hub, company=f"Company {index}", message="m" * 300)
    laptop.pull()
    laptop.do(laptop.new_lead(company="Waiting"))
    return laptop


def replica_file(laptop: Laptop) -> Path:
    return laptop.folder / (laptop.folder / "replica.current").read_text()


def overwrite(path: Path, start: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * size)


class TestReplica:
    """It is made anew; what waits is kept."""

    @pytest.fixture
    def spoilt(self, used: Laptop, request: pytest.FixtureRequest) -> Laptop:
        """The laptop, opened again after something happened to its replica file."""
        used.store.close()
        request.param(replica_file(used))
        used.reopen()
        return used

    @staticmethod
    def garbage(path: Path) -> None:
        path.write_bytes(b"no database" * 1_000)

    @staticmethod
    def nothing(path: Path) -> None:
        path.unlink()

    @staticmethod
    def cut(path: Path) -> None:
        overwrite(path, 0, PAGE_SIZE)

    @staticmethod
    def foreign(path: Path) -> None:
        path.unlink()
        other = connect(path, b"x" * 32, FileKind.REPLICA)
        other.execute("CREATE TABLE t (a)")
        other.close()

    @staticmethod
    def other_form(path: Path) -> None:
        raw = connect(path, KEYS.replica, FileKind.REPLICA)
        raw.execute("PRAGMA user_version = 99")
        raw.close()

    spoiling = pytest.mark.parametrize(
        "spoilt", [garbage, nothing, cut, foreign, other_form], indirect=True, ids=lambda act: act.__name__
    )

    @spoiling
    def test_it_must_be_loaded_again(self, spoilt: Laptop) -> None:
        assert spoilt.store.needs_load

    @spoiling
    def test_what_waits_is_shown_at_once(self, spoilt: Laptop) -> None:
        [change] = spoilt.store.pending()
        [row] = spoilt.leads()
        assert row in change.command.touches()

    @spoiling
    def test_a_load_makes_it_whole(self, spoilt: Laptop, hub: TinyHub) -> None:
        spoilt.sync()
        assert spoilt.rows() == hub.visible()

    @pytest.mark.parametrize("spoilt", [garbage, foreign, other_form], indirect=True, ids=lambda act: act.__name__)
    def test_the_person_is_told(self, spoilt: Laptop) -> None:
        assert [type(notice) for notice in spoilt.store.notices] == [ReplicaUnusable]

    def test_damage_that_is_met_while_reading_is_told_and_mended(self, used: Laptop, hub: TinyHub) -> None:
        used.start_again()
        path = replica_file(used)
        overwrite(path, 4 * PAGE_SIZE, path.stat().st_size - 4 * PAGE_SIZE)
        with pytest.raises(ReplicaUnusable):
            used.rows()
        assert used.store.needs_load
        used.sync()
        assert used.rows() == hub.visible()


class TestOutbox:
    """It is set aside, never deleted; what can be read of it is kept."""

    def outbox(self, laptop: Laptop) -> Path:
        return laptop.folder / "outbox.db"

    def test_one_that_is_garbage_is_set_aside(self, used: Laptop) -> None:
        used.store.close()
        self.outbox(used).write_bytes(b"garbage" * 1_000)
        used.reopen()
        [kept] = used.folder.glob("outbox-set-aside-*.db")
        assert kept.read_bytes() == b"garbage" * 1_000

    def test_the_person_is_told_where_it_is(self, used: Laptop) -> None:
        used.store.close()
        self.outbox(used).write_bytes(b"garbage" * 1_000)
        used.reopen()
        [notice] = used.store.notices
        [kept] = used.folder.glob("outbox-set-aside-*.db")
        assert isinstance(notice, OutboxUnusable)
        assert kept.name in notice.kept

    def test_the_rows_lose_what_nobody_can_send_any_more(self, used: Laptop, hub: TinyHub) -> None:
        used.store.close()
        self.outbox(used).write_bytes(b"garbage" * 1_000)
        used.reopen()
        assert used.rows() == hub.visible()

    def test_work_goes_on_under_another_name(self, used: Laptop, hub: TinyHub) -> None:
        before = used.store.laptop_id
        used.store.close()
        self.outbox(used).write_bytes(b"garbage" * 1_000)
        used.reopen()
        used.sync()
        used.do(used.new_lead())
        used.sync()
        assert used.store.laptop_id != before
        assert used.rows() == hub.visible()

    def test_commands_before_and_behind_the_damage_are_taken_over(self, used: Laptop, hub: TinyHub) -> None:
        given = [used.new_lead(message="m" * 2_000) for _ in range(80)]
        used.do(*given)
        used.store.close()
        overwrite(self.outbox(used), self.outbox(used).stat().st_size // (2 * PAGE_SIZE) * PAGE_SIZE, 64)
        used.reopen()
        saved = {change.command.id for change in used.store.pending()}
        assert {given[0].id, given[-1].id} <= saved
        used.sync()
        assert used.rows() == hub.visible()

    @pytest.mark.parametrize("left", ["the file alone", "file and log", "half a successor"])
    def test_a_crash_while_it_is_set_aside_loses_nothing_of_it(self, used: Laptop, hub: TinyHub, left: str) -> None:
        given = used.new_lead()
        used.do(given)
        # As it is now, with all of the last changes in its log.
        crashed = Path(shutil.copytree(used.folder, used.folder.with_name("crashed")))
        used.store.close()
        used.folder = crashed
        outbox, kept = self.outbox(used), used.folder / "outbox-set-aside-20260301T093000000000.db"
        for companion in ("",) if left == "the file alone" else ("", "-wal", "-shm"):
            outbox.with_name(outbox.name + companion).rename(kept.with_name(kept.name + companion))
        if left == "half a successor":
            (used.folder / "outbox-next.db").write_bytes(b"half")
        used.reopen()
        assert given.id in {change.command.id for change in used.store.pending()}
        used.sync()
        assert used.rows() == hub.visible()

    def test_a_batch_that_was_paused_stays_paused(self, used: Laptop) -> None:
        used.store.perform_batch("batch", [used.new_lead()], sentence=str)
        used.store.pause_batch("batch", paused=True)
        used.store.close()
        raw = connect(self.outbox(used), KEYS.outbox, FileKind.OUTBOX)
        raw.execute("PRAGMA user_version = 99")
        raw.close()
        used.reopen()
        assert [batch.paused for batch in used.store.batches()] == [True]

    def test_where_it_cannot_be_read_which_batch_is_half_done_all_of_them_stay_here(
        self, used: Laptop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cut(rows: int) -> None:
            if rows:
                raise PowerCutError

        monkeypatch.setattr("fleetdesk.sync.store.batches.Batches.take_back", lambda *_arguments: True)
        with pytest.raises(PowerCutError):
            used.store.perform_whole("batch", [used.new_lead(), used.new_lead()], sentence=str, heard=cut)
        used.store.close()
        raw = connect(self.outbox(used), KEYS.outbox, FileKind.OUTBOX)
        raw.execute("ALTER TABLE batch RENAME TO lost")
        raw.execute("PRAGMA user_version = 99")
        raw.close()
        used.reopen()
        sent = used.store.next_batch(500)
        assert sent is not None
        assert {command.batch for command in sent.commands} == {None}
        assert [(batch.id, batch.paused) for batch in used.store.batches()] == [("batch", True)]

    def test_what_was_taken_over_is_not_done_twice(self, used: Laptop, hub: TinyHub) -> None:
        lead = used.new_lead()
        used.do(lead, *(used.log(lead.lead_id, "b" * 2_000) for _ in range(20)))
        used.push(lose_answer=True)
        used.store.close()
        overwrite(self.outbox(used), self.outbox(used).stat().st_size // (2 * PAGE_SIZE) * PAGE_SIZE, 64)
        used.reopen()
        used.sync()
        assert used.rows() == hub.visible()


def test_a_second_process_is_told_which_one_has_the_folder(used: Laptop) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from fleetdesk.errors import AlreadyRunning\n"
        "from fleetdesk.sync.files.folder import Folder\n"
        "try:\n"
        "    Folder(Path(sys.argv[1]))\n"
        "except AlreadyRunning as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(used.folder)], capture_output=True, text=True, check=True
    ).stdout
    assert f"process {__import__('os').getpid()}" in told


def test_a_folder_that_was_closed_can_be_opened_again(laptop: Laptop) -> None:
    laptop.start_again()
    assert not laptop.store.needs_load


def test_a_folder_is_free_again_after_an_opening_that_failed(tmp_path: Path, hub: TinyHub) -> None:
    keys = FileKeys(replica=b"short", outbox=b"short", documents=b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        LocalStore.open(tmp_path / "l", keys=keys, platform=fleet_platform(), clock=Watch())
    Laptop(tmp_path / "l", hub).store.close()


def test_two_stores_of_one_process_do_not_share_a_folder(laptop: Laptop) -> None:
    with pytest.raises(AlreadyRunning):
        LocalStore.open(laptop.folder, keys=KEYS, platform=laptop.platform, clock=Watch())


def test_the_folder_belongs_to_its_owner_alone(laptop: Laptop) -> None:
    assert laptop.folder.stat().st_mode & 0o077 == 0


def test_no_file_says_in_clear_what_a_lead_is_called(laptop: Laptop, hub: TinyHub) -> None:
    hosted_lead(hub, company="Zanzibar")
    laptop.pull()
    laptop.do(laptop.new_lead(company="Zanzibar"))
    copies = shutil.copytree(laptop.folder, laptop.folder.with_name("copy"))
    assert not any(b"Zanzibar" in path.read_bytes() for path in Path(copies).iterdir())
