"""`Keyboard`: what helps to work without a mouse: the palette, the list of shortcuts, and where to change them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.acting.shortcut_editor import ShortcutEditor
from fleetdesk.qt.acting.shortcut_sheet import ShortcutSheet
from fleetdesk.qt.look.text import tr
from fleetdesk.views.shell.finder import open_palette
from fleetdesk.views.workbench import Screen, Workbench

__all__ = ["Keyboard"]

_PALETTE = "window.palette"


class Keyboard:
    """Opens them over a window, and gives it the actions that do so."""

    def __init__(self, bench: Workbench, screens: Sequence[Screen], window: QWidget) -> None:
        self._bench = bench
        self._screens = tuple(screens)
        self._window = window

    def actions(self) -> tuple[Action, ...]:
        """What is to be registered."""
        group = tr("Window")
        return (
            Action(
                _PALETTE,
                tr("Find an action or a record"),
                self._find,
                shortcut="Ctrl+K",
                icon="magnifying-glass",
                group=group,
                keywords="search palette command",
            ),
            Action(
                "window.shortcuts",
                tr("Show the shortcuts"),
                self._show,
                shortcut="?",
                icon="keyboard",
                group=group,
                keywords="help keys keyboard",
                also="F1",
            ),
            Action(
                "window.change_shortcuts",
                tr("Change the shortcuts"),
                self._change,
                icon="keyboard",
                group=group,
                keywords="keys keyboard settings edit own",
            ),
        )

    def _find(self) -> None:
        open_palette(self._bench, self._screens, self._window, without=_PALETTE)

    def _show(self) -> None:
        bench = self._bench
        ShortcutSheet(bench.actions, bench.theme, self._window, titles=self._titles(), change=self._change).open()

    def _change(self) -> None:
        ShortcutEditor(self._bench.actions, self._titles(), self._bench.theme, self._window).open()

    def _titles(self) -> dict[str, str]:
        return {screen.id: screen.title for screen in self._screens}
