"""`Behind`: a dialog whose work goes on while the person works on elsewhere. It knows nothing of that work."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fleetdesk.qt.dialog import Dialog

__all__ = ["Behind"]


class Behind(Dialog):
    """Seen, or behind the screens until it is called back."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.behind = False  # whether it goes on, or waits, without being seen

    def go_behind(self) -> None:
        """Let the person work on; `come_back` shows it again."""
        self.behind = True
        self.hide()

    def come_back(self) -> None:
        """Be seen again."""
        self.behind = False
        self.open()
