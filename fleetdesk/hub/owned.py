"""A hub that belongs to the program that started it (`hub_process`): its settings come from there, and its end does.

Standard input is a pipe that nobody else can read. One line of JSON on it holds settings; its end means that the other
side is gone, however it went.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer

from fleetdesk.errors import BadSettings, FleetDeskError
from fleetdesk.settings import HubSettings, hub_settings

__all__ = ["owned_settings", "told_to_owner"]

_GRACE_SECONDS = 15
"""What runs has this long to finish, once nobody is there to hear of it."""


def owned_settings() -> HubSettings:
    """The environment's settings, with those from standard input in their place. From now on its end is the hub's.

    Raises BadSettings.
    """
    line = sys.stdin.buffer.readline()
    try:
        given = json.loads(line)
    except ValueError as error:
        raise BadSettings("No settings came by standard input.", do="Leave out --owned.") from error
    threading.Thread(target=_end_with_owner, args=(sys.stdin.fileno(),), name="owner", daemon=True).start()
    # What is given counts, also where the environment names a file for it.
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in given}
    return hub_settings({**inherited, **given})


@contextmanager
def told_to_owner() -> Iterator[None]:
    """Why the hub does not start, as one line of JSON on standard output, and exit status 1."""
    try:
        yield
    except FleetDeskError as error:
        kind = BadSettings if isinstance(error, BadSettings) else FleetDeskError
        typer.echo(json.dumps({"refused": kind.__name__, "what": _what(error), "do": error.do}))
        raise typer.Exit(1) from error


def _end_with_owner(pipe: int) -> None:
    while os.read(pipe, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


def _what(error: FleetDeskError) -> str:
    """What happened. Why a database can't be reached, its driver knows; whoever typed the address needs to hear it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.OperationalError) and (lines := str(cause).strip().splitlines()):
            reason = next((line for line in reversed(lines) if " failed: " in line), lines[0])
            return f"{error.what.rstrip('.')}: {reason.rpartition(' failed: ')[2].strip().rstrip('.')}."
        cause = cause.__cause__
    return error.what
