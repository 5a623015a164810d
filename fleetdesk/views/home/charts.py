"""`Charts`: the pipeline drawn: where leads stand, and how they moved on week by week."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.bar_chart import BarChart
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.lead_funnel import Advance, FunnelStep, Week
from fleetdesk.views.home.funnel import FunnelChart
from fleetdesk.views.home.trend import ADVANCE_TONES, TrendChart, advance_word
from fleetdesk.views.words import number

__all__ = ["Charts"]


class Charts(QWidget):
    """Funnel above trend."""

    opened = Signal(object)  # Filter

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Pipeline"))
        self.funnel = FunnelChart(theme)
        self.trend = TrendChart(theme)
        self._sums = {advance: StatusChip(theme, advance_word(advance), ADVANCE_TONES[advance]) for advance in Advance}
        for chart in (self.funnel, self.trend):
            chart.opened.connect(self.opened)
        funnel = column(_title(tr("Pipeline"), self.funnel), self.funnel, margins=_AROUND)
        legend = row(*self._sums.values(), STRETCH, gap=GRID // 2)
        trend = column(_title(tr("Last 12 weeks"), self.trend), legend, self.trend, margins=_AROUND)
        lines = column(panel(funnel, ground="card"), panel(trend, ground="card"), gap=GRID)
        lines.setStretch(1, 1)
        self.setLayout(lines)

    def show_steps(self, steps: Sequence[FunnelStep]) -> None:
        """Draw the funnel."""
        self.funnel.show_steps(steps)

    def show_weeks(self, weeks: Sequence[Week]) -> None:
        """Draw the trend, and say its sums."""
        self.trend.show_weeks(weeks)
        for advance, chip in self._sums.items():
            count = number(sum(week.counts[advance] for week in weeks))
            chip.show_status(f"{advance_word(advance)} {count}", ADVANCE_TONES[advance])


def _title(title: str, chart: BarChart) -> QHBoxLayout:
    """A chart's title, and beside it what the bar says that is pointed at."""
    said = Label(size=TextSize.SMALL, tint=Tint.MUTED)
    said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    chart.pointed_at.connect(said.setText)
    line = row(Label(title, strong=True), said, gap=GRID)
    line.setStretch(1, 1)
    return line


_AROUND = (GRID + 4, GRID + 4, GRID + 4, GRID)
