"""Somebody at a SQL prompt: `psql` as a process that stays open, told what to do line by line."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.figures import NotMeasured
from fleetdesk.demo.postgres import Dsn, find_binaries

__all__ = ["Psql", "program"]

_DONE = "-- done --"


def program() -> Path:
    """The path of `psql`. Raises NotMeasured where there is none."""
    path = find_binaries().program("psql")
    if not path.exists():
        raise NotMeasured(f"there is no psql beside {path.parent}: install the package 'postgresql-client'")
    return path


class Psql:
    """One session; each statement commits by itself unless BEGIN says otherwise."""

    def __init__(self, dsn: Dsn) -> None:
        self._process = subprocess.Popen(
            [program(), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", dsn.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.run("SET client_min_messages = warning")

    def run(self, statement: str) -> list[str]:
        """Carry out one statement; its rows as text, once psql says that it is done. Raises NotMeasured."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{statement};\n\\echo {_DONE}\n")
        self._process.stdin.flush()
        rows: list[str] = []
        for line in self._process.stdout:
            if line.strip() == _DONE:
                return rows
            rows.append(line.rstrip("\n"))
        raise NotMeasured(f"psql gave up at: {statement}")

    def close(self) -> None:
        """End the session."""
        self._process.communicate("\\q\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
