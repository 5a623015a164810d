"""Letting a window come to rest, for pictures and their scenes."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication

from tests.gui.views.office import Office

__all__ = ["settle"]

_PATIENCE = 20.0


def settle(office: Office, *, at_least: float = 0.35) -> None:
    """Let everything happen that is under way."""
    started = time.monotonic()
    while time.monotonic() - started < at_least or not office.idle():
        QCoreApplication.processEvents()
        time.sleep(0.005)
        if time.monotonic() - started > _PATIENCE:
            raise TimeoutError("the window does not come to rest")
