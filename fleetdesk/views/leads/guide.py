"""`Guide`: says where something that was taken up is, and which keys move it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize

__all__ = ["Guide"]


class Guide(QFrame):
    """Stands at the lower edge of its parent, over what is there, while there is something to say."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self.setProperty("ground", "raised")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words = Label(strong=True, wrap=True)
        self._keys = Label(keys, tint=Tint.MUTED, size=TextSize.SMALL)
        self.setLayout(column(self._words, self._keys, gap=GRID // 2, margins=(2 * GRID, GRID, 2 * GRID, GRID)))
        self.hide()

    @property
    def words(self) -> str:
        """What it says; nothing while it is not there."""
        return "" if self.isHidden() else self._words.text()

    def say(self, words: str) -> None:
        """Say where it is; nothing to go."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))
        if words:
            self.place()
            self.raise_()

    def place(self) -> None:
        """Stand in the middle of the lower edge."""
        width = min(self._over.width() - 4 * GRID, self._theme.pixels(60 * GRID))
        layout = self.layout()
        assert layout is not None
        height = layout.heightForWidth(width)
        self.setGeometry((self._over.width() - width) // 2, self._over.height() - height - 2 * GRID, width, height)
