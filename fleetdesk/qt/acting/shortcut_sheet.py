"""`ShortcutSheet`: every shortcut that there is, those that work here first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.acting.key_caps import KeyCaps
from fleetdesk.qt.dialog import Floating
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, shortcut_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, IconButton, Kind
from fleetdesk.qt.widgets.search_field import SearchField

__all__ = ["ShortcutSheet"]


@dataclass(frozen=True, slots=True)
class Line:
    """What is done by which keys; `keys` are those that do the same."""

    text: str
    keys: tuple[str, ...]

    @property
    def said(self) -> str:
        """The line as it is read, and searched."""
        return f"{self.text}: {tr(' or ').join(map(shortcut_text, self.keys))}"


Groups = Mapping[str, Sequence[Line]]


class ShortcutSheet(Floating):
    """The actions with keys, and what lists and fields know by themselves, in two columns of groups."""

    def __init__(
        self,
        registry: ActionRegistry,
        theme: Theme,
        parent: QWidget,
        *,
        titles: Mapping[str, str],
        change: Callable[[], None],
    ) -> None:
        """`titles` are those of the screens, by the scopes of their actions; `change` leads to the editor."""
        self._theme = theme
        self._groups = {**grouped(registry, titles), **usual_keys()}
        self._change = change
        self._field = SearchField(theme, tr("Search shortcuts"))
        self._area = QScrollArea()
        title = Label(tr("Keyboard shortcuts"), size=TextSize.TITLE)
        editing = Button(tr("Change them"), self._go_changing, kind=Kind.QUIET)
        close = IconButton(theme, "x", tr("Close"), self.reject)
        head = row(title, STRETCH, editing, self._field, close, margins=(3 * GRID, 2 * GRID, 2 * GRID, 2 * GRID))
        parts = column(head, rule(), self._area, gap=0, margins=(0, 0, 0, GRID))
        super().__init__(
            tr("Keyboard shortcuts"), parts, width=theme.pixels(760), height=theme.pixels(560), parent=parent
        )
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._field.setFixedWidth(theme.pixels(220))
        self._field.searched.connect(self._show)
        self._field.left_down.connect(self._scroll_down)
        self._show("")
        self._field.setFocus()

    @property
    def shown(self) -> list[str]:
        """What is listed now."""
        return [line.text for lines in self._matching().values() for line in lines]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: the keys that move through a list scroll the sheet."""
        bar = self._area.verticalScrollBar()
        match Qt.Key(event.key()):
            case Qt.Key.Key_Up:
                bar.triggerAction(bar.SliderAction.SliderSingleStepSub)
            case Qt.Key.Key_PageDown:
                bar.triggerAction(bar.SliderAction.SliderPageStepAdd)
            case Qt.Key.Key_PageUp:
                bar.triggerAction(bar.SliderAction.SliderPageStepSub)
            case _:
                super().keyPressEvent(event)

    def _scroll_down(self) -> None:
        bar = self._area.verticalScrollBar()
        bar.triggerAction(bar.SliderAction.SliderSingleStepAdd)

    def _go_changing(self) -> None:
        self.accept()
        self._change()

    def _matching(self) -> Groups:
        wanted = self._field.text().casefold()
        found = {
            group: [line for line in lines if wanted in f"{line.said} {group}".casefold()]
            for group, lines in self._groups.items()
        }
        return {group: lines for group, lines in found.items() if lines}

    def _show(self, _text: str) -> None:
        groups = self._matching()
        halves: tuple[QVBoxLayout, QVBoxLayout] = (column(gap=3 * GRID), column(gap=3 * GRID))
        heights = [0, 0]
        for group, lines in groups.items():
            shorter = 0 if heights[0] <= heights[1] else 1
            heights[shorter] += len(lines) + 2
            halves[shorter].addWidget(self._group(group, lines))
        for half in halves:
            half.addStretch(1)
        if not groups:
            halves[0].insertWidget(0, Label(tr("No shortcut is called like that."), tint=Tint.MUTED))
        both = row(*halves, gap=5 * GRID, margins=(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID))
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        self._area.setWidget(panel(both))

    def _group(self, group: str, lines: Sequence[Line]) -> QFrame:
        grid = QGridLayout()
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(lines):
            text = Label(line.text, wrap=True)
            text.setAccessibleName(line.said)
            grid.addWidget(text, number, 0)
            grid.addLayout(_all_caps(line.keys), number, 1)
        return panel(column(Label(group, size=TextSize.SMALL, tint=Tint.MUTED, strong=True), grid))


def _all_caps(keys: Sequence[str]) -> QLayout:
    """Keys that do the same, side by side."""
    line = row(STRETCH, gap=GRID // 2)
    for number, shortcut in enumerate(keys):
        if number:
            line.addWidget(Label(tr("or"), size=TextSize.SMALL, tint=Tint.MUTED))
        line.addWidget(KeyCaps(shortcut))
    return line


def grouped(registry: ActionRegistry, titles: Mapping[str, str]) -> dict[str, list[Line]]:
    """The actions that have keys, by group, in the order in which they were registered; other screens' after them."""
    here = {action.id for action in registry}
    groups: dict[str, list[Line]] = {}
    for action in sorted(registry.everything, key=lambda action: action.id not in here):
        elsewhere = action.id not in here and action.scope in titles
        group = f"{titles[action.scope]} · {action.group}" if elsewhere else action.group
        if action.all_keys:
            groups.setdefault(group, []).append(Line(action.text, action.all_keys))
    return groups


def usual_keys() -> dict[str, list[Line]]:
    """What lists, forms and fields know by themselves."""
    return {
        tr("Everywhere"): [
            Line(tr("Go to the next part, or the one before"), ("Tab", "Shift+Tab")),
            Line(tr("Close, or go back"), ("Esc",)),
            Line(tr("Press the button"), ("Space", "Return")),
        ],
        tr("In lists"): [
            Line(tr("Open"), ("Return",)),
            Line(tr("Go to the first, or the last"), ("Home", "End")),
            Line(tr("Choose several in a row"), ("Shift+Down", "Shift+Up")),
            Line(tr("Choose one more, or not"), ("Ctrl+Space",)),
        ],
        tr("While writing"): [
            Line(tr("Send, or save"), ("Ctrl+Return",)),
            Line(tr("Undo typing"), ("Ctrl+Z",)),
        ],
    }
