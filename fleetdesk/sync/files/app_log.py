"""The log of the desktop: a few small files beside the window's state, of what FleetDesk itself has to say.

Only its own loggers write there, and no message that was filled in with something: it is made to be handed on.
"""

from __future__ import annotations

import contextlib
import logging
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from fleetdesk.process.log_lines import BareLines

__all__ = ["keeping_log", "last_lines"]

_NAME = "fleetdesk.log"
_BYTES, _OLDER = 256 * 1024, 2
_MOST_LINES = 300
_log = logging.getLogger(__name__)


@contextmanager
def keeping_log(folder: Path) -> Iterator[None]:
    """Write what FleetDesk logs, from INFO upwards, into a file of this folder; in a thread of its own.

    Where it cannot be written, everything else goes on.
    """
    logger = logging.getLogger("fleetdesk")
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    asks = QueueHandler(waiting)
    asks.setFormatter(BareLines())  # which the queue's handler puts in the place of the message
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        writes = _Quiet(folder / _NAME, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", delay=True)
    except OSError:
        yield
        return
    listener = QueueListener(waiting, writes)
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(asks)
    listener.start()
    try:
        _log.info("FleetDesk begins")
        yield
        _log.info("FleetDesk ends")
    finally:
        logger.removeHandler(asks)
        logger.setLevel(level)
        listener.stop()
        writes.close()


def last_lines(folder: Path) -> tuple[str, ...]:
    """The newest lines of the folder's log, the oldest of them first."""
    lines: list[str] = []
    for name in (f"{_NAME}.1", _NAME):
        with contextlib.suppress(OSError):
            lines += (folder / name).read_text("utf-8", "replace").splitlines()
    return tuple(lines[-_MOST_LINES:])


class _Quiet(RotatingFileHandler):
    """A full disk is told where it matters, not by the log."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the library's name)
        """Logging's: say nothing."""
