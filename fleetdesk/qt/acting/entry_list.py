"""`EntryList`: the lines of palette and shortcut editor, under headings, worked from the field above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fleetdesk.qt.acting.key_caps import CapPainter
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import Align, TextPainter, draw_focus_ring
from fleetdesk.qt.look.text import isolated, shortcut_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.widgets.focus_ring import FocusRing

__all__ = ["EntryList", "Listed", "runs"]

ENTRY = Qt.ItemDataRole.UserRole
_HEADED = Qt.ItemDataRole.UserRole + 1  # whether its heading stands above it

Index = QModelIndex | QPersistentModelIndex


class Listed(Protocol):
    """What a line shows. `positions` are those of the letters of the text that were matched."""

    @property
    def text(self) -> str: ...
    @property
    def beside(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def shortcut(self) -> str: ...
    @property
    def why_not(self) -> str: ...
    @property
    def positions(self) -> tuple[int, ...]: ...
    @property
    def heading(self) -> str: ...


EntryT = TypeVar("EntryT", bound=Listed)


class EntryList(QListView, Generic[EntryT]):
    """Shows entries; those that follow one another under the same heading stand below it once."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: _Entries[EntryT] = _Entries(self)
        self.setModel(self._entries)
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setProperty("ground", "clear")
        ring = FocusRing(theme, self)
        self.selectionModel().currentChanged.connect(ring.follow)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def entries(self) -> Sequence[EntryT]:
        """What is shown, in order."""
        return self._entries.entries

    @property
    def current(self) -> EntryT | None:
        """The marked entry."""
        row = self.currentIndex().row()
        return self.entries[row] if 0 <= row < len(self.entries) else None

    def show_entries(self, entries: Sequence[EntryT], *, marked: int = 0) -> None:
        """Show others, and mark the one at that place."""
        self._entries.replace(tuple(entries))
        self.mark(marked)

    def mark(self, row: int) -> None:
        """Mark another entry, or the nearest that there is, and bring it into sight with its heading."""
        if not self.entries:
            return
        row = min(max(row, 0), len(self.entries) - 1)
        self.setCurrentIndex(self._entries.index(row))
        if row == 0:
            self.scrollToTop()

    def step(self, by: int) -> None:
        """Mark the entry so many lines below, or above."""
        self.mark(self.currentIndex().row() + by)

    def _restyle(self) -> None:
        self.setItemDelegate(_EntryDelegate(self._theme, self))
        self.scheduleDelayedItemsLayout()


class _Entries(QAbstractListModel, Generic[EntryT]):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[EntryT, ...] = ()

    def replace(self, entries: tuple[EntryT, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role == _HEADED:
            above = self.entries[index.row() - 1].heading if index.row() else ""
            return bool(entry.heading) and entry.heading != above
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return said(entry)
        return None


def said(entry: Listed) -> str:
    """An entry as a screen reader says it."""
    parts = (isolated(entry.text), isolated(entry.beside), entry.why_not, shortcut_text(entry.shortcut))
    return ", ".join(filter(None, parts))


class _EntryDelegate(QStyledItemDelegate):
    """One line: icon, text with the matched letters strong, what it is, and the keys or the reason at the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain, self._strong = theme.font(), theme.font(strong=True)
        self._whole = TextPainter(self._plain)
        self._small = TextPainter(theme.font(TextSize.SMALL))
        self._head = TextPainter(theme.font(TextSize.SMALL, strong=True))
        self._caps = CapPainter(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's: one height for all, and room for a heading."""
        return QSize(0, self._theme.pixels(36) + self._room_above(index))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        entry: Listed = index.data(ENTRY)
        palette = self._theme.palette
        rect = QRect(option.rect).adjusted(GRID, 1, -GRID, -1)
        painter.save()
        if above := self._room_above(index):
            place = QRect(rect.x() + GRID, rect.y() + GRID // 2, rect.width() - 2 * GRID, above - GRID // 2)
            self._head.draw(painter, place, entry.heading, colour(palette.text_muted))
            rect.setTop(rect.y() + above)
        self._paint_ground(painter, rect, option)
        ink = palette.text_faint if entry.why_not else palette.text
        size = self._theme.pixels(18)
        if entry.icon:
            place = QRect(rect.x() + GRID, rect.y() + (rect.height() - size) // 2, size, size)
            value = palette.text_faint if entry.why_not else palette.text_muted
            self._theme.icons.paint(painter, place, entry.icon, value)
        words = rect.adjusted(2 * GRID + size, 0, -GRID, 0)
        if entry.shortcut and not entry.why_not:
            self._caps.paint(painter, words, entry.shortcut)
            words.adjust(0, 0, -self._caps.width(entry.shortcut) - GRID, 0)
        used = self._paint_words(painter, words, entry, ink)
        beside = words.adjusted(used + GRID, 0, 0, 0)
        self._small.draw(painter, beside, entry.beside, colour(palette.text_muted))
        taken = used + 2 * GRID + self._small.advance(entry.beside)
        self._small.draw(painter, words.adjusted(taken, 0, 0, 0), entry.why_not, colour(palette.text_muted), Align.END)
        painter.restore()

    def _room_above(self, index: Index) -> int:
        return self._theme.pixels(28) if index.data(_HEADED) else 0

    def _paint_ground(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> None:
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        palette = self._theme.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(palette.selected))
        painter.drawRoundedRect(rect, Radius.CONTROL, Radius.CONTROL)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect, palette.focus)

    def _paint_words(self, painter: QPainter, rect: QRect, entry: Listed, ink: str) -> int:
        """Draw the text, and give how wide it came out. Letters that hang together, as in Arabic, stay so."""
        width = self._whole.advance(entry.text)
        if width > rect.width() or isolated(entry.text) != entry.text:
            place = QRect(rect.x(), rect.y(), min(width, rect.width()), rect.height())
            self._whole.draw(painter, place, entry.text, colour(ink))
            return place.width()
        x = rect.x()
        painter.setPen(colour(ink))
        for strong, part in runs(entry.text, entry.positions):
            painter.setFont(self._strong if strong else self._plain)
            place = QRect(x, rect.y(), rect.right() - x, rect.height())
            bounds = painter.boundingRect(place, _LINE, part)
            painter.drawText(place, _LINE, part)
            x = bounds.right() + 1
        return x - rect.x()


_LINE = (
    Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value | Qt.TextFlag.TextIncludeTrailingSpaces.value
)


def runs(text: str, positions: tuple[int, ...]) -> list[tuple[bool, str]]:
    """The text in parts, each with whether its letters were matched."""
    matched = set(positions)
    parts: list[tuple[bool, str]] = []
    for position, letter in enumerate(text):
        strong = position in matched
        if parts and parts[-1][0] is strong:
            parts[-1] = (strong, parts[-1][1] + letter)
        else:
            parts.append((strong, letter))
    return parts
