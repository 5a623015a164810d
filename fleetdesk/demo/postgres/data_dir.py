"""The data directory of an embedded server: what it holds, who owns it, and where its larger part lies.

    lock            held while a process of ours runs the server
    password        of the superuser, readable by us alone
    server.json     who runs it and on which port: for a second start, and to take the same port again
    elsewhere       a symbolic link to the home, if that is not here

The home is the folder of what the account that runs the server must reach: PostgreSQL's own files, its log, a copy of
its programs. It is the data directory itself, unless that account cannot get through to it, as with one in root's home.
We change the mode of no folder that we did not make; the home then is a folder under `/var/lib`, named after the data
directory.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from fleetdesk.demo.postgres.account import Account
from fleetdesk.demo.postgres.cluster import private
from fleetdesk.errors import AlreadyRunning, Unavailable

# What outlives a restart of the machine first; what can be written in the barest container last.
ELSEWHERE = (Path("/var/lib"), Path(tempfile.gettempdir()))

BEGIN_ANEW = "To begin anew, without what it holds: make demo-reset."


class Note(NamedTuple):
    """The process that runs the server, or ran it last, and the port."""

    pid: int
    port: int


class DataDir:
    """A data directory at `path`, made if it is missing. `elsewhere` are the places tried for a home outside of it."""

    def __init__(self, path: Path, elsewhere: Sequence[Path]) -> None:
        self.path = path.resolve()
        self._elsewhere = elsewhere
        # Not bound to a thread: a server may be started in one and stopped in another.
        self._lock = FileLock(self.path / "lock", thread_local=False)

    def own(self) -> None:
        """Become the only process that touches it. Raises AlreadyRunning."""
        if not self.path.exists():
            _make_enterable(self.path)
        if self._lock.is_locked:
            raise self._already_running()
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise self._already_running() from None

    def release(self) -> None:
        """Give it back."""
        self._lock.release()

    @property
    def home(self) -> Path:
        """Where the server's files lie, or are going to lie if nothing else is settled."""
        link = self.path / "elsewhere"
        return link.resolve() if link.is_dir() else self.path

    def settle(self, account: Account) -> None:
        """See to a home that the account can enter. Raises Unavailable where there is none."""
        if account.can_enter(self.home):
            return
        for parent in self._elsewhere:
            if os.access(parent, os.W_OK) and account.can_enter(parent):
                self._move_to(parent)
                return
        raise Unavailable(
            f"The user that runs PostgreSQL can enter neither {self.path} nor another place to keep data in.",
            do="Choose a data directory that every user may enter.",
        )

    def make_password(self) -> None:
        """Choose the superuser's, unless a start that did not come to its end did so already."""
        file = self.path / "password"
        # Empty: a full disk let it be made but not written.
        if not file.exists() or file.stat().st_size == 0:
            with open(file, "w", opener=private) as made:
                made.write(secrets.token_urlsafe(24))

    def password(self) -> str:
        """The superuser's. Raises Unavailable if it is gone."""
        try:
            return (self.path / "password").read_text()
        except FileNotFoundError:
            raise Unavailable(
                f"The password of the database in {self.path} is gone.",
                kept="Its data is untouched.",
                do=BEGIN_ANEW,
            ) from None

    def note(self, port: int) -> None:
        """Remember that this process runs the server, on this port."""
        (self.path / "server.json").write_text(json.dumps({"pid": os.getpid(), "port": port}))

    def noted(self) -> Note | None:
        """What was noted last."""
        try:
            found = json.loads((self.path / "server.json").read_text())
            return Note(int(found["pid"]), int(found["port"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def clear(self) -> None:
        """Delete what is ours in it, the home elsewhere too, and itself if nothing else is left."""
        if self.home != self.path:
            shutil.rmtree(self.home)
        for name in ("cluster", "binaries"):
            shutil.rmtree(self.path / name, ignore_errors=True)
        for name in ("server.log", "server.log.previous", "password", "server.json", "elsewhere", "lock"):
            (self.path / name).unlink(missing_ok=True)
        if not any(self.path.iterdir()):
            self.path.rmdir()

    def _move_to(self, parent: Path) -> None:
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        home = parent / f"fleetdesk-postgres-{name}"
        # One that is there already belonged to a data directory deleted since, and its password with it.
        shutil.rmtree(home, ignore_errors=True)
        _make_enterable(home)
        link = self.path / "elsewhere"
        link.unlink(missing_ok=True)
        link.symlink_to(home)

    def _already_running(self) -> AlreadyRunning:
        noted = self.noted()
        where = f": process {noted.pid} runs it on port {noted.port}" if noted is not None else ""
        return AlreadyRunning(
            f"The database in {self.path} is already running{where}.",
            kept="It was left as it is.",
            do="Use the one that runs, or close it first.",
        )


def _make_enterable(folder: Path) -> None:
    """Make a folder of ours that others may pass through but not list, whatever the umask says."""
    folder.mkdir(parents=True)
    folder.chmod(0o711)
