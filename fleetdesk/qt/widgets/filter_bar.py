"""`FilterBar`: what a list is narrowed to, as chips in words; each can be changed and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fleetdesk.qt.flow import FlowLayout
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import draw_focus_ring, draw_text
from fleetdesk.qt.look.text import menu_text, title_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["FilterBar"]

_CROSS = 12
_WIDEST = 360


class FilterBar(QWidget):
    """A chip for each text, by its place; it is not there while there is none.

    A click on a chip, or Enter, asks to change it; its cross, Delete or Backspace takes it away.
    """

    change_asked = Signal(int)
    removed = Signal(int)
    cleared = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._texts: tuple[str, ...] = ()
        self._chips: list[_Chip] = []
        self._flow = FlowLayout(self, gap=GRID // 2)
        self._clear = Button(tr("Clear"), self.cleared.emit, kind=Kind.QUIET, parent=self)
        self._after: list[QWidget] = [self._clear]
        self._flow.addWidget(self._clear)
        self.setAccessibleName(name)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def add_after(self, widget: QWidget) -> None:
        """Have something more stand after the chips."""
        self._after.append(widget)
        self._flow.addWidget(widget)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the chips say."""
        return self._texts

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these chips; where one with the keyboard went, its neighbour gets it."""
        if tuple(texts) == self._texts:
            return
        focused = next((place for place, chip in enumerate(self._chips) if chip.hasFocus()), None)
        self._texts = tuple(texts)
        for _ in self._after:
            self._flow.takeAt(len(self._chips))
        self._flow.empty()
        self._chips = [self._chip(place, text) for place, text in enumerate(texts)]
        for widget in self._after:
            self._flow.addWidget(widget)
        self._order_tabs()
        self.setVisible(bool(texts))
        if focused is not None and self._chips:
            self._chips[min(focused, len(self._chips) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def chip_at(self, place: int) -> QAbstractButton:
        """The chip at a place, for what opens below it."""
        return self._chips[place]

    def _chip(self, place: int, text: str) -> _Chip:
        chip = _Chip(self._theme, text, self)
        chip.clicked.connect(partial(self.change_asked.emit, place))
        chip.removed.connect(partial(self.removed.emit, place))
        self._flow.addWidget(chip)
        chip.show()
        return chip

    def _order_tabs(self) -> None:
        for before, after in pairwise([*self._chips, *self._after]):
            QWidget.setTabOrder(before, after)


class _Chip(QAbstractButton):
    """A text with a cross."""

    removed = Signal()

    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown = title_text(text)
        self._pressed_cross = False
        self.setText(menu_text(text))
        self.setAccessibleName(text)
        self.setAccessibleDescription(tr("Enter changes it, Delete takes it away"))
        self.setToolTip(tooltip_text(text))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Qt's: as wide as the text, up to what leaves room for others."""
        words = QFontMetrics(self._theme.font()).horizontalAdvance(self._shown)
        wide = words + self._theme.pixels(_CROSS) + 3 * GRID
        return QSize(min(wide, self._theme.pixels(_WIDEST)), self._theme.pixels(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.selected))
        painter.drawRoundedRect(self.rect(), Radius.CONTROL, Radius.CONTROL)
        cross = self._cross()
        words = self.rect().adjusted(GRID + 2, 0, -(self.width() - cross.left()) - GRID // 2, 0)
        draw_text(painter, words, self._shown, palette.text, self._theme.font())
        value = palette.text if self.underMouse() else palette.text_muted
        self._theme.icons.paint(painter, cross, "x", value)
        if self.hasFocus():
            draw_focus_ring(painter, self.rect(), palette.focus)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's."""
        self._pressed_cross = self._on_cross(event)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click on the cross takes the chip away and does nothing else."""
        if self._pressed_cross and self._on_cross(event):
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case _:
                super().keyPressEvent(event)

    def _cross(self) -> QRect:
        side = self._theme.pixels(_CROSS)
        return QRect(self.width() - side - GRID, (self.height() - side) // 2, side, side)

    def _on_cross(self, event: QMouseEvent) -> bool:
        return event.position().x() >= self._cross().left() - GRID // 2
