"""Push buttons of the four kinds, and small icon buttons."""

from __future__ import annotations

import enum
from collections.abc import Callable

from PySide6.QtCore import QKeyCombination, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionToolButton, QToolButton, QWidget

from fleetdesk.qt.look.text import menu_text, tooltip_text
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID

__all__ = ["Button", "IconButton", "Kind", "WordButton"]

_BESIDE = 6  # pixels between icon and word
_ENTER = (
    QKeyCombination(Qt.Key.Key_Return),
    QKeyCombination(Qt.KeyboardModifier.KeypadModifier, Qt.Key.Key_Enter),
)


class Kind(enum.Enum):
    """How much a button calls. A screen has at most one primary button."""

    PLAIN = ""
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"


class Button(QPushButton):
    """A button with a verb on it. Enter presses the button that has the keyboard, never another that is the default."""

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's would hand Enter on to the dialog's default button."""
        if event.keyCombination() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)


class WordButton(QToolButton):
    """An icon with a word beside it. It draws the two itself: Qt would leave room for three more letters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def sizeHint(self) -> QSize:
        """Qt's: no wider than icon, word and sides."""
        hint = super().sizeHint()
        return QSize(self._content() + 2 * GRID, hint.height()) if self._has_word() else hint

    def minimumSizeHint(self) -> QSize:
        """Qt's: a word is not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's: the ground from the stylesheet, icon and word in the middle of it."""
        if not self._has_word():
            super().paintEvent(event)
            return
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QPainter(self)
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)
        place = self.rect().adjusted((self.width() - self._content()) // 2, 0, 0, 0)
        if not self.icon().isNull():
            side = self.iconSize().width()
            mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
            square = QRect(place.x(), (self.height() - side) // 2, side, side)
            self.icon().paint(painter, square, Qt.AlignmentFlag.AlignCenter, mode)
            place.setLeft(place.x() + side + _BESIDE)
        painter.setFont(self.font())
        painter.setPen(option.palette.color(QPalette.ColorRole.ButtonText))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic, self.text())
        painter.end()

    def _has_word(self) -> bool:
        return self.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextBesideIcon

    def _content(self) -> int:
        icon = 0 if self.icon().isNull() else self.iconSize().width() + _BESIDE
        return icon + self.fontMetrics().horizontalAdvance(self.text().replace("&&", "&")) + 1


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
