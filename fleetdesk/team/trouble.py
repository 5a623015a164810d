"""The small window of what could not be opened: it says why, what was kept and what to do, and lets one try again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog

from fleetdesk.errors import BadFile
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import Message, message_for
from fleetdesk.qt.small_window import SmallWindow, standing_alone
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["TroubleWindow", "tell_trouble"]


def tell_trouble(
    error: Exception,
    connection: str,
    attend: Callable[[TroubleWindow], object],
    *,
    elsewhere: Callable[[], None] | None = None,
    folder: Path | None = None,
) -> bool:
    """Tell why a connection could not be opened; whether it is to be tried again. Needs an application.

    `attend` is called with the window. `elsewhere` lets the person choose another connection. `folder` is where the
    connection's files are: it can be looked into where one of them is what is wrong.
    """
    look = None if folder is None or not isinstance(error, BadFile) else lambda: _show(folder)
    message = message_for(error)

    def make(theme: Theme) -> TroubleWindow:
        return TroubleWindow(message, theme, connection, elsewhere=elsewhere, look=look)

    with standing_alone(make, attend) as window:
        return window.exec() == QDialog.DialogCode.Accepted


class TroubleWindow(SmallWindow):
    """Says what a message says. Accepted, it is to be tried again."""

    def __init__(
        self,
        message: Message,
        theme: Theme,
        connection: str,
        *,
        elsewhere: Callable[[], None] | None = None,
        look: Callable[[], None] | None = None,
    ) -> None:
        """`elsewhere` and `look`, into the files' folder, are offered where they are given."""
        super().__init__(tr("It could not be opened"), theme)
        self.told = message.text
        again = Button(tr("Try again"), self.accept, kind=Kind.PRIMARY)
        again.setDefault(True)
        others = ((tr("Other connection"), elsewhere), (tr("Show files"), look))
        self.arrange(
            Label(tr("FleetDesk could not open %1").replace("%1", connection), size=TextSize.HEADING, wrap=True),
            Label(message.what, wrap=True, tint=Tint.DANGER),
            *(Label(text, wrap=True) for text in (message.kept, message.do) if text),
            back=Button(tr("Quit"), self.reject),
            on=again,
            beside=[Button(text, act, kind=Kind.QUIET) for text, act in others if act is not None],
        )
        again.setFocus()
        fit(self)


def _show(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
