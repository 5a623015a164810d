"""The one stylesheet, made from the tokens."""

from __future__ import annotations

from fleetdesk.qt.tokens import Palette

__all__ = ["stylesheet"]


def stylesheet(palette: Palette, scale: float) -> str:
    """The stylesheet of the application for a theme."""
    return f"QWidget {{ color: {palette.text}; }}"
