"""`ClashBar`: whose the wished keys are, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import Label, Tint, plural, shortcut_text, tr
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["ClashBar"]


class ClashBar(QFrame):
    """Stands there while keys are wished for that others have."""

    swap_asked = Signal(str, str)  # the ids of the two actions
    take_asked = Signal(str, str)  # the id of the action, and the keys that it is to have
    other_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id, self._keys, self._holder = "", "", ""
        self._text = Label(tint=Tint.DANGER, wrap=True)
        self._swap = Button(tr("Swap the two"), self._ask_swap)
        self._take = Button(tr("Take them"), self._ask_take)
        line = row(self._text, self._swap, self._take, Button(tr("Other keys"), self.other_asked.emit, kind=Kind.QUIET))
        line.setStretch(0, 1)
        self.setLayout(line)
        self.hide()

    @property
    def text(self) -> str:
        """What stands in the way."""
        return self._text.text()

    def is_about(self, id_: str) -> bool:
        """Whether it is this action that cannot have its keys."""
        return id_ == self._id

    def ask(self, action: Action, keys: str, holders: Sequence[Action]) -> None:
        """Name those that have the keys. Two actions can swap theirs; of several, all would lose them."""
        self._id, self._keys, self._holder = action.id, keys, holders[0].id
        self._text.setText(_sentence(keys, holders))
        swappable = len(holders) == 1 and holders[0].shortcut == keys and bool(action.shortcut)
        self._swap.setVisible(swappable)
        self.setAccessibleName(self.text)
        self.show()
        (self._swap if swappable else self._take).setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_swap(self) -> None:
        self.swap_asked.emit(self._id, self._holder)

    def _ask_take(self) -> None:
        self.take_asked.emit(self._id, self._keys)


def _sentence(keys: str, holders: Sequence[Action]) -> str:
    first, more = holders[0], len(holders) - 1
    whose = tr("“%1”").replace("%1", first.text)
    if more:
        whose += plural(more, tr(" and %n other action"), tr(" and %n other actions"))
    same = keys in first.all_keys
    said = tr("%1 belongs to %2.") if same else tr("%1 begins like the keys of %2: one of the two would never be done.")
    return said.replace("%1", shortcut_text(keys)).replace("%2", whose)
