"""`ActionButton`: a button for one action of a registry."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.acting.action import Action
from fleetdesk.qt.availability import Enabled, WhyNot
from fleetdesk.qt.look.text import menu_text, shortcut_text, tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.buttons import Kind, WordButton

__all__ = ["ActionButton", "Actions"]


class Actions(Protocol):
    """What a button asks of a registry."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def refreshed(self) -> SignalInstance: ...
    def __contains__(self, id_: str) -> bool: ...
    def __getitem__(self, id_: str) -> Action: ...
    def trigger(self, id_: str) -> None: ...


class ActionButton(WordButton):
    """A tool button that does one action of a registry, and follows it."""

    def __init__(
        self,
        registry: Actions,
        theme: Theme,
        id_: str,
        *,
        with_text: bool,
        kind: Kind = Kind.PLAIN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._id = id_
        action = registry[id_]
        self.setText(menu_text(action.text))
        self.setAccessibleName(action.text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if action.icon:
            self.setIcon(theme.icons.icon(action.icon, "on_accent" if kind is Kind.PRIMARY else "text_muted"))
        if not with_text:
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setProperty("kind", kind.value)
        self.clicked.connect(self._do)
        registry.refreshed.connect(self.refresh)
        registry.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask the registry whether the action can be done, and say why not in the tooltip."""
        if self._id not in self._registry:
            self.setEnabled(False)
            return
        action = self._registry[self._id]
        available = action.enabled_when()
        self.setEnabled(isinstance(available, Enabled))
        hint = available.reason if isinstance(available, WhyNot) else shortcut_text(action.shortcut)
        self.setToolTip(tooltip_text(f"{action.text} · {hint}" if hint else action.text))

    def _do(self) -> None:
        self._registry.trigger(self._id)
