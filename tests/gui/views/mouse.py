"""The mouse with its button down, which QTest does not move so."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

__all__ = ["drag"]

_LEFT = Qt.MouseButton.LeftButton


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press at one point of a widget and go to another; the button stays down."""
    QTest.mousePress(widget, _LEFT, pos=start)
    for point in (start + QPoint(20, 0), end):
        there = QPointF(widget.mapToGlobal(point))
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            there,
            Qt.MouseButton.NoButton,
            _LEFT,
            Qt.KeyboardModifier.NoModifier,
        )
        QCoreApplication.sendEvent(widget, event)
