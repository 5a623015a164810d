"""`RemovalDialog`: asks before a connection is removed, and says what would be lost with its files."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.team.book import Unsent

__all__ = ["RemovalDialog"]


class RemovalDialog(Dialog):
    """Unsent work stays on the laptop, unless the person says that it goes too. Cancel has the keyboard."""

    agreed = Signal(bool)  # whether unsent work is deleted, too

    def __init__(self, connection: str, unsent: Unsent, parent: QWidget) -> None:
        title = tr("Remove %1?").replace("%1", connection)
        super().__init__(title, parent)
        self.setMinimumWidth(56 * GRID)
        self.text = _words(unsent)
        self.setAccessibleDescription(self.text)
        cancel = Button(tr("Cancel"), self.reject)
        self.remove = Button(tr("Remove it"), lambda: self._agree(with_unsent=False), kind=Kind.PRIMARY)
        self.remove_all = Button(
            tr("Delete the unsent work too"), lambda: self._agree(with_unsent=True), kind=Kind.DANGER
        )
        self.remove_all.setVisible(unsent.any)
        self.setLayout(
            column(
                Label(title, size=TextSize.TITLE, wrap=True),
                Label(self.text, tint=Tint.MUTED, wrap=True),
                row(STRETCH, cancel, self.remove_all, self.remove),
                gap=2 * GRID,
                margins=3 * GRID,
            )
        )
        cancel.setDefault(True)
        cancel.setFocus()

    def _agree(self, *, with_unsent: bool) -> None:
        self.agreed.emit(with_unsent)
        self.accept()


def _words(unsent: Unsent) -> str:
    if not unsent.any:
        return tr(
            "You are signed out, and the copy on this laptop is deleted. Nothing waits in it to be sent."
            " What the hub has stays as it is."
        )
    parts = [
        plural(unsent.changes, tr("%n change"), tr("%n changes")) if unsent.changes else "",
        plural(unsent.inbox, tr("%n in the Inbox"), tr("%n in the Inbox")) if unsent.inbox else "",
        plural(unsent.documents, tr("%n document"), tr("%n documents")) if unsent.documents else "",
    ]
    waits = tr("Never sent, and nowhere but on this laptop: %1.").replace("%1", ", ".join(filter(None, parts)))
    kept = tr(
        "If you remove the connection, you are signed out, and this stays here, encrypted: it is found again when a"
        " connection of the same name is added. Deleted, it is gone for good."
    )
    return f"{waits} {kept}"
