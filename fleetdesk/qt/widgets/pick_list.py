"""`PickList`: some of many values, found by typing, ticked by Space or a click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.models.normalise import search_key
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.qt.widgets.tick_lines import Pick, TickLines

__all__ = ["PickList"]

_LINES_SHOWN = 8
_MOST = 200  # lines: who looks for more types another letter


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
        self._picks = {pick.key: pick for pick in picks}
        self._words = {pick.key: _words(pick) for pick in picks}
        self._exclusive = exclusive
        self._free = free
        self._picked: dict[str, None] = {}
        self._field = TextField()
        self._field.setPlaceholderText(tr("Find or add") if free else tr("Find"))
        self._field.setAccessibleName(tr("Find in %1").replace("%1", name))
        if not searchable:
            self._field.hide()
        self._field.textChanged.connect(self._list_picks)
        lines = _LINES_SHOWN if free else min(_LINES_SHOWN, max(1, len(picks)))
        self._lines = TickLines(theme, name, lines=lines)
        self._lines.toggled.connect(self._toggle)
        self._none = Label(tr("Nothing like that"), tint=Tint.MUTED)
        self.setLayout(column(self._field, self._none, self._lines, gap=GRID // 2))
        self.setFocusProxy(self._field if searchable else self._lines)
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
        rows = range(self._lines.count())
        self._lines.setCurrentRow(next((row for row in rows if self._lines.pick_at(row).key in self._picked), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the list is worked from the field as well."""
        match Qt.Key(event.key()):
            case Qt.Key.Key_Down | Qt.Key.Key_Up if self._field.hasFocus():
                self._lines.setFocus(Qt.FocusReason.OtherFocusReason)
                self._lines.setCurrentRow(max(0, self._lines.currentRow()))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._field.text().strip() and self._lines.count():
                self._toggle(self._lines.pick_at(max(0, self._lines.currentRow())).key)
            case _:
                super().keyPressEvent(event)

    def _list_picks(self) -> None:
        typed = self._field.text().strip()
        wanted = search_key(typed).split()
        found = [pick for pick in self._picks.values() if _fit(self._words[pick.key], wanted)]
        if self._free and typed and all(typed.casefold() != pick.text.casefold() for pick in found):
            found.insert(0, Pick(typed, tr("Add “%1”").replace("%1", typed)))
        self._lines.show_picks(found[:_MOST], self._picked)
        self._none.setVisible(not found)

    def _toggle(self, key: str) -> None:
        if key in self._picked:
            del self._picked[key]
        else:
            self._picked = {key: None} if self._exclusive else {**self._picked, key: None}
        if key not in self._picks:
            self._add(key)
            self._field.clear()
        self._lines.tick(self._picked)
        self.changed.emit()

    def _add(self, key: str) -> None:
        """Bring a value that was not known to the top of the list."""
        if key not in self._picks:
            pick = Pick(key, key)
            self._picks = {key: pick, **self._picks}
            self._words[key] = _words(pick)


def _words(pick: Pick) -> list[str]:
    return search_key(pick.text, pick.beside, pick.key).split()


def _fit(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)
