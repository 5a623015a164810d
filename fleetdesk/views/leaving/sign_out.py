"""`SignOutDialog`: warns of what waits, has the person decide what becomes of it, and lets them go."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from PySide6.QtWidgets import QWidget

from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.dialog import Dialog, fit
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.passphrase_form import PassphraseForm
from fleetdesk.qt.widgets.radio_choice import RadioChoice
from fleetdesk.views.file_dialogs import ask_where
from fleetdesk.views.leaving.words import CARRIED, PURPOSE, SUFFIX
from fleetdesk.views.workbench import Workbench

__all__ = ["Fate", "SignOutDialog"]

_WIDTH = 480
_SENDS = (SyncState.LIVE, SyncState.SYNCING, SyncState.STAYING, SyncState.PAUSED)


class Fate(StrEnum):
    """What becomes of the work that waits."""

    SEND = "send"
    CARRY = "carry"
    STAY = "stay"


class SignOutDialog(Dialog):
    """Nothing is done before the person says so; what waits is never thrown away."""

    def __init__(self, bench: Workbench, leave: Callable[[], None], parent: QWidget) -> None:
        """`leave` closes the windows and signs out."""
        super().__init__(tr("Sign out"), parent)
        self._bench = bench
        self._leave = leave
        self._sending = False
        self._status = bench.status.status
        self._waits = Label(wrap=True)
        self.fate = RadioChoice(
            tr("What shall become of this work?"),
            {
                Fate.SEND: tr("Send it first"),
                Fate.CARRY: tr("Take it along in a file"),
                Fate.STAY: tr("Leave it on this laptop"),
            },
        )
        self._meaning = Label(size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
        self.passphrase = PassphraseForm(tr("Passphrase of the file"), new=True)
        self._said = Label(tint=Tint.DANGER, wrap=True)
        self._said.hide()
        self._cancel = Button(tr("Cancel"), self.reject)
        self._verb = Button("", self.submit, kind=Kind.PRIMARY)
        self._verb.setDefault(True)
        buttons = row(STRETCH, self._cancel, self._verb, margins=(0, GRID, 0, 0))
        head = column(Label(tr("Sign out"), size=TextSize.TITLE), self._waits, gap=GRID)
        parts = (head, self.fate, self._meaning, self.passphrase, self._said, buttons)
        self.setLayout(column(*parts, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(bench.theme.pixels(_WIDTH))
        self.fate.chosen.connect(self._show)
        bench.status.changed.connect(self._follow)
        self._follow(self._status)
        if self._work:
            self.fate.take_keyboard()
        else:
            self._verb.setFocus()

    @property
    def told(self) -> str:
        """What is said to be wrong, or to go on."""
        return "" if self._said.isHidden() else self._said.text()

    def submit(self) -> None:
        """Do what was chosen, and sign out then."""
        self._say("")
        if not self._work:
            self._go()
        elif self.fate.key == Fate.SEND:
            self._send()
        elif self.fate.key == Fate.CARRY:
            self._ask_where()
        else:
            self._go()

    def carry_to(self, path: Path) -> None:
        """Write what waits into this file, and sign out then."""
        passphrase = self.passphrase.passphrase()
        if passphrase is None:
            return
        self._busy(busy=True)
        self._bench.acts.ask(
            lambda desk: desk.carry_off(path, passphrase),
            owner=self,
            on_success=lambda _changes: self._go(),
            on_failure=self._failed,
        )

    def reject(self) -> None:
        """Stay signed in. What is being sent goes on."""
        self._sending = False
        super().reject()

    @property
    def _work(self) -> bool:
        return bool(self._status.pending or self._status.inbox)

    @property
    def _can_send(self) -> bool:
        return self._status.state in _SENDS and bool(self._status.pending)

    def _follow(self, status: SyncStatus) -> None:
        self._status = status
        if self._sending:
            self._look_whether_sent()
        self.fate.set_possible(Fate.SEND, possible=self._can_send)
        if self.fate.key == Fate.SEND and self._work and not self._can_send:
            self.fate.choose(Fate.STAY)
        self._show()

    def _show(self) -> None:
        waits, inbox, fate = self._status.pending, self._status.inbox, self.fate.key
        sentences = []
        if waits:
            sentences.append(plural(waits, tr("%n change waits to be sent."), tr("%n changes wait to be sent.")))
        if inbox:
            needs = tr("%n change waits for your decision in the Inbox.")
            sentences.append(plural(inbox, needs, tr("%n changes wait for your decision in the Inbox.")))
        if not sentences:
            sentences.append(tr("Nothing waits to be sent."))
            sentences.append(tr("Your local copy stays on this laptop, encrypted, for when you sign in again."))
        self._waits.setText(" ".join(sentences))
        for part in (self.fate, self._meaning):
            part.setVisible(self._work)
        self.passphrase.setVisible(self._work and fate == Fate.CARRY)
        self._meaning.setText(self._meaning_of(fate))
        verbs = {Fate.SEND: tr("Send, then sign out"), Fate.CARRY: tr("Choose where"), Fate.STAY: tr("Sign out")}
        self._verb.set_text(verbs[Fate(fate)] if self._work else tr("Sign out"))
        fit(self)

    def _meaning_of(self, fate: str) -> str:
        if fate == Fate.SEND:
            inbox = tr("What is in the Inbox cannot be sent: you are asked about it then.")
            return inbox if self._status.inbox else tr("You are signed out as soon as the hub has all of it.")
        if fate == Fate.CARRY:
            return tr(
                "The file is encrypted, and can be taken in on any laptop of yours. Documents that were not sent and"
                " what you were still writing are not in it: they stay here."
            )
        if not self._status.pending:
            return tr("It stays encrypted, and waits in the Inbox when you sign in again on this laptop.")
        stays = tr("It stays encrypted, and is sent when you sign in again on this laptop.")
        if not self._can_send:
            return tr("It cannot be sent just now.") + " " + stays
        return stays

    def _send(self) -> None:
        self._sending = True
        if self._bench.sync.paused:
            self._bench.sync.resume()
        self._bench.sync.sync_now()
        self._busy(busy=True)
        self._look_whether_sent()

    def _look_whether_sent(self) -> None:
        status = self._status
        if not status.pending:
            self._sending = False
            self._busy(busy=False)
            if status.inbox:
                self._say(tr("All that could be sent is sent. What is in the Inbox is left."))
            else:
                self._go()
        elif status.state not in _SENDS:
            self._sending = False
            self._busy(busy=False)
            self._say(tr("It cannot be sent just now. Nothing is lost: decide again, or try later."))
        elif status.state is SyncState.STAYING:
            self._say(tr("What is left stays here on purpose: for a moment, or because you keep it back."), wrong=False)
        else:
            self._say(tr("Sending"), wrong=False)

    def _ask_where(self) -> None:
        if self.passphrase.passphrase() is None:
            fit(self)
            return
        ask_where(
            self._bench.remembered,
            self,
            title=tr("Where shall the changes be kept?"),
            purpose=PURPOSE,
            name=tr("waiting changes") + f".{SUFFIX}",
            filters=[tr(CARRIED)],
            suffix=SUFFIX,
            on_chosen=self.carry_to,
        )

    def _failed(self, error: Exception) -> None:
        self._busy(busy=False)
        self._say(message_for(error).text)

    def _go(self) -> None:
        self._sending = False
        self.accept()
        self._leave()

    def _busy(self, *, busy: bool) -> None:
        for part in (self.fate, self.passphrase, self._verb):
            part.setEnabled(not busy)

    def _say(self, text: str, *, wrong: bool = True) -> None:
        self._said.set_tint(Tint.DANGER if wrong else Tint.MUTED)
        self._said.setText(isolated(text) if text else "")
        self._said.setVisible(bool(text))
        fit(self)
