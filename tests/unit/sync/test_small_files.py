"""Small files are replaced whole or not at all, whatever lies beside them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fleetdesk.errors import DiskFull
from fleetdesk.sync.files.small_files import replace


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_two_of_one_stem_are_replaced_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault, attempts = tmp_path / "vault.json", tmp_path / "vault.attempts"
    sync = os.fsync

    def replace_the_other_meanwhile(handle: int) -> None:
        monkeypatch.undo()
        replace(attempts, b"3")
        sync(handle)

    monkeypatch.setattr(os, "fsync", replace_the_other_meanwhile)
    replace(vault, b"{}")
    assert (vault.read_bytes(), attempts.read_bytes()) == (b"{}", b"3")
    assert names(tmp_path) == ["vault.attempts", "vault.json"]


def test_where_it_fails_the_old_stays_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "vault.json"
    replace(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        replace(path, b"new")
    assert (names(tmp_path), path.read_bytes()) == (["vault.json"], b"old")


def test_where_something_of_that_name_is_no_file_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "vault.json"
    (tmp_path / "vault.json.new").mkdir()
    with pytest.raises(DiskFull):
        replace(path, b"new")
    assert not path.exists()
