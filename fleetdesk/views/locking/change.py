"""`ChangeDialog`: another PIN or passphrase for the local copy, once the present one was typed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fleetdesk.errors import Invalid
from fleetdesk.models.locking import Safe
from fleetdesk.models.passphrases import Word
from fleetdesk.qt.dialog import Dialog, fit
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.passphrase_form import PassphraseForm
from fleetdesk.views.workbench import Workbench

__all__ = ["ChangeDialog"]

_WIDTH = 420


class ChangeDialog(Dialog):
    """Everything stays under the present one until all of it is under the new one."""

    def __init__(self, bench: Workbench, safe: Safe, parent: QWidget) -> None:
        pin = safe.word is Word.PIN
        title = tr("Change the PIN") if pin else tr("Change the passphrase")
        super().__init__(title, parent)
        self._bench = bench
        self._safe = safe
        present = tr("Present PIN") if pin else tr("Present passphrase")
        self.form = PassphraseForm(
            tr("New PIN") if pin else tr("New passphrase"), new=True, word=safe.word, present=present
        )
        self._said = Label(tint=Tint.DANGER, wrap=True)
        self._said.hide()
        self._verb = Button(tr("Change"), self.submit, kind=Kind.PRIMARY)
        self._verb.setDefault(True)
        meaning = Label(
            tr("Nobody can tell it to you if you forget it: what was not sent yet is lost then."),
            size=TextSize.SMALL,
            tint=Tint.MUTED,
            wrap=True,
        )
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), self._verb, margins=(0, GRID, 0, 0))
        head = column(Label(title, size=TextSize.TITLE), meaning, gap=GRID)
        self.setLayout(column(head, self.form, self._said, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(bench.theme.pixels(_WIDTH))
        self.form.setFocus()

    @property
    def told(self) -> str:
        """What is said to be wrong."""
        return self.form.error or ("" if self._said.isHidden() else self._said.text())

    def submit(self) -> None:
        """Change it."""
        self._say("")
        new = self.form.passphrase()
        if new is None:
            return
        self._busy(busy=True)
        present = self.form.present
        self._bench.runner.run(
            lambda _cancel: self._safe.change(present, new),
            on_success=self._changed,
            on_failure=self._failed,
            owner=self,
        )

    def _changed(self, _nothing: None) -> None:
        pin = self._safe.word is Word.PIN
        self._bench.notifier.success(tr("Your PIN is changed.") if pin else tr("Your passphrase is changed."))
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._busy(busy=False)
        if isinstance(error, Invalid):
            self.form.show_error(str(error), of_present=True)
            fit(self)
        else:
            self._say(message_for(error).text)

    def _busy(self, *, busy: bool) -> None:
        self.form.set_read_only(read_only=busy)
        self._verb.setEnabled(not busy)

    def _say(self, text: str) -> None:
        self._said.setText(text)
        self._said.setVisible(bool(text))
        fit(self)
