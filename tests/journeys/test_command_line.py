"""The command line, as a person types it: an import without a network, the doctor, a second start."""

from __future__ import annotations

import contextlib
import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from fleetdesk.demo.dataset import PERSONAS
from fleetdesk.demo.hosted import HostedDemo
from fleetdesk.errors import AlreadyRunning
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.sealed import write_sealed
from fleetdesk.sync.signin.connections import Connection, Connections

pytestmark = pytest.mark.timeout(300)

_PERSONA = PERSONAS[0]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    HostedDemo(tmp_path / "data" / "demo").reset()


def _fleetdesk(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fleetdesk", *words],
        env={**os.environ, "FLEETDESK_DATA_DIR": str(home / "data")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_second_start_beside_a_running_demo_says_so(home: Path) -> None:
    with HostedDemo(home / "data" / "demo"), pytest.raises(AlreadyRunning, match="already running"):
        HostedDemo(home / "data" / "demo").start()


def test_the_demo_finds_its_data_again(home: Path) -> None:
    folder = home / "data" / "demo"
    with HostedDemo(folder) as first:
        before = first.database.owner.url
    with HostedDemo(folder) as second:
        assert second.database.name in before
        assert (folder / "first-start.txt").exists()


@pytest.mark.parametrize("word", ["serve", "-D"], ids=["the hub", "the database"])
def test_what_died_of_the_hosted_side_is_there_again_at_its_address(home: Path, word: str) -> None:
    elsewhere = set(psutil.Process().children())
    with HostedDemo(home / "data" / "demo") as hosted, hosted.mended():
        started = set(psutil.Process().children()) - elsewhere
        [victim] = [child for child in started if word in child.cmdline()]
        victim.kill()

        wait_until_gone(victim)
        wait_until_ready(hosted.hub_url)


def wait_until_gone(victim: psutil.Process) -> None:
    deadline = time.monotonic() + 30
    while victim.is_running() and victim.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_until_ready(address: str) -> None:
    """Wait until the hub answers that it can work, and goes on doing so."""
    deadline, times = time.monotonic() + 90, 0
    while times < 5:
        assert time.monotonic() < deadline, "it did not come back"
        with contextlib.suppress(httpx.HTTPError):
            times = times + 1 if httpx.get(f"{address}/readyz").status_code == 200 else 0
        time.sleep(0.3)


def test_without_keyring_and_terminal_an_import_says_what_it_needs(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["Company", "Email"], ["Acme", "a@example.com"]])

    done = _fleetdesk(home, "leads", "import", str(file))

    assert done.returncode == 1
    assert "passphrase" in done.stderr
    assert "Traceback" not in done.stderr


def test_beside_the_window_it_is_refused_before_a_passphrase_is_asked_for(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Company,Email\nAcme,a@example.com\n")
    window = Folder(home / "data" / "demo" / "laptops" / _PERSONA.provider_id)
    try:
        done = _fleetdesk(home, "leads", "import", str(file))
    finally:
        window.release()

    assert done.returncode == 1
    assert "FleetDesk already works on" in done.stderr
    assert "passphrase" not in done.stderr


def test_a_file_that_is_not_there_is_named(home: Path) -> None:
    done = _fleetdesk(home, "leads", "import", str(home / "nothing.csv"))

    assert done.returncode == 1
    assert "nothing.csv" in done.stderr


def test_a_folder_is_called_one(home: Path) -> None:
    done = _fleetdesk(home, "leads", "import", str(home))

    assert done.returncode == 1
    assert "is a folder. Name a CSV or XLSX file in it." in done.stderr


def test_a_hub_without_an_issuer_refuses_to_start(home: Path) -> None:
    done = _fleetdesk(home, "hub", "serve")

    assert done.returncode == 1
    assert "FLEETDESK_ISSUER" in done.stderr


# ------------------------------------------------------------------------------------------------------ a team's hub


@pytest.fixture
def unused(home: Path) -> Path:
    """A home with a connection over which nobody ever signed in."""
    address = "https://hub.example.com"
    Connections(home / "data").keep(Connection(name="team", hub_url=address, issuer=address, client_id="desk"))
    return home


@pytest.mark.parametrize("words", [("sign-out",), ("take-in", "work.fleetdesk")])
def test_where_nobody_is_signed_in_no_passphrase_is_asked_for(unused: Path, words: tuple[str, ...]) -> None:
    write_sealed(unused / "work.fleetdesk", b"{}", "correct horse battery")
    ended = _fleetdesk(unused, words[0], *(str(unused / word) for word in words[1:]))
    assert (ended.returncode, "Nobody is signed in." in ended.stderr) == (1, True)


def test_a_file_that_holds_no_changes_is_told_before_a_passphrase_is_asked_for(unused: Path) -> None:
    (unused / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    ended = _fleetdesk(unused, "take-in", str(unused / "photo.jpg"))
    assert (ended.returncode, "no file of FleetDesk" in ended.stderr) == (1, True)


def test_a_place_where_no_file_can_be_made_is_told_before_a_passphrase_is_asked_for(unused: Path) -> None:
    ended = _fleetdesk(unused, "sign-out", "--export", str(unused / "nowhere" / "work.fleetdesk"))
    assert (ended.returncode, "cannot be written" in ended.stderr) == (1, True)
