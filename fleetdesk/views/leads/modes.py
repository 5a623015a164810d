"""Table, board or calendar: which of them shows the leads of the listing, and how one goes to another."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import shortcut_text, tooltip_text, tr
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["Mode", "ModeChoice", "ModeSwitch"]

_KEPT = "leads.mode"


class Mode(StrEnum):
    """How the leads are shown."""

    TABLE = "table"
    BOARD = "board"
    CALENDAR = "calendar"


_ICONS = {Mode.TABLE: "table", Mode.BOARD: "columns", Mode.CALENDAR: "calendar-blank"}
_KEYS = {Mode.TABLE: "V, T", Mode.BOARD: "V, B", Mode.CALENDAR: "V, C"}


class ModeChoice(QObject):
    """The mode of one page, remembered for its tab; an action for each."""

    changed = Signal(object)  # Mode

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._mode = _mode(bench.place.get(_KEPT))
        words = {
            Mode.TABLE: tr("Show the leads as a table"),
            Mode.BOARD: tr("Show the leads as a board"),
            Mode.CALENDAR: tr("Show the next steps on a calendar"),
        }
        bench.actions.register(
            *(
                Action(
                    action_id(mode),
                    text,
                    partial(self.choose, mode),
                    shortcut=_KEYS[mode],
                    icon=_ICONS[mode],
                    group=tr("View"),
                    scope=SCOPE,
                    keywords="view mode kanban list month week",
                )
                for mode, text in words.items()
            )
        )

    @property
    def mode(self) -> Mode:
        """How the leads are shown now."""
        return self._mode

    def choose(self, mode: Mode) -> None:
        """Show them in another way."""
        if mode is not self._mode:
            self._mode = mode
            self._bench.place.keep(_KEPT, mode.value)
            self.changed.emit(mode)
            self._bench.actions.refresh()


class ModeSwitch(QFrame):
    """A button for each mode; the one in force is pressed."""

    def __init__(self, bench: Workbench, choice: ModeChoice) -> None:
        super().__init__()
        self.setProperty("ground", "segments")
        self.setAccessibleName(tr("How the leads are shown"))
        self._buttons = {mode: _button(bench, mode) for mode in Mode}
        self.setLayout(row(*self._buttons.values(), gap=0))
        choice.changed.connect(self._show)
        self._show(choice.mode)

    def _show(self, chosen: Mode) -> None:
        for mode, button in self._buttons.items():
            button.setChecked(mode is chosen)


def action_id(mode: Mode) -> str:
    """The action that shows the leads so."""
    return f"leads.as_{mode}"


def _button(bench: Workbench, mode: Mode) -> IconButton:
    action = bench.actions[action_id(mode)]
    button = IconButton(bench.theme, _ICONS[mode], action.text)
    button.setToolTip(tooltip_text(f"{action.text} · {shortcut_text(action.shortcut)}"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.clicked.connect(partial(bench.actions.trigger, action.id))
    return button


def _mode(kept: JsonValue) -> Mode:
    """The mode that was kept; the table where none was, or one that there is no more."""
    return Mode(kept) if isinstance(kept, str) and kept in list(Mode) else Mode.TABLE
