"""Shortcuts as text: their one spelling, how other keyboards spell them, and when two of them meet."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from fleetdesk.errors import Defect

__all__ = ["is_reserved", "meet", "portable", "readable", "spellings", "stroke_of", "strokes"]

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_MODIFIERS = ("Ctrl+", "Alt+", "Meta+", "Shift+")
_MOST_STROKES = 2
_MOVING = ("Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown", "Tab", "Backtab")
_FOR_WIDGETS = frozenset((*_MOVING, "Return", "Enter", "Esc", "Space", "Backspace", "Del", "Menu"))
_FOR_TEXT = frozenset(("Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Return", "Ctrl+Enter", "Alt+F4"))

# What stands on the keys of an Arabic keyboard (101), which by itself types none of our letters; its figures may be
# Arabic ones. Source: Unicode CLDR, keyboard "ar-t-k0-windows".
_ARABIC = dict(zip("QWERTYUIOPASDFGHJKLZXCVNM/0123456789", "ضصثقفغعهخحشسيبلاتنمئءؤرىةظ٠١٢٣٤٥٦٧٨٩", strict=True))
_LATIN = {arabic: latin for latin, arabic in _ARABIC.items()}


def portable(shortcut: str) -> str:
    """The one spelling of a shortcut; raises `Defect` for keys that do not exist."""
    text = readable(shortcut)
    if text is None:
        raise Defect(f"“{shortcut}” is not a shortcut.")
    return text


def readable(shortcut: str) -> str | None:
    """The one spelling of a shortcut that came from outside; None if there are no such keys. Empty for no keys."""
    sequence = QKeySequence(shortcut, _PORTABLE)
    text: str = sequence.toString(_PORTABLE)
    return None if (shortcut and not text) or sequence.count() > _MOST_STROKES else text


def spellings(shortcut: str) -> list[QKeySequence]:
    """All that a shortcut may come as: not every platform tells Qt which of our letters stands on a key.

    Nor does every platform tell that ? is typed with Shift. Other signs stay as they are: where ? is Shift and /, a
    "Shift+/" would make ? ambiguous, and do nothing. With Shift alone, an Arabic keyboard types other signs.
    """
    texts = [shortcut]
    if shortcut == "?":
        texts += ["Shift+?", "؟", "Shift+؟"]
    elif all(map(_has_arabic, strokes(shortcut))):
        texts.append(", ".join(map(_arabic, strokes(shortcut))))
    return [QKeySequence(text, _PORTABLE) for text in texts]


def strokes(shortcut: str) -> list[str]:
    """The parts of a shortcut that are pressed one after the other."""
    return shortcut.split(", ") if shortcut else []


def meet(one: str, other: str) -> bool:
    """Whether two shortcuts are the same, or one is the beginning of the other (it could never be completed)."""
    pairs = list(zip(strokes(one), strokes(other), strict=False))
    return bool(pairs) and all(mine == theirs for mine, theirs in pairs)


def stroke_of(pressed: QKeyCombination) -> str:
    """What was pressed, as a shortcut's text, whatever the keyboard; empty for keys that have no name.

    A sign that is typed with Shift, such as ?, is that sign; a letter keeps its Shift.
    """
    without_pad = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text: str = QKeySequence(QKeyCombination(without_pad, pressed.key())).toString(_PORTABLE)
    modifiers, key = _parted(text)
    key = _LATIN.get(key, key)
    if len(key) == 1 and not key.isalpha():
        modifiers = modifiers.replace("Shift+", "")
    return modifiers + ("?" if key == "؟" else key)


def is_reserved(stroke: str) -> bool:
    """Whether lists, forms and fields need a stroke for themselves, so that nothing else may be done by it."""
    modifiers, key = _parted(stroke)
    return (modifiers in ("", "Shift+") and key in _FOR_WIDGETS) or stroke in _FOR_TEXT


def _has_arabic(stroke: str) -> bool:
    modifiers, key = _parted(stroke)
    return modifiers != "Shift+" and key in _ARABIC


def _arabic(stroke: str) -> str:
    modifiers, key = _parted(stroke)
    return modifiers + _ARABIC[key]


def _parted(stroke: str) -> tuple[str, str]:
    """The modifiers of a stroke, and its key: "Ctrl++" is Ctrl and +."""
    key = stroke
    while modifier := next((name for name in _MODIFIERS if key.startswith(name) and key != name), ""):
        key = key.removeprefix(modifier)
    return stroke.removesuffix(key), key
