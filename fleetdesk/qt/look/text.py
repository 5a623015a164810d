"""Text: in the person's language, and that of people's data shown as it is, never read as markup."""

from __future__ import annotations

import enum
import html
import unicodedata

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from fleetdesk.qt.look.tokens import TextSize

__all__ = [
    "Label",
    "Tint",
    "from_right",
    "isolated",
    "menu_text",
    "outside_text",
    "plural",
    "shortcut_text",
    "tooltip_text",
    "tr",
]

_ALIKE = {ord("<"): "‹", ord(">"): "›", ord("&"): "＆"}
_LONGEST_OUTSIDE = 300
_FROM_RIGHT = frozenset({"R", "AL"})
_STRONG = _FROM_RIGHT | {"L"}


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
        # Arabic beside Latin starts at the same edge, though it runs the other way.
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute)
        self.setWordWrap(wrap)
        self.setProperty("textSize", size.name.lower())
        self.setProperty("tint", tint.value)
        self.setProperty("strong", strong)
        self.setText(text)

    def set_tint(self, tint: Tint) -> None:
        """Be as loud as this from now on."""
        self.setProperty("tint", tint.value)
        self.style().unpolish(self)
        self.style().polish(self)


def isolated(text: str) -> str:
    """Data for the middle of a sentence: where it is written from right to left, the sentence around it stays as it is.

    Wraps such text into "first strong isolate" and "pop directional isolate" (Unicode Standard Annex 9).
    """
    return f"\u2068{text}\u2069" if any(map(_from_right, text)) else text


def from_right(text: str) -> bool:
    """Whether a text as a whole runs from right to left: whether its first letter does."""
    if text.isascii():
        return False
    return next((_from_right(letter) for letter in text if unicodedata.bidirectional(letter) in _STRONG), False)


def _from_right(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in _FROM_RIGHT


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


def outside_text(text: str) -> str:
    """The text for a message of the desktop's, some of which read it as markup and some do not: it holds none.

    Signs of markup give way to others that look alike; it is one line, and no longer than such a message may be.
    """
    line = " ".join(text.translate(_ALIKE).split())
    return isolated("".join(letter for letter in line if letter.isprintable())[:_LONGEST_OUTSIDE])


def shortcut_text(shortcut: str) -> str:
    """A shortcut as the person's keyboard spells it."""
    text = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Return", "Enter")  # what stands on the key
