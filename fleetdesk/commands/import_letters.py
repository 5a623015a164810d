"""Text that was read in another encoding than it was written in, as it looks where a file was glued from two."""

from __future__ import annotations

import re

__all__ = ["looks_mangled", "unmangled"]

_BEHIND = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
"""What Windows-1252 and ISO 8859-1 make of the second and later bytes of a letter in UTF-8."""
_MANGLED = re.compile(f"[ÃÂÅ][{_BEHIND}]|â€[{_BEHIND}]|(?:[ØÙÚÛ][{_BEHIND}]){{2,}}")
_CODECS = ("cp1252", "latin-1")


def looks_mangled(text: str) -> bool:
    """Whether it looks like UTF-8 that was read as a Western encoding: “Ã©” for “é”, runs of Ø and Ù for Arabic."""
    return _MANGLED.search(text) is not None


def unmangled(text: str) -> str:
    """What was meant; empty where that cannot be known any more."""
    for codec in _CODECS:
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return ""
