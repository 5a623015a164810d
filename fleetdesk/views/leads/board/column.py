"""`BoardColumn`: one stage of the board: its word, how many leads stand there, and their cards."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.views.leads.board.card_list import CardList
from fleetdesk.views.leads.board.card_model import CardModel
from fleetdesk.views.leads.board.lift import Lift
from fleetdesk.views.leads.board.veil import LandingVeil
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["BoardColumn", "Dot"]

_LEAST, _MOST, _FOLDED = 208, 336, 44  # pixels of width
_HEAD = 40


class BoardColumn(QFrame):
    """Folded, it is a strip with its name and its number, on which a card can still be put down."""

    fold_asked = Signal()

    def __init__(self, bench: Workbench, stage: Stage, model: CardModel, lift: Lift, parent: QWidget) -> None:
        super().__init__(parent)
        self.stage = stage
        self.model = model
        self._theme = bench.theme
        self._lift = lift
        self._count: int | None = None
        self.folded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        model.setParent(self)
        self.cards = CardList(model, lift, bench.theme, bench.clock.now, stage_word(stage))
        self._dot = Dot(bench.theme, stage)
        self._word = Label(stage_word(stage), strong=True)
        self._figure = Label(tint=Tint.MUTED, size=TextSize.SMALL)
        self._fold = IconButton(bench.theme, "arrows-in-line-horizontal", tr("Fold"), self.fold_asked.emit, small=True)
        self._head = QWidget()
        self._head.setFixedHeight(bench.theme.pixels(_HEAD))
        head = row(self._dot, self._word, self._figure, gap=GRID, margins=(GRID + 4, 0, GRID, 0))
        head.addStretch(1)
        head.addWidget(self._fold)
        self._head.setLayout(head)
        lines = column(self._head, self.cards, gap=0, margins=(0, 0, GRID // 2, GRID))
        lines.setStretch(1, 1)
        self.setLayout(lines)
        self._strip = _Strip(bench.theme, self)
        self._strip.hide()
        self._veil = LandingVeil(bench.theme, self)
        lift.changed.connect(self._show_lift)
        model.keys_changed.connect(self._say_count)
        model.state_changed.connect(self._say_count)
        self._fit()
        self._say_count()

    @property
    def count(self) -> int | None:
        """How many leads stand in this stage; None while that is not known."""
        if self.model.whole and self.model.ready:
            return len(self.model.keys)
        return None if self._count is None else max(self._count, len(self.model.keys))

    @property
    def said(self) -> str:
        """What it says about a card that is up; nothing while none is."""
        return self._veil.words

    def show_count(self, count: int) -> None:
        """How many leads stand in this stage, those included whose cards were not read yet."""
        self._count = count
        self._say_count()

    def fold(self, folded: bool) -> None:
        """Make a strip of it, or a column again."""
        self.folded = folded
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click on the strip unfolds it."""
        if self.folded:
            self.fold_asked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        self._strip.setGeometry(self.rect())
        self._veil.setGeometry(self.rect().adjusted(4, self._veil_top(), -4, -4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the ground on which the cards lie."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.sunken))
        painter.drawRoundedRect(self.rect(), Radius.PANEL, Radius.PANEL)
        painter.end()

    def _veil_top(self) -> int:
        return 4 if self.folded else self._head.height() - 2

    def _fit(self) -> None:
        pixels = self._theme.pixels
        self._head.setVisible(not self.folded)
        self.cards.setVisible(not self.folded)
        self._strip.setVisible(self.folded)
        self.setMinimumWidth(pixels(_FOLDED if self.folded else _LEAST))
        self.setMaximumWidth(pixels(_FOLDED if self.folded else _MOST))
        self._veil.setGeometry(self.rect().adjusted(4, self._veil_top(), -4, -4))

    def _say_count(self) -> None:
        count = self.count
        figure = "" if count is None else number(count)
        said = "" if count is None else plural(count, tr("%n lead"), tr("%n leads"))
        self._figure.setText(figure)
        name = ", ".join(part for part in (stage_word(self.stage), said) if part)
        self.setAccessibleName(name)
        self.cards.setAccessibleName(name)
        self._strip.show_words(self.stage, figure, name)

    def _show_lift(self) -> None:
        option = self._lift.option_for(self.stage)
        aimed = option is not None and self._lift.target is self.stage
        self._veil.show_option(option, STAGE_TONES[self.stage], aimed=aimed)
        self.setAccessibleDescription(self._veil.words)
        self.cards.viewport().update()


class Dot(QWidget):
    """The colour of a stage; its word stands beside it."""

    def __init__(self, theme: Theme, stage: Stage) -> None:
        super().__init__()
        self._theme = theme
        self._stage = stage
        self.setFixedSize(theme.pixels(GRID), theme.pixels(GRID))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _paint_dot(painter, QPointF(self.rect().center()) + QPointF(0.5, 0.5), self._theme, self._stage)
        painter.end()


class _Strip(QWidget):
    """A folded column: its figure, and its word written upwards."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stage = Stage.NEW
        self._figure = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_words(self, stage: Stage, figure: str, name: str) -> None:
        """Show a stage and a figure."""
        self._stage, self._figure = stage, figure
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, middle = self._theme.palette, self.width() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_dot(painter, QPointF(middle, self._theme.pixels(_HEAD) / 2), self._theme, self._stage)
        painter.setPen(colour(palette.text_muted))
        painter.setFont(self._theme.font(TextSize.SMALL, tabular=True))
        figure = QRect(0, self._theme.pixels(_HEAD), self.width(), self._theme.pixels(20))
        painter.drawText(figure, Qt.AlignmentFlag.AlignCenter, self._figure)
        painter.translate(middle, figure.bottom() + GRID)
        painter.rotate(90)
        painter.setFont(self._theme.font(strong=True))
        painter.setPen(colour(palette.text))
        place = QRect(0, -self.width() // 2, self.height(), self.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, stage_word(self._stage))
        painter.end()


def _paint_dot(painter: QPainter, middle: QPointF, theme: Theme, stage: Stage) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(theme.tone(STAGE_TONES[stage]).strong))
    radius = theme.pixels(GRID) / 2
    painter.drawEllipse(middle, radius, radius)
