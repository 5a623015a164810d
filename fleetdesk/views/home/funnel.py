"""`FunnelChart`: how many leads stand in each stage, and how many vehicles they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.bar_chart import Bar, BarChart
from fleetdesk.queries.lead_funnel import FunnelStep
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.words import number, share

__all__ = ["FunnelChart"]

_WORD, _FIGURE, _VEHICLES = 96, 56, 64
_HEAD, _LEAST, _MOST = 24, 22, 32  # the heights of the titles and of a line
_THICK = 12


class FunnelChart(BarChart):
    """The stages one below the other, in the pipeline's order."""

    def __init__(self, theme: Theme) -> None:
        self._bars = {stage: _StageBar(theme, stage) for stage in PIPELINE}
        super().__init__(theme, tr("Pipeline by stage"), [[bar] for bar in self._bars.values()])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_steps(self, steps: Sequence[FunnelStep]) -> None:
        """Show how many stand where."""
        most = max((step.standing for step in steps), default=0)
        for step in steps:
            self._bars[step.stage].show_step(step, most)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.theme.pixels(240), self.theme.pixels(_HEAD + _LEAST * len(self._bars)))

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self.theme.pixels(360), self.theme.pixels(_HEAD + _MOST * len(self._bars)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the bars share the height."""
        super().resizeEvent(event)
        top = self.theme.pixels(_HEAD)
        height = min((self.height() - top) // len(self._bars), self.theme.pixels(_MOST))
        for place, bar in enumerate(self._bars.values()):
            bar.setGeometry(0, top + place * height, self.width(), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: what the two columns of numbers are."""
        painter = QPainter(self)
        texts = TextPainter(self.theme.font(TextSize.SMALL))
        ink = colour(self.theme.palette.text_muted)
        line = _Line.within(QRect(0, 0, self.width(), self.theme.pixels(_HEAD)), self.theme)
        texts.draw(painter, line.figure, tr("Leads"), ink, Align.END)
        texts.draw(painter, line.vehicles, tr("Vehicles"), ink, Align.END)
        painter.end()


@dataclass(frozen=True, slots=True)
class _Line:
    """The parts of a line, from left to right."""

    word: QRect
    bar: QRect
    figure: QRect
    vehicles: QRect

    @classmethod
    def within(cls, rect: QRect, theme: Theme) -> Self:
        word, figure, vehicles = (theme.pixels(width) for width in (_WORD, _FIGURE, _VEHICLES))
        x, y, height, end = rect.x() + GRID // 2, rect.y(), rect.height(), rect.right() + 1 - GRID // 2
        return cls(
            QRect(x, y, word, height),
            QRect(x + word, y, end - figure - vehicles - x - word, height),
            QRect(end - vehicles - figure, y, figure, height),
            QRect(end - vehicles, y, vehicles, height),
        )


class _StageBar(Bar):
    """One stage: its dot and word, a bar as long as it has leads, both numbers."""

    def __init__(self, theme: Theme, stage: Stage) -> None:
        super().__init__(theme)
        self._stage = stage
        self._step: FunnelStep | None = None
        self._most = 0
        self.setAccessibleName(stage_word(stage))

    def show_step(self, step: FunnelStep, most: int) -> None:
        """Show the step, beside others of which the largest has `most` leads."""
        self._step, self._most = step, most
        said = [
            stage_word(step.stage),
            plural(step.standing, tr("%n lead"), tr("%n leads")),
            plural(step.vehicles, tr("%n vehicle"), tr("%n vehicles")),
        ]
        if step.conversion is not None:
            said.append(tr("%1 of those who came so far went on").replace("%1", share(step.conversion)))
        self.say(" · ".join(said), step.filter)

    def paint_bar(self, painter: QPainter, rect: QRect) -> None:
        """The whole line."""
        palette, tone = self.theme.palette, self.theme.tone(STAGE_TONES[self._stage])
        line = _Line.within(rect, self.theme)
        dot = self.theme.pixels(6) / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone.strong))
        painter.drawEllipse(QPointF(line.word.x() + dot, rect.height() / 2), dot, dot)
        words = TextPainter(self.theme.font())
        word = line.word.adjusted(int(2 * dot) + GRID, 0, 0, 0)
        words.draw(painter, word, stage_word(self._stage), colour(palette.text))
        thick = self.theme.pixels(_THICK)
        groove = QRect(line.bar.x(), (rect.height() - thick) // 2, line.bar.width(), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.track))
        painter.drawRoundedRect(groove, Radius.CHIP, Radius.CHIP)
        if self._step is None:
            return
        if self._step.standing:
            groove.setWidth(max(thick // 2, groove.width() * self._step.standing // self._most))
            painter.setBrush(colour(tone.strong))
            painter.drawRoundedRect(groove, Radius.CHIP, Radius.CHIP)
        figures = TextPainter(self.theme.font(tabular=True))
        figures.draw(painter, line.figure, number(self._step.standing), colour(palette.text), Align.END)
        figures.draw(painter, line.vehicles, number(self._step.vehicles), colour(palette.text_muted), Align.END)
