"""The window before the windows: it asks for the PIN or the passphrase of the local copy, or has a new one chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QTimer

from fleetdesk.errors import Busy, Invalid
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.small_window import SmallWindow, standing_alone
from fleetdesk.qt.tasks import waited_for
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.passphrase_form import PassphraseForm

__all__ = ["Behind", "Lock", "UnlockWindow", "unlock"]

T = TypeVar("T")
Opened_co = TypeVar("Opened_co", covariant=True)

_SECOND = 1000  # milliseconds
_MINUTE = 60  # seconds


class Lock(Protocol[Opened_co]):
    """What is to be opened. Both may wait for a disk."""

    @property
    def wanted(self) -> Wanted:
        """What is to be typed now."""
        ...

    def unlock(self, typed: str) -> Opened_co:
        """Open it; takes a while. Raises Invalid for what is wrong, Busy where it is too early to try again."""
        ...


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind the lock, as far as it may be told: the connection's name, and sentences.

    `locked`: it was open a moment ago, and was locked. `trouble` is why it could not be opened once it was unlocked.
    """

    connection: str = ""
    sentences: Sequence[str] = ()
    locked: bool = False
    trouble: str = ""


def unlock(
    lock: Lock[T],
    behind: Behind,
    *,
    elsewhere: Callable[[], None] | None = None,
    attend: Callable[[UnlockWindow[T]], object] = lambda _window: None,
) -> T | None:
    """What `lock` opens to; the person types until it is right. None if they close the window. Needs an application.

    `elsewhere` lets them choose another connection. `attend` is called with the window.
    """
    wanted = waited_for(lambda: lock.wanted)

    def make(theme: Theme) -> UnlockWindow[T]:
        return UnlockWindow(theme, lock, wanted, behind, elsewhere=elsewhere)

    with standing_alone(make, attend) as window:
        window.exec()
        return window.opened


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What was typed is not right: why, and seconds until the next may be tried."""

    text: str
    wait: float


class UnlockWindow(SmallWindow, Generic[T]):
    """One field, or two alike where something new is chosen. What is wrong is told, and how long to wait."""

    def __init__(
        self,
        theme: Theme,
        lock: Lock[T],
        wanted: Wanted,
        behind: Behind,
        *,
        elsewhere: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(tr("Locked"), theme)
        self.opened: T | None = None
        self._lock = lock
        self._wait = 0.0
        self.form = PassphraseForm(_field(wanted), new=wanted.new, word=wanted.word)
        self._said = Label(wrap=True, tint=Tint.DANGER)
        self._said.hide()
        self._on = Button(_verb(wanted), self.submit, kind=Kind.PRIMARY)
        self._on.setDefault(True)
        lines = [
            Label(_heading(wanted, behind), size=TextSize.HEADING, wrap=True),
            *(Label(text, wrap=True) for text in behind.sentences),
            Label(_meaning(wanted), wrap=True, tint=Tint.MUTED),
        ]
        others = [] if elsewhere is None else [Button(tr("Other connection"), elsewhere, kind=Kind.QUIET)]
        self.arrange(*lines, self.form, self._said, back=Button(tr("Quit"), self.reject), on=self._on, beside=others)
        self._clock = QTimer(self, interval=_SECOND)
        self._clock.timeout.connect(self._count_down)
        self._say(behind.trouble)
        self._begin_to_wait(wanted.wait)
        self.form.setFocus()

    @property
    def told(self) -> str:
        """What is said to be wrong, or why to wait."""
        return self.form.error or ("" if self._said.isHidden() else self._said.text())

    @property
    def waits(self) -> bool:
        """Whether nothing can be tried yet."""
        return self._wait > 0

    def submit(self) -> None:
        """Try what was typed."""
        typed = None if self.waits else self.form.passphrase()
        if not typed:
            return
        self._say(tr("Opening the local copy …"), Tint.MUTED)
        self._take(takes=False)
        self.runner.run(
            lambda _cancel: self._tried(typed),
            on_success=self._answered,
            on_failure=self._failed,
            owner=self,
            cancel_key="unlock",
        )

    def _tried(self, typed: str) -> T | _Wrong:
        """In another thread: the wait is read from a file."""
        try:
            return self._lock.unlock(typed)
        except Invalid as error:
            return _Wrong(str(error), self._lock.wanted.wait)

    def _answered(self, answer: T | _Wrong) -> None:
        self.form.clear()
        if isinstance(answer, _Wrong):
            self._take(takes=True)
            self._say("")
            self.form.show_error(answer.text)
            self._begin_to_wait(answer.wait)
        else:
            self.opened = answer
            self.accept()

    def _failed(self, error: Exception) -> None:
        self._take(takes=True)
        self._say("")
        if isinstance(error, Busy):
            self._begin_to_wait(error.seconds)
        else:
            self._say(message_for(error).text)

    def _begin_to_wait(self, seconds: float) -> None:
        self._wait = seconds
        if seconds > 0:
            self._take(takes=False)
            self._clock.start()
            self._say_how_long()

    def _count_down(self) -> None:
        self._wait = max(0.0, self._wait - 1)
        if self.waits:
            self._say_how_long()
            return
        self._clock.stop()
        self._say("")
        self._take(takes=True)
        self.form.setFocus()

    def _say_how_long(self) -> None:
        left = math.ceil(self._wait)
        time = tr("%1 min %2 s").replace("%1", str(left // _MINUTE)).replace("%2", str(left % _MINUTE))
        if left < _MINUTE:
            time = tr("%1 s").replace("%1", str(left))
        self._say(tr("There were too many wrong attempts. You can try again in %1.").replace("%1", time))

    def _take(self, *, takes: bool) -> None:
        self.form.set_read_only(read_only=not takes)
        self._on.setEnabled(takes)

    def _say(self, text: str, tint: Tint = Tint.DANGER) -> None:
        self._said.set_tint(tint)
        self._said.setText(text)
        self._said.setVisible(bool(text))
        fit(self)


def _heading(wanted: Wanted, behind: Behind) -> str:
    if wanted.new:
        return tr("Choose a PIN") if wanted.word is Word.PIN else tr("Choose a passphrase")
    if behind.locked:
        return tr("FleetDesk is locked")
    return tr("Unlock %1").replace("%1", behind.connection) if behind.connection else tr("Unlock FleetDesk")


def _meaning(wanted: Wanted) -> str:
    if wanted.moving:
        return tr(
            "So far the keyring alone opened your local copy. From now on a PIN is needed too, so that nobody reads it"
            " who only has this laptop. Everything that is here stays as it is. Nobody can tell you the PIN if you"
            " forget it."
        )
    if wanted.new and wanted.word is Word.PIN:
        return tr(
            "Your local copy will be encrypted under this PIN, together with a secret in this machine’s keyring."
            " Nobody can tell you the PIN if you forget it: what was not sent yet is lost then."
        )
    if wanted.new:
        return tr(
            "This machine has no keyring, so your local copy is kept under a passphrase alone."
            " Nobody can tell it to you if you forget it: what was not sent yet is lost then."
        )
    if wanted.word is Word.PASSPHRASE:
        return tr("Your local copy is kept under a passphrase alone: no keyring was found when it was made.")
    return tr("Your local copy is kept under your PIN and a secret in this machine’s keyring.")


def _field(wanted: Wanted) -> str:
    return tr("PIN") if wanted.word is Word.PIN else tr("Passphrase")


def _verb(wanted: Wanted) -> str:
    return tr("Unlock") if not wanted.new else tr("Go on")
