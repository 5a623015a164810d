"""What goes to standard error: it ends in files that FleetDesk does not keep, so no personal data is in it.

What others' code says of itself is cut to the words that stand in that code, since what they are filled in with may be
a row, a request or a password; so is what Python would print of an error that nobody caught, or of a warning.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from pathlib import Path
from types import TracebackType
from typing import TextIO

from fleetdesk.process.log_lines import BareLines

__all__ = ["log_to_standard_error"]

_log = logging.getLogger(__name__)


def log_to_standard_error(level: int, *, bare: bool = True) -> None:
    """Log everything from that level upwards there, and nothing anywhere else, errors that nobody caught among it.

    Lines are JSON without what a message was filled in with; where they need not be `bare`, whole, as for a terminal.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(level)
    handler.setFormatter(_FirstLines() if bare else logging.Formatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    warnings.showwarning = _warned
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


class _FirstLines(BareLines):
    """asyncio puts the error, or what it was working on, into the text itself, behind the first line."""

    def event(self, record: logging.LogRecord) -> str:
        return super().event(record).partition("\n")[0]


def _warned(  # noqa: PLR0917 (as Python calls it)
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _log.warning("warning", extra={"kind": category.__name__, "at": f"{Path(filename).name}:{lineno}"})


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    _log.error("error that nobody caught", exc_info=(kind, error or kind(), trace))
