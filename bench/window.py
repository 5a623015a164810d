"""One window of the bench over a million leads, a process of its own: the real desktop and store, worked by real keys.

It reads one JSON object a line and answers each with one; the first is its configuration. There is no hub and no
display (Qt's platform is `offscreen`): what is painted is painted into memory.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from bench.lead_store import open_leads, open_leads_desktop
from bench.watched import Watch, rest
from fleetdesk.process.collecting import collect_rarely
from fleetdesk.qt.acting.palette import CommandPalette
from fleetdesk.qt.records.table_model import LoadState
from fleetdesk.views.leads.page import LeadsPage

__all__ = ["Window", "application", "serve"]

Answer = dict[str, Any]
_SIZE = (1440, 900)
_CALM = 0.15
"""Seconds between what is measured, in which what it left behind (counts, kept places) comes to its end."""
_UNTIL_IT_STANDS = 2.0
"""Seconds after a start until all is done that is put off until then."""
_SEED = 20_261_128


class Window:
    """Answers the bench's requests."""

    def __init__(self, app: QApplication, config: dict[str, str]) -> None:
        self._store = open_leads(Path(config["folder"]))
        self._opened = open_leads_desktop(app, self._store, Path(config["folder"]))
        self._desktop = self._opened.desktop
        window = self._desktop.window
        window.resize(*_SIZE)
        window.show_screen("leads")
        page = window.page("leads")
        assert isinstance(page, LeadsPage)
        self._page, self._table, self._model = page, page.table, page.model
        Watch().until(self._settled, "list of leads")
        self._table.viewport().repaint()
        self._answered = False  # whether what is listed answers what was last asked for: its first rows, or all
        self._model.keys_changed.connect(self._keys_came)
        self._rng = random.Random(_SEED)
        self._handlers: dict[str, Callable[..., Answer]] = {
            "settle": self.settle,
            "jump": self.jump,
            "type": self.type,
            "open_palette": self.open_palette,
            "ask_palette": self.ask_palette,
        }

    def answer(self, request: dict[str, Any]) -> Answer:
        """Do what is asked."""
        return self._handlers[request.pop("do")](**request)

    def close(self) -> None:
        """Close the window, then the files."""
        self._opened.close()
        self._store.close()

    # -- requests --------------------------------------------------------------------------------------------------

    def settle(self) -> Answer:
        """Let it come to rest after the start."""
        rest(_UNTIL_IT_STANDS)
        return {}

    def jump(self, times: int) -> Answer:
        """Jump to a row anywhere, so many times.

        Milliseconds of each: the GUI thread's for the jump and the picture of it, on the wall and of its processor;
        until the real rows are painted.
        """
        moved, own, shown = [], [], []
        for _ in range(times):
            row = self._rng.randrange(self._model.rowCount())
            began, used = time.perf_counter(), time.thread_time()
            self._table.put_on_top(row)
            self._table.viewport().repaint()
            moved.append(time.perf_counter() - began)
            own.append(time.thread_time() - used)
            Watch().until(self._in_sight, "rows")
            self._table.viewport().repaint()
            shown.append(time.perf_counter() - began)
            rest(_CALM)
        return {"moved": _ms(moved), "own": _ms(own), "shown": _ms(shown)}

    def type(self, words: list[str], pause: float) -> Answer:
        """Type each word letter by letter into the search, and empty it again.

        Of each letter: what then stood in the field, how many leads match it, and milliseconds until its first rows
        were painted. `pause`: seconds between two letters.
        """
        typed = []
        for word in words:
            for length in range(1, len(word) + 1):
                self._answered = False
                began = time.perf_counter()
                self._press(self._page.head.search, word[length - 1])
                Watch().until(lambda: self._answered and self._in_sight(), "answer")
                self._table.viewport().repaint()
                milliseconds = 1000 * (time.perf_counter() - began)
                Watch().until(self._settled, "answer")
                count = self._model.rowCount()
                typed.append([word[:length], count, milliseconds])
                rest(pause)
            self._page.head.clear()
            Watch().until(self._settled, "list of leads")
            rest(_CALM)
        return {"typed": typed}

    def open_palette(self, times: int) -> Answer:
        """Open and close the palette: milliseconds from the key until it is painted."""
        return {"opened": [self._with_palette(lambda _palette: None) for _ in range(times)]}

    def ask_palette(self, words: list[str]) -> Answer:
        """Open the palette and type three letters: milliseconds from the last until records of theirs are painted."""
        asked: list[float] = []

        def ask(word: str, palette: CommandPalette) -> None:
            field = palette.focusWidget()
            assert field is not None
            for letter in word[:-1]:
                self._press(field, letter)
                rest(_CALM)
            began = time.perf_counter()
            self._press(field, word[-1])
            Watch().until(lambda: any(_is_record(entry.token) for entry in palette.entries), "record")
            palette.repaint()
            asked.append(1000 * (time.perf_counter() - began))

        for word in words:
            self._with_palette(partial(ask, word))
        return {"asked": asked}

    # -- how -------------------------------------------------------------------------------------------------------

    def _with_palette(self, work: Callable[[CommandPalette], None]) -> float:
        window = self._desktop.window
        began = time.perf_counter()
        self._desktop.bench.actions.trigger("window.palette")
        palette = next(one for one in window.findChildren(CommandPalette) if one.isVisible())
        palette.repaint()
        opened = 1000 * (time.perf_counter() - began)
        rest(_CALM)
        work(palette)
        palette.reject()
        rest(_CALM)
        return opened

    def _keys_came(self) -> None:
        self._answered = True

    def _settled(self) -> bool:
        return self._model.state is LoadState.READY and self._in_sight() and not self._desktop.bench.runner.active

    def _in_sight(self) -> bool:
        return all(self._model.cells_at(row) is not None for row in self._table.rows_in_sight())

    def _press(self, widget: QWidget, letter: str) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter))


def _is_record(token: str) -> bool:
    return token.startswith("record ")


def _ms(seconds: list[float]) -> list[float]:
    return [1000 * one for one in seconds]


def application() -> QApplication:
    """Qt without a display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return QApplication(sys.argv[:1])


def serve(make: Callable[[QApplication, dict[str, str]], Any]) -> None:
    """Serve the bench until its pipe closes, with what `make` makes of the application and the configuration."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    collect_rarely()
    window = make(application(), json.loads(sys.stdin.readline()))
    try:
        for line in sys.stdin:
            print(json.dumps(window.answer(json.loads(line))), flush=True)
    finally:
        window.close()


if __name__ == "__main__":
    serve(Window)
