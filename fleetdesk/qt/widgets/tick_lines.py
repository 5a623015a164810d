"""`TickLines`: a list of values with a box before each, ticked by Space, Enter or a click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter, draw_focus_ring
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius

__all__ = ["Pick", "TickLines"]

_PICK = Qt.ItemDataRole.UserRole
_TICKED = _PICK + 1
_LINE, _BOX = 28, 16

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Pick:
    """One value that can be picked; `beside` says more of it."""

    key: str
    text: str
    beside: str = ""


class TickLines(QListWidget):
    """Shows picks. Which are ticked is said by whoever shows them: a click or key only asks for it."""

    toggled = Signal(str)  # the key of a pick

    def __init__(self, theme: Theme, name: str, *, lines: int, parent: QWidget | None = None) -> None:
        """`lines` is how many are in sight."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(_TickDelegate(theme, self))
        self.setProperty("ground", "clear")
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(lines * theme.pixels(_LINE) + 2)
        self.itemClicked.connect(self._toggle)

    @property
    def current(self) -> Pick | None:
        """The pick that the keyboard is on."""
        row = self.currentRow()
        return self.pick_at(row) if row >= 0 else None

    def pick_at(self, row: int) -> Pick:
        """The pick in a line."""
        pick: Pick = self.item(row).data(_PICK)
        return pick

    def show_picks(self, picks: Iterable[Pick], ticked: Iterable[str]) -> None:
        """Show these; the keyboard stays on the pick that it was on, if that is still there."""
        kept = self.current
        self.clear()
        for pick in picks:
            item = QListWidgetItem(pick.text, self)
            item.setData(_PICK, pick)
            if kept is not None and pick.key == kept.key:
                self.setCurrentItem(item)
        self.tick(ticked)

    def tick(self, ticked: Iterable[str]) -> None:
        """Show other ones as ticked."""
        keys = frozenset(ticked)
        for row in range(self.count()):
            item, pick = self.item(row), self.pick_at(row)
            item.setData(_TICKED, pick.key in keys)
            said = tr("%1, chosen") if pick.key in keys else tr("%1, not chosen")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said.replace("%1", f"{pick.text} {pick.beside}".strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Space and Enter tick the current line."""
        current = self.current
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            self.toggled.emit(current.key)
        else:
            super().keyPressEvent(event)

    def _toggle(self, item: QListWidgetItem) -> None:
        self.toggled.emit(self.pick_at(self.row(item)).key)


class _TickDelegate(QStyledItemDelegate):
    """A box with or without a tick, the value, and what is said beside it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = TextPainter(theme.font())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        return QSize(0, self._theme.pixels(_LINE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        palette, pick, ticked = self._theme.palette, index.data(_PICK), bool(index.data(_TICKED))
        rect = QRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.hover))
            painter.drawRoundedRect(rect, Radius.CHIP, Radius.CHIP)
        side = self._theme.pixels(_BOX)
        box = QRect(rect.x() + GRID // 2, rect.y() + (rect.height() - side) // 2, side, side)
        painter.setPen(QPen(colour(palette.accent if ticked else palette.text_faint), 1))
        painter.setBrush(colour(palette.accent if ticked else palette.surface))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), Radius.CHIP, Radius.CHIP)
        if ticked:
            self._theme.icons.paint(painter, box.adjusted(2, 2, -2, -2), "check-bold", palette.on_accent)
        inner = rect.adjusted(side + 3 * GRID // 2, 0, -GRID, 0)
        wide = min(self._text.advance(pick.text) + 1, inner.width())
        self._text.draw(painter, QRect(inner.topLeft(), QSize(wide, inner.height())), pick.text, colour(palette.text))
        rest = inner.adjusted(wide + 2 * GRID, 0, 0, 0)
        self._text.draw(painter, rest, pick.beside, colour(palette.text_muted), Align.END)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect, palette.focus, Radius.CHIP)
