"""`TakeInDialog`: has the changes of a file that was carried elsewhere wait here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.pending import TakenIn
from fleetdesk.errors import Invalid
from fleetdesk.qt.dialog import Dialog, fit
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import Level, Message, message_for
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.passphrase_form import PassphraseForm
from fleetdesk.views.workbench import Workbench

__all__ = ["TakeInDialog"]

_WIDTH = 440


class TakeInDialog(Dialog):
    """Asks for the passphrase of one file, until it is right or the person gives up."""

    def __init__(self, bench: Workbench, path: Path, parent: QWidget) -> None:
        super().__init__(tr("Take in changes"), parent)
        self._bench = bench
        self._path = path
        self.passphrase = PassphraseForm(tr("Passphrase of the file"), new=False)
        self._said = Label(tint=Tint.DANGER, wrap=True)
        self._said.hide()
        self._verb = Button(tr("Take in"), self.submit, kind=Kind.PRIMARY)
        self._verb.setDefault(True)
        about = tr("What is in %1 waits here then, and is sent. What is here already, or was done, is left out.")
        head = column(
            Label(tr("Take in changes"), size=TextSize.TITLE),
            Label(about.replace("%1", isolated(path.name)), tint=Tint.MUTED, wrap=True),
            gap=GRID,
        )
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), self._verb, margins=(0, GRID, 0, 0))
        self.setLayout(column(head, self.passphrase, self._said, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(bench.theme.pixels(_WIDTH))

    @property
    def told(self) -> str:
        """What is said to be wrong with the file."""
        return "" if self._said.isHidden() else self._said.text()

    def submit(self) -> None:
        """Take the changes in."""
        passphrase = self.passphrase.passphrase()
        if passphrase is None or not self._verb.isEnabled():
            return
        self._said.hide()
        self._verb.setEnabled(False)
        self._bench.acts.ask(
            lambda desk: desk.take_in(self._path, passphrase),
            owner=self,
            on_success=self._taken,
            on_failure=self._failed,
        )

    def _taken(self, taken: TakenIn) -> None:
        said = tr("Nothing in this file was new here.")
        if taken.taken:
            said = plural(taken.taken, tr("%n change was taken in."), tr("%n changes were taken in."))
        here = plural(taken.known, tr("%n was here already."), tr("%n were here already."))
        self._bench.outbox.refresh()
        self._bench.notifier.say(Message(Level.SUCCESS, said, here if taken.known else ""))
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._verb.setEnabled(True)
        if isinstance(error, Invalid):
            self.passphrase.show_error(str(error))
        else:
            self._said.setText(message_for(error).text)
            self._said.show()
        fit(self)
