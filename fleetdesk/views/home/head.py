"""`HomeHead`: which day it is, and whose leads are shown."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.segments import Segments
from fleetdesk.views.words import local
from fleetdesk.views.workbench import Workbench

__all__ = ["HomeHead"]

_MINE, _EVERYONES = "mine", "everyones"
_REMINDERS = "reminders.settings"


class HomeHead(QFrame):
    """A greeting, the day, and the switch between one's own leads and everyone's."""

    whose_chosen = Signal(bool)  # whether one's own

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._first_name = bench.person.name.split(" ")[0]
        self.setProperty("ground", "surface")
        self._greeting = Label(size=TextSize.HEADING)
        self._day = Label(tint=Tint.MUTED)
        options = ((_MINE, tr("Mine"), "user"), (_EVERYONES, tr("Everyone's"), "users-three"))
        self.whose = Segments(bench.theme, options, tr("Whose leads"))
        self.whose.chosen.connect(lambda key: self.whose_chosen.emit(key == _MINE))
        bell = [bench.actions.button(_REMINDERS)] if _REMINDERS in bench.actions else []
        line = row(self._greeting, self._day, STRETCH, *bell, self.whose, gap=GRID + 4)
        self.setLayout(column(line, margins=(2 * GRID, GRID + 4, 2 * GRID, GRID + 4)))

    def show_whose(self, *, mine: bool) -> None:
        """Show whose leads are shown."""
        self.whose.set_key(_MINE if mine else _EVERYONES)

    def show_time(self, now: dt.datetime) -> None:
        """Greet by the hour, and say the day, where the person is."""
        there = local(now)
        self._greeting.setText(_greeting(there.hour).replace("%1", isolated(self._first_name)))
        self._day.setText(f"{there:%A} {there.day} {there:%B}")


def _greeting(hour: int) -> str:
    if hour < 12:
        return tr("Good morning, %1")
    return tr("Good afternoon, %1") if hour < 18 else tr("Good evening, %1")
