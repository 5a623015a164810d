"""`InboxWatch`: tells the person once that something waits for their decision, wherever they are."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fleetdesk.commands.pending import CommandDesk, PendingState
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.views.workbench import Workbench

__all__ = ["InboxWatch"]


class InboxWatch(QObject):
    """What waited before the start is no news: the rail shows it."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._known: frozenset[str] | None = None
        bench.outbox.changed.connect(self._look)
        bench.acts.ask(_undecided, owner=self, on_success=self._know, on_failure=lambda _error: None)

    def _know(self, undecided: frozenset[str]) -> None:
        self._known = undecided

    def _look(self) -> None:
        inbox = self._bench.outbox.inbox
        undecided = frozenset(shown.id for shown in inbox if shown.change.state is PendingState.INBOX)
        if self._known is None or undecided == self._known:
            return
        came, self._known = len(undecided - self._known), undecided
        if came:
            self._bench.alerts.tell(
                Alert(
                    plural(came, tr("%n change needs your decision."), tr("%n changes need your decision.")),
                    do=tr("It waits in the Inbox; nothing of it is lost."),
                    screen="inbox",
                    within=False,
                )
            )


def _undecided(desk: CommandDesk) -> frozenset[str]:
    return frozenset(change.command.id for change in desk.pending() if change.state is PendingState.INBOX)
