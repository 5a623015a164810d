"""Who runs the server: our own user or, where that is root, an unprivileged one, since PostgreSQL refuses root."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fleetdesk.errors import Unavailable

# The first is made for this by every distribution's server package, the second is on every machine. Both have a name,
# which initdb insists on: a bare number would do for the server but not for it.
_UNPRIVILEGED = ("postgres", "nobody")

# Nothing of our own environment reaches the server: a PGDATA, an LC_MESSAGES or an LD_LIBRARY_PATH would change it.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """A user of this machine as whom programs are started. `uid` and `gid` are None for our own user."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; what it wrote, both streams together, is in `stdout`."""
        return subprocess.run(
            command,
            user=self.uid,
            group=self.gid,
            extra_groups=self._extra_groups,
            cwd="/",
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            umask=0o077,
            check=False,
        )

    def spawn(self, *command: str | Path, stdin: int, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that a Ctrl+C in our terminal is ours alone to answer."""
        return subprocess.Popen(
            command,
            user=self.uid,
            group=self.gid,
            extra_groups=self._extra_groups,
            cwd="/",
            env=_ENVIRONMENT,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            umask=0o077,
            start_new_session=True,
        )

    def can_run(self, program: Path) -> bool:
        """Whether the program, with the libraries that it needs, starts for this account."""
        try:
            return self.run(program, "--version").returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """Whether this account gets through to the folder; asked of the system, for modes alone don't tell."""
        return self.run("test", "-x", folder).returncode == 0

    def take(self, path: Path) -> None:
        """Make this account the owner of a file or folder that we made."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    @property
    def _extra_groups(self) -> list[int] | None:
        return None if self.uid is None else []


def find_account(owner: int | None = None) -> Account:
    """The account that runs a server, or runs it again where `owner` has the data already.

    Raises Unavailable where we are root and the machine lets us become nobody else.
    """
    if os.geteuid() != 0:
        return Account()
    for entry in _candidates(owner):
        account = Account(entry.pw_uid, entry.pw_gid)
        try:
            account.run("true")
        except OSError:  # a container whose user mapping lacks this one
            continue
        return account
    raise Unavailable(
        "PostgreSQL does not run as root, and no unprivileged user of this machine can be used in its place.",
        do="Start it as an ordinary user, or add one named 'postgres'.",
    )


def _candidates(owner: int | None) -> Iterator[pwd.struct_passwd]:
    users: tuple[int | str, ...] = _UNPRIVILEGED if owner is None else (owner,)
    for user in users:
        try:
            yield pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
        except KeyError:
            continue
