"""A record of a log as one line of JSON, made for machines, without personal data; and as one that people read.

An error is told by its class and where it was raised, never by its message: that may quote a value, a file or a name.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from pathlib import Path

__all__ = ["BareLines", "JsonLines", "readable"]

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_PACKAGES = ("site-packages", "fleetdesk")
"""Folders from which on a path says nothing of the machine."""


class JsonLines(logging.Formatter):
    """Formats a record, with what `extra` added to it, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": self.event(record),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _KNOWN}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["error"] = f"{kind.__module__}.{kind.__qualname__}"
            line["at"] = [
                f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
            ]
        return json.dumps(line, default=str, ensure_ascii=False)

    def event(self, record: logging.LogRecord) -> str:
        """What happened."""
        return record.getMessage()


class BareLines(JsonLines):
    """The same without what a message was filled in with: for a log that somebody hands on."""

    def event(self, record: logging.LogRecord) -> str:
        """What happened, as the code has it."""
        return str(record.msg)


def readable(line: str) -> str:
    """A line of such a log as people read it; one that is none as it is."""
    try:
        known = json.loads(line)
        told = [str(known.pop(name)) for name in ("time", "level", "logger", "event")]
    except (ValueError, KeyError, AttributeError):
        return line
    beside = [f"{name}={', '.join(value) if isinstance(value, list) else value}" for name, value in known.items()]
    return "  ".join((*told, *beside))


def _place(filename: str) -> str:
    """A file by its place in its package: where that lies tells whose machine it is."""
    parts = Path(filename).parts
    begins = [place for place, part in enumerate(parts) if part in _PACKAGES]
    return "/".join(parts[begins[-1] :]) if begins else parts[-1]
