"""Wrong PINs: the first few are free, then waits grow, and neither a kill, a restart nor a clock helps."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from fleetdesk.errors import Busy, Invalid
from fleetdesk.models.uptime import uptime as since_start
from fleetdesk.sync.files.attempts import Attempts
from fleetdesk.sync.files.vault import LockedVault
from tests.unit.sync.keyrings import no_keyring

PASSPHRASE = "correct horse battery"


class Uptime:
    """Seconds since the machine was started."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def attempts(tmp_path: Path, uptime: Uptime) -> Attempts:
    return Attempts(tmp_path / "vault.attempts", uptime)


def fail_often(attempts: Attempts, uptime: Uptime, times: int) -> list[float]:
    """What there was to wait after each."""
    waits = []
    for _ in range(times):
        attempts.begin()
        waits.append(attempts.wait)
        uptime.seconds += attempts.wait
    return waits


def test_the_first_are_free_and_then_the_waits_grow(attempts: Attempts, uptime: Uptime) -> None:
    assert fail_often(attempts, uptime, 12) == [0, 0, 1, 2, 5, 15, 30, 60, 120, 300, 300, 300]


def test_nothing_is_tried_while_there_is_to_wait(attempts: Attempts, uptime: Uptime) -> None:
    fail_often(attempts, uptime, 5)
    attempts.begin()
    uptime.seconds += 14
    with pytest.raises(Busy) as told:
        attempts.begin()
    assert told.value.seconds == 1
    uptime.seconds += 1
    attempts.begin()


def test_one_that_is_killed_in_the_middle_counts(tmp_path: Path, attempts: Attempts, uptime: Uptime) -> None:
    fail_often(attempts, uptime, 3)
    attempts.begin()
    assert Attempts(tmp_path / "vault.attempts", uptime).wait == 2


def test_a_right_one_forgets_the_wrong_ones(attempts: Attempts, uptime: Uptime) -> None:
    fail_often(attempts, uptime, 9)
    attempts.succeeded()
    assert fail_often(attempts, uptime, 3) == [0, 0, 1]


def test_to_restart_the_machine_shortens_nothing_and_locks_out_for_no_longer(
    attempts: Attempts, uptime: Uptime
) -> None:
    fail_often(attempts, uptime, 9)
    attempts.begin()
    uptime.seconds = 20
    assert attempts.wait == 280
    uptime.seconds = 2000
    assert attempts.wait == 0


def test_a_vault_counts_each_wrong_one(tmp_path: Path) -> None:
    LockedVault(tmp_path, backend=no_keyring()).unlock(PASSPHRASE)
    for _ in range(2):
        with pytest.raises(Invalid):
            LockedVault(tmp_path, backend=no_keyring()).unlock("something else")
    assert json.loads((tmp_path / "vault.attempts").read_text())["wrong"] == 2


def test_a_vault_tries_not_even_the_right_one_too_early(tmp_path: Path) -> None:
    LockedVault(tmp_path, backend=no_keyring()).unlock(PASSPHRASE)
    (tmp_path / "vault.attempts").write_text(json.dumps({"wrong": 10, "uptime": since_start()}))
    locked = LockedVault(tmp_path, backend=no_keyring())
    assert 200 < locked.wanted.wait <= 300
    with pytest.raises(Busy):
        locked.unlock(PASSPHRASE)


def test_the_count_begins_anew_after_a_right_one(tmp_path: Path) -> None:
    LockedVault(tmp_path, backend=no_keyring()).unlock(PASSPHRASE)
    for typed in ("wrong", "wrong", PASSPHRASE, "wrong", "wrong"):
        with contextlib.suppress(Invalid):
            LockedVault(tmp_path, backend=no_keyring()).unlock(typed)
    assert LockedVault(tmp_path, backend=no_keyring()).wanted.wait == 0
