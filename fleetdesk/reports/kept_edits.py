"""What a revoked laptop handed in, as a file of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from fleetdesk.process.whole_files import written_whole
from fleetdesk.queries.devices import KeptEdit

__all__ = ["write_kept_edits"]


def write_kept_edits(edits: Sequence[KeptEdit], path: Path) -> int:
    """Write the file, whole or not at all; how many edits there were. Raises what `written_whole` raises."""
    with written_whole(path) as file:
        file.write(orjson.dumps([edit.plain() for edit in edits], option=orjson.OPT_INDENT_2))
    return len(edits)
