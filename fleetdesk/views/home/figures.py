"""`FigureRow`: the six figures, each of which opens the leads behind it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import TextPainter, draw_focus_ring
from fleetdesk.qt.look.text import tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize, Tone
from fleetdesk.queries.lead_figures import FigureKey, LeadFigure
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.words import number, share

__all__ = ["FigureRow"]

_HEIGHT = 64


class FigureRow(QWidget):
    """As wide as each other."""

    opened = Signal(object)  # Filter

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Figures"))
        self._cards = {key: _FigureCard(theme, _word(key), _tone(key)) for key in FigureKey}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        for card in self._cards.values():
            card.clicked.connect(partial(self._open, card))
        self.stack(narrow=False)

    def stack(self, *, narrow: bool) -> None:
        """Stand in one row, or where there is little room in two."""
        columns = len(self._cards) // 2 if narrow else len(self._cards)
        for place, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, place // columns, place % columns)
        for place in range(len(self._cards)):
            self._grid.setColumnStretch(place, int(place < columns))

    def show_figures(self, figures: Mapping[FigureKey, LeadFigure] | None) -> None:
        """Show the figures; None while they are being counted."""
        for key, card in self._cards.items():
            card.show_figure(None if figures is None else figures[key])

    def _open(self, card: _FigureCard) -> None:
        if card.figure is not None:
            self.opened.emit(card.figure.filter)


class _FigureCard(QAbstractButton):
    def __init__(self, theme: Theme, word: str, tone: Tone | None) -> None:
        super().__init__()
        self._theme = theme
        self._word = word
        self._tone = tone
        self.figure: LeadFigure | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(word)
        theme.changed.connect(self.updateGeometry)

    def show_figure(self, figure: LeadFigure | None) -> None:
        """Show a figure; None while it is being counted."""
        self.figure = figure
        said = self._word if figure is None else f"{self._word}: {_value(figure)}"
        self.setAccessibleName(said)
        self.setToolTip(tooltip_text(tr("%1. Opens these leads.").replace("%1", said)) if figure is not None else "")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's would press with the space bar alone."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._theme.pixels(112), self._theme.pixels(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the word, and the figure below it."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.line), 1))
        painter.setBrush(colour(palette.hover if self.underMouse() else palette.surface))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), Radius.PANEL, Radius.PANEL)
        inner = self.rect().adjusted(GRID + 4, GRID, -GRID, -GRID)
        line = self._theme.pixels(20)
        word = QRect(inner.x(), inner.y(), inner.width(), line)
        if self._tone is not None:
            dot = self._theme.pixels(6) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self._theme.tone(self._tone).strong))
            painter.drawEllipse(QPointF(word.x() + dot, word.center().y() + 1), dot, dot)
            word.setLeft(word.x() + int(2 * dot) + GRID - 2)
        TextPainter(self._theme.font(TextSize.SMALL)).draw(painter, word, self._word, colour(palette.text_muted))
        below = QRect(inner.x(), inner.y() + line, inner.width(), inner.height() - line)
        self._paint_value(painter, below)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus, Radius.PANEL)
        painter.end()

    def _paint_value(self, painter: QPainter, rect: QRect) -> None:
        if self.figure is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self._theme.palette.line))
            painter.drawRoundedRect(rect.x(), rect.center().y() - 4, self._theme.pixels(48), 8, 4, 4)
            return
        font = self._theme.font(TextSize.HEADING, strong=True, tabular=True)
        TextPainter(font).draw(painter, rect, _value(self.figure), colour(self._theme.palette.text))


def _word(key: FigureKey) -> str:
    match key:
        case FigureKey.TOTAL:
            return tr("All leads")
        case FigureKey.CONVERSION_RATE:
            return tr("Conversion rate")
        case _:
            return stage_word(Stage(key))


def _tone(key: FigureKey) -> Tone | None:
    return STAGE_TONES[Stage(key)] if key.value in set(Stage) else None


def _value(figure: LeadFigure) -> str:
    match figure.value:
        case None:
            return "–"
        case float():
            return share(figure.value)
        case _:
            return number(figure.value)
