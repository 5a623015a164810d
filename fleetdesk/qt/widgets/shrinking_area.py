"""`ShrinkingArea`: parts that are as high as they need to be, and scroll where there is less room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

__all__ = ["ShrinkingArea"]


class ShrinkingArea(QScrollArea):
    """Gives room back down to `least` pixels; takes none at all while nothing in it is shown."""

    def __init__(self, content: QWidget, *, least: int, fills: bool = False) -> None:
        """One that `fills` takes all room that there is."""
        super().__init__()
        self._least = least
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Preferred, policy.Expanding if fills else policy.Maximum)
        content.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's: the content needs more room, or less."""
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Qt's: all of the content."""
        return QSize(self._needed.width(), self._height)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(self._needed.width(), min(self._least, self._height))

    @property
    def _needed(self) -> QSize:
        content = self.widget()
        return QSize() if content is None else content.minimumSizeHint()

    @property
    def _height(self) -> int:
        content = self.widget()
        layout = None if content is None else content.layout()
        if layout is None:
            return 0
        width = self.viewport().width()
        return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
