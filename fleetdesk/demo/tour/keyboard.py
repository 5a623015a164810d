"""Typing as people do, in any script: Qt's own `QTest.keyClicks` knows ASCII alone, and aborts the process at an é."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["type_text"]


def type_text(widget: QWidget, text: str) -> None:
    """Press and release a key for each character, into the widget."""
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, character)
            QApplication.sendEvent(widget, event)
