"""`ShortcutSheet`: every shortcut that works here, by group."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.dialog import Floating
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, shortcut_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.search_field import SearchField

__all__ = ["KeyCaps", "ShortcutSheet"]


class ShortcutSheet(Floating):
    """The actions with keys, in two columns of groups, narrowed by typing."""

    def __init__(self, registry: ActionRegistry, theme: Theme, parent: QWidget) -> None:
        self._theme = theme
        self._groups = grouped(registry)
        self._field = SearchField(theme, tr("Search shortcuts"))
        self._area = QScrollArea()
        title = Label(tr("Keyboard shortcuts"), size=TextSize.TITLE)
        close = IconButton(theme, "x", tr("Close"), self.reject)
        head = row(title, STRETCH, self._field, close, margins=(3 * GRID, 2 * GRID, 2 * GRID, 2 * GRID))
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
        """The texts of the actions listed now."""
        return [action.text for actions in self._matching().values() for action in actions]

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

    def _matching(self) -> dict[str, list[Action]]:
        wanted = self._field.text().casefold()
        found = {
            group: [a for a in actions if wanted in f"{a.text} {shortcut_text(a.shortcut)} {group}".casefold()]
            for group, actions in self._groups.items()
        }
        return {group: actions for group, actions in found.items() if actions}

    def _show(self, _text: str) -> None:
        groups = self._matching()
        halves: tuple[QVBoxLayout, QVBoxLayout] = (column(gap=3 * GRID), column(gap=3 * GRID))
        heights = [0, 0]
        for group, actions in groups.items():
            shorter = 0 if heights[0] <= heights[1] else 1
            heights[shorter] += len(actions) + 2
            halves[shorter].addWidget(self._group(group, actions))
        for half in halves:
            half.addStretch(1)
        if not groups:
            halves[0].insertWidget(0, Label(tr("No shortcut is called like that."), tint=Tint.MUTED))
        both = row(*halves, gap=5 * GRID, margins=(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID))
        both.setStretch(0, 1)
        both.setStretch(1, 1)
        self._area.setWidget(panel(both))

    def _group(self, group: str, actions: list[Action]) -> QFrame:
        grid = QGridLayout()
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        for number, action in enumerate(actions):
            text = Label(action.text, wrap=True)
            text.setAccessibleName(f"{action.text}: {shortcut_text(action.shortcut)}")
            grid.addWidget(text, number, 0)
            grid.addWidget(KeyCaps(action.shortcut), number, 1, Qt.AlignmentFlag.AlignRight)
        return panel(column(Label(group, size=TextSize.SMALL, tint=Tint.MUTED, strong=True), grid))


class KeyCaps(QWidget):
    """A shortcut as keys on a keyboard."""

    def __init__(self, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        text = shortcut_text(shortcut)
        self.setAccessibleName(text)
        caps = row(gap=2)
        for stroke in text.split(", "):
            for key in strokes(stroke):
                cap = Label(key)
                cap.setProperty("role", "key")
                caps.addWidget(cap)
        self.setLayout(caps)


def strokes(stroke: str) -> list[str]:
    """The keys pressed together: "Ctrl++" is Ctrl and +."""
    if stroke.endswith("+"):
        return [*stroke[:-1].rstrip("+").split("+"), "+"] if len(stroke) > 1 else ["+"]
    return stroke.split("+")


def grouped(registry: ActionRegistry) -> dict[str, list[Action]]:
    """The actions that have keys, by group, in the order in which they were registered."""
    groups: dict[str, list[Action]] = {}
    for action in registry:
        if action.shortcut:
            groups.setdefault(action.group, []).append(action)
    return groups
