"""Text: in the person's language, and that of people's data shown as it is, never read as markup."""

from __future__ import annotations

import enum
import html

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QLabel, QWidget

from fleetdesk.qt.tokens import TextSize

__all__ = ["Label", "Tint", "menu_text", "plural", "tooltip_text", "tr"]


class Tint(enum.Enum):
    """How loud a label is."""

    PLAIN = ""
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    DANGER = "danger"


class Label(QLabel):
    """A plain-text label in the type scale."""

    def __init__(
        self,
        text: str = "",
        *,
        size: TextSize = TextSize.BODY,
        tint: Tint = Tint.PLAIN,
        strong: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("textSize", size.name.lower())
        self.setProperty("tint", tint.value)
        self.setProperty("strong", strong)
        self.setText(text)


def tr(text: str) -> str:
    """The text in the person's language; English where there is no translation."""
    return QCoreApplication.translate("FleetDesk", text)


def plural(number: int, one: str, many: str) -> str:
    """The sentence for a number, with the number in place of `%n`."""
    return (one if number == 1 else many).replace("%n", QLocale().toString(number))


def tooltip_text(text: str) -> str:
    """The text for a tooltip. Qt would take a `<b>` in it for markup, so that it is given as escaped markup itself."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""


def menu_text(text: str) -> str:
    """The text for a menu, button or tab, where Qt takes & for the mark of a shortcut."""
    return text.replace("&", "&&")
