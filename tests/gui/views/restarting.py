"""`Restarts`: a person's window over one store, closed and opened again."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from tests.gui.views.filled import Filling, StillClock, load, open_store
from tests.gui.views.office import Office

__all__ = ["Restarts"]


class Restarts:
    """Each call closes the window that is open, and opens it as it was left."""

    def __init__(self, qtbot: QtBot, theme: Theme, folder: Path, clock: StillClock, filling: Filling) -> None:
        self._qtbot = qtbot
        self._theme = theme
        self._folder = folder
        self._clock = clock
        self._office: Office | None = None
        store = open_store(folder, clock)
        load(store, filling)
        store.close()

    def __call__(self) -> Office:
        memory = None if self._office is None else self._office.desktop.windows.memory
        self.close()
        office = Office.open(open_store(self._folder, self._clock), self._theme, self._clock, memory=memory)
        office.window.resize(1440, 900)
        self._qtbot.waitUntil(office.idle)
        self._office = office
        return office

    def close(self) -> None:
        if self._office is not None:
            self._office.close()
            self._office = None
