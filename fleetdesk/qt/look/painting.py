"""What several widgets draw alike: chips, elided text, focus rings."""

from __future__ import annotations

import enum
from collections import OrderedDict

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen, QPixmap, QTextLayout

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.text import from_right, harmless
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize, Tone

__all__ = ["Align", "ChipPainter", "TextPainter", "draw_focus_ring", "draw_text", "wrapped"]


class Align(enum.Enum):
    """Where a column's text stands. Numbers stand at the end, in figures of equal width."""

    START = Qt.AlignmentFlag.AlignLeft
    CENTRE = Qt.AlignmentFlag.AlignHCenter
    END = Qt.AlignmentFlag.AlignRight


_REMEMBERED = 4000
_PICTURES = 500
# Plain numbers: combining Qt's flags costs as much as shaping a short word.
_FLAGS = {
    align: (align.value | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute).value
    | Qt.TextFlag.TextSingleLine.value
    for align in Align
}
_DIRECTIONS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)


class TextPainter:
    """Draws lines of one font, remembering how it shortened them: measuring is half of what text costs."""

    def __init__(self, font: QFont, *, fast: bool = False) -> None:
        """`fast` leaves out shaping (kerning) for Latin letters: that is a third of the time of drawing new text."""
        self._font = font
        self._metrics = QFontMetrics(font)
        self._latin = QFont(font)
        self._widths: dict[str, float] = {}
        if fast:
            self._latin.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
            latin = QFontMetricsF(self._latin)
            self._widths = {letter: latin.horizontalAdvance(letter) for letter in map(chr, range(32, 127))}
        self._shortened: OrderedDict[tuple[str, int], str] = OrderedDict()

    def draw(self, painter: QPainter, rect: QRect, text: str, value: QColor, align: Align = Align.START) -> None:
        """The text's first line in the vertical middle of a rectangle, as much of it as there is room for."""
        painter.setPen(value)
        if text.isascii():
            painter.setFont(self._latin)
            painter.drawText(rect, _FLAGS[align], self._fit(text, rect.width()))
        else:
            self._draw_other_letters(painter, rect, text, align)

    def _draw_other_letters(self, painter: QPainter, rect: QRect, text: str, align: Align) -> None:
        painter.setFont(self._font)
        painter.setLayoutDirection(_DIRECTIONS[from_right(text)])
        painter.drawText(rect, _FLAGS[align], self._fit(text, rect.width()))
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def advance(self, text: str) -> int:
        """How wide a text is."""
        return self._metrics.horizontalAdvance(text)

    def _fit(self, text: str, width: int) -> str:
        key = (text, width)
        fitting = self._shortened.get(key)
        if fitting is None:
            line = harmless(text[: max(0, width)].partition("\n")[0])  # no letter is narrower than a pixel
            fits = line == text and self._fits(line, width)
            fitting = line if fits else self._metrics.elidedText(line, Qt.TextElideMode.ElideRight, width)
            self._shortened[key] = fitting
            if len(self._shortened) > _REMEMBERED:
                self._shortened.popitem(last=False)
        return fitting

    def _fits(self, line: str, width: int) -> bool:
        """Whether it surely fits: without kerning a width is the sum of its letters', much faster than asking Qt."""
        widths = self._widths
        return all(map(widths.__contains__, line)) and sum(map(widths.__getitem__, line)) <= width


class ChipPainter:
    """Draws a status as a word on a coloured ground, with a dot; each chip once, then as a picture."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._font = theme.font(TextSize.SMALL)
        self._metrics = QFontMetrics(self._font)
        self._pictures: OrderedDict[tuple[str, Tone, int, float], QPixmap] = OrderedDict()
        self._dot = theme.pixels(6)
        self._side = theme.pixels(GRID) - 1
        self.height = self._metrics.height() + theme.pixels(4)

    def width(self, text: str) -> int:
        """How wide a chip with this word is."""
        return self._metrics.horizontalAdvance(text) + self._dot + 3 * self._side - 1

    def paint(self, painter: QPainter, rect: QRect, text: str, tone: Tone) -> None:
        """Draw a chip at the start of a rectangle, in its vertical middle, shortened to its width."""
        text = text[: max(0, rect.width())]
        width = min(self.width(text), rect.width())
        ratio = painter.device().devicePixelRatio()
        key = (text, tone, width, ratio)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures[key] = self._picture(text, tone, width, ratio)
            if len(self._pictures) > _PICTURES:
                self._pictures.popitem(last=False)
        painter.drawPixmap(rect.x(), rect.y() + (rect.height() - self.height) // 2, picture)

    def _picture(self, text: str, tone: Tone, width: int, ratio: float) -> QPixmap:
        colours = self._theme.tone(tone)
        picture = QPixmap(QSize(width, self.height) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(colours.ground))
        painter.drawRoundedRect(QRect(0, 0, width, self.height), Radius.CHIP, Radius.CHIP)
        painter.setBrush(colour(colours.strong))
        painter.drawEllipse(QPointF(self._side + self._dot / 2, self.height / 2), self._dot / 2, self._dot / 2)
        start = 2 * self._side + self._dot - 2
        words = QRect(start, 0, width - start - self._side + 2, self.height)
        draw_text(painter, words, text, colours.text, self._font)
        painter.end()
        return picture


def draw_text(painter: QPainter, rect: QRect, text: str, value: str, font: QFont) -> None:
    """One line, as `TextPainter` draws it, where nothing is worth remembering."""
    TextPainter(font).draw(painter, rect, text, colour(value))


def draw_focus_ring(painter: QPainter, rect: QRect, value: str, radius: int = Radius.CONTROL) -> None:
    """The ring around what has the keyboard."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour(value), 2))
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """The text broken into lines of `width` pixels, at most so many; the last one shows that there is more."""
    lines: list[str] = []
    begins = {0}  # lines with which a paragraph begins: none goes on in the line of the one before
    for paragraph in harmless(text).rstrip().split("\n"):
        if len(lines) <= most:
            begins.add(len(lines))
            lines += _broken(paragraph, font, width, most + 1 - len(lines))
    if len(lines) > most:
        more = lines[most - 1] if most in begins else f"{lines[most - 1]} {lines[most]}"
        lines = [*lines[: most - 1], _with_ellipsis(more, QFontMetrics(font), width)]
    return lines


def _broken(paragraph: str, font: QFont, width: int, most: int) -> list[str]:
    layout = QTextLayout(paragraph[: most * max(width, 1)], font)  # no letter is narrower than a pixel
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return lines or [""]


def _with_ellipsis(text: str, metrics: QFontMetrics, width: int) -> str:
    fitting = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    return fitting if fitting.endswith("…") else f"{fitting.rstrip()}…"
