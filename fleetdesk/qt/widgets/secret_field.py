"""`SecretField`: a line of text that nobody reads over a shoulder."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from fleetdesk.qt.widgets.text_fields import TextField

__all__ = ["SecretField"]


class SecretField(TextField):
    """Shows a dot for each letter."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
