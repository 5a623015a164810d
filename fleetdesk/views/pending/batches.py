"""`BatchActions`: what may be done with a whole batch that waits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from fleetdesk.commands.pending import BatchDone, CommandDesk, PendingBatch
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.notifier import Question
from fleetdesk.views.long_acts import Far, GoesOn
from fleetdesk.views.workbench import Workbench

__all__ = ["BatchActions"]


class BatchActions(QObject):
    """Acts on the batch whose id `chosen` gives, if it is one."""

    def __init__(self, bench: Workbench, chosen: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._chosen = chosen
        group = tr("Waiting changes")
        bench.acts.under_way.changed.connect(bench.actions.refresh)
        bench.actions.register(
            Action(
                "pending.stop",
                tr("Stop what goes on"),
                bench.acts.under_way.end,
                icon="stop",
                enabled_when=self._can_stop,
                group=group,
                keywords="cancel discard undo progress",
            ),
            Action(
                "pending.pause_batch",
                tr("Keep the batch here for now"),
                partial(self._pause, paused=True),
                icon="pause",
                enabled_when=partial(self._can_pause, paused=True),
                group=group,
                keywords="pause bulk",
            ),
            Action(
                "pending.resume_batch",
                tr("Send the batch"),
                partial(self._pause, paused=False),
                icon="play",
                enabled_when=partial(self._can_pause, paused=False),
                group=group,
                keywords="resume bulk",
            ),
        )

    @property
    def current(self) -> PendingBatch | None:
        """The batch that is chosen."""
        return next((batch for batch in self._bench.outbox.batches if batch.id == self._chosen()), None)

    def can_discard(self) -> Availability:
        """Whether anything of the batch can still be given up."""
        batch = self.current
        if batch is not None and batch.waiting + batch.inbox + batch.held:
            return ENABLED
        return WhyNot(tr("All of it is already on its way to the hub."))

    def discard(self) -> None:
        """Give up what has not been sent, after asking."""
        batch = self.current
        assert batch is not None
        rows = batch.waiting + batch.inbox + batch.held
        text = plural(rows, tr("%n row of “%1” is taken back."), tr("%n rows of “%1” are taken back."))
        if batch.sent:
            text += " " + plural(
                batch.sent,
                tr("%n row is on its way already; undo takes it back."),
                tr("%n rows are on their way already; undo takes them back."),
            )
        question = Question(
            tr("Discard this batch?"), text.replace("%1", batch.sentence), tr("Discard the batch"), dangerous=True
        )
        self._bench.notifier.ask(question, lambda: self._give_up(batch))

    def open(self, batch: PendingBatch) -> None:
        """Show the Inbox, if any of the batch waits there."""
        if batch.inbox + batch.held:
            self._bench.navigator.show_screen("inbox")

    def _can_pause(self, *, paused: bool) -> Availability:
        batch = self.current
        if batch is None:
            return WhyNot(tr("Choose a batch first."))
        if not batch.waiting:
            return WhyNot(tr("Nothing of this batch waits here."))
        if batch.paused is paused:
            return WhyNot(tr("This batch stays here already.") if paused else tr("This batch is not kept back."))
        return ENABLED

    def _pause(self, *, paused: bool) -> None:
        batch = self.current
        assert batch is not None
        said = tr("“%1” stays here for now.") if paused else tr("“%1” is sent again.")
        self._bench.acts.ask(
            lambda desk: desk.pause_batch(batch.id, paused=paused),
            owner=self,
            on_success=lambda _nothing: self._done(said.replace("%1", batch.sentence)),
        )

    def _give_up(self, batch: PendingBatch) -> None:
        """Portion by portion, with what has come to the batch since it was shown; it can be stopped."""
        what = tr("Discarding “%1”").replace("%1", batch.sentence)

        def discard(desk: CommandDesk, go_on: GoesOn[Far]) -> BatchDone:
            now = next((one for one in desk.batches() if one.id == batch.id), batch)
            rows = now.waiting + now.inbox + now.held
            return desk.discard_batch(batch.id, go_on=lambda done: go_on(Far(what, done, max(done, rows))))

        def told(done: BatchDone) -> None:
            said = plural(done.done, tr("%n change was discarded."), tr("%n changes were discarded."))
            self._done(said + " " + tr("The rest still waits.") if done.ended else said)

        self._bench.acts.turn_round(discard, owner=self, on_success=told)

    def _can_stop(self) -> Availability:
        going = self._bench.acts.under_way.far is not None
        return ENABLED if going else WhyNot(tr("Nothing goes on that could be stopped."))

    def _done(self, said: str) -> None:
        self._bench.outbox.refresh()
        self._bench.notifier.success(said)
