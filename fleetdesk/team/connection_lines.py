"""`ConnectionLines`: the list of connections: name and kind, where each leads, when it was opened last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.sync.signin.connections import Connection, ConnectionKind
from fleetdesk.team.listing import Listed, address_of, kind_words
from fleetdesk.views.words import day

__all__ = ["ConnectionLines"]

_LISTED = Qt.ItemDataRole.UserRole
_USED = Qt.ItemDataRole.UserRole + 1
_HEIGHT = 56
_ICON = 20
_ICONS = {ConnectionKind.HUB: "buildings", ConnectionKind.DIRECT: "database", ConnectionKind.DEMO: "flask"}

Index = QModelIndex | QPersistentModelIndex


class ConnectionLines(QListWidget):
    """One line a connection. Enter or a double click opens the marked one."""

    opened = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Connections"))
        self.setItemDelegate(_Delegate(theme, self))
        self.setUniformItemSizes(True)
        self.setProperty("ground", "clear")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda _item: self.opened.emit())

    @property
    def marked(self) -> Connection | None:
        """The marked connection."""
        return self._connection(self.currentRow()) if self.currentRow() >= 0 else None

    @property
    def names(self) -> list[str]:
        """The names, from above."""
        return [self._connection(row).name for row in range(self.count())]

    def show_connections(self, found: Sequence[Listed], now: dt.datetime, *, marked: str = "") -> None:
        """Show these, and mark the one of that name, else the first."""
        self.clear()
        for each in found:
            item = QListWidgetItem(each.connection.name, self)
            used = tr("Never opened") if each.last_used is None else f"{tr('Last opened:')} {day(each.last_used, now)}"
            used = "" if each.connection.kind is ConnectionKind.DEMO and each.last_used is None else used
            item.setData(_LISTED, each)
            item.setData(_USED, used)
            said = (each.connection.name, tr(kind_words(each.connection)), address_of(each.connection), used)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, said)))
        self.mark(marked)

    def mark(self, name: str) -> None:
        """Mark the connection of that name, else the first."""
        self.setCurrentRow(self.names.index(name) if name in self.names else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Qt's: Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.marked is not None:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _connection(self, row: int) -> Connection:
        listed: Listed = self.item(row).data(_LISTED)
        return listed.connection


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: ConnectionLines) -> None:
        super().__init__(parent)
        self._theme = theme
        self._strong = TextPainter(theme.font(strong=True))
        self._small = TextPainter(theme.font(TextSize.SMALL))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Qt's."""
        return QSize(0, self._theme.pixels(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        palette, state = self._theme.palette, option.state
        listed: Listed = index.data(_LISTED)
        rect = QRect(option.rect).adjusted(2, 1, -2, -1)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.selected if chosen else palette.hover))
            painter.drawRoundedRect(rect, Radius.CONTROL, Radius.CONTROL)
        size = self._theme.pixels(_ICON)
        icon = QRect(rect.x() + 2 * GRID, rect.y() + (rect.height() - size) // 2, size, size)
        self._theme.icons.paint(painter, icon, _ICONS[listed.connection.kind], palette.text_muted)
        words = rect.adjusted(size + 4 * GRID, GRID, -2 * GRID, -GRID)
        upper = QRect(words.x(), words.y(), words.width(), words.height() // 2)
        lower = QRect(words.x(), upper.bottom() + 1, words.width(), words.height() - upper.height())
        used = str(index.data(_USED))
        taken = self._small.advance(used) + GRID if used else 0
        self._strong.draw(painter, upper.adjusted(0, 0, -taken, 0), listed.connection.name, colour(palette.text))
        self._small.draw(painter, upper, used, colour(palette.text_muted), Align.END)
        where = " · ".join(filter(None, (tr(kind_words(listed.connection)), address_of(listed.connection))))
        self._small.draw(painter, lower, where, colour(palette.text_muted))
        painter.restore()
