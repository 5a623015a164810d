"""The window over a million leads: jumps, searching as one types, the palette, the start, and what holds it up."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing

from bench.calibration import hashing, synced_write
from bench.figures import Figure, NotMeasured, Result, at_least, at_most, median, percentile
from bench.laptop_process import Asked
from bench.names import FIRST, LAST, PLACE, TRADE, WORDS
from bench.qt_models import build_plain
from bench.stage import Stage
from fleetdesk.models.normalise import search_key

__all__ = ["held", "palette", "search", "start", "table"]

_FEW = 200_000
"""What a prefix may match of a million leads to have to be there at once."""
_PAUSE = 0.12
"""Seconds between two keys of somebody who types well."""
_SEED = 20_261_129


def table(stage: Stage) -> Result:
    """Jumps to rows anywhere."""
    beside = (*hashing(), *synced_write(stage.folder))
    with closing(stage.window) as window:
        told = window.ask("jump", times=stage.size.jumps)
    return Result(
        "table",
        f"Jumps to anywhere in a table of {stage.size.rows:,} leads ({stage.size.jumps})",
        (
            Figure("GUI thread, jump and paint, p99", percentile(told["moved"], 99), "ms", at_most(16)),
            Figure("its processor time, p99", percentile(told["own"], 99), "ms"),
            Figure("until real rows are painted, p95", percentile(told["shown"], 95), "ms", at_most(150)),
            Figure("until real rows are painted, p50", median(told["shown"]), "ms"),
        ),
        beside,
    )


def search(stage: Stage) -> Result:
    """Words typed letter by letter into the list's search; then the same texts for Qt's own models."""
    beside = (*hashing(), *synced_write(stage.folder))
    words = _words(stage.size.words)
    with closing(stage.window) as window:
        stage.say(f"search: {len(words)} words, letter by letter")
        typed = window.ask("type", words=words, pause=_PAUSE)["typed"]
    few = [milliseconds for _, count, milliseconds in typed if count <= _FEW * stage.size.rows / 1_000_000]
    every = [milliseconds for _, _, milliseconds in typed]
    texts = _texts_of(typed, stage.size.compared)
    same = [milliseconds for text, _, milliseconds in typed if text in texts]
    stage.say("search: the same by Qt's own models")
    like, proxy, indexed = _by_qt(stage, texts)
    return Result(
        "search",
        f"A keystroke in the search over {stage.size.rows:,} leads until first rows are painted ({len(typed)} keys)",
        (
            Figure(f"prefixes of at most {_FEW:,}, p95", percentile(few, 95), "ms", at_most(60)),
            Figure(f"prefixes of at most {_FEW:,}, p50", median(few), "ms"),
            Figure("any prefix, p95", percentile(every, 95), "ms", at_most(250)),
            Figure("any prefix, worst", max(every), "ms"),
            Figure("QSqlTableModel with LIKE against it", median(like) / median(same), "×", at_least(10)),
            Figure("QSortFilterProxyModel against it", median(proxy) / median(same), "×", at_least(10)),
            Figure("QSqlTableModel, p50", median(like), "ms"),
            Figure("QSqlTableModel, the order indexed, p50", median(indexed), "ms"),
            Figure("QSortFilterProxyModel, p50", median(proxy), "ms"),
        ),
        beside,
        note=f"{len(texts)} texts by all three, the latter two over a file without encryption, sorted as the list is.",
    )


def palette(stage: Stage) -> Result:
    """Opening the palette, and the first records for three letters."""
    beside = (*hashing(), *synced_write(stage.folder))
    with closing(stage.small_window) as window:
        opened = window.ask("open_palette", times=stage.size.palettes)["opened"]
        asked = window.ask("ask_palette", words=[word[:3] for word in _words(stage.size.palettes)])["asked"]
    return Result(
        "palette",
        f"The command palette over {stage.size.some_rows:,} leads",
        (
            Figure("opening it, p95", percentile(opened, 95), "ms", at_most(100)),
            Figure("first records for three letters, p95", percentile(asked, 95), "ms", at_most(60)),
            Figure("first records for three letters, p50", median(asked), "ms"),
        ),
        beside,
    )


def start(stage: Stage) -> Result:
    """From the start of the process until rows are painted, by turns with an empty window of Qt's."""
    beside = (*hashing(), *synced_write(stage.folder))
    folder = stage.some_leads
    compiled = {**os.environ, "PYTHONPYCACHEPREFIX": str(stage.folder / "compiled")}
    compiled.pop("PYTHONDONTWRITEBYTECODE", None)
    _usable_after(compiled, str(folder))  # as at every start but the first, Python finds the modules compiled
    mine, empty = [], []
    for _ in range(stage.size.starts):
        mine.append(_usable_after(compiled, str(folder)))
        empty.append(_usable_after(compiled))
    return Result(
        "start",
        f"Start until a window over {stage.size.some_rows:,} leads is usable, without hub ({stage.size.starts} times)",
        (
            Figure("against an empty PySide6 window", median(mine) / median(empty), "×", at_most(8)),
            Figure("FleetDesk", median(mine), "s"),
            Figure("an empty window", median(empty), "s"),
        ),
        beside,
    )


def held(stage: Stage) -> Result:
    """The longest stretch in which the GUI thread could not be asked, while the laptop loads, and while it sends."""
    service, size = stage.many, stage.size
    folder = stage.folder / "held"
    folder.mkdir()
    beside = (*hashing(), *synced_write(stage.folder))
    config = {"folder": str(folder / "data"), **service.access()}
    with closing(Asked("bench.held", folder / "log", config)) as window:
        stage.say(f"a window during a first load of {size.rows:,} rows")
        loaded = window.ask("load")
        stage.say(f"a window during a push of {size.edits:,} edits")
        pushed = window.ask("push", edits=size.edits)
    return Result(
        "held",
        "The longest time for which the GUI thread was blocked",
        (
            Figure(f"during a first load of {size.rows:,} rows", loaded["held"], "ms", at_most(50)),
            Figure("of its processor", loaded["own"], "ms"),
            Figure(f"during a push of {size.edits:,} edits", pushed["held"], "ms", at_most(50)),
            Figure("of its processor", pushed["own"], "ms"),
        ),
        beside,
    )


def _words(count: int) -> list[str]:
    """Words that stand in leads, each once."""
    there_are = sorted({part for word in (*FIRST, *LAST, *TRADE, *PLACE, *WORDS) for part in search_key(word).split()})
    return random.Random(_SEED).sample([word for word in there_are if len(word) > 2], count)


def _texts_of(typed: list[tuple[str, int, float]], count: int) -> list[str]:
    """Some of what was typed, from single letters to whole words."""
    texts = sorted({text for text, _, _ in typed}, key=lambda text: (len(text), text))
    return texts[:: max(1, len(texts) // count)][:count]


def _by_qt(stage: Stage, texts: list[str]) -> tuple[list[float], list[float], list[float]]:
    path = stage.folder / "plain.db"
    build_plain(path, stage.size.rows)
    with closing(Asked("bench.qt_models", stage.folder / "qt.log", {"path": str(path)})) as models:
        like = models.ask("like", texts=texts)["milliseconds"]
        proxy = models.ask("proxy", texts=texts)["milliseconds"]
        indexed = models.ask("like, with an index", texts=texts)["milliseconds"]
    path.unlink()
    return like, proxy, indexed


def _usable_after(environment: Mapping[str, str], *arguments: str) -> float:
    command = [sys.executable, "-m", "bench.start", *arguments]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        seconds = time.perf_counter() - began
    if said.strip() != "usable":
        raise NotMeasured("a window ended before it could be used")
    return seconds
