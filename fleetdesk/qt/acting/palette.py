"""`CommandPalette`: everything that can be done or opened, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.availability import WhyNot
from fleetdesk.qt.dialog import Floating
from fleetdesk.qt.fuzzy import Match, match
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column, row, rule
from fleetdesk.qt.look.painting import Align, TextPainter
from fleetdesk.qt.look.text import Label, Tint, shortcut_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius, TextSize
from fleetdesk.qt.tasks import Cancellation, TaskRunner

__all__ = ["CommandPalette", "PaletteEntry", "PaletteSource"]

ENTRY = Qt.ItemDataRole.UserRole
_MOST = 60  # of one kind: nobody scrolls further, they type another letter

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One thing to choose. `beside` says what it is (a company, a group), `why_not` why it cannot be chosen now."""

    text: str
    run: Callable[[], None]
    beside: str = ""
    icon: str = ""
    shortcut: str = ""
    why_not: str = ""
    positions: tuple[int, ...] = ()  # of the letters that matched


class PaletteSource(Protocol):
    """Finds records, views and the like for typed letters. It runs in a worker thread."""

    def find(self, text: str, cancel: Cancellation) -> Sequence[PaletteEntry]:
        """The best entries first; `run` is called in the GUI thread."""
        ...


class CommandPalette(Floating):
    """A field and a list. The actions answer at once, the sources when they have found something."""

    def __init__(
        self,
        registry: ActionRegistry,
        sources: Sequence[PaletteSource],
        *,
        without: str,
        runner: TaskRunner,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        """`without` is the action that opens the palette: it is open already."""
        self._registry = registry
        self._without = without
        self._sources = tuple(sources)
        self._runner = runner
        self._theme = theme
        self._field = QLineEdit()
        self._list = QListView()
        self._nothing = Label(tr("Nothing is called like that."), tint=Tint.MUTED)
        super().__init__(
            tr("Command palette"), self._parts(), width=theme.pixels(640), height=theme.pixels(420), parent=parent
        )
        self._entries = _Entries(self)
        self._list.setModel(self._entries)
        self._list.setItemDelegate(_EntryDelegate(theme, self))
        self._found: list[Sequence[PaletteEntry]] = [()] * len(self._sources)
        self._field.textChanged.connect(self._search)
        self._list.clicked.connect(self._choose)
        self._search("")
        self._field.setFocus()

    @property
    def entries(self) -> list[PaletteEntry]:
        """What can be chosen now, in order."""
        return list(self._entries.entries)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the list is worked from the field."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_PageDown:
                self._step(8)
            case Qt.Key.Key_PageUp:
                self._step(-8)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self._list.currentIndex())
            case _:
                super().keyPressEvent(event)

    def _parts(self) -> QVBoxLayout:
        self._field.setPlaceholderText(tr("Type an action, a name or a view"))
        self._field.setAccessibleName(self._field.placeholderText())
        self._field.setProperty("bare", "true")
        self._list.setAccessibleName(tr("What was found"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setProperty("ground", "clear")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        head = row(self._field, margins=(2 * GRID, GRID, 2 * GRID, GRID))
        return column(head, rule(), self._nothing, self._list, gap=0, margins=(0, 0, 0, GRID // 2))

    def _search(self, text: str) -> None:
        self._found = [()] * len(self._sources)
        self._show(text)
        for number, source in enumerate(self._sources):
            self._runner.run(
                partial(source.find, text),
                on_success=partial(self._source_found, text, number),
                owner=self,
                cancel_key=f"source-{number}",
            )

    def _source_found(self, text: str, number: int, entries: Sequence[PaletteEntry]) -> None:
        self._found[number] = entries[:_MOST]
        self._show(text)

    def _show(self, text: str) -> None:
        kept = self._list.currentIndex().row()
        actions = matching(self._registry, text, without=self._without)
        entries = [*actions, *(entry for found in self._found for entry in found)]
        self._entries.replace(entries)
        self._nothing.setVisible(not entries)
        self._list.setVisible(bool(entries))
        if entries:
            self._list.setCurrentIndex(self._entries.index(min(max(kept, 0), len(entries) - 1) if kept > 0 else 0))

    def _step(self, by: int) -> None:
        count = len(self._entries.entries)
        if count:
            row = min(max(self._list.currentIndex().row() + by, 0), count - 1)
            self._list.setCurrentIndex(self._entries.index(row))

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self._entries.entries[index.row()]
        if not entry.why_not:
            self.accept()
            entry.run()


def matching(registry: ActionRegistry, text: str, *, without: str) -> list[PaletteEntry]:
    """The actions that match some letters, the best first; what cannot be done now comes last, with the reason."""
    found: list[tuple[bool, int, PaletteEntry]] = []
    for action in registry:
        hit = None if action.id == without else _match(action, text)
        if hit is not None:
            entry = _entry(registry, action, hit)
            found.append((bool(entry.why_not), -hit.score, entry))
    found.sort(key=lambda item: item[:2])
    return [entry for _, _, entry in found[:_MOST]]


def _match(action: Action, text: str) -> Match | None:
    hit = match(text, action.text)
    if hit is None and _begins_a_word(text, f"{action.group} {action.keywords}"):
        return Match(0, ())
    return hit


def _begins_a_word(text: str, words: str) -> bool:
    typed = text.casefold().strip()
    return bool(typed) and f" {words.casefold()}".find(f" {typed}") >= 0


def _entry(registry: ActionRegistry, action: Action, hit: Match) -> PaletteEntry:
    available = registry.availability(action.id)
    return PaletteEntry(
        text=action.text,
        run=partial(registry.trigger, action.id),
        beside=action.group,
        icon=action.icon,
        shortcut=shortcut_text(action.shortcut),
        why_not=available.reason if isinstance(available, WhyNot) else "",
        positions=hit.positions,
    )


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[PaletteEntry] = []

    def replace(self, entries: list[PaletteEntry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (an invalid index never changes)
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (entry.text, entry.beside, entry.why_not, entry.shortcut) if part)
        return None


class _EntryDelegate(QStyledItemDelegate):
    """One line: icon, text with the matched letters strong, what it is, and the keys or the reason at the end."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain, self._strong = theme.font(), theme.font(strong=True)
        self._text = TextPainter(self._plain)
        self._small = TextPainter(theme.font(TextSize.SMALL))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt's: one height for all."""
        return QSize(0, self._theme.pixels(36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt's."""
        entry: PaletteEntry = index.data(ENTRY)
        palette = self._theme.palette
        rect = QRect(option.rect).adjusted(GRID, 1, -GRID, -1)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.selected))
            painter.drawRoundedRect(rect, Radius.CONTROL, Radius.CONTROL)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        ink = palette.text_faint if entry.why_not else palette.text
        size = self._theme.pixels(18)
        icon = QRect(rect.x() + GRID, rect.y() + (rect.height() - size) // 2, size, size)
        if entry.icon:
            self._theme.icons.paint(
                painter, icon, entry.icon, palette.text_faint if entry.why_not else palette.text_muted
            )
        words = rect.adjusted(2 * GRID + size, 0, -GRID, 0)
        end = entry.why_not or entry.shortcut
        used = self._paint_words(painter, words, entry, ink)
        beside = words.adjusted(used + GRID, 0, 0, 0)
        self._small.draw(painter, beside, entry.beside, colour(palette.text_faint))
        taken = used + 2 * GRID + self._small.advance(entry.beside)
        self._small.draw(painter, words.adjusted(taken, 0, 0, 0), end, colour(palette.text_muted), Align.END)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, entry: PaletteEntry, ink: str) -> int:
        """Draw the text, and give how wide it came out."""
        x = rect.x()
        painter.setPen(colour(ink))
        for strong, part in runs(entry.text, entry.positions):
            font = self._strong if strong else self._plain
            painter.setFont(font)
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
