"""Fields to write text in, which take no more than can be kept: what is too long is left out whole, and said to be.

Qt's own cut a text at 32,767 characters without a word, or lay out a pasted megabyte for minutes.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QToolTip, QWidget

from fleetdesk.qt.look.text import tooltip_text, tr
from fleetdesk.qt.widgets.filling import LONGEST_EDITED

__all__ = ["LONGEST_LINE", "TextArea", "TextField"]

LONGEST_LINE = 2_000
"""Characters of a line for which nothing else is said, such as a search or an address."""
_BLANKS = "\r\n\t"
_SAID_FOR = 10_000
"""Milliseconds for which it is read beside a field."""


class TextField(QLineEdit):
    """One line of up to `longest` characters."""

    def __init__(self, parent: QWidget | None = None, *, longest: int = LONGEST_LINE) -> None:
        super().__init__(parent)
        self._say: Callable[[str], None] | None = None
        self._longest = longest
        self.setValidator(_AtMost(longest, self))
        # Once it is over: Qt tells it before it puts the text back.
        self.inputRejected.connect(self._rejected, Qt.ConnectionType.QueuedConnection)

    def say_by(self, say: Callable[[str], None]) -> None:
        """Have `say` show the sentence, which else stands beside the field for a moment."""
        self._say = say

    def _rejected(self) -> None:
        # Qt also calls a text rejected that was longer from the first, and stays; what judges a value says so.
        if len(self.text()) <= self._longest:
            _tell(self, self._say, self._longest)


class TextArea(QPlainTextEdit):
    """Lines of up to `longest` characters together."""

    def __init__(self, parent: QWidget | None = None, *, longest: int = LONGEST_EDITED) -> None:
        super().__init__(parent)
        self._say: Callable[[str], None] | None = None
        self._longest = longest

    def say_by(self, say: Callable[[str], None]) -> None:
        """Have `say` show the sentence, which else stands beside the field for a moment."""
        self._say = say

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt's: something is pasted or dropped."""
        if self._has_room(len(source.text())):
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: a letter is typed, or something else done."""
        letters = event.text()
        writes = bool(letters) and (letters.isprintable() or letters in _BLANKS)
        if not writes or self._has_room(len(letters)):
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Qt's: letters come that are put together from several keys."""
        if not event.commitString() or self._has_room(len(event.commitString())):
            super().inputMethodEvent(event)

    def _has_room(self, more: int) -> bool:
        # Qt counts an emoji as two, and so never too few: only where it comes near, the characters are counted.
        if self.document().characterCount() - 1 + more <= self._longest:
            return True
        room = self._longest - len(self.toPlainText()) + len(self.textCursor().selectedText())
        if more > room:
            _tell(self, self._say, self._longest, more)
        return more <= room


class _AtMost(QValidator):
    """Takes texts of up to so many characters."""

    def __init__(self, longest: int, parent: QLineEdit) -> None:
        super().__init__(parent)
        self._longest = longest

    def validate(self, text: str, cursor: int) -> tuple[QValidator.State, str, int]:
        """Qt's."""
        state = QValidator.State.Acceptable if len(text) <= self._longest else QValidator.State.Invalid
        return state, text, cursor


def _tell(field: QWidget, say: Callable[[str], None] | None, longest: int, more: int = 0) -> None:
    if more > 1:
        said = tr("At most %1 characters fit here. What you pasted has %2, and was left out.")
    else:
        said = tr("At most %1 characters fit here. What you added goes beyond that, and was left out.")
    said = said.replace("%1", f"{longest:,}").replace("%2", f"{more:,}")
    if say is not None:
        say(said)
    else:
        QToolTip.showText(
            field.mapToGlobal(QPoint(0, field.height())), tooltip_text(said), field, field.rect(), _SAID_FOR
        )
