"""The list of waiting changes as drawer and Inbox show it: what was done, to what, how long ago, where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fleetdesk.commands.pending import PendingBatch, PendingState
from fleetdesk.protocol import VerdictKind
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.painting import ChipPainter, draw_focus_ring, draw_text
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize, Tone
from fleetdesk.qt.widgets.focus_ring import FocusRing
from fleetdesk.views.outbox import ShownChange
from fleetdesk.views.words import exact_time, short_time

__all__ = ["ChangeLine", "ChangeList", "batch_line", "change_line"]

LINE = Qt.ItemDataRole.UserRole
_HEIGHT = 56

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as two lines of text and a chip."""

    id: str
    title: str
    about: str
    when: str
    state: str
    tone: Tone
    tooltip: str = ""

    @property
    def said(self) -> str:
        """The change as a screen reader says it."""
        return f"{self.title}, {self.about}, {self.state}, {self.when}"


def change_line(shown: ShownChange, now: dt.datetime) -> ChangeLine:
    """A change of the outbox as a line."""
    change = shown.change
    state, tone = _standing(shown)
    return ChangeLine(
        id=shown.id,
        title=change.sentence,
        about=shown.target_name,
        when=short_time(change.issued_at, now),
        state=state,
        tone=tone,
        tooltip=exact_time(change.issued_at),
    )


def batch_line(batch: PendingBatch, now: dt.datetime) -> ChangeLine:
    """A batch as one line: how many of its rows stand where."""
    counts = (
        (batch.waiting, tr("%n waits"), tr("%n wait")),
        (batch.sent, tr("%n sent"), tr("%n sent")),
        (batch.inbox + batch.held, tr("%n in the Inbox"), tr("%n in the Inbox")),
    )
    about = " · ".join(plural(count, one, many) for count, one, many in counts if count)
    state, tone = _standing_of(batch)
    return ChangeLine(
        id=batch.id,
        title=batch.sentence,
        about=about,
        when=short_time(batch.begun_at, now),
        state=state,
        tone=tone,
        tooltip=exact_time(batch.begun_at),
    )


class ChangeList(QListView):
    """Lines of one height, the first one on top. Enter or a double click opens one."""

    chosen = Signal(str)  # the id of the line that became current; empty if none is
    opened = Signal(str)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = _Lines(self)
        self._told = ""
        self.setModel(self._lines)
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._tell)
        self.activated.connect(lambda index: self.opened.emit(index.data(LINE).id))
        self._ring = FocusRing(theme, self)
        self.selectionModel().currentChanged.connect(self._ring.follow)
        self._restyle()
        theme.changed.connect(self._restyle)

    @property
    def lines(self) -> Sequence[ChangeLine]:
        """What is listed."""
        return self._lines.lines

    @property
    def current(self) -> str:
        """The id of the current line, empty if there is none."""
        index = self.currentIndex()
        return self._lines.lines[index.row()].id if index.isValid() else ""

    def show_lines(self, lines: Sequence[ChangeLine]) -> None:
        """List other lines. The current one stays current; if it is gone, the one that took its place is.

        Where only the words are others, nothing moves.
        """
        if [line.id for line in lines] == [line.id for line in self.lines]:
            self._lines.reword(lines)
            return
        kept, place = self.current, self.currentIndex().row()
        self.selectionModel().blockSignals(True)
        self._lines.replace(lines)
        row = next((row for row, line in enumerate(lines) if line.id == kept), min(max(place, 0), len(lines) - 1))
        self.setCurrentIndex(self._lines.index(row))
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        self._ring.follow()
        self._tell()

    def choose(self, id_: str) -> None:
        """Make a line current, if it is there."""
        row = next((row for row, line in enumerate(self._lines.lines) if line.id == id_), None)
        if row is not None:
            self.setCurrentIndex(self._lines.index(row))

    def _tell(self) -> None:
        if self.current != self._told:
            self._told = self.current
            self.chosen.emit(self._told)

    def _restyle(self) -> None:
        self.setItemDelegate(_LinePainter(self._theme, self))
        self.scheduleDelayedItemsLayout()


class _Lines(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: tuple[ChangeLine, ...] = ()

    def replace(self, lines: Sequence[ChangeLine]) -> None:
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def reword(self, lines: Sequence[ChangeLine]) -> None:
        self.lines = tuple(lines)
        if lines:
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line = self.lines[index.row()]
        match role:
            case _ if role == LINE:
                return line
            case Qt.ItemDataRole.ToolTipRole:
                return line.tooltip
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return line.said
            case _:
                return None


class _LinePainter(QStyledItemDelegate):
    """Draws a line: the sentence with its age, below it the target with the chip."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._small = theme.font(strong=True), theme.font(TextSize.SMALL)
        self._chips = ChipPainter(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's."""
        return QSize(0, self._theme.pixels(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        line: ChangeLine = index.data(LINE)
        palette, rect = self._theme.palette, QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(rect, colour(palette.selected if selected else palette.hover))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colour(palette.line))
        inner = rect.adjusted(2 * GRID, GRID, -2 * GRID, -GRID)
        upper = QRect(inner.x(), inner.y(), inner.width(), inner.height() // 2)
        lower = QRect(inner.x(), upper.bottom() + 1, inner.width(), inner.height() - upper.height())
        self._paint_pair(painter, upper, line.title, line.when)
        chip = min(self._chips.width(line.state), lower.width())
        words = lower.adjusted(0, 0, -chip - GRID, 0)
        draw_text(painter, words, line.about, palette.text_muted, self._small)
        self._chips.paint(painter, lower.adjusted(lower.width() - chip, 0, 0, 0), line.state, line.tone)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect.adjusted(2, 2, -2, -3), palette.focus)

    def _paint_pair(self, painter: QPainter, rect: QRect, title: str, when: str) -> None:
        palette = self._theme.palette
        painter.setFont(self._small)
        width = painter.fontMetrics().horizontalAdvance(when) + 2
        draw_text(painter, rect.adjusted(0, 0, -width - GRID, 0), title, palette.text, self._title)
        draw_text(painter, rect.adjusted(rect.width() - width, 0, 0, 0), when, palette.text_muted, self._small)


def _standing_of(batch: PendingBatch) -> tuple[str, Tone]:
    if batch.inbox + batch.held:
        return tr("To decide"), Tone.WARNING
    if batch.paused and batch.waiting:
        return tr("Paused"), Tone.NEUTRAL
    return (tr("Waiting"), Tone.NEUTRAL) if batch.waiting else (tr("Sent"), Tone.INFO)


def _standing(shown: ShownChange) -> tuple[str, Tone]:
    match shown.change.state:
        case PendingState.WAITING:
            return tr("Waiting"), Tone.NEUTRAL
        case PendingState.SENT:
            return tr("Sent"), Tone.INFO
        case PendingState.HELD:
            return tr("Held"), Tone.WARNING
        case PendingState.INBOX:
            verdict = shown.change.verdict
            if verdict is not None and verdict.kind is VerdictKind.CONFLICT:
                return tr("Conflict"), Tone.WARNING
            return tr("Refused"), Tone.DANGER
        case PendingState.SETTLED:
            return tr("Done"), Tone.SUCCESS
        case PendingState.DISCARDED:
            return tr("Discarded"), Tone.NEUTRAL
