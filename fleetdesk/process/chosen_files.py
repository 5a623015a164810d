"""Files that a person names, or drops on a window: what is none is not opened, since a pipe or device may never end."""

from __future__ import annotations

import stat
from pathlib import Path

from fleetdesk.errors import BadFile

__all__ = ["demand_file"]

_OTHERS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def demand_file(path: Path) -> None:
    """Raise BadFile unless there is a file at the end of this path and its links; OSError where there is nothing."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in _OTHERS if is_kind(mode)), "something else")
        raise BadFile(f"“{path.name}” is no file but {kind}.", kept="Nothing was read.", do="Choose a file.")
