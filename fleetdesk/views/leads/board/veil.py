"""`LandingVeil`: what lies over a column while a card is up: whether the card can be put down there, or why not."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter, wrapped
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize, Tone
from fleetdesk.views.leads.board.lift import option_words
from fleetdesk.views.leads.moves import MoveOption
from fleetdesk.views.leads.words import stage_word

__all__ = ["LandingVeil"]

_LINES = 8
_VEIL, _STRIP_VEIL = 0.94, 0.7  # how much of what is below it hides; on a strip the stage's name stays readable
_NARROW = 100  # pixels: less, and there is no room for words


@dataclass(frozen=True, slots=True)
class _Sign:
    """What the veil says: a word and a sentence, in a tone; `dashes` where something can be put down."""

    icon: str
    word: str
    sentence: str
    tone: Tone
    dashes: bool


class LandingVeil(QWidget):
    """Covers its column's cards, lets the mouse through, and is gone as soon as the card is down."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign: _Sign | None = None
        self._aimed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def words(self) -> str:
        """What it says, in one line; nothing while no card is up."""
        return "" if self._sign is None else f"{self._sign.word}. {self._sign.sentence}"

    def show_option(self, option: MoveOption | None, tone: Tone, *, aimed: bool) -> None:
        """Say what would become of the card here, `aimed` if it is held over this very column; None lifts the veil."""
        self._sign = None if option is None else _sign(option, tone)
        self._aimed = aimed
        self.setAccessibleName(self.words)
        self.setVisible(option is not None)
        if option is not None:
            self.raise_()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        if self._sign is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, self._sign)
        if self._narrow:
            size = self._theme.pixels(24)
            foot = QRect((self.width() - size) // 2, self.height() - size - 2 * GRID, size, size)
            self._theme.icons.paint(painter, foot, self._sign.icon, self._theme.tone(self._sign.tone).strong)
        else:
            self._paint_words(painter, self._sign)
        painter.end()

    @property
    def _narrow(self) -> bool:
        return self.width() < self._theme.pixels(_NARROW)

    def _paint_ground(self, painter: QPainter, sign: _Sign) -> None:
        tone, palette = self._theme.tone(sign.tone), self._theme.palette
        ground = QColor(tone.ground if sign.dashes else palette.sunken)
        ground.setAlphaF(_STRIP_VEIL if self._narrow else _VEIL)
        pen = QPen(colour(tone.strong if sign.dashes else palette.line_strong), 2 if self._aimed else 1)
        if sign.dashes and not self._aimed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen if sign.dashes or self._aimed else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), Radius.PANEL, Radius.PANEL)

    def _paint_words(self, painter: QPainter, sign: _Sign) -> None:
        tone, palette = self._theme.tone(sign.tone), self._theme.palette
        width = self.width() - 4 * GRID
        size = self._theme.pixels(24)
        y = self._theme.pixels(5 * GRID)
        self._theme.icons.paint(painter, QRect((self.width() - size) // 2, y, size, size), sign.icon, tone.strong)
        y += size + GRID
        strong = self._theme.font(strong=True)
        title = QRect(2 * GRID, y, width, QFontMetrics(strong).height())
        text = tone.text if sign.dashes else palette.text
        TextPainter(strong).draw(painter, title, sign.word, colour(text), Align.CENTRE)
        y = title.bottom() + GRID // 2
        font = self._theme.font(TextSize.SMALL)
        line = QFontMetrics(font).height() + 1
        for text_line in wrapped(sign.sentence, font, width, _LINES):
            place = QRect(2 * GRID, y, width, line)
            value = tone.text if sign.dashes else palette.text_muted
            TextPainter(font).draw(painter, place, text_line, colour(value), Align.CENTRE)
            y += line


def _sign(option: MoveOption, tone: Tone) -> _Sign:
    sentence = option_words(option)
    if not option.possible:
        return _Sign("prohibit", tr("Not possible"), sentence, Tone.NEUTRAL, dashes=False)
    word = tr("Move to %1").replace("%1", stage_word(option.target))
    return _Sign("note-pencil" if option.needs else "arrow-down", word, sentence, tone, dashes=True)
