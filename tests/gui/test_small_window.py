"""A small window that stands alone ends with its thread and its look, however it is left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.small_window import SmallWindow, standing_alone


class Noting(SmallWindow):
    """Knows whether it was ended."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Noting", theme)
        self.theme = theme
        self.ended = False

    def end(self) -> None:
        super().end()
        self.ended = True


@pytest.mark.parametrize("fails", ["attended", "shown"])
def test_it_ends_whatever_goes_wrong_meanwhile(qapp: QApplication, fails: str) -> None:
    made: list[Noting] = []

    def attend(window: Noting) -> None:
        made.append(window)
        if fails == "attended":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), standing_alone(Noting, attend):
        raise ZeroDivisionError
    [window] = made
    theme = window.theme
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert (window.ended, Shiboken.isValid(window), Shiboken.isValid(theme)) == (True, False, False)
