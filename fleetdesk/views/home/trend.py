"""`TrendChart`: how many leads came, were qualified and were converted, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.bar_chart import Bar, BarChart, round_top
from fleetdesk.queries.lead_funnel import Advance, Week
from fleetdesk.views.words import number, short_day

__all__ = ["ADVANCE_TONES", "WEEKS", "TrendChart", "advance_word"]

WEEKS = 12
_AXIS, _FOOT = 36, 20
_LEAST_BAR = 2

ADVANCE_TONES: Mapping[Advance, Tone] = {
    Advance.NEW: Tone.INFO,
    Advance.QUALIFIED: Tone.NOTABLE,
    Advance.CONVERTED: Tone.SUCCESS,
}
_WORDS: Mapping[Advance, str] = {
    Advance.NEW: "New",
    Advance.QUALIFIED: "Qualified",
    Advance.CONVERTED: "Converted",
}


def advance_word(advance: Advance) -> str:
    """What a trend counts, as people call it."""
    return tr(_WORDS[advance])


class TrendChart(BarChart):
    """Three bars a week, the present one last. Left and right go from week to week, up and down between the three."""

    def __init__(self, theme: Theme) -> None:
        self._weeks: Sequence[Week] = ()
        self._top = round_top(0)
        bars = [[_WeekBar(theme, advance) for _ in range(WEEKS)] for advance in Advance]
        self._bars = bars
        super().__init__(theme, tr("Trend of twelve weeks"), bars)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_weeks(self, weeks: Sequence[Week]) -> None:
        """Show so many weeks as there are bars for."""
        self._weeks = weeks
        self._top = round_top(max(max(week.counts.values()) for week in weeks))
        for place, week in enumerate(weeks):
            for line, advance in zip(self._bars, Advance, strict=True):
                line[place].show_week(week, advance, self._top)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.theme.pixels(240), self.theme.pixels(112))

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.theme.pixels(360), self.theme.pixels(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the weeks share the width, to the pixel, and three bars share a week's but for the gap."""
        super().resizeEvent(event)
        plot = self._plot()
        for place in range(WEEKS):
            week = self._week(plot, place)
            wide = (week.width() - self.theme.pixels(GRID // 2)) // len(Advance)
            for number_, line in enumerate(self._bars):
                line[place].setGeometry(week.x() + number_ * wide, plot.y(), wide, plot.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the lines of the axis with their numbers, and when the weeks began."""
        painter = QPainter(self)
        palette = self.theme.palette
        figures = TextPainter(self.theme.font(TextSize.SMALL, tabular=True))
        ink = colour(palette.text_muted)
        plot = self._plot()
        for height in (0, self._top // 2, self._top):
            y = plot.bottom() - round((plot.height() - 1) * height / self._top)
            painter.fillRect(plot.x(), y, plot.width(), 1, colour(palette.line_strong if not height else palette.line))
            if self._weeks:
                label = QRect(0, y - GRID, plot.x() - GRID, 2 * GRID)
                figures.draw(painter, label, number(height), ink, Align.END)
        self._paint_days(painter, TextPainter(self.theme.font(TextSize.SMALL)), plot)
        painter.end()

    def _paint_days(self, painter: QPainter, texts: TextPainter, plot: QRect) -> None:
        """As many of the weeks' first days as there is room for, counted from the present week."""
        ink = colour(self.theme.palette.text_muted)
        free = self.width()
        for place in reversed(range(len(self._weeks))):
            text = short_day(self._weeks[place].monday)
            wide = texts.advance(text) + 1
            x = min(self._week(plot, place).x(), self.width() - wide)
            if x + wide <= free:
                texts.draw(painter, QRect(x, plot.bottom() + 1, wide, self.theme.pixels(_FOOT)), text, ink)
                free = x - 2 * GRID

    def _plot(self) -> QRect:
        left, foot, above = self.theme.pixels(_AXIS), self.theme.pixels(_FOOT), GRID
        return QRect(left, above, self.width() - left, self.height() - foot - above)

    def _week(self, plot: QRect, place: int) -> QRect:
        begin, end = (plot.x() + plot.width() * at // WEEKS for at in (place, place + 1))
        return QRect(begin, plot.y(), end - begin, plot.height())


class _WeekBar(Bar):
    """One of the three of a week. It can be pressed along the whole height: a bar may be a pixel high."""

    def __init__(self, theme: Theme, advance: Advance) -> None:
        super().__init__(theme)
        self._advance = advance
        self._height = 0.0  # as a share of the axis
        self.setAccessibleName(advance_word(advance))

    def show_week(self, week: Week, advance: Advance, top: int) -> None:
        """Show a week's count beside an axis that reaches `top`."""
        self._height = week.counts[advance] / top
        count = plural(week.counts[advance], tr("%n lead"), tr("%n leads"))
        when = tr("week of %1").replace("%1", short_day(week.monday))
        self.say(f"{advance_word(advance)}, {when} · {count}", week.filters[advance])

    def paint_bar(self, painter: QPainter, rect: QRect) -> None:
        """The bar stands on the axis, a pixel from its neighbour; the least one can be seen."""
        height = round((rect.height() - 1) * self._height)
        if self._height:
            height = max(_LEAST_BAR, height)
        bar = QRect(rect.x(), rect.bottom() - height, max(1, rect.width() - 1), height)
        painter.fillRect(bar, colour(self.theme.tone(ADVANCE_TONES[self._advance]).strong))
