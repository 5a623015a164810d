"""`ProblemNote`: what of a typed query is not understood, and what could stand there instead, below its field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.queries.filters.grammar import Problem

__all__ = ["ProblemNote"]

_MOST = 3


class ProblemNote(QFrame):
    """Tells of the first problem, and how many more there are; it is not there while there is none."""

    chosen = Signal(object, str)  # the Problem, and what is to stand in its place

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._problem: Problem | None = None
        icon = Label()
        icon.setPixmap(theme.icons.icon("warning-circle", "danger_text").pixmap(16, 16))
        self._what = Label(tint=Tint.DANGER)
        self._instead = Label(tr("Instead:"), tint=Tint.MUTED)
        self._offers = [Button("", kind=Kind.QUIET) for _ in range(_MOST)]
        for offer in self._offers:
            offer.clicked.connect(self._choose)
        self.setLayout(row(icon, self._what, self._instead, *self._offers, STRETCH, gap=GRID // 2))
        self.setAccessibleName(tr("What is not understood"))
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Tell of these."""
        self.setVisible(bool(problems))
        if not problems:
            return
        self._problem = problems[0]
        more = len(problems) - 1
        also = plural(more, tr(" And %n more."), tr(" And %n more.")) if more else ""
        self._what.setText(self._problem.what + also)
        possible = self._problem.possible[:_MOST]
        self._instead.setVisible(bool(possible))
        for number, button in enumerate(self._offers):
            button.setVisible(number < len(possible))
            if number < len(possible):
                button.set_text(possible[number])
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _choose(self) -> None:
        button = self.sender()
        assert isinstance(button, Button), "only the offers are listened to"
        assert self._problem is not None, "what is offered belongs to a problem"
        self.chosen.emit(self._problem, button.accessibleName())
