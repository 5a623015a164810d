"""Ending a server with all its children, whoever started it."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence

import psutil

_FAST_SECONDS = 15.0
_IMMEDIATE_SECONDS = 5.0
_KILL_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.01


def shut_down(postmaster: psutil.Process) -> None:
    """End a server: politely first, which ends its sessions and writes a checkpoint, then at once, then by SIGKILL."""
    for polite, seconds in ((signal.SIGINT, _FAST_SECONDS), (signal.SIGQUIT, _IMMEDIATE_SECONDS)):
        try:
            postmaster.send_signal(polite)
        except psutil.NoSuchProcess:
            return
        if all_gone([postmaster], seconds):
            return
    kill_all(postmaster)


def kill_all(postmaster: psutil.Process) -> None:
    """End a server and all its processes by SIGKILL, none of them having a chance to write anything.

    Each of PostgreSQL's processes is the leader of a group of its own, so one signal to a group does not reach them.
    The postmaster is stopped first, for it would answer the death of a child by starting others.
    """
    try:
        postmaster.suspend()
        family = [*postmaster.children(recursive=True), postmaster]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    all_gone(family, _KILL_SECONDS)


def all_gone(processes: Sequence[psutil.Process], seconds: float) -> bool:
    """Wait for all to end; whether they did in time.

    A zombie has ended: in a container, nobody may be there to reap an orphan.
    """
    deadline = time.monotonic() + seconds
    while any(_is_alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
    return True


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
