"""The window while many leads are worked on at once: how long the GUI thread is held up at most, act by act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from bench.calibration import hashing, synced_write
from bench.figures import Figure, Result, at_most
from bench.laptop_process import Asked
from bench.lead_file import write_leads
from bench.lead_store import load_leads
from bench.stage import Stage
from bench.waiting_process import WaitingProcess

__all__ = ["many"]

_ACTS = {
    "assign": ("leads.bulk_assign", "owner-3"),
    "tag": ("leads.bulk_tag", "autumn"),
    "move": ("leads.bulk_move", "contacted"),
    "lose": ("leads.bulk_lose", "No budget"),
    "delete": ("leads.bulk_delete", "Spam"),
}
_WORDS = {"looked": "looking at its columns", "checked": "its check", "imported": "its import", "undone": "its undoing"}


def many(stage: Stage) -> Result:
    """Each act over all leads, and its undoing; then a file of as many, and the undoing of its import."""
    size, folder = stage.size.at_once, stage.folder / "many"
    stage.say(f"loading {size:,} leads into a laptop, and writing a file of as many")
    load_leads(folder, size)
    path = stage.folder / "many.csv"
    write_leads(path, stage.folder / "many.xlsx", size)
    beside = (*hashing(), *synced_write(stage.folder))
    figures: list[Figure] = []
    with (
        WaitingProcess() as waiting,
        closing(Asked("bench.bulk_window", stage.folder / "many.log", {"folder": str(folder)})) as window,
    ):
        for act, (action, value) in _ACTS.items():
            stage.say(f"a window while {size:,} leads are worked on: {act}")
            told = window.ask("act", action=action, value=value)
            figures += _told(act, told["performed"])
            figures += _told(f"undoing of {act}", told["undone"])
        stage.say(f"a window while {size:,} leads are imported")
        told = window.ask("import", path=str(path))
        for part, words in _WORDS.items():
            figures += _told(f"a file: {words}", told[part])
    return Result(
        "many",
        f"The longest time for which the GUI thread was blocked while {size:,} leads were worked on at once",
        tuple(figures),
        (*beside, Figure("a process that only waits, held up at most", waiting.longest, "ms")),
    )


def _told(what: str, told: dict[str, Any]) -> Iterator[Figure]:
    yield Figure(what, told["held"], "ms", at_most(50))
    yield Figure(f"{what}, of its processor", told["own"], "ms")
    yield Figure(f"{what}, all of it", told["seconds"], "s")
