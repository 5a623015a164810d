"""Push buttons of the four kinds, and small icon buttons."""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from fleetdesk.qt.text import menu_text, tooltip_text
from fleetdesk.qt.theme import Theme

__all__ = ["Button", "IconButton", "Kind"]


class Kind(enum.Enum):
    """How much a button calls. A screen has at most one primary button."""

    PLAIN = ""
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"


class Button(QPushButton):
    """A button with a verb on it."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], None] | None = None,
        *,
        kind: Kind = Kind.PLAIN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(menu_text(text), parent)
        self.setAccessibleName(text)
        self.setProperty("kind", kind.value)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if on_click is not None:
            self.clicked.connect(on_click)

    def set_text(self, text: str) -> None:
        """Another verb, for the eye and for the screen reader."""
        self.setText(menu_text(text))
        self.setAccessibleName(text)


class IconButton(QToolButton):
    """A button with an icon alone; its name is its tooltip and what a screen reader says."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        on_click: Callable[[], None] | None = None,
        *,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setIcon(theme.icons.icon(icon))
        self.setAccessibleName(name)
        self.setToolTip(tooltip_text(name))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if not small else Qt.FocusPolicy.TabFocus)
        self.setProperty("small", small)
        if on_click is not None:
            self.clicked.connect(on_click)
