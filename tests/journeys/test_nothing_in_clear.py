"""What FleetDesk leaves on a disk: no name, address, number, text or secret of anybody's, at any time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.protocol import Person
from tests.journeys.planted import PASSPHRASE, PLANTED, Searched, forms, search
from tests.sync.hostile import HostileHub
from tests.unit.sync.laptop import hosted_lead
from tests.unit.sync.tiny_hub import TinyHub


class Planted(TinyHub):
    """Its person has planted names, too."""

    @property
    def person(self) -> Person:
        return super().person.model_copy(update={"name": PLANTED["person"], "email": PLANTED["person's email"]})


@pytest.fixture
def hub() -> Iterator[HostileHub]:
    """A hub (an honest one) with a planted lead."""
    tiny = Planted(fleet_platform())
    hosted_lead(
        tiny,
        id="lead-planted",
        first_name=PLANTED["first name"],
        last_name=PLANTED["last name"],
        email=PLANTED["email"],
        email_key=PLANTED["email"],
        phone=PLANTED["phone"],
        phone_key=PLANTED["phone"],
        company=PLANTED["company"],
        message=PLANTED["message"],
        tags=[PLANTED["tag"]],
        search_key=PLANTED["company"].casefold(),
    )
    with HostileHub(tiny) as hub:
        yield hub


class Machine:
    """A home, folders for everything that the freedesktop specification names, and one of what the person chose."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chosen = folder / "chosen"
        places = {
            "HOME": "home",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_STATE_HOME": "home/.local/state",
            "XDG_RUNTIME_DIR": "run",
            "TMPDIR": "tmp",
            "SQLITE_TMPDIR": "tmp",
            "QT_DEBUG_HOME": "home",
        }
        for place in (*places.values(), "cwd", "chosen"):
            (folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._env = {**os.environ, **{name: str(folder / place) for name, place in places.items()}}
        self._env |= {"QT_QPA_PLATFORM": "offscreen", "CHOSEN": str(self.chosen)}
        self._env |= {"PYTHONPATH": str(Path(__file__).parents[2])}
        (self.chosen / "import.csv").write_text(f"Company,Last name\n{PLANTED['imported']},{PLANTED['imported']}\n")
        (self.chosen / PLANTED["document"]).write_bytes(b"%PDF-1.4\n" + PLANTED["bytes"].encode() * 40_000)

    def start(self, hub: HostileHub, *how: str) -> subprocess.Popen[str]:
        """A desktop that has done its work when this returns."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.planted_desktop", hub.url, *how],
            cwd=self.folder / "cwd",
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{PASSPHRASE}\n")
        process.stdin.flush()
        if process.stdout.readline().strip() != "stands":
            assert process.stderr is not None
            told = process.stderr.read()
            end(process)
            raise AssertionError(told)
        return process

    def search(self, pid: int | None) -> Searched:
        """Look through all files of the machine that are not the person's choice, and those that the process holds."""
        return search([self.folder], pid, chosen=self.chosen)


def end(process: subprocess.Popen[str]) -> None:
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


@pytest.mark.timeout(300)
def test_no_planted_word_is_on_the_disk_while_it_runs_after_a_kill_and_after_an_end(
    hub: HostileHub, tmp_path: Path
) -> None:
    machine = Machine(tmp_path)
    process = machine.start(hub)
    try:
        running = machine.search(process.pid)
    finally:
        process.kill()
        end(process)
    killed = machine.search(None)
    end(machine.start(hub, "again"))
    ended = machine.search(None)

    sys.stdout.write("\n".join([*running.listed("running"), *killed.listed("killed"), *ended.listed("ended"), ""]))
    assert (running.found, killed.found, ended.found) == ((), (), ())
    names = {Path(path).name for path in running.files}
    assert {"outbox.db", "outbox.db-wal", "fleetdesk.log", "doorbell"} - names <= {"doorbell"}
    assert any(name.endswith(".blob") for name in names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", PLANTED)
def test_the_search_finds_what_is_in_clear(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / "chosen").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "left.tmp").write_bytes(b"\x00\x01" + PLANTED[name].casefold().encode(encoding) + b"\x02")

    found = search([tmp_path], None, chosen=tmp_path / "chosen").found

    assert any(each.startswith(f"{name} in ") for each in found)


def test_the_search_knows_a_number_by_its_digits() -> None:
    assert b"971509182736" in forms(PLANTED["phone"])
    assert b"509182736" in forms(PLANTED["phone"])
