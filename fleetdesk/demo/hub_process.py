"""A hub as a process of its own, started, watched and stopped by the demo and by the tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from fleetdesk.errors import Unavailable

__all__ = ["HubProcess"]

_WATCHDOG = 'read -r _ || kill "$1"'
"""Waits for a word that never comes if our process dies; then it asks the hub to end."""
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class HubProcess:
    """`fleetdesk hub serve` with settings of its own; its log goes to a file.

    `module` names what is run in its place: tests hand in a hub with a broken part.
    """

    def __init__(
        self,
        *,
        database_url: str,
        issuer: str,
        issuer_keys: Path,
        log: Path,
        port: int = 0,
        settings: Mapping[str, str] | None = None,
        module: Sequence[str] = ("fleetdesk", "hub", "serve"),
    ) -> None:
        self._environment = {
            **os.environ,
            **(settings or {}),
            "FLEETDESK_DATABASE_URL": database_url,
            "FLEETDESK_ISSUER": issuer,
            "FLEETDESK_ISSUER_KEYS": str(issuer_keys),
            "FLEETDESK_HOST": "127.0.0.1",
        }
        self._port = port
        self._log = log
        self._module = tuple(module)
        self._process: subprocess.Popen[str] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> str:
        """Start it and wait until it listens; gives its address. Raises Unavailable, naming its log."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._module],
                env={**self._environment, "FLEETDESK_PORT": str(self._port)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._watchdog = subprocess.Popen(
            ["sh", "-c", _WATCHDOG, "watchdog", str(self._process.pid)], stdin=subprocess.PIPE, start_new_session=True
        )
        self.url = self._wait_until_listening(self._process)
        # Started again after a crash it must be found where it was.
        self._port = int(self.url.rsplit(":", 1)[1])
        return self.url

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

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

    def _clear(self) -> None:
        process, self._process = self._process, None
        watchdog, self._watchdog = self._watchdog, None
        if process is not None:
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if watchdog is not None:
            watchdog.communicate(b"stopped\n")

    def _wait_until_listening(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        watchdog = threading.Timer(_START_SECONDS, process.kill)
        watchdog.start()
        try:
            for line in process.stdout:
                if line.startswith('{"listening"'):
                    return str(json.loads(line)["listening"])
        finally:
            watchdog.cancel()
        self._clear()
        raise Unavailable("The hub did not start.", do=f"See {self._log}.")
