"""`ValueChoice`: one lead's value of a field, to be chosen among those of the others."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from fleetdesk.qt.look.text import isolated, menu_text, title_text, tooltip_text

__all__ = ["ValueChoice"]

_BESIDE = 36  # pixels of a radio button that are not its text


class ValueChoice(QRadioButton):
    """As wide as its column: a longer text is cut, and whole in the tooltip."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        """`name` is what a screen reader says."""
        super().__init__(parent)
        self._full = isolated(title_text(" ".join(text.split())))
        self.setAccessibleName(name)
        self.setToolTip(tooltip_text(text))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(0, self.width() - _BESIDE)
        self.setText(menu_text(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)))
