"""`Progress`: what takes a while in the wizard, one work at a time, with how far it is in the place of the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from fleetdesk.commands.pending import CommandDesk
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.views.long_acts import GoesOn, LongAct
from fleetdesk.views.workbench import Workbench

__all__ = ["Progress", "or_cancelled"]

T = TypeVar("T")
A = TypeVar("A")


class Progress(QObject):
    """The answer to a work whose place another one took is nobody's."""

    changed = Signal()  # something began, or came to its end

    def __init__(self, bench: Workbench, pages: QStackedWidget, owner: QWidget) -> None:
        """`pages` are covered meanwhile; with `owner`, what is under way ends."""
        super().__init__(owner)
        self._bench = bench
        self._pages = pages
        self._owner = owner
        self._overlay = StateOverlay(bench.theme, pages)
        self._act: LongAct | None = None
        self._alone = False

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._act is not None

    @property
    def alone(self) -> bool:
        """Whether it is something besides which nothing else may begin."""
        return self.busy and self._alone

    @property
    def ending(self) -> bool:
        """Whether it was asked to end."""
        return self._act is not None and self._act.ending

    def begin(
        self,
        doing: str,
        work: Callable[[CommandDesk, GoesOn[T]], object],
        far_text: Callable[[T], str],
        came: Callable[..., None],
        failed: Callable[[Exception], None],
        *,
        alone: bool = False,
        told: Callable[[LongAct, T | None], None] = lambda _act, _far: None,
    ) -> None:
        """Do it in place of what is under way; `alone`, nothing else begins.

        `told` hears how far it is too, and first (None) that it began.
        """
        if self._act is not None:
            self._act.end()
        self.cover(Overlay(OverlayKind.LOADING, doing))

        def moved(far: T) -> None:
            told(act, far)
            if not act.ending:
                self.cover(Overlay(OverlayKind.LOADING, doing, far_text(far)))

        def latest(tell: Callable[[A], None]) -> Callable[[A], None]:
            def call(answer: A) -> None:
                self._bench.acts.under_way.ended(act)
                if self._act is act:
                    tell(answer)

            return call

        act = self._bench.acts.carry_out(
            work, owner=self._owner, on_moved=moved, on_success=latest(came), on_failure=latest(failed)
        )
        self._act, self._alone = act, alone
        told(act, None)
        self._pages.setEnabled(not alone)
        self.changed.emit()

    def end(self) -> None:
        """Have what is under way end, with nothing half done."""
        if self._act is not None:
            self._act.end()
            self.cover(Overlay(OverlayKind.LOADING, tr("Cancelling")))

    def rest(self) -> None:
        """Nothing is under way any more."""
        self._act = None
        self._pages.setEnabled(True)
        self.uncover()
        self.changed.emit()

    def cover(self, overlay: Overlay) -> None:
        """Show something in the place of the step."""
        self._overlay.show_overlay(overlay)

    def uncover(self) -> None:
        """Show the step."""
        self._overlay.clear_overlay()


def or_cancelled(go_on: GoesOn[T]) -> Callable[[T], None]:
    """Tells how far it is; raises Cancelled where it shall end."""

    def say(far: T) -> None:
        if not go_on(far):
            raise Cancelled

    return say
