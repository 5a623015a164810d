"""`WorkTabs`: the kinds of work, each with how many leads ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.painting import draw_focus_ring
from fleetdesk.qt.look.text import menu_text, plural, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.queries.lead_tally import Work
from fleetdesk.views.words import number

__all__ = ["WorkTabs", "work_word"]

_WORDS: Mapping[Work, str] = {
    Work.OVERDUE: "Overdue",
    Work.TODAY: "Today",
    Work.WITHOUT_NEXT: "No next step",
    Work.ROTTING: "Rotting",
}
_ABOUT: Mapping[Work, str] = {
    Work.OVERDUE: "Open leads whose next step was due before now",
    Work.TODAY: "Open leads whose next step is due today",
    Work.WITHOUT_NEXT: "Open leads for which nothing is planned",
    Work.ROTTING: "Open leads with which nothing was done for a while; how long that is, you choose",
}
_BAR = 2  # the accent below the chosen one


def work_word(work: Work) -> str:
    """Some work as people call it."""
    return tr(_WORDS[work])


class WorkTabs(QWidget):
    """Tab reaches the chosen one, left and right go to another."""

    chosen = Signal(object)  # Work

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("What is to be done"))
        self._group = QButtonGroup(self)
        self._tabs = {work: _WorkTab(theme, work) for work in Work}
        for work, tab in self._tabs.items():
            tab.clicked.connect(partial(self.chosen.emit, work))
            self._group.addButton(tab)
        self.setLayout(row(*self._tabs.values(), STRETCH, gap=0))

    def choose(self, work: Work) -> None:
        """Show which one is chosen; tells nobody."""
        self._tabs[work].setChecked(True)

    def show_counts(self, counts: Mapping[Work, int] | None) -> None:
        """Say how many leads ask for what; None while they are being counted."""
        for work, tab in self._tabs.items():
            tab.show_count(None if counts is None else counts[work])


class _WorkTab(QAbstractButton):
    def __init__(self, theme: Theme, work: Work) -> None:
        super().__init__()
        self._theme = theme
        self._work = work
        self._count: int | None = None
        self.setCheckable(True)
        self.setText(menu_text(work_word(work)))
        self.setAccessibleName(work_word(work))
        self.setToolTip(tooltip_text(tr(_ABOUT[work])))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)

    def show_count(self, count: int | None) -> None:
        self._count = count
        said = "" if count is None else plural(count, tr("%n lead"), tr("%n leads"))
        self.setAccessibleName(", ".join(filter(None, (work_word(self._work), said))))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's: the word and the figure."""
        word = QFontMetrics(self._theme.font(strong=True)).horizontalAdvance(work_word(self._work))
        figure = QFontMetrics(self._figures()).horizontalAdvance(self._figure())
        return QSize(word + figure + 5 * GRID, self._theme.pixels(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and not self.isChecked():
            painter.fillRect(self.rect(), colour(palette.hover))
        font = self._theme.font(strong=self.isChecked())
        painter.setFont(font)
        painter.setPen(colour(palette.text if self.isChecked() else palette.text_muted))
        word = self.rect().adjusted(GRID + 4, 0, 0, -_BAR)
        painter.drawText(word, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, work_word(self._work))
        if self._count is not None:
            self._paint_figure(
                painter, word.x() + QFontMetrics(font).horizontalAdvance(work_word(self._work)) + GRID - 2
            )
        if self.isChecked():
            bar = QRect(GRID + 4, self.height() - _BAR, self.width() - 2 * GRID - 8, _BAR)
            painter.fillRect(bar, colour(palette.accent))
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus)
        painter.end()

    def _paint_figure(self, painter: QPainter, x: int) -> None:
        colours = self._theme.tone(self._tone())
        text = self._figure()
        height = self._theme.pixels(18)
        width = QFontMetrics(self._figures()).horizontalAdvance(text) + GRID
        chip = QRect(x, (self.height() - _BAR - height) // 2, max(width, height), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(colours.ground))
        painter.drawRoundedRect(chip, height / 2, height / 2)
        painter.setFont(self._figures())
        painter.setPen(colour(colours.text))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    def _tone(self) -> Tone:
        """What is overdue calls; the rest says how many."""
        return Tone.DANGER if self._work is Work.OVERDUE and self._count else Tone.NEUTRAL

    def _figure(self) -> str:
        return "" if self._count is None else number(self._count)

    def _figures(self) -> QFont:
        return self._theme.font(TextSize.SMALL, tabular=True)
