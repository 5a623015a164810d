"""Texts in editors: a text that is not touched stays exactly what it was, and none makes the window wait.

An editor of Qt's makes line ends alike, or cuts a text that is too long for it, and lays out a long word for minutes.
"""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from fleetdesk.qt.look.text import harmless

__all__ = ["LONGEST_EDITED", "Editable", "fill", "is_cut", "written"]

LONGEST_EDITED = 20_000
"""Characters of a text that can be edited: as many as any field takes. Of a longer one the beginning is shown."""
_BEGINNING = 1_000
Editable = QLineEdit | QPlainTextEdit


def fill(editor: Editable, text: str) -> None:
    """Show a text in an editor without telling that the person changed it."""
    cut = len(text) > LONGEST_EDITED
    shown = harmless(text, _BEGINNING) if cut else text
    if isinstance(editor, QLineEdit):
        editor.setText(shown)
        editor.setCursorPosition(0)
    else:
        editor.blockSignals(True)  # a plain-text editor does not tell a person's change from a program's
        editor.setPlainText(shown)
        editor.blockSignals(False)
    if cut or is_cut(editor):
        editor.setReadOnly(cut)
    editor.setProperty("cut", cut)
    editor.setProperty("whole", text)
    editor.setProperty("filled", _text(editor))


def written(editor: Editable) -> str:
    """The text that the editor stands for: what it was filled with, where the person changed nothing."""
    now = _text(editor)
    whole = editor.property("whole")
    return whole if isinstance(whole, str) and now == editor.property("filled") else now


def is_cut(editor: Editable) -> bool:
    """Whether its text is too long to be edited, and only the beginning is shown."""
    return bool(editor.property("cut"))


def _text(editor: Editable) -> str:
    return editor.text() if isinstance(editor, QLineEdit) else editor.toPlainText()
