"""`StepsLine`: where one is in a few steps, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame

from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID

__all__ = ["StepsLine"]


class StepsLine(QFrame):
    """The names of all steps; the present one stands out."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = list(steps)
        self._labels = [Label(f"{place}  {step}") for place, step in enumerate(steps, start=1)]
        between = [Label("›", tint=Tint.FAINT) for _ in steps[1:]]
        items = [part for pair in zip(self._labels, [*between, STRETCH], strict=True) for part in pair]
        self.setLayout(row(*items, gap=GRID))
        self.show_step(0)

    def show_step(self, present: int) -> None:
        """Let this one stand out."""
        for place, label in enumerate(self._labels):
            label.setProperty("strong", place == present)
            label.set_tint(Tint.ACCENT if place == present else Tint.FAINT)
        said = tr("Step %1 of %2: %3").replace("%1", str(present + 1)).replace("%2", str(len(self._steps)))
        self.setAccessibleName(said.replace("%3", self._steps[present]))
