"""The files of one PostgreSQL cluster: made, and read for the version and the server they belong to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil

from fleetdesk.demo.postgres.account import Account
from fleetdesk.demo.postgres.binaries import Binaries
from fleetdesk.errors import DiskFull, FleetDeskError, Unavailable

SUPERUSER = "postgres"
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")
_LEAST_ROOM = 1 << 20


class Cluster:
    """What initdb makes (PostgreSQL's own "data directory"), at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def major(self) -> int | None:
        """The version of PostgreSQL that made it, None if it is not made yet."""
        try:
            return int((self.path / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    @property
    def owner(self) -> int | None:
        """The number of the user whose files these are, None if it is not made yet."""
        return self.path.stat().st_uid if self.major is not None else None

    def create(self, binaries: Binaries, account: Account, password: str, *, durable: bool) -> None:
        """Make it, all or nothing: under another name first, so that what is there under its own is complete.

        Raises DiskFull, Unavailable.
        """
        unfinished = self.path.with_name(f"{self.path.name}.unfinished")
        password_file = self.path.with_name("initdb-password")
        shutil.rmtree(unfinished, ignore_errors=True)
        _make_for(account, unfinished, password_file, password)
        try:
            made = account.run(
                binaries.program("initdb"),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
                *([] if durable else ["--no-sync"]),
            )
            if made.returncode != 0:
                raise failure(
                    made.stdout,
                    "PostgreSQL could not make its files",
                    kept="Nothing was changed.",
                    place=self.path.parent,
                )
            unfinished.rename(self.path)
        finally:
            password_file.unlink()
            shutil.rmtree(unfinished, ignore_errors=True)

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id answers: the last line of its pid file says so."""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def postmaster(self) -> psutil.Process | None:
        """The server that runs on these files, found by its pid file.

        The command line is compared, for after a crash the number may belong to anyone. (The working directory would
        say the same, but root in a container may not see that of another user's process.)
        """
        lines = self._pid_file_lines()
        try:
            process = psutil.Process(int(lines[0]))
            return process if str(self.path) in process.cmdline() else None
        except (IndexError, ValueError, psutil.Error):
            return None

    def forget_postmaster(self) -> None:
        """Remove the pid file of a server that is gone: PostgreSQL would refuse to start if its number lives again."""
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.path / "postmaster.pid"

    def _pid_file_lines(self) -> list[str]:
        try:
            return self._pid_file.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return []


def failure(output: str, what: str, *, kept: str, place: Path) -> FleetDeskError:
    """What PostgreSQL's own words mean for a person: a full disk, or else the words themselves.

    `place` is where it writes: on a full disk, its log stays empty too.
    """
    if says_no_room(output) or shutil.disk_usage(place).free < _LEAST_ROOM:
        return DiskFull(f"{what}: the disk has no room.", kept=kept, do="Free some space and start again.")
    complaints = [line for line in output.splitlines() if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    words = complaints[-1] if complaints else output.strip().rpartition("\n")[2]
    return Unavailable(f"{what}: {words.strip()}", kept=kept)


def says_no_room(text: str) -> bool:
    """Whether an error's text, PostgreSQL's or the system's, means that a file could not grow."""
    return any(words in text for words in _NO_ROOM)


def private(path: str, flags: int) -> int:
    """An opener, for `open`: a file made by it is for its owner alone to read."""
    return os.open(path, flags, 0o600)


def _make_for(account: Account, folder: Path, password_file: Path, password: str) -> None:
    folder.mkdir(mode=0o700)
    account.take(folder)
    with open(password_file, "w", opener=private) as file:
        file.write(password)
    account.take(password_file)
