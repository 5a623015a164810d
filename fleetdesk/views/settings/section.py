"""`Section`: a part of the settings under a title of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QWidget

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint
from fleetdesk.qt.look.tokens import GRID, TextSize

__all__ = ["Facts", "Section", "hint"]


class Section(QFrame):
    """A title with what belongs to it below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAccessibleName(title)
        self._title = Label(title, size=TextSize.TITLE)

    def fill(self, *content: QWidget | QLayout) -> None:
        """Put what belongs to it below the title; once only."""
        self.setLayout(column(self._title, *content, gap=GRID + 4, margins=2 * GRID))


class Facts(QWidget):
    """Names with their values, which can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnStretch(1, 1)
        self._values: list[Label] = []

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these, in this order."""
        for place in range(len(self._values), len(facts)):
            self._add_line(place)
        for place, value in enumerate(self._values):
            name = self._grid.itemAtPosition(place, 0)
            shown = place < len(facts)
            if name is not None and isinstance(label := name.widget(), Label):
                label.setText(facts[place][0] if shown else "")
                label.setVisible(shown)
            value.setText(facts[place][1] if shown else "")
            value.setVisible(shown)

    def _add_line(self, place: int) -> None:
        top = Qt.AlignmentFlag.AlignTop
        value = Label(wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(Label(tint=Tint.MUTED), place, 0, top)
        self._grid.addWidget(value, place, 1, top)
        self._values.append(value)


def hint(text: str) -> Label:
    """A quiet sentence."""
    return Label(text, size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
