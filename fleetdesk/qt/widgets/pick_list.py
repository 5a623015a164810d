"""`PickList`: some of many values, found by typing, ticked by Space or a click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fleetdesk.models.normalise import search_key
from fleetdesk.qt.look.colours import colour
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.painting import Align, TextPainter, draw_focus_ring
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, Radius

__all__ = ["Pick", "PickList"]

_PICK = Qt.ItemDataRole.UserRole
_LINE, _BOX = 28, 16
_LINES_SHOWN = 8
_MOST = 200  # lines: who looks for more types another letter

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Pick:
    """One value that can be picked; `beside` says more of it."""

    key: str
    text: str
    beside: str = ""


class PickList(QWidget):
    """A field to find values in and the list of them. Of an `exclusive` one a single value is picked.

    In a `free` one, what is typed and not in the list can be picked, too.
    """

    changed = Signal()  # `picked` is another

    def __init__(
        self,
        theme: Theme,
        name: str,
        picks: Sequence[Pick],
        *,
        exclusive: bool = False,
        searchable: bool = True,
        free: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picks = {pick.key: pick for pick in picks}
        self._words = {pick.key: _words(pick) for pick in picks}
        self._exclusive = exclusive
        self._free = free
        self._picked: dict[str, None] = {}
        self._field = QLineEdit()
        self._field.setPlaceholderText(tr("Find or add") if free else tr("Find"))
        self._field.setAccessibleName(tr("Find in %1").replace("%1", name))
        self._field.setVisible(searchable)
        self._field.textChanged.connect(self._list_picks)
        self._list = _Lines()
        self._list.setAccessibleName(name)
        self._list.setItemDelegate(_PickDelegate(theme, self))
        self._list.setProperty("ground", "clear")
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._toggle)
        self._list.toggled.connect(self._toggle_current)
        lines = min(_LINES_SHOWN, max(1, len(picks))) if not free else _LINES_SHOWN
        self._list.setFixedHeight(lines * theme.pixels(_LINE) + 2)
        self._none = Label(tr("Nothing like that"), tint=Tint.MUTED)
        self.setLayout(column(self._field, self._none, self._list, gap=GRID // 2))
        self.setFocusProxy(self._field if searchable else self._list)
        self._list_picks()

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all values that can be picked."""
        return frozenset(self._picks)

    @property
    def picked(self) -> tuple[str, ...]:
        """The keys of what is picked, in the order in which it was."""
        return tuple(self._picked)

    def pick(self, keys: Iterable[str]) -> None:
        """Show other ones as picked; tells nobody. Those that are not in the list come into it."""
        self._picked = dict.fromkeys(keys)
        for key in self._picked:
            self._add(key)
        self._list_picks()
        rows = range(self._list.count())
        first = next((row for row in rows if self._list.item(row).data(_PICK).key in self._picked), -1)
        self._list.setCurrentRow(first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the list is worked from the field as well."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Down | Qt.Key.Key_Up if self._field.hasFocus():
                self._list.setFocus(Qt.FocusReason.OtherFocusReason)
                self._list.setCurrentRow(max(0, self._list.currentRow()))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._field.text().strip() and self._list.count():
                self._list.setCurrentRow(max(0, self._list.currentRow()))
                self._toggle_current()
            case _:
                super().keyPressEvent(event)

    def _list_picks(self) -> None:
        typed = self._field.text().strip()
        wanted = search_key(typed).split()
        found = [pick for pick in self._picks.values() if _fit(self._words[pick.key], wanted)]
        if self._free and typed and all(typed.casefold() != pick.text.casefold() for pick in found):
            found.insert(0, Pick(typed, tr("Add “%1”").replace("%1", typed)))
        kept = self._list.item(self._list.currentRow()).data(_PICK).key if self._list.currentRow() >= 0 else None
        self._list.clear()
        for pick in found[:_MOST]:
            item = QListWidgetItem(pick.text, self._list)
            item.setData(_PICK, pick)
            self._mark(item)
            if pick.key == kept:
                self._list.setCurrentItem(item)
        self._none.setVisible(not found)

    def _toggle_current(self) -> None:
        if (item := self._list.currentItem()) is not None:
            self._toggle(item)

    def _toggle(self, item: QListWidgetItem) -> None:
        pick: Pick = item.data(_PICK)
        if pick.key in self._picked:
            del self._picked[pick.key]
        else:
            self._picked = {pick.key: None} if self._exclusive else {**self._picked, pick.key: None}
        if pick.key not in self._picks:
            self._add(pick.key)
            self._field.clear()
        for row in range(self._list.count()):
            self._mark(self._list.item(row))
        self.changed.emit()

    def _add(self, key: str) -> None:
        """Bring a value that was not known to the top of the list."""
        if key not in self._picks:
            pick = Pick(key, key)
            self._picks = {key: pick, **self._picks}
            self._words[key] = _words(pick)

    def _mark(self, item: QListWidgetItem) -> None:
        pick: Pick = item.data(_PICK)
        picked = pick.key in self._picked
        item.setData(_CHECKED, picked)
        said = tr("%1, chosen") if picked else tr("%1, not chosen")
        name = f"{pick.text} {pick.beside}".strip()
        item.setData(Qt.ItemDataRole.AccessibleTextRole, said.replace("%1", name))


_CHECKED = _PICK + 1


def _words(pick: Pick) -> list[str]:
    return search_key(pick.text, pick.beside, pick.key).split()


def _fit(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)


class _Lines(QListWidget):
    """Space and Enter tick the current line."""

    toggled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.toggled.emit()
        else:
            super().keyPressEvent(event)


class _PickDelegate(QStyledItemDelegate):
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
        palette, pick, checked = self._theme.palette, index.data(_PICK), bool(index.data(_CHECKED))
        rect = QRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.hover))
            painter.drawRoundedRect(rect, Radius.CHIP, Radius.CHIP)
        side = self._theme.pixels(_BOX)
        box = QRect(rect.x() + GRID // 2, rect.y() + (rect.height() - side) // 2, side, side)
        painter.setPen(QPen(colour(palette.accent if checked else palette.text_faint), 1))
        painter.setBrush(colour(palette.accent if checked else palette.surface))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), Radius.CHIP, Radius.CHIP)
        if checked:
            self._theme.icons.paint(painter, box.adjusted(2, 2, -2, -2), "check-bold", palette.on_accent)
        inner = rect.adjusted(side + 3 * GRID // 2, 0, -GRID, 0)
        wide = min(self._text.advance(pick.text) + 1, inner.width())
        self._text.draw(painter, QRect(inner.topLeft(), QSize(wide, inner.height())), pick.text, colour(palette.text))
        rest = inner.adjusted(wide + 2 * GRID, 0, 0, 0)
        self._text.draw(painter, rest, pick.beside, colour(palette.text_muted), Align.END)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_focus_ring(painter, rect, palette.focus, Radius.CHIP)
