"""`ShortcutEditor`: the shortcut of every action, and other ones for those that a person would rather have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.acting.actions import EVERYWHERE, Action, ActionRegistry
from fleetdesk.qt.acting.clash_bar import ClashBar
from fleetdesk.qt.acting.entry_list import EntryList
from fleetdesk.qt.acting.key_recorder import KeyRecorder
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.fuzzy import match
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, shortcut_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.search_field import SearchField

__all__ = ["ShortcutEditor"]


@dataclass(frozen=True, slots=True)
class Line:
    """An action with its keys."""

    id: str
    text: str
    beside: str
    icon: str
    shortcut: str
    heading: str
    positions: tuple[int, ...] = ()
    why_not: str = ""


class ShortcutEditor(Dialog):
    """A search, the actions, and below them the keys of the marked one. What is changed holds at once, everywhere."""

    def __init__(self, registry: ActionRegistry, titles: Mapping[str, str], theme: Theme, parent: QWidget) -> None:
        """`titles` are those of the screens, by the scopes of their actions."""
        super().__init__(tr("Change the shortcuts"), parent)
        self._registry = registry
        self._titles = {EVERYWHERE: tr("Everywhere"), **titles}
        self._search = SearchField(theme, tr("Search actions or keys"))
        self._list: EntryList[Line] = EntryList(theme, tr("Actions and their keys"))
        self._recorder = KeyRecorder()
        self._name = Label(strong=True)
        self._change = Button(tr("Change"), self._record)
        self._none = Button(tr("No keys"), self._without)
        self._usual = Button("", self._as_usual)
        self._clash = ClashBar()
        self._said = Label(tint=Tint.MUTED, wrap=True)
        self._undo = Button(tr("Undo"), self._back, kind=Kind.QUIET)
        self._before: Mapping[str, str] = {}
        window = parent.window()
        self.resize(min(theme.pixels(720), window.width()), min(theme.pixels(600), window.height()))
        self._lay_out(theme)
        self._connect()
        self._show()
        self._search.setFocus()

    @property
    def lines(self) -> list[Line]:
        """The actions listed now."""
        return list(self._list.entries)

    @property
    def said(self) -> str:
        """What came of the last change, or stands in its way."""
        return self._clash.text if not self._clash.isHidden() else self._said.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the list is worked from the search too."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        key = Qt.Key(event.key())
        if key in step:
            self._list.step(step[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._record()
        else:
            super().keyPressEvent(event)

    # Set-up

    def _lay_out(self, theme: Theme) -> None:
        self._search.setFixedWidth(theme.pixels(260))
        self._recorder.setFixedWidth(theme.pixels(176))
        self._clash.hide()
        self._undo.hide()
        title = Label(tr("Change the shortcuts"), size=TextSize.TITLE)
        head = row(title, STRETCH, self._search, margins=(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID))
        keys = row(self._name, STRETCH, self._recorder, self._change, self._none, self._usual)
        said = row(self._said, self._undo)
        said.setStretch(0, 1)
        all_usual = Button(tr("All as usual"), self._all_as_usual, kind=Kind.QUIET)
        end = row(all_usual, STRETCH, Button(tr("Close"), self.reject))
        below = column(keys, self._clash, said, end, gap=GRID, margins=(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID))
        self.setLayout(column(panel(head), rule(), self._list, rule(), panel(below), gap=0))

    def _connect(self) -> None:
        self._search.searched.connect(lambda _text: self._show())
        self._search.left_down.connect(partial(self._list.setFocus, Qt.FocusReason.OtherFocusReason))
        self._list.selectionModel().currentChanged.connect(self._marked)
        self._list.doubleClicked.connect(self._record)
        self._recorder.recorded.connect(self._wish)
        self._recorder.refused.connect(self._cannot_be_had)
        self._recorder.left.connect(self._rest)
        self._registry.changed.connect(self._show)
        self._clash.swap_asked.connect(self._swap)
        self._clash.take_asked.connect(self._take)
        self._clash.other_asked.connect(self._record)

    # What is shown

    def _show(self) -> None:
        marked, typed = self._list.current, self._search.text()
        lines = [line for action in self._ordered() if (line := self._line(action, typed)) is not None]
        at = next((at for at, line in enumerate(lines) if marked is not None and line.id == marked.id), 0)
        self._list.show_entries(lines, marked=at)
        self._marked()

    def _ordered(self) -> list[Action]:
        places = {scope: place for place, scope in enumerate(self._titles)}
        return sorted(self._registry.everything, key=lambda action: places.get(action.scope, len(places)))

    def _line(self, action: Action, typed: str) -> Line | None:
        keys = shortcut_text(action.shortcut).casefold()
        hit = match(typed, action.text)
        if hit is None and not (typed and typed.casefold() in f"{keys} {action.group.casefold()}"):
            return None
        own = action.shortcut != self._registry.brought(action.id)
        beside = " · ".join(filter(None, (action.group, tr("chosen by you") if own else "")))
        positions = hit.positions if hit is not None else ()
        heading = self._titles.get(action.scope, action.scope)
        return Line(action.id, action.text, beside, action.icon, action.shortcut, heading, positions)

    def _marked(self) -> None:
        line = self._list.current
        for part in (self._recorder, self._change, self._none, self._usual):
            part.setEnabled(line is not None)
        self._name.setText(line.text if line else tr("Nothing is called like that."))
        self._recorder.show_keys(line.shortcut if line else "")
        if line is None:
            return
        usual = self._registry.brought(line.id)
        self._none.setEnabled(bool(line.shortcut))
        self._usual.set_text(tr("As usual: %1").replace("%1", shortcut_text(usual) or tr("none")))
        self._usual.setEnabled(line.shortcut != usual)
        self._recorder.setAccessibleName(tr("New keys for “%1”").replace("%1", line.text))
        if not self._clash.is_about(line.id):
            self._clash.hide()

    # Changing

    def _record(self) -> None:
        if self._list.current is not None:
            self._clash.hide()
            self._say(tr("Press one key or combination, or two in turn. Backspace for none, Escape to leave it."))
            self._recorder.begin()

    def _rest(self) -> None:
        self._say("")
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cannot_be_had(self, stroke: str) -> None:
        name = shortcut_text(stroke) or tr("This key")
        self._say(tr("%1 is needed in lists and fields. Press another one.").replace("%1", name))

    def _wish(self, keys: str) -> None:
        """The marked action shall have these keys: so be it, unless others have them."""
        line = self._list.current
        if line is None:
            return
        holders = self._registry.holders(line.id, keys)
        if holders:
            self._say("")
            self._clash.ask(self._registry[line.id], keys, holders)
        else:
            self._changing()
            self._registry.rebind(line.id, keys)
            self._done(line.id)

    def _without(self) -> None:
        self._wish("")

    def _as_usual(self) -> None:
        if (line := self._list.current) is not None:
            self._wish(self._registry.brought(line.id))

    def _swap(self, id_: str, other: str) -> None:
        self._changing()
        self._registry.swap(id_, other)
        self._done(id_)

    def _take(self, id_: str, keys: str) -> None:
        self._changing()
        self._registry.take_over(id_, keys)
        self._done(id_)

    def _all_as_usual(self) -> None:
        self._changing()
        self._registry.own.forget()
        self._clash.hide()
        self._say(tr("All actions have their usual keys again."))
        self._undo.show()

    def _changing(self) -> None:
        self._before = self._registry.own.chosen

    def _done(self, id_: str) -> None:
        action = self._registry[id_]
        keys = shortcut_text(action.shortcut)
        said = tr("“%1” is done by %2 now.") if keys else tr("“%1” has no keys now.")
        self._clash.hide()
        self._say(said.replace("%1", action.text).replace("%2", keys))
        self._undo.show()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        """As it was before the last change."""
        now = self._registry.own.chosen
        self._registry.own.choose({id_: self._before.get(id_) for id_ in {*now, *self._before}})
        self._rest()

    def _say(self, text: str) -> None:
        self._undo.hide()
        self._said.setText(text)
