"""`StageFilter`: a chip for each stage with how many leads stand there; a click shows only those."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fleetdesk.models.stages import Stage
from fleetdesk.qt.flow import FlowLayout
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.text import menu_text, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.words import number

__all__ = ["StageFilter"]

_SIDE, _CLOSE = GRID + 2, GRID // 2  # pixels at the sides of a chip


class StageFilter(QWidget):
    """Several stages can be chosen; none chosen shows all."""

    changed = Signal(object)  # frozenset[Stage]

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._chips = {stage: _StageChip(theme, stage) for stage in Stage}
        flow = FlowLayout(self, gap=GRID // 2)
        for chip in self._chips.values():
            chip.toggled.connect(self._tell)
            flow.addWidget(chip)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Filter by stage"))

    @property
    def stages(self) -> frozenset[Stage]:
        """The chosen ones."""
        return frozenset(stage for stage, chip in self._chips.items() if chip.isChecked())

    def choose(self, stages: frozenset[Stage]) -> None:
        """Show other choices; tells nobody."""
        for stage, chip in self._chips.items():
            chip.blockSignals(True)
            chip.setChecked(stage in stages)
            chip.blockSignals(False)
            chip.update()

    def show_counts(self, counts: Mapping[Stage, int]) -> None:
        """Say how many leads stand in each stage."""
        for stage, count in counts.items():
            self._chips[stage].show_count(count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where they would not stand in one line otherwise, the chips stand closer."""
        super().resizeEvent(event)
        chips = self._chips.values()
        needed = sum(chip.wide_hint().width() for chip in chips) + (len(chips) - 1) * GRID // 2
        for chip in chips:
            chip.stand_close(close=needed > self.width())

    def _tell(self) -> None:
        self.changed.emit(self.stages)


class _StageChip(QAbstractButton):
    def __init__(self, theme: Theme, stage: Stage) -> None:
        super().__init__()
        self._theme = theme
        self._tone = STAGE_TONES[stage]
        self._word = stage_word(stage)
        self._count = ""
        self._side = _SIDE
        self.setCheckable(True)
        self.setText(menu_text(self._word))
        self.setAccessibleName(self._word)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_count(self, count: int) -> None:
        self._count = number(count)
        said = plural(count, tr("%n lead"), tr("%n leads"))
        self.setAccessibleName(f"{self._word}, {said}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's: dot, word, figure."""
        return self._hint(self._side)

    def wide_hint(self) -> QSize:
        """Its size where it need not stand close."""
        return self._hint(_SIDE)

    def stand_close(self, *, close: bool) -> None:
        """Leave less room at the sides, or as much as is due."""
        side = _CLOSE if close else _SIDE
        if side != self._side:
            self._side = side
            self.updateGeometry()
            self.update()

    def _hint(self, side: int) -> QSize:
        words = QFontMetrics(self._theme.font()).horizontalAdvance(self._word)
        figure = QFontMetrics(self._figure_font()).horizontalAdvance(self._count)
        return QSize(words + figure + self._theme.pixels(6) + 2 * GRID + 2 + 2 * side, self._theme.pixels(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette, tone = self._theme.palette, self._theme.tone(self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = tone.ground if chosen else palette.hover if self.underMouse() else palette.surface
        painter.setPen(QPen(colour(tone.strong if chosen else palette.line), 1))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), Radius.CONTROL, Radius.CONTROL)
        dot = self._theme.pixels(6) / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone.strong))
        painter.drawEllipse(QPointF(self._side + dot, self.height() / 2), dot, dot)
        words = self.rect().adjusted(self._side + GRID - 2 + 2 * int(dot), 0, -self._side, 0)
        self._draw(painter, words, Qt.AlignmentFlag.AlignLeft, self._word, tone.text if chosen else palette.text)
        painter.setFont(self._figure_font())
        figure = tone.text if chosen else palette.text_faint
        self._draw(painter, words, Qt.AlignmentFlag.AlignRight, self._count, figure, small=True)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus)
        painter.end()

    def _draw(
        self, painter: QPainter, rect: QRect, side: Qt.AlignmentFlag, text: str, value: str, *, small: bool = False
    ) -> None:
        painter.setFont(self._figure_font() if small else self._theme.font())
        painter.setPen(colour(value))
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _figure_font(self) -> QFont:
        return self._theme.font(TextSize.SMALL, tabular=True)
