"""Shows the questions of a notifier."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import Notifier, Pending
from fleetdesk.qt.widgets.buttons import Button, Kind

__all__ = ["Confirmation", "ConfirmationDialog"]


class Confirmation(QObject):
    """Opens a dialog over a window for each question that its notifier asks."""

    def __init__(self, notifier: Notifier, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        notifier.asked.connect(self._ask)

    def _ask(self, pending: Pending) -> None:
        ConfirmationDialog(pending, self._window).open()


class ConfirmationDialog(Dialog):
    """A question with its verb on the button. Of a dangerous or sudden one, Enter is Cancel's."""

    def __init__(self, pending: Pending, parent: QWidget) -> None:
        question = pending.question
        super().__init__(question.title, parent)
        self._pending = pending
        self.setAccessibleDescription(question.text)
        cancel = Button(tr("Cancel"), self.reject)
        confirm = Button(question.confirm, self.accept, kind=Kind.DANGER if question.dangerous else Kind.PRIMARY)
        self.accepted.connect(pending.confirm)
        text = Label(question.text, tint=Tint.MUTED, wrap=True)
        title = Label(question.title, size=TextSize.TITLE, wrap=True)
        buttons = row(STRETCH, cancel, confirm)
        self.setLayout(column(title, text, STRETCH, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(52 * GRID)
        preferred = cancel if question.dangerous or question.sudden else confirm
        preferred.setDefault(True)
        preferred.setFocus()
