"""Rows and columns on the 8-pixel grid, in one expression."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from fleetdesk.qt.look.tokens import GRID

__all__ = ["STRETCH", "column", "panel", "row", "rule"]

STRETCH: Final = object()  # takes what room is left

Item = QWidget | QLayout | object


def row(*items: Item, gap: int = GRID, margins: int | tuple[int, int, int, int] = 0) -> QHBoxLayout:
    """Items side by side, in pixels `gap` apart; margins are left, top, right, bottom."""
    layout = QHBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def column(*items: Item, gap: int = GRID, margins: int | tuple[int, int, int, int] = 0) -> QVBoxLayout:
    """Items one below the other."""
    layout = QVBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def panel(layout: QLayout, *, ground: str = "", parent: QWidget | None = None) -> QFrame:
    """A frame around a layout, on the ground named in the stylesheet (window, surface, sunken, raised, card)."""
    frame = QFrame(parent)
    frame.setProperty("ground", ground)
    frame.setLayout(layout)
    return frame


def rule(parent: QWidget | None = None) -> QFrame:
    """A line between two parts."""
    line = QFrame(parent)
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    line.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return line


def _fill(layout: QBoxLayout, items: tuple[Item, ...], gap: int, margins: int | tuple[int, int, int, int]) -> None:
    layout.setSpacing(gap)
    left, top, right, bottom = (margins,) * 4 if isinstance(margins, int) else margins
    layout.setContentsMargins(left, top, right, bottom)
    for item in items:
        if item is STRETCH:
            layout.addStretch(1)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
