"""`ChoiceBox`: one of a few values, each with a key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

from fleetdesk.qt.look.text import title_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID

__all__ = ["ChoiceBox"]

_MOST_LINES = 20
_WIDEST = 400  # pixels
_AROUND = GRID + 2  # pixels around the lines of the list: padding and edge
_BESIDE = 2 * GRID  # pixels that a line's text stands in from its ends


class ChoiceBox(QComboBox):
    """A drop-down list. The wheel scrolls the page under it, never the value."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, options: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        """`options` are keys and texts."""
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # also to what is offered later
        self.setMaxVisibleItems(_MOST_LINES)
        self.setItemDelegate(QStyledItemDelegate(self))  # Qt's own for this list knows no stylesheet
        self.offer(options)
        self.activated.connect(self._tell)

    @property
    def key(self) -> str:
        """The key of the chosen value, empty if there is none."""
        return str(self.currentData() or "")

    def set_key(self, key: str) -> None:
        """Choose a value; tells nobody."""
        self.setCurrentIndex(self.findData(key))

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer other values; the chosen one stays if it is among them."""
        key = self.key
        self.clear()
        for option, text in options:
            self.addItem(title_text(text), option)
        self.set_key(key)

    def sizeHint(self) -> QSize:
        """Qt's: as wide as its longest text, unless that is longer than any that is meant to be read."""
        return self._bounded(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return self._bounded(super().minimumSizeHint())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: with a caret of our own, since a stylesheet can only take one from a file."""
        super().paintEvent(event)
        size = self._theme.pixels(12)
        palette = self._theme.palette
        painter = QPainter(self)
        place = QRect(self.width() - size - GRID - 2, (self.height() - size) // 2, size, size)
        value = palette.text_muted if self.isEnabled() else palette.line_strong
        self._theme.icons.paint(painter, place, "caret-down", value)
        painter.end()

    def showPopup(self) -> None:
        """Qt's, which makes the list lower by the focus's ring, and no wider than the box, so that texts are cut."""
        rows = min(self.count(), self.maxVisibleItems())
        lines = self.view()
        lines.setAccessibleName(self.accessibleName())
        lines.setMinimumHeight(rows * lines.sizeHintForRow(0) + _AROUND)
        lines.setMinimumWidth(min(lines.sizeHintForColumn(0) + _AROUND + _BESIDE, 2 * self._theme.pixels(_WIDEST)))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's."""
        event.ignore()

    def _bounded(self, size: QSize) -> QSize:
        return QSize(min(size.width(), self._theme.pixels(_WIDEST)), size.height())

    def _tell(self) -> None:
        self.chosen.emit(self.key)
