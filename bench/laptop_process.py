"""The bench's end of a process that measures: starts its module, asks it, and ends it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.figures import NotMeasured
from bench.hosted import Service

__all__ = ["Asked", "LaptopProcess"]

_PATIENCE = 30.0


class Asked:
    """A process that runs a module of the bench, which reads a JSON object a line and answers each with one."""

    def __init__(self, module: str, log: Path, config: Mapping[str, object]) -> None:
        """`config` is the first that it is told; what it complains of goes to `log`."""
        self._log = log
        with log.open("w") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                start_new_session=True,
            )
        self._send(config)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Have it do something, and wait for the answer. Raises NotMeasured if it failed."""
        self.begin(do, **arguments)
        return self.answer()

    def begin(self, do: str, **arguments: object) -> None:
        """Have it do something, and go on; `answer` comes next."""
        self._send({"do": do, **arguments})

    def answer(self) -> dict[str, Any]:
        """The answer to what was begun. Raises NotMeasured if it failed."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Let it end; kill it if it does not."""
        try:
            self._process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def _send(self, message: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(dict(message)) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> NotMeasured:
        self._process.wait()
        words = self._log.read_text().strip().splitlines()
        return NotMeasured(f"it ended by itself: {words[-1] if words else 'without a word'}")


class LaptopProcess(Asked):
    """A laptop of the bench's person, with files of its own under `folder`."""

    def __init__(self, folder: Path, service: Service) -> None:
        folder.mkdir()
        config = {"folder": str(folder / "data"), **service.access()}
        keys = {name: secrets.token_hex(32) for name in ("replica_key", "outbox_key")}
        super().__init__("bench.laptop", folder / "laptop.log", config | keys)
