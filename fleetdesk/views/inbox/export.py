"""An Inbox item as a file: JSON with everything, or a table with a line for each value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fleetdesk.commands.core import Commands
from fleetdesk.errors import Unavailable
from fleetdesk.process.whole_files import written_whole
from fleetdesk.reports.table_files import KINDS, table_file
from fleetdesk.views.outbox import ShownChange

__all__ = ["is_table", "write_json", "write_table"]

_TITLES = ("record", "change", "reason", "field", "before", "mine", "theirs")


def is_table(path: Path) -> bool:
    """Whether a name asks for a table."""
    return path.suffix.casefold().removeprefix(".") in KINDS


def write_json(path: Path, shown: ShownChange, commands: Commands) -> None:
    """Write the command as it would travel, with the hub's verdict. Raises Unavailable where it cannot be written."""
    verdict = shown.change.verdict
    item = {
        "target": {"table": shown.change.target.table, "id": shown.change.target.id, "name": shown.target_name},
        "sentence": shown.change.sentence,
        "command": commands.encode(shown.change.command).model_dump(mode="json"),
        "verdict": verdict.model_dump(mode="json") if verdict else None,
    }
    with _telling_where_it_is(), written_whole(path) as file:
        file.write(json.dumps(item, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))


def write_table(
    path: Path,
    shown: ShownChange,
    wanted: Sequence[tuple[str, str]],
    conflicts: Sequence[tuple[str, str, str, str]],
) -> None:
    """Write a line for each value under a row of titles. Raises Unavailable where it cannot be written."""
    verdict = shown.change.verdict
    about = (shown.target_name, shown.change.sentence, verdict.reason if verdict else "")
    lines = conflicts or [(field, "", mine, "") for field, mine in wanted]
    with _telling_where_it_is(), table_file(path, _TITLES) as table:
        for line in lines or [("", "", "", "")]:
            table.write([*about, *line])


@contextmanager
def _telling_where_it_is() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        error.kept = "The change is still in the Inbox."
        raise
