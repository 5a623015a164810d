"""Tokens as Qt's colours."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QColor

__all__ = ["colour"]


@lru_cache(maxsize=256)
def colour(value: str) -> QColor:
    """A token's colour. Shared: never changed by who gets it."""
    return QColor(value)
