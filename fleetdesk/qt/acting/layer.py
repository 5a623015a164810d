"""`ActionLayer`: the actions of one tab, which come and go with it in the registry of its window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject

from fleetdesk.qt.acting.actions import Action, ActionRegistry
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier

__all__ = ["ActionLayer"]


class ActionLayer(ActionRegistry):
    """A registry for screens that register in it, and make their buttons from it, as if there were no other tab.

    While the layer is shown its actions are the window's too, under the keys that the window gives them; set aside,
    they answer to none. What it lacks it finds in the window's registry.
    """

    def __init__(
        self, registry: ActionRegistry, notifier: Notifier, theme: Theme, *, parent: QObject | None = None
    ) -> None:
        super().__init__(notifier, theme, own=registry.own, parent=parent)
        self._registry = registry
        self._shown = False

    @property
    def shown(self) -> bool:
        """Whether its actions are the window's now."""
        return self._shown

    def show(self) -> None:
        """Bring its actions into the window's registry. Another layer with the same ones is to be set aside before."""
        if not self._shown:
            self._registry.register(*self._actions.values())
            self._registry.changed.connect(self.changed)
            self._registry.refreshed.connect(self.refreshed)
            self._shown = True
            self.changed.emit()

    def set_aside(self) -> None:
        """Take its actions out of the window's registry."""
        if self._shown:
            self._shown = False
            self._registry.changed.disconnect(self.changed)
            self._registry.refreshed.disconnect(self.refreshed)
            self._registry.unregister(*self._actions)

    def register(self, *actions: Action) -> None:
        """Add actions, to the window's registry too while the layer is shown. Raises as that one does."""
        super().register(*actions)
        if self._shown:
            self._registry.register(*actions)

    def unregister(self, *ids: str) -> None:
        """Take actions out again."""
        if self._shown:
            self._registry.unregister(*ids)
        super().unregister(*ids)

    def __iter__(self) -> Iterator[Action]:
        return iter(self._registry) if self._shown else super().__iter__()

    def __contains__(self, id_: str) -> bool:
        return super().__contains__(id_) or id_ in self._registry

    def __getitem__(self, id_: str) -> Action:
        return self._registry[id_] if self._shown or not super().__contains__(id_) else super().__getitem__(id_)

    def refresh(self) -> None:
        """Ask every button again whether it can be used, those of the window too while the layer is shown."""
        if self._shown:
            self._registry.refresh()
        else:
            super().refresh()

    def set_scope(self, scope: str) -> None:
        """Say which screen the person is on."""
        self._registry.set_scope(scope)

    def rebind(self, id_: str, shortcut: str) -> None:
        """Give an action other keys: they are the window's to give."""
        self._registry.rebind(id_, shortcut)
