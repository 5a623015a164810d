"""`ActionRegistry`: every action is data, and feeds menus, toolbars, the palette and the shortcut sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from fleetdesk.errors import Defect, UserError
from fleetdesk.qt.availability import Availability, Enabled, WhyNot, always
from fleetdesk.qt.look.text import menu_text, shortcut_text, tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Notifier
from fleetdesk.qt.widgets.buttons import Kind, WordButton

__all__ = [
    "EVERYWHERE",
    "Action",
    "ActionRegistry",
    "ShortcutClash",
]

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `text` is a verb and its object, without an ellipsis where no question follows.

    `shortcut` is in Qt's portable form ("Ctrl+K", "G, L" for two keys in turn). `scope` names the screen on which it
    can be done; `keywords` are further words by which the palette finds it; `also` are keys by which people know it
    from elsewhere, which are not shown.
    """

    id: str
    text: str
    run: Callable[[], None]
    shortcut: str = ""
    icon: str = ""
    enabled_when: Callable[[], Availability] = always
    group: str = ""
    scope: str = EVERYWHERE
    keywords: str = ""
    also: str = ""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """All that it answers to."""
        return tuple(keys for keys in (self.shortcut, self.also) if keys)


class ShortcutClash(UserError):
    """Two actions that can be done in the same place would answer to the same keys."""

    def __init__(self, shortcut: str, holder: Action) -> None:
        super().__init__(
            f"{shortcut_text(shortcut)} is already the shortcut of “{holder.text}”.",
            kept="Nothing was changed.",
            do="Choose other keys, or change that action's shortcut first.",
        )
        self.holder = holder


class ActionRegistry(QObject):
    """The actions of one window. Registering order is the order of menus and sheet."""

    changed = Signal()  # an action came, went, or changed its shortcut
    refreshed = Signal()  # what can be done may have changed

    def __init__(
        self,
        notifier: Notifier,
        theme: Theme,
        *,
        shortcuts: Mapping[str, str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`shortcuts` are the person's own, by action id; they stand in place of those that actions bring."""
        super().__init__(parent)
        self._notifier = notifier
        self._theme = theme
        self._own_shortcuts = dict(shortcuts or {})
        self._actions: dict[str, Action] = {}
        self._scope = EVERYWHERE
        self._window: QWidget | None = None
        self._keys: dict[str, QShortcut] = {}

    def register(self, *actions: Action) -> None:
        """Add actions. Raises `Defect` for an id that is taken, `ShortcutClash` for keys that are."""
        for action in actions:
            if action.id in self._actions:
                raise Defect(f"The action “{action.id}” is registered twice.")
            shortcut = portable(self._own_shortcuts.get(action.id, action.shortcut))
            kept = replace(action, shortcut=shortcut, also=portable(action.also))
            self._refuse_clash(kept)
            self._actions[kept.id] = kept
            self._bind(kept)
        self.changed.emit()

    def unregister(self, *ids: str) -> None:
        """Take actions out, with their shortcuts."""
        for id_ in ids:
            del self._actions[id_]
            self._unbind(id_)
        self.changed.emit()

    def __iter__(self) -> Iterator[Action]:
        """The actions that can be done in the current scope, whether or not they can be done right now."""
        return (action for action in self._actions.values() if self._in_scope(action))

    def __contains__(self, id_: str) -> bool:
        return id_ in self._actions

    def __getitem__(self, id_: str) -> Action:
        return self._actions[id_]

    def availability(self, id_: str) -> Availability:
        """Whether an action can be done now, or why not."""
        return self._actions[id_].enabled_when()

    def trigger(self, id_: str) -> None:
        """Do it; or say why it cannot be done."""
        action = self._actions[id_]
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
        for id_, key in self._keys.items():
            key.setEnabled(self._in_scope(self._actions[id_]))
        self.refresh()

    def rebind(self, id_: str, shortcut: str) -> None:
        """Give an action other keys (empty for none). Raises `ShortcutClash` and changes nothing if they are taken."""
        changed = replace(self._actions[id_], shortcut=portable(shortcut))
        self._refuse_clash(changed)
        self._actions[id_] = changed
        self._own_shortcuts[id_] = changed.shortcut
        self._unbind(id_)
        self._bind(changed)
        self.changed.emit()

    @property
    def own_shortcuts(self) -> Mapping[str, str]:
        """The person's own shortcuts by action id, for the settings to keep."""
        return dict(self._own_shortcuts)

    def install(self, window: QWidget) -> None:
        """Make the shortcuts work in a window; those of actions that come later too."""
        self._window = window
        for action in self._actions.values():
            self._bind(action)

    def fill(self, menu: QMenu, ids: Iterable[str]) -> None:
        """Put actions into a menu (an empty id is a separator); what cannot be done is grey and says why."""
        for id_ in ids:
            if id_:
                self._add_entry(menu, self._actions[id_])
            else:
                menu.addSeparator()

    def button(
        self, id_: str, parent: QWidget | None = None, *, with_text: bool = False, kind: Kind = Kind.PLAIN
    ) -> ActionButton:
        """A tool button that does an action, shows its shortcut, and says why it cannot be used."""
        return ActionButton(self, self._theme, id_, with_text=with_text, kind=kind, parent=parent)

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

    def _bind(self, action: Action) -> None:
        if self._window is None or not action.all_keys or action.id in self._keys:
            return
        key = QShortcut(self._window)
        key.setKeys([spelling for keys in action.all_keys for spelling in _spellings(keys)])
        key.setEnabled(self._in_scope(action))
        key.activated.connect(partial(self.trigger, action.id))
        self._keys[action.id] = key

    def _unbind(self, id_: str) -> None:
        if (key := self._keys.pop(id_, None)) is not None:
            key.setEnabled(False)
            key.deleteLater()

    def _refuse_clash(self, action: Action) -> None:
        for other in self._actions.values():
            meets = EVERYWHERE in (action.scope, other.scope) or action.scope == other.scope
            if not meets or other.id == action.id:
                continue
            for keys, taken in product(action.all_keys, other.all_keys):
                if _clash(keys, taken):
                    raise ShortcutClash(keys, other)


class ActionButton(WordButton):
    """A tool button that does one action of a registry, and follows it."""

    def __init__(
        self,
        registry: ActionRegistry,
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


def portable(shortcut: str) -> str:
    """The one spelling of a shortcut; raises `Defect` for keys that do not exist."""
    sequence = QKeySequence(shortcut, QKeySequence.SequenceFormat.PortableText)
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    if shortcut and not text:
        raise Defect(f"“{shortcut}” is not a shortcut.")
    return text


def _spellings(shortcut: str) -> list[QKeySequence]:
    """Not every platform tells Qt that ? is typed with Shift.

    Other signs stay as they are: where ? is Shift and /, a "Shift+/" would make ? ambiguous, and do nothing.
    """
    return [QKeySequence(text) for text in ((shortcut, "Shift+?") if shortcut == "?" else (shortcut,))]


def _clash(one: str, other: str) -> bool:
    """Whether two shortcuts are the same, or one is the beginning of the other (it could never be completed)."""
    ones, others = one.split(", "), other.split(", ")
    shared = min(len(ones), len(others))
    return ones[:shared] == others[:shared]
