"""Files of a laptop that are not those it left: brought back from a backup, or left over by a crash."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.hub.support import Hosted
from tests.sync.running import Laptops


def test_a_laptop_brought_back_from_a_backup_sends_what_is_new(
    hosted: Hosted, laptops: Laptops, tmp_path: Path
) -> None:
    laptop = laptops.live()
    first = laptop.create("Before the backup")
    laptop.wait_until_settled()
    laptops.close(laptop)
    shutil.copytree(tmp_path / "one", tmp_path / "backup")
    laptop = laptops.live()
    second = laptop.create("After the backup")
    laptop.wait_until_settled()
    laptops.close(laptop)
    shutil.rmtree(tmp_path / "one")
    shutil.copytree(tmp_path / "backup", tmp_path / "one")

    laptop = laptops.live()
    third = laptop.create("After the return")
    laptop.wait_until_settled()

    found = {row[0] for row in hosted.rows("SELECT id FROM sys_demo_lead")}
    assert found == {first, second, third}


def test_a_replica_that_a_crash_left_over_is_deleted_at_the_next_start(laptops: Laptops, tmp_path: Path) -> None:
    laptops.close(laptops.live())
    leftover = tmp_path / "one" / "replica-0.db"
    shutil.copy(tmp_path / "one" / (tmp_path / "one" / "replica.current").read_text(), leftover)

    laptops.live()

    assert not leftover.exists()
