"""A hub as a process of its own, started and stopped by the program that it belongs to: a window's, the demo, a test.

Its settings, with their secrets, go to it by a pipe (`hub.owned`): neither its arguments nor its environment show them.
The pipe is closed when our process is gone, however it went, and then the hub ends too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from fleetdesk.errors import BadSettings, FleetDeskError, Unavailable

__all__ = ["SERVE", "HubProcess"]

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
SERVE = ("fleetdesk", "hub", "serve", "--owned")
"""The module that is the hub, with its arguments."""


class HubProcess:
    """`fleetdesk hub serve` with these settings (`FLEETDESK_…`), on loopback; its log goes to a file.

    `environment` is what it gets besides. `module` names what is run in its place: tests hand in a hub with a broken
    part.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        log: Path,
        module: Sequence[str] = SERVE,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._settings = {**settings, "FLEETDESK_HOST": "127.0.0.1"}
        self._port = 0
        self._environment = dict(environment)
        self._log = log
        self._module = tuple(module)
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> str:
        """Start it and wait until it listens; gives its address.

        Raises BadSettings or Unavailable with the hub's own words, or Unavailable, naming its log.
        """
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._module],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.url = self._wait_until_listening(self._process)
        # Started again after a crash it must be found where it was.
        self._port = int(self.url.rsplit(":", 1)[1])
        return self.url

    @property
    def alive(self) -> bool:
        """Whether the process runs. Safe to ask from any thread."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def stop(self) -> None:
        """Ask it to finish what runs and end; kill it if it does not within ten seconds."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            self._clear()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._clear()

    def interrupt(self) -> None:
        """From another thread: have `start` end, without a hub."""
        if (process := self._process) is not None:
            process.kill()

    def _clear(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _wait_until_listening(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        watchdog = threading.Timer(_START_SECONDS, process.kill)
        watchdog.start()
        problem: FleetDeskError = Unavailable("The hub did not start.", do=f"See {self._log}.")
        try:
            self._tell_settings(process)
            for line in process.stdout:
                said = _said(line)
                if "listening" in said:
                    return said["listening"]
                if "refused" in said:
                    kind = BadSettings if said["refused"] == BadSettings.__name__ else Unavailable
                    problem = kind(said["what"], do=said["do"])
        finally:
            watchdog.cancel()
        self._clear()
        raise problem

    def _tell_settings(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({**self._settings, "FLEETDESK_PORT": str(self._port)}) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended at once, and its log says why


def _said(line: str) -> dict[str, str]:
    """What a line of the hub's standard output tells."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
