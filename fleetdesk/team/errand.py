"""`ErrandDialog`: a small window that has one thing done over the network, says how it went, and what may follow."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QDialog

from fleetdesk.models.locking import Why
from fleetdesk.qt.dialog import fit
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import TextSize
from fleetdesk.qt.small_window import SmallWindow, standing_alone
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.team.cancellable import run_cancellable

__all__ = ["Errand", "ErrandDialog", "run_errand"]

T = TypeVar("T")
Errand = Callable[[], Coroutine[Any, Any, T]]
"""What is to be done; in a loop of its own."""
DialogT = TypeVar("DialogT", bound="ErrandDialog[Any]")


def run_errand(make: Callable[[Theme], DialogT], attend: Callable[[DialogT], None]) -> bool:
    """Whether the person wants to go on after it. Needs an application, and no running event loop.

    `attend` is called with the dialog, for who rings meanwhile.
    """
    with standing_alone(make, attend) as dialog:
        dialog.begin()
        return dialog.exec() == QDialog.DialogCode.Accepted


class ErrandDialog(SmallWindow, Generic[T]):
    """It can be tried again where it failed. Accepted, it is done, and the person wants to go on."""

    def __init__(self, name: str, errand: Errand[T], theme: Theme) -> None:
        super().__init__(name, theme)
        self._errand = errand
        self._over = False
        self._locks = False
        self._cancel: Callable[[], None] = lambda: None
        self._heading = Label(size=TextSize.HEADING, wrap=True)
        self._lines = tuple(Label(wrap=True, tint=Tint.MUTED) for _ in range(2))
        self._on = Button("", self._go_on, kind=Kind.PRIMARY)
        self._quit = Button(tr("Quit FleetDesk"), self.reject)
        self.arrange(self._heading, *self._lines, back=self._quit, on=self._on)

    @property
    def waits(self) -> bool:
        """Whether it is under way."""
        return self._on.isHidden()

    @property
    def told(self) -> tuple[str, str]:
        """What the person reads: the heading, and what is below it."""
        return self._heading.text(), " ".join(line.text() for line in self._lines if not line.isHidden())

    def begin(self) -> None:
        """Do it."""
        self.say_begun()
        self._on.hide()
        self._quit.hide()
        task = self.runner.run(
            lambda cancellation: run_cancellable(self._errand, cancellation),
            on_success=self._done,
            on_failure=self._failed,
            owner=self,
        )
        self._cancel = task.cancel

    def reject(self) -> None:
        """Qt's: quit; what is under way goes on to its end."""
        if not self.waits:
            super().reject()

    def lock(self, why: Why) -> None:
        """Close; what is under way goes on to its end first."""
        self._locks = True
        super().lock(why)

    def break_off(self) -> None:
        """Close at once, in the midst of what can all be done again."""
        self._cancel()
        super().reject()

    @abstractmethod
    def say_begun(self) -> None:
        """Tell what is under way."""

    @abstractmethod
    def say_done(self, result: T) -> str:
        """Tell how it went; gives what is on the button that goes on."""

    @abstractmethod
    def say_failed(self, error: Exception) -> None:
        """Tell why it was not done, and what was kept."""

    def tell(self, heading: str, what: str, more: str = "") -> None:
        """Say this instead of what is said; what is empty takes no room."""
        self._heading.setText(heading)
        for line, text in zip(self._lines, (what, more), strict=True):
            line.setText(text)
            line.setVisible(bool(text))
        fit(self)

    def _go_on(self) -> None:
        if self._over:
            self.accept()
        else:
            self.begin()

    def _done(self, result: T) -> None:
        self._over = True
        self._offer(self.say_done(result))

    def _failed(self, error: Exception) -> None:
        self.say_failed(error)
        self._offer(tr("Try again"))

    def _offer(self, verb: str) -> None:
        self._on.set_text(verb)
        self._on.show()
        self._quit.show()
        self._on.setFocus()
        if self._locks:
            self.reject()
