"""A machine that stops at any instant: what was acknowledged is there, once."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

GIVES_COMMANDS = Path(__file__).with_name("gives_commands.py")


def keep_replica(laptop: Laptop, copies: Path) -> None:
    """Remember the replica's files as they are: what a disk may still hold of them after a power cut."""
    shutil.copytree(laptop.folder, copies)


def fall_back(laptop: Laptop, copies: Path) -> None:
    """Start again with the remembered replica beside today's outbox."""
    laptop.store.close()
    for path in laptop.folder.glob("replica*"):
        path.unlink()
    for path in copies.glob("replica*"):
        shutil.copy(path, laptop.folder / path.name)
    laptop.reopen()


def test_commands_that_the_replica_lost_are_applied_at_the_next_start(laptop: Laptop, tmp_path: Path) -> None:
    keep_replica(laptop, tmp_path / "copies")
    lead = laptop.new_lead()
    laptop.do(lead, laptop.log(lead.lead_id))
    before = laptop.rows()
    fall_back(laptop, tmp_path / "copies")
    assert laptop.rows() == before


def test_commands_that_the_replica_still_has_are_not_applied_twice(laptop: Laptop, tmp_path: Path) -> None:
    lead = laptop.new_lead()
    laptop.do(lead, laptop.log(lead.lead_id))
    keep_replica(laptop, tmp_path / "copies")
    laptop.do(laptop.log(lead.lead_id))
    before = laptop.rows()
    fall_back(laptop, tmp_path / "copies")
    assert laptop.rows() == before


def test_a_discard_that_the_replica_lost_is_made_good(laptop: Laptop, hub: TinyHub, tmp_path: Path) -> None:
    lead_id = hosted_lead(hub)
    laptop.pull()
    act = laptop.log(lead_id)
    laptop.do(act)
    keep_replica(laptop, tmp_path / "copies")
    laptop.store.discard(act.id)
    fall_back(laptop, tmp_path / "copies")
    assert laptop.rows() == hub.visible()


def test_a_pull_that_the_replica_lost_comes_again(laptop: Laptop, hub: TinyHub, tmp_path: Path) -> None:
    lead = laptop.new_lead()
    laptop.do(lead, laptop.log(lead.lead_id))
    keep_replica(laptop, tmp_path / "copies")
    laptop.sync()
    fall_back(laptop, tmp_path / "copies")
    laptop.sync()
    assert laptop.rows() == hub.visible()


def test_what_waits_can_be_taken_back_after_it_was_applied_again(laptop: Laptop, hub: TinyHub, tmp_path: Path) -> None:
    lead_id = hosted_lead(hub)
    laptop.pull()
    keep_replica(laptop, tmp_path / "copies")
    act = laptop.log(lead_id)
    laptop.do(act)
    fall_back(laptop, tmp_path / "copies")
    laptop.store.discard(act.id)
    assert laptop.rows() == hub.visible()


@pytest.mark.parametrize("seed", range(4))
def test_what_was_acknowledged_before_a_kill_is_there_once(tmp_path: Path, hub: TinyHub, seed: int) -> None:
    folder = tmp_path / "laptop"
    laptop = Laptop(folder, hub)
    laptop.connect()
    laptop.store.close()
    with subprocess.Popen(
        [sys.executable, str(GIVES_COMMANDS), str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        chance = random.Random(seed)
        wanted = chance.randrange(5, 60)
        acknowledged = [process.stdout.readline().strip() for _ in range(wanted)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    laptop.reopen()
    given = [change.command.id for change in laptop.store.pending()]
    assert set(acknowledged) <= set(given)
    assert len(given) == len(laptop.leads())
    laptop.sync()
    assert laptop.rows() == hub.visible()
    laptop.store.close()


def test_a_spool_that_a_crash_left_behind_is_deleted_at_the_next_start(laptop: Laptop) -> None:
    spool = laptop.folder / "pull.spool"
    spool.write_bytes(b"a pull that was cut off")
    laptop.start_again()
    assert not spool.exists()
