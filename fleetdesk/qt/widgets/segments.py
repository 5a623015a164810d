"""`Segments`: one of two or three values, all of them in sight."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QWidget

from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import menu_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.buttons import WordButton

__all__ = ["Segments"]


class Segments(QFrame):
    """Tab reaches the chosen value, left and right go to another one, which is chosen with it."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, options: Sequence[tuple[str, str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        """`options` are keys, texts and icons; the first is chosen."""
        super().__init__(parent)
        self.setProperty("ground", "track")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, WordButton] = {}
        for key, text, icon in options:
            button = WordButton()
            button.setText(menu_text(text))
            button.setIcon(theme.icons.icon(icon))
            button.setAccessibleName(f"{name}: {text}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("segment", "true")
            button.clicked.connect(partial(self.chosen.emit, key))
            self._group.addButton(button)
            self._buttons[key] = button
        self.setLayout(row(*self._buttons.values(), gap=0, margins=1))
        self.set_key(next(iter(self._buttons)))

    @property
    def key(self) -> str:
        """The key of the chosen value."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    @property
    def chosen_button(self) -> QWidget:
        """What the keyboard begins with."""
        return self._buttons[self.key]

    def set_key(self, key: str) -> None:
        """Choose a value; tells nobody."""
        self._buttons[key].setChecked(True)
