"""`FlowLayout`: widgets in a line that goes on below where it is full, as words do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from fleetdesk.qt.look.tokens import GRID

__all__ = ["FlowLayout", "lay_along"]


class FlowLayout(QLayout):
    """Lays its widgets out at their own sizes; its height follows from its width."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = GRID // 2) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def empty(self) -> None:
        """Take every widget out; they are deleted."""
        for item in self._items:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._items = []
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """Qt's."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Qt's."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Qt's."""
        self.invalidate()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Qt's: it wants no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Qt's."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt's."""
        return self._lay_out(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        """Qt's."""
        super().setGeometry(rect)
        self._lay_out(rect, place=True)

    def sizeHint(self) -> QSize:
        """Qt's: all in one line."""
        hints = [item.sizeHint() for item in self._items]
        width = sum(hint.width() for hint in hints) + self._gap * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        """Qt's: the widest widget alone."""
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _lay_out(self, rect: QRect, *, place: bool) -> int:
        """Go along the lines, placing the widgets if asked to; gives the height."""
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if (widget := item.widget()) is not None and widget.isHidden():
                continue
            size = _fitted(item, rect.width())
            if x > rect.x() and x + size.width() > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + self._gap, 0
            if place:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            line = max(line, size.height())
        return y + line - rect.y()


def lay_along(owner: QWidget, *widgets: QWidget, gap: int = GRID // 2) -> None:
    """Lay a widget's parts out side by side, and below each other where it is too narrow for that."""
    flow = FlowLayout(owner, gap=gap)
    for widget in widgets:
        flow.addWidget(widget)


def _fitted(item: QLayoutItem, width: int) -> QSize:
    """A widget's size in a line of some width: one that can wrap is no wider than its line."""
    size = item.sizeHint()
    if size.width() <= width or not item.hasHeightForWidth():
        return size
    return QSize(width, item.heightForWidth(width))
