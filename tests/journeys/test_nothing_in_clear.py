"""What FleetDesk leaves on a disk: no name, address, number, text or secret of anybody's, at any time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.protocol import Person
from tests.journeys.planted import PASSPHRASE, PIN, PLANTED, Searched, forms, search
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
    """A home, folders for everything that the freedesktop specification names, and one of what the person chose.

    With a keyring, its vault is under that and a PIN; without, under a passphrase.
    """

    def __init__(self, folder: Path, *, keyring: bool) -> None:
        self.folder = folder / "machine"
        self.chosen = self.folder / "chosen"
        self.keyring = folder / "keyring.json"  # what the session's own would keep, which is none of FleetDesk's files
        self._typed = PIN if keyring else PASSPHRASE
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
        for place in (*places.values(), "cwd", f"chosen/{PLANTED['folder']}"):
            (self.folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._env = {**os.environ, **{name: str(self.folder / place) for name, place in places.items()}}
        self._env |= {"QT_QPA_PLATFORM": "offscreen", "CHOSEN": str(self.chosen)}
        self._env |= {"PYTHONPATH": str(Path(__file__).parents[2])}
        self._env |= {"KEYRING": str(self.keyring)} if keyring else {}
        for file, word in (("import.csv", PLANTED["imported"]), ("half.csv", PLANTED["half imported"])):
            (self.chosen / PLANTED["folder"] / file).write_text(f"Company,Last name\n{word},{word}\n", "utf-8")
        (self.chosen / PLANTED["document"]).write_bytes(b"%PDF-1.4\n" + PLANTED["bytes"].encode() * 40_000)

    @contextmanager
    def desktop(self, hub: HostileHub) -> Iterator[PlantedDesktop]:
        """One that asks for what opens it; ended by SIGKILL unless it ends before."""
        # As a desktop session does, which keeps what its programs say.
        with (self.folder / "home" / ".xsession-errors").open("a") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.planted_desktop", hub.url],
                cwd=self.folder / "cwd",
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        with process:
            try:
                desktop = PlantedDesktop(process)
                desktop.say(self._typed)
                desktop.do("asked")
                yield desktop
            finally:
                process.kill()

    def search(self, pid: int | None) -> Searched:
        """Look through all files of the machine that are not the person's choice, and those that the process holds."""
        found = search([self.folder], pid, chosen=self.chosen, words=PLANTED | self._halves())
        for line in found.listed("with" if pid else "without"):
            print(line)  # noqa: T201  (for whoever wants to see what was searched)
        return found

    def _halves(self) -> dict[str, str]:
        """What the keyring has of keys."""
        kept = json.loads(self.keyring.read_text("utf-8")) if self.keyring.exists() else []
        return {f"the keyring's {name}": text for _, name, text in kept}


class PlantedDesktop:
    """A desktop in a process of its own, which does what it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process

    def say(self, line: str) -> None:
        """Say something for which it has no answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def do(self, *words: str) -> None:
        """Have it do these, one after the other."""
        assert self._process.stdout is not None
        for word in words:
            self.say(word)
            answer = self._process.stdout.readline().strip()
            assert answer == "done", f"{word}: {answer}"

    def quit(self) -> None:
        """Have it end, and wait until it did."""
        self.say("window.quit")
        code = self._process.wait()
        assert code == 0, f"it ended with {code}"


@pytest.fixture(params=["keyring and PIN", "passphrase"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine(tmp_path, keyring=request.param == "keyring and PIN")


@pytest.mark.timeout(300)
def test_no_planted_word_is_on_the_disk_at_any_time(hub: HostileHub, machine: Machine) -> None:
    with machine.desktop(hub) as desktop:
        desktop.do("unlock", "fail", "work")
        running = machine.search(desktop.pid)
        desktop.do("session.lock")
        locked = machine.search(desktop.pid)
        desktop.do("unlock", "open")
    killed = machine.search(None)
    with machine.desktop(hub) as desktop:
        asked = machine.search(desktop.pid)
        desktop.do("unlock")
        again = machine.search(desktop.pid)
        desktop.quit()
    ended = machine.search(None)

    assert (locked.found, asked.found, again.found, ended.found) == ((), (), (), ())
    # The copy of a document that is open in another program is all that can be read.
    assert (running.outside("opened"), killed.outside("opened")) == ((), ())
    assert {each.partition(" ")[0] for each in running.found + killed.found} == {"document", "bytes"}
    names = {Path(path).name for path in running.files}
    assert {"outbox.db", "outbox.db-wal", "fleetdesk.log", "vault.json", "window.json", ".xsession-errors"} <= names
    assert any(name.endswith(".blob") for name in names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", PLANTED)
def test_the_search_finds_what_is_in_clear(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / "chosen").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "left.tmp").write_bytes(b"\x00\x01" + PLANTED[name].casefold().encode(encoding) + b"\x02")

    found = search([tmp_path], None, chosen=tmp_path / "chosen", words=PLANTED).found

    assert any(each.startswith(f"{name} in ") for each in found)


def test_the_search_knows_a_number_by_its_digits() -> None:
    assert b"971509182736" in forms(PLANTED["phone"])
    assert b"509182736" in forms(PLANTED["phone"])
