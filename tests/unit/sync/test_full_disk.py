"""A disk that takes no more."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import DiskFull
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.sync.files.cipher import Raw
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.replica import Replica
from fleetdesk.sync.store.desk import Desk
from fleetdesk.sync.store.rebase import Hosted, Rebase
from fleetdesk.sync.store.writer import Writer
from tests.unit.sync.laptop import KEYS, Laptop, Watch, hosted_lead
from tests.unit.sync.tiny_hub import NOW, TinyHub

FILLS_ITS_DISK = Path(__file__).with_name("fills_its_disk.py")
OWN_DISK = ["unshare", "--map-root-user", "--mount"]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A laptop's writer, whose files a test may make small."""
    platform = fleet_platform()
    folder = Folder(tmp_path / "laptop")
    writer = Writer(
        folder,
        keys=KEYS,
        platform=platform,
        clock=Watch(),
        rebase=Rebase(platform),
        actor=Actor("person-1", Role.COMMERCIAL),
    )
    writer.start()
    yield writer
    writer.close()
    folder.release()


class _FindsNoRoom(Rebase):
    """A replica that cannot grow when hosted rows come."""

    def write(self, replica: Replica, hosted: Hosted) -> frozenset[Key]:
        allow_no_more_pages(replica.raw)
        return super().write(replica, hosted)


def large_lead() -> CreateLead:
    return CreateLead(id=new_id(), issued_at=NOW, lead_id=new_id(), values={"company": "A", "message": "m" * 15_000})


def allow_no_more_pages(raw: Raw) -> None:
    pages = raw.execute("PRAGMA page_count").fetchone()
    assert pages is not None
    raw.execute(f"PRAGMA max_page_count = {pages[0]}")


def fill(desk: Desk) -> None:
    """Give large commands until one is refused for want of room."""
    for _ in range(50):
        desk.perform([large_lead()])


def waiting(writer: Writer) -> int:
    return len(Desk(writer).pending())


def rows(writer: Writer) -> int:
    with writer.readers.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sys_demo_lead").scalar_one())


@pytest.mark.parametrize("file", ["replica", "outbox"])
def test_a_command_that_finds_no_room_is_not_taken(writer: Writer, file: str) -> None:
    allow_no_more_pages(getattr(writer, file).raw)
    with pytest.raises(DiskFull):
        fill(Desk(writer))
    assert rows(writer) == waiting(writer)


@pytest.mark.parametrize("file", ["replica", "outbox"])
def test_work_goes_on_once_there_is_room_again(writer: Writer, file: str) -> None:
    raw: Raw = getattr(writer, file).raw
    allow_no_more_pages(raw)
    with pytest.raises(DiskFull):
        fill(Desk(writer))
    before = waiting(writer)
    raw.execute("PRAGMA max_page_count = 1000000")
    assert Desk(writer).perform([large_lead()])[0].settled
    assert (waiting(writer), rows(writer)) == (before + 1, before + 1)


def test_a_replica_that_fails_after_the_outbox_has_the_command_follows_later(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "laptop", hub)
    laptop.connect()
    laptop.store.close()
    said = subprocess.run(
        [sys.executable, str(FILLS_ITS_DISK), str(laptop.folder)], capture_output=True, text=True, check=True
    ).stdout.split()
    # Kept with its verdict while its row could not be written; there with the next command, once there was room.
    assert said == ["settled", "missing", "settled", "present"]


def test_what_was_kept_on_a_full_disk_is_there_after_a_restart(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "laptop", hub)
    laptop.connect()
    laptop.store.close()
    subprocess.run([sys.executable, str(FILLS_ITS_DISK), str(laptop.folder), "stop"], check=True, capture_output=True)
    laptop.reopen()
    assert len(laptop.leads()) == len(laptop.store.pending())
    laptop.sync()
    assert laptop.rows() == hub.visible()
    laptop.store.close()


def test_a_pull_that_finds_no_room_keeps_its_cursor(tmp_path: Path, hub: TinyHub) -> None:
    laptop = Laptop(tmp_path / "laptop", hub, rebase=_FindsNoRoom)
    laptop.connect()
    before = laptop.store.cursor
    for _ in range(20):
        hosted_lead(hub, message="m" * 9_000)
    with pytest.raises(DiskFull):
        laptop.pull()
    assert (laptop.store.cursor, laptop.rows()) == (before, {})
    laptop.store.close()


@pytest.fixture(scope="module")
def on_a_full_disk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """What a process said that unlocked and locked there: what followed each word, each time."""
    disk = tmp_path_factory.mktemp("disk")
    mount = [*OWN_DISK, "mount", "-t", "tmpfs", "tmpfs", str(disk)]
    if shutil.which("unshare") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk of their own")
    command = [*OWN_DISK, sys.executable, "-m", "tests.unit.sync.fills_a_small_disk", str(disk)]
    said: dict[str, list[list[str]]] = {}
    root = Path(__file__).parents[3]
    for line in subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        word, *answers = line.split()
        said.setdefault(word, []).append(answers)
    return said


def test_a_full_disk_keeps_nobody_from_unlocking_and_reading_again_and_again(
    on_a_full_disk: dict[str, list[list[str]]],
) -> None:
    assert on_a_full_disk["read"] == [["5", "5", "True"]] * 2


def test_wrong_attempts_are_counted_on_a_full_disk_too(on_a_full_disk: dict[str, list[list[str]]]) -> None:
    assert on_a_full_disk["guessed"] == [["Invalid", "Invalid", "Invalid", "3"]]


def test_what_cannot_be_counted_is_not_tried(on_a_full_disk: dict[str, list[list[str]]]) -> None:
    assert on_a_full_disk["uncounted"] == [["DiskFull"]]


def test_a_revoked_laptop_is_destroyed_on_a_full_disk_too(on_a_full_disk: dict[str, list[list[str]]]) -> None:
    assert on_a_full_disk["condemned"] == [["told"]]
    assert on_a_full_disk["destroyed"] == [["False", "False"]]
