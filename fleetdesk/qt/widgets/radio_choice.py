"""`RadioChoice`: one of a few, all of them in sight, below a title."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, menu_text
from fleetdesk.qt.look.tokens import GRID

__all__ = ["RadioChoice"]


class RadioChoice(QWidget):
    """The first option is chosen at first."""

    chosen = Signal(str)  # its key

    def __init__(self, title: str, options: Mapping[str, str]) -> None:
        """`options` are texts by their keys."""
        super().__init__()
        self._group = QButtonGroup(self)
        self._keys = list(options)
        buttons = []
        for place, text in enumerate(options.values()):
            button = QRadioButton(menu_text(text))
            button.setAccessibleName(f"{title}: {text}")
            button.setChecked(place == 0)
            self._group.addButton(button, place)
            buttons.append(button)
        self._group.idToggled.connect(self._toggled)
        self.setLayout(column(Label(title, strong=True), *buttons, gap=GRID // 2))

    @property
    def key(self) -> str:
        """The chosen one."""
        return self._keys[self._group.checkedId()]

    def choose(self, key: str) -> None:
        """Choose another one."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def take_keyboard(self) -> None:
        """Give the keyboard to the chosen one."""
        self._group.button(self._keys.index(self.key)).setFocus()

    def set_possible(self, key: str, *, possible: bool) -> None:
        """Whether an option can be chosen."""
        self._group.button(self._keys.index(key)).setEnabled(possible)

    def _toggled(self, place: int, checked: bool) -> None:
        if checked:
            self.chosen.emit(self._keys[place])
