"""`ActionRegistry`: every action is data, and feeds menus, toolbars, the palette and the shortcut sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from fleetdesk.errors import Defect, UserError
from fleetdesk.qt.acting.action import Action
from fleetdesk.qt.acting.action_button import ActionButton
from fleetdesk.qt.acting.holders import EVERYWHERE, Holders
from fleetdesk.qt.acting.keys import meet, portable, spellings
from fleetdesk.qt.acting.own_shortcuts import OwnShortcuts
from fleetdesk.qt.availability import Availability, Enabled, WhyNot
from fleetdesk.qt.look.text import menu_text, shortcut_text, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.widgets.buttons import Kind

__all__ = [
    "EVERYWHERE",
    "Action",
    "ActionButton",
    "ActionRegistry",
    "ShortcutClash",
]


class ShortcutClash(UserError):
    """Actions that can be done in the same place would answer to the same keys. `holders` have them now."""

    def __init__(self, shortcut: str, *holders: Action) -> None:
        super().__init__(
            f"{shortcut_text(shortcut)} is already the shortcut of “{holders[0].text}”.",
            kept="Nothing was changed.",
            do="Choose other keys, or change that action's shortcut first.",
        )
        self.holders = holders


class ActionRegistry(QObject):
    """The actions of one window. Registering order is the order of menus and sheet.

    Keys go first to where the person wants them, then to what brings them, then to what is known by them from
    elsewhere: an action whose keys the person gave to another one has none.
    """

    changed = Signal()  # an action came, went, or changed its shortcut
    refreshed = Signal()  # what can be done may have changed

    def __init__(
        self, notifier: Notifier, theme: Theme, *, own: OwnShortcuts | None = None, parent: QObject | None = None
    ) -> None:
        """`own` are the person's own shortcuts; other windows may change them."""
        super().__init__(parent)
        self._notifier = notifier
        self._theme = theme
        self.own = own or OwnShortcuts()
        self._brought: dict[str, Action] = {}
        self._bringing = Holders()
        self._actions: dict[str, Action] = {}  # each with the keys that it answers to
        self._answering = Holders()
        self._unusable = self._told_unusable = False  # keys that the person chose, since others chose them too
        self._scope = EVERYWHERE
        self._window: QWidget | None = None
        self._keys: dict[str, tuple[tuple[str, ...], QShortcut]] = {}
        self.own.changed.connect(self._own_changed)

    def register(self, *actions: Action) -> None:
        """Add actions. Raises `Defect` for an id that is taken, `ShortcutClash` for keys that another one brings."""
        for action in actions:
            if action.id in self._brought:
                raise Defect(f"The action “{action.id}” is registered twice.")
            brought = replace(action, shortcut=portable(action.shortcut), also=portable(action.also))
            for keys in brought.all_keys:
                if not self._bringing.take(brought.id, keys, brought.scope):
                    raise ShortcutClash(
                        keys, *map(self._brought.__getitem__, self._bringing.holding(keys, brought.scope))
                    )
            self._brought[brought.id] = brought
        self._arrange()
        self.changed.emit()

    def unregister(self, *ids: str) -> None:
        """Take actions out, with their shortcuts."""
        for id_ in ids:
            del self._brought[id_]
            self._bringing.release(id_)
        self._arrange()
        self.changed.emit()

    def __iter__(self) -> Iterator[Action]:
        """The actions that can be done in the current scope, whether or not they can be done right now."""
        return (action for action in self._actions.values() if self._in_scope(action))

    @property
    def everything(self) -> tuple[Action, ...]:
        """The actions of all screens that there are so far."""
        return tuple(self._actions.values())

    def __contains__(self, id_: str) -> bool:
        return id_ in self._actions

    def __getitem__(self, id_: str) -> Action:
        return self._actions[id_]

    def availability(self, id_: str) -> Availability:
        """Whether an action can be done now, or why not."""
        return self[id_].enabled_when()

    def trigger(self, id_: str) -> None:
        """Do it; or say why it cannot be done."""
        action = self[id_]
        match action.enabled_when():
            case WhyNot(reason):
                self._notifier.info(reason, key=f"why-not:{id_}")
            case Enabled():
                action.run()

    def refresh(self) -> None:
        """Ask every button again whether it can be used: after a selection or a record changed."""
        self.refreshed.emit()

    def set_scope(self, scope: str) -> None:
        """Say which screen the person is on: only its actions, and those for everywhere, answer to their keys."""
        self._scope = scope
        for id_, (_, key) in self._keys.items():
            key.setEnabled(self._in_scope(self._actions[id_]))
        self.refresh()

    # The person's own shortcuts

    def brought(self, id_: str) -> str:
        """The keys that an action has by itself."""
        return self._brought[id_].shortcut

    def holders(self, id_: str, shortcut: str) -> tuple[Action, ...]:
        """The other actions that answer to these keys, to longer ones that begin so, or to the first of them."""
        holding = self._answering.holding(portable(shortcut), self._actions[id_].scope)
        return tuple(self._actions[other] for other in dict.fromkeys(holding) if other != id_)

    def rebind(self, id_: str, shortcut: str) -> None:
        """Give an action other keys (empty for none). Raises `ShortcutClash` and changes nothing if they are taken."""
        if holders := self.holders(id_, shortcut):
            raise ShortcutClash(shortcut, *holders)
        self._choose({id_: portable(shortcut)})

    def take_over(self, id_: str, shortcut: str) -> None:
        """Give an action keys that others have, which then have none."""
        wanted = portable(shortcut)
        losing = {other.id: "" for other in self.holders(id_, wanted) if meet(other.shortcut, wanted)}
        self._choose({**losing, id_: wanted})

    def swap(self, id_: str, other: str) -> None:
        """Let two actions change their keys with one another."""
        self._choose({id_: self._actions[other].shortcut, other: self._actions[id_].shortcut})

    def install(self, window: QWidget) -> None:
        """Make the shortcuts work in a window; those of actions that come later too."""
        self._window = window
        self._arrange()

    # Menus and buttons

    def fill(self, menu: QMenu, ids: Iterable[str]) -> None:
        """Put actions into a menu (an empty id is a separator); what cannot be done is grey and says why."""
        for id_ in ids:
            if id_:
                self._add_entry(menu, self[id_])
            else:
                menu.addSeparator()

    def button(
        self,
        id_: str,
        parent: QWidget | None = None,
        *,
        with_text: bool = False,
        word: str = "",
        kind: Kind = Kind.PLAIN,
    ) -> ActionButton:
        """A tool button that does an action, shows its shortcut, and says why it cannot be used.

        `word` stands on it in place of the action's text, where what is beside it says the rest.
        """
        button = ActionButton(self, self._theme, id_, with_text=with_text or bool(word), kind=kind, parent=parent)
        if word:
            button.setText(menu_text(word))
        return button

    def _add_entry(self, menu: QMenu, action: Action) -> None:
        keys = shortcut_text(action.shortcut)
        entry = QAction(menu_text(action.text) + (f"\t{keys}" if keys else ""), menu)
        if action.icon:
            entry.setIcon(self._theme.icons.icon(action.icon))
        available = action.enabled_when()
        entry.setEnabled(isinstance(available, Enabled))
        if isinstance(available, WhyNot):
            entry.setToolTip(tooltip_text(available.reason))
            menu.setToolTipsVisible(True)
        entry.triggered.connect(partial(self.trigger, action.id))
        menu.addAction(entry)

    def _in_scope(self, action: Action) -> bool:
        return action.scope in (EVERYWHERE, self._scope)

    # Who answers to what

    def _choose(self, keys: dict[str, str]) -> None:
        own = {id_: None if shortcut == self.brought(id_) else shortcut for id_, shortcut in keys.items()}
        self.own.choose(own)

    def _own_changed(self) -> None:
        self._arrange()
        self.changed.emit()

    def _arrange(self) -> None:
        holders, keys = Holders(), dict[str, str]()
        for id_, action in self._brought.items():
            own = self.own.get(id_)
            if own is None:
                continue
            if holders.take(id_, own, action.scope):
                keys[id_] = own
            else:
                self._unusable = True
        for id_, action in self._brought.items():
            if id_ not in keys:
                keys[id_] = action.shortcut if holders.take(id_, action.shortcut, action.scope) else ""
        self._actions = {
            id_: _answering(action, keys[id_], action.also if holders.take(id_, action.also, action.scope) else "")
            for id_, action in self._brought.items()
        }
        self._answering = holders
        self._bind()
        self._tell_unusable()

    def _tell_unusable(self) -> None:
        """Say once that something which was kept cannot be had; the first window of a person's has to be there."""
        if self._window is None or self._told_unusable or not (self._unusable or self.own.take_unreadable()):
            return
        self._told_unusable = True
        self._notifier.warning(
            tr("Some of the shortcuts that you chose could not be used."),
            kept=tr("Those actions have their usual keys."),
            do=tr("Choose others in the list of shortcuts."),
            key="own-shortcuts",
        )

    def _bind(self) -> None:
        if self._window is None:
            return
        for id_ in [id_ for id_, (keys, _) in self._keys.items() if keys != self._keys_of(id_)]:
            _, key = self._keys.pop(id_)
            key.setEnabled(False)
            key.deleteLater()
        for action in self._actions.values():
            if action.all_keys and action.id not in self._keys:
                key = QShortcut(self._window)
                key.setKeys([spelling for keys in action.all_keys for spelling in spellings(keys)])
                key.setEnabled(self._in_scope(action))
                key.activated.connect(partial(self.trigger, action.id))
                self._keys[action.id] = action.all_keys, key

    def _keys_of(self, id_: str) -> tuple[str, ...]:
        return self._actions[id_].all_keys if id_ in self._actions else ()


def _answering(action: Action, shortcut: str, also: str) -> Action:
    """The action under those keys. Most have those that they bring, and all are arranged anew for each that comes."""
    if (shortcut, also) == (action.shortcut, action.also):
        return action
    return replace(action, shortcut=shortcut, also=also)
