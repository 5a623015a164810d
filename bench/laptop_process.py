"""The bench's end of a laptop: starts `bench.laptop`, asks it, and ends it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.figures import NotMeasured
from bench.hosted import Service

__all__ = ["LaptopProcess"]

_PATIENCE = 30.0


class LaptopProcess:
    """A laptop of the bench's person, with files of its own under `folder`."""

    def __init__(self, folder: Path, service: Service) -> None:
        folder.mkdir()
        self._log = folder / "laptop.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.laptop"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._send(
            {
                "folder": str(folder / "data"),
                "url": service.url,
                "token": service.token(),
                "replica_key": secrets.token_hex(32),
                "outbox_key": secrets.token_hex(32),
            }
        )

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

    def _send(self, message: dict[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _ended(self) -> NotMeasured:
        self._process.wait()
        words = self._log.read_text().strip().splitlines()
        return NotMeasured(f"the laptop ended by itself: {words[-1] if words else 'without a word'}")
