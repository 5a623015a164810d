"""An entry of a `Timeline`, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import ChipPainter, TextPainter, draw_focus_ring, wrapped
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone

__all__ = ["ENTRY", "UNFOLDED", "EntryDelegate", "Index", "TimelineEntry"]

ENTRY = Qt.ItemDataRole.UserRole
UNFOLDED = Qt.ItemDataRole.UserRole + 1
_LINES = 8  # of an entry's body; the rest is seen when it is opened
_MOST_LINES = 400  # of one that is opened: a text of twenty thousand letters, if need be

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `heading` begins a new group (a day); `badge` is a chip, such as “waiting”.

    Something that is to be done has `done`, and a box to tick in the place of its icon.
    """

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
    pinned: bool = False
    done: bool | None = None

    @property
    def said(self) -> str:
        """The entry as a screen reader says it."""
        state = "" if self.done is None else tr("Done") if self.done else tr("To do")
        pinned = tr("Pinned") if self.pinned else ""
        parts = (self.heading, self.title, state, self.who, self.when, self.body, self.badge, pinned)
        return ". ".join(filter(None, parts))


class EntryDelegate(QStyledItemDelegate):
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
        self._pin = theme.pixels(14)
        self._wrapped: dict[tuple[str, int, int], list[str]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's: as high as the body is long."""
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        entry: TimelineEntry = index.data(ENTRY)
        lines = len(self._lines(entry, width - self._left - 2 * GRID, unfolded=index.data(UNFOLDED)))
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
        for line in self._lines(entry, inner.width(), unfolded=index.data(UNFOLDED)):
            inner.translate(0, self._line)
            self._draw(painter, inner, line, palette.text, self._body)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect.adjusted(GRID // 2, 1, -GRID // 2, -1), palette.focus)
        painter.restore()

    def box(self, rect: QRect, entry: TimelineEntry) -> QRect:
        """Where in an entry's rectangle its icon is, or the box that is ticked."""
        top = rect.y() + (self._theme.pixels(4 * GRID) if entry.heading else 0)
        size = self._theme.pixels(24)
        return QRect(rect.x() + GRID + 2, top + GRID - 2, size, size)

    def _paint_dot(self, painter: QPainter, rect: QRect, entry: TimelineEntry) -> None:
        circle = self.box(rect, replace(entry, heading=""))
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
        icon = entry.icon if entry.done is None else "check-square" if entry.done else "square"
        self._theme.icons.paint(painter, circle.adjusted(inset, inset, -inset, -inset), icon, tone.text)

    def _paint_title(self, painter: QPainter, rect: QRect, entry: TimelineEntry) -> None:
        palette = self._theme.palette
        about = f"{entry.who} · {entry.when}" if entry.who else entry.when
        room = rect.width()
        if entry.badge:
            room -= self._chips.width(entry.badge) + GRID
        if entry.pinned:
            room -= self._pin + GRID
            place = QRect(rect.right() - self._pin, rect.y() + (rect.height() - self._pin) // 2, self._pin, self._pin)
            self._theme.icons.paint(painter, place, "push-pin", palette.accent_text)
        title_font = self._title if entry.body else self._body
        title = min(_advance(title_font, entry.title), room)
        self._draw(painter, QRect(rect.x(), rect.y(), title + 1, rect.height()), entry.title, palette.text, title_font)
        beside = QRect(rect.x() + title + GRID, rect.y(), room - title - GRID, rect.height())
        if beside.width() > 4 * GRID:
            self._draw(painter, beside, about, palette.text_muted, self._small)
        if entry.badge:
            place = QRect(rect.x() + room + GRID, rect.y(), self._chips.width(entry.badge), rect.height())
            self._chips.paint(painter, place, entry.badge, entry.badge_tone)

    def _draw(self, painter: QPainter, rect: QRect, text: str, value: str, font: QFont) -> None:
        self._texts[id(font)].draw(painter, rect, text, colour(value))

    def _lines(self, entry: TimelineEntry, width: int, *, unfolded: bool) -> list[str]:
        if not entry.body:
            return []
        most = _MOST_LINES if unfolded else _LINES
        key = (entry.body, width, most)
        if key not in self._wrapped:
            self._wrapped[key] = wrapped(entry.body, self._body, width, most)
        return self._wrapped[key]


def _advance(font: QFont, text: str) -> int:
    return QFontMetrics(font).horizontalAdvance(text)
