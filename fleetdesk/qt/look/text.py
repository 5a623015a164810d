"""Text: in the person's language, and that of people's data shown as it is, never read as markup.

What others wrote may be anything. `harmless` is the one place that decides how it is shown: whatever puts data on a
screen goes through it, by `Label`, by the painters, or by the functions here. The data itself is never changed.
"""

from __future__ import annotations

import enum
import html
import unicodedata

from PySide6.QtCore import QCoreApplication, QLocale, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from fleetdesk.qt.look.tokens import TextSize

__all__ = [
    "Label",
    "Tint",
    "from_right",
    "harmless",
    "isolated",
    "menu_text",
    "outside_text",
    "plural",
    "shortcut_text",
    "title_text",
    "tooltip_text",
    "tr",
]

_ALIKE = {ord("<"): "‹", ord(">"): "›", ord("&"): "＆"}
_LONGEST_OUTSIDE = 300
_LONGEST_SHOWN = 20_000
"""Characters that are laid out at once: what is longer would make the window wait, and nobody reads it there."""
_MOST_LINES = 400
_WIDEST_WORD, _WIDEST_LINE = 32, 80
"""Letters of one word for which a label that wraps its text needs room, and for which it would like to have it."""
_LONGEST_HINT = 2_000
_LONGEST_TITLE = 400
_MOST_MARKS = 6
"""Accents on one letter: no language has more, and towers of them cover the lines above and below."""
_ISOLATES, _END = "\u2066\u2067\u2068", "\u2069"
_WITHOUT_ISOLATES = dict.fromkeys(map(ord, _ISOLATES + _END))
_SHOWN_OTHERWISE: dict[int, str | None] = {
    # Embeddings and overrides turn around what stands beside them; a byte order mark is no letter.
    **dict.fromkeys((*range(0x202A, 0x202F), 0xFEFF)),
    # Controls are seen as what they are; the new line and the tab remain.
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    **dict.fromkeys((*range(127, 160), *range(55296, 57344)), "�"),
    **dict.fromkeys((0x85, 0x2028, 0x2029), "\n"),
}
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

    def setText(self, text: str) -> None:
        """Qt's: show a text, whoever wrote it."""
        super().setText(harmless(text))

    def sizeHint(self) -> QSize:
        """Qt's: one word without an end makes nothing wider; where it cannot be broken, its end is not seen."""
        hint = super().sizeHint()
        most = _WIDEST_LINE * self.fontMetrics().averageCharWidth()
        return QSize(most, self.heightForWidth(most)) if self.wordWrap() and hint.width() > most else hint

    def minimumSizeHint(self) -> QSize:
        """Qt's, likewise."""
        hint = super().minimumSizeHint()
        if self.wordWrap():
            hint.setWidth(min(hint.width(), _WIDEST_WORD * self.fontMetrics().averageCharWidth()))
        return hint

    def set_tint(self, tint: Tint) -> None:
        """Be as loud as this from now on."""
        self.setProperty("tint", tint.value)
        self.style().unpolish(self)
        self.style().polish(self)


def harmless(text: str, longest: int = _LONGEST_SHOWN) -> str:
    """The text as it is shown: bounded, its controls seen or without effect, so that it disturbs nothing beside it.

    Of directional controls (Unicode Standard Annex 9) isolates remain, where each is closed.
    """
    if len(text) > longest:
        text = text[:longest] + "…"
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_SHOWN_OTHERWISE)
    if text.count("\n") > _MOST_LINES:
        text = "\n".join([*text.split("\n", _MOST_LINES)[:_MOST_LINES], "…"])
    if not _closed(text):
        text = text.translate(_WITHOUT_ISOLATES)
    return text if text.isascii() else _without_towers(text)


def _closed(text: str) -> bool:
    """Whether each isolate ends, and each end belongs to one."""
    depth = 0
    for sign in text if _END in text or any(map(text.__contains__, _ISOLATES)) else "":
        depth += (sign in _ISOLATES) - (sign == _END)
        if depth < 0:
            return False
    return depth == 0


def _without_towers(text: str) -> str:
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return text if len(kept) == len(text) else "".join(kept)


def isolated(text: str) -> str:
    """Data for the middle of a sentence: where it is written from right to left, the sentence around it stays as it is.

    Wraps such text into "first strong isolate" and "pop directional isolate" (Unicode Standard Annex 9); those that it
    brings could end ours, and go.
    """
    text = harmless(text, _LONGEST_HINT).translate(_WITHOUT_ISOLATES)
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
    return f"<qt>{html.escape(harmless(text, _LONGEST_HINT))}</qt>" if text else ""


def title_text(text: str) -> str:
    """The text for a title or a chip, which is measured as one line: no longer than any screen is wide."""
    return " ".join(harmless(text, _LONGEST_TITLE).split())


def menu_text(text: str) -> str:
    """The text for a menu, button or tab, where Qt takes & for the mark of a shortcut."""
    return harmless(text, _LONGEST_HINT).replace("&", "&&")


def outside_text(text: str) -> str:
    """The text for a message of the desktop's, some of which read it as markup and some do not: it holds none.

    Signs of markup give way to others that look alike; it is one line, and no longer than such a message may be.
    """
    line = " ".join(text[: 4 * _LONGEST_OUTSIDE].translate(_ALIKE).split())
    return isolated("".join(letter for letter in line if letter.isprintable())[:_LONGEST_OUTSIDE])


def shortcut_text(shortcut: str) -> str:
    """A shortcut as the person's keyboard spells it."""
    text = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Return", "Enter")  # what stands on the key
