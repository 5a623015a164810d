"""`Timeline`: what happened to a record, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import ChipPainter, TextPainter, draw_focus_ring, wrapped
from fleetdesk.qt.look.text import Label
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone

__all__ = ["Timeline", "TimelineEntry"]

ENTRY = Qt.ItemDataRole.UserRole
_LINES = 8  # of an entry's body; the rest is seen when it is opened

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `heading` begins a new group (a day); `badge` is a chip, such as “waiting”."""

    id: str
    icon: str
    title: str
    who: str
    when: str
    body: str = ""
    heading: str = ""
    tone: Tone = Tone.NEUTRAL
    badge: str = ""
    badge_tone: Tone = Tone.WARNING

    @property
    def said(self) -> str:
        """The entry as a screen reader says it."""
        return ". ".join(
            part for part in (self.heading, self.title, self.who, self.when, self.body, self.badge) if part
        )


class Timeline(QListView):
    """A list of entries of different heights; only those in sight are painted. Enter opens one (`opened`)."""

    opened = Signal(object)  # TimelineEntry

    def __init__(self, theme: Theme, name: str, *, nothing: str, parent: QWidget | None = None) -> None:
        """`nothing` is the sentence shown while there are no entries."""
        super().__init__(parent)
        self._theme = theme
        self._model = _Entries(self)
        self._nothing = Label(nothing, wrap=True, parent=self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("tint", "muted")
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QListView.Shape.NoFrame)
        self._restyle()
        theme.changed.connect(self._restyle)
        self.activated.connect(self._open)

    @property
    def entries(self) -> tuple[TimelineEntry, ...]:
        """What is shown."""
        return self._model.entries

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show other entries; the current one stays current and the scroll position is kept."""
        current = self.currentIndex().row()
        kept = self._model.entries[current].id if current >= 0 else None
        position = self.verticalScrollBar().value()
        self._model.replace(tuple(entries))
        self._nothing.setVisible(not entries)
        row = next((row for row, entry in enumerate(entries) if entry.id == kept), -1)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))
        self.verticalScrollBar().setValue(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._nothing.setGeometry(self.rect().adjusted(2 * GRID, 0, -2 * GRID, 0))

    def _restyle(self) -> None:
        self.setItemDelegate(_EntryDelegate(self._theme, self))
        self.scheduleDelayedItemsLayout()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.entries[index.row()])


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[TimelineEntry, ...] = ()

    def replace(self, entries: tuple[TimelineEntry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        return entry.said if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None


class _EntryDelegate(QStyledItemDelegate):
    """Draws an entry: a dot on the line of time, the title with who and when, the body below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._small = theme.font(strong=True), theme.font(TextSize.SMALL)
        self._body = theme.font()
        self._texts = {id(font): TextPainter(font) for font in (self._title, self._small, self._body)}
        self._chips = ChipPainter(theme)
        self._line = theme.pixels(20)
        self._left = theme.pixels(44)
        self._wrapped: dict[tuple[str, int], list[str]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's: as high as the body is long."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        entry: TimelineEntry = index.data(ENTRY)
        lines = len(self._lines(entry, width - self._left - 2 * GRID))
        heading = self._theme.pixels(4 * GRID) if entry.heading else 0
        return QSize(width, heading + self._line * (1 + lines) + 2 * GRID)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        entry: TimelineEntry = index.data(ENTRY)
        rect = QRect(option.rect)
        palette = self._theme.palette
        painter.save()
        if entry.heading:
            place = QRect(rect.x() + 2 * GRID, rect.y() + GRID, rect.width() - 4 * GRID, self._line)
            self._draw(painter, place, entry.heading, palette.text_muted, self._small)
            rect.setTop(rect.y() + self._theme.pixels(4 * GRID))
        self._paint_dot(painter, rect, entry)
        inner = QRect(rect.x() + self._left, rect.y() + GRID, rect.width() - self._left - 2 * GRID, self._line)
        self._paint_title(painter, inner, entry)
        for line in self._lines(entry, inner.width()):
            inner.translate(0, self._line)
            self._draw(painter, inner, line, palette.text, self._body)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect.adjusted(GRID // 2, 1, -GRID // 2, -1), palette.accent)
        painter.restore()

    def _paint_dot(self, painter: QPainter, rect: QRect, entry: TimelineEntry) -> None:
        size = self._theme.pixels(24)
        circle = QRect(rect.x() + GRID + 2, rect.y() + GRID - 2, size, size)
        middle = circle.center().x()
        painter.fillRect(middle, rect.y(), 1, rect.height(), colour(self._theme.palette.line))
        tone = self._theme.tone(entry.tone)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._theme.palette.surface))
        painter.drawEllipse(circle.adjusted(-3, -3, 3, 3))
        painter.setBrush(colour(tone.ground))
        painter.drawEllipse(circle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        inset = self._theme.pixels(5)
        self._theme.icons.paint(painter, circle.adjusted(inset, inset, -inset, -inset), entry.icon, tone.text)

    def _paint_title(self, painter: QPainter, rect: QRect, entry: TimelineEntry) -> None:
        palette = self._theme.palette
        about = f"{entry.who} · {entry.when}" if entry.who else entry.when
        room = rect.width()
        if entry.badge:
            room -= self._chips.width(entry.badge) + GRID
        title_font = self._title if entry.body else self._body
        title = min(_advance(title_font, entry.title), room)
        self._draw(painter, QRect(rect.x(), rect.y(), title + 1, rect.height()), entry.title, palette.text, title_font)
        beside = QRect(rect.x() + title + GRID, rect.y(), room - title - GRID, rect.height())
        if beside.width() > 4 * GRID:
            self._draw(painter, beside, about, palette.text_muted, self._small)
        if entry.badge:
            place = QRect(rect.x() + room + GRID, rect.y(), rect.width() - room - GRID, rect.height())
            self._chips.paint(painter, place, entry.badge, entry.badge_tone)

    def _draw(self, painter: QPainter, rect: QRect, text: str, value: str, font: QFont) -> None:
        self._texts[id(font)].draw(painter, rect, text, colour(value))

    def _lines(self, entry: TimelineEntry, width: int) -> list[str]:
        if not entry.body:
            return []
        key = (entry.body, width)
        if key not in self._wrapped:
            self._wrapped[key] = wrapped(entry.body, self._body, width, _LINES)
        return self._wrapped[key]


def _advance(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)
