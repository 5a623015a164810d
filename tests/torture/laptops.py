"""The laptops of a simulated day as the simulation sees them: processes that are told what to do, one line at a time.

Each has a person, a folder, and a wire of its own to the hubs that can be cut, slowed, doubled and mangled.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.torture.holding import Held
from tests.torture.oracle import Entry, LaptopFiles

__all__ = ["Answer", "Dead", "Laptop", "LaptopConfig"]

_ANSWER_SECONDS = 60.0


class Dead(Exception):
    """The laptop's process is gone: it was killed, or it failed."""


Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LaptopConfig:
    """What a laptop's process is started with. `planted` names a broken part (see planted.py), empty for none."""

    folder: str
    hub_url: str
    token: str
    device: str
    person_id: str
    planted: str = ""


@dataclass
class Laptop:
    """One laptop: started, told, killed, started again."""

    number: int
    config: LaptopConfig
    log: Path
    clock_offset: float = 0.0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process; it finds its files."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.laptop_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        config = {name: getattr(self.config, name) for name in self.config.__slots__}
        self._write({**config, "clock_offset": self.clock_offset})
        self._read()

    def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _close(process)

    def stop(self) -> None:
        """Close it as a person does."""
        process = self._process
        if process is not None:
            self.ask({"do": "stop"})
            process.wait(_ANSWER_SECONDS)
            self._process = None
            _close(process)

    def ask(self, request: dict[str, object]) -> Answer:
        """Tell it to do something and wait for its answer. Raises Dead if its process ends before that."""
        self._write(request)
        return self._read()

    def ask_and_kill(self, request: dict[str, object], after: float) -> Answer | None:
        """Tell it to do something, and kill it so many seconds later; its answer, if it came first."""
        self._write(request)
        process = self._process
        assert process is not None
        timer = threading.Timer(after, process.kill)
        timer.start()
        try:
            return self._read()
        except Dead:
            return None
        finally:
            timer.join()
            self.kill()

    def forget_rows(self) -> None:
        """Delete the replica, as a person may whose disk is damaged; the outbox stays. The process must be dead."""
        for file in Path(self.config.folder).glob("replica*"):
            file.unlink()

    def held(self) -> Held | None:
        """What the replica holds now; None where it cannot be read just now."""
        answer = self.ask({"do": "held"})
        return None if "refused" in answer else Held(self.config.person_id, answer["cursor"], answer["scopes"])

    def files(self, role: str) -> LaptopFiles:
        """The outbox and the rows, as the files hold them."""
        answer = self.ask({"do": "files"})
        return LaptopFiles(role, self.config.person_id, [Entry(**entry) for entry in answer["outbox"]], answer["rows"])

    def _write(self, message: dict[str, object]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise Dead(f"laptop {self.number} is not running")
        try:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise Dead(f"laptop {self.number} is gone; see {self.log}") from None

    def _read(self) -> Answer:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        watchdog = threading.Timer(_ANSWER_SECONDS, process.kill)
        watchdog.start()
        try:
            line = process.stdout.readline()
        finally:
            watchdog.cancel()
        if not line.endswith("\n"):
            raise Dead(f"laptop {self.number} is gone; see {self.log}")
        answer: Answer = json.loads(line)
        return answer


def _close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
