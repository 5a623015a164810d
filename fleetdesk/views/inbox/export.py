"""An Inbox item as a file: JSON with everything, or CSV with a line for each value."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from fleetdesk.commands.core import Commands
from fleetdesk.errors import UserError
from fleetdesk.views.outbox import ShownChange

__all__ = ["as_csv", "as_json", "write_file"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(shown: ShownChange, commands: Commands) -> str:
    """The command as it would travel, with the hub's verdict."""
    verdict = shown.change.verdict
    item = {
        "target": {"table": shown.change.target.table, "id": shown.change.target.id, "name": shown.target_name},
        "sentence": shown.change.sentence,
        "command": commands.encode(shown.change.command).model_dump(mode="json"),
        "verdict": verdict.model_dump(mode="json") if verdict else None,
    }
    return json.dumps(item, ensure_ascii=False, indent=2)


def as_csv(
    shown: ShownChange, wanted: Sequence[tuple[str, str]], conflicts: Sequence[tuple[str, str, str, str]]
) -> str:
    """A line for each value, with a header; opens rightly in Excel (byte order mark, no cell taken for a formula)."""
    verdict = shown.change.verdict
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["record", "change", "reason", "field", "before", "mine", "theirs"])
    about = [shown.target_name, shown.change.sentence, verdict.reason if verdict else ""]
    lines = conflicts or [(field, "", mine, "") for field, mine in wanted]
    for line in lines or [("", "", "", "")]:
        writer.writerow([_harmless(cell) for cell in (*about, *line)])
    return "\ufeff" + text.getvalue()


def write_file(path: Path, text: str) -> None:
    """Write a file whole. Raises UserError where it cannot be written there."""
    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise UserError(
            f"{path.name} could not be written: {error.strerror}.",
            kept="The change is still in the Inbox.",
            do="Choose another folder.",
        ) from error


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
