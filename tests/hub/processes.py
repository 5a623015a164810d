"""Hubs as processes of their own, as they are run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SERVE = "from fleetdesk.hub.cli import hub_cli; hub_cli(['serve'])"


@contextmanager
def process(settings: Mapping[str, str], log: Path, *, start: str = SERVE) -> Iterator[subprocess.Popen[str]]:
    """A hub process with these settings alone, which runs `start`, killed if it is still there at the end."""
    with log.open("a") as errors:
        hub = subprocess.Popen(
            [sys.executable, "-c", start],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with hub:
        try:
            yield hub
        finally:
            hub.kill()


def listening(hub: subprocess.Popen[str]) -> dict[str, str]:
    """What it says of itself once it serves."""
    assert hub.stdout is not None
    said: dict[str, str] = json.loads(hub.stdout.readline())
    return said


def address(hub: subprocess.Popen[str]) -> str:
    """Where it listens."""
    return listening(hub)["listening"]
