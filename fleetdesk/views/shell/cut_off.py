"""What is told at a start of acts over many rows that FleetDesk did not bring to their end, and what is offered."""

from __future__ import annotations

from functools import partial

from fleetdesk.commands.pending import BatchDone, CommandDesk, CutOff
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.notifier import Level, Message, MessageAction
from fleetdesk.views.left_acts import forget_act, forget_ended, left_act
from fleetdesk.views.long_acts import Far, GoesOn
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.workbench import Workbench

__all__ = ["settle_cut_off"]


def settle_cut_off(window: MainWindow) -> None:
    """Take out what is left of an act that is whole or nothing; ask what is to become of the others."""

    def ask(desk: CommandDesk) -> tuple[tuple[CutOff, ...], frozenset[str]]:
        return desk.cut_off(), frozenset(batch.id for batch in desk.batches())

    def came(found: tuple[tuple[CutOff, ...], frozenset[str]]) -> None:
        cuts, waiting = found
        forget_ended(window.bench.remembered, waiting - {cut.batch_id for cut in cuts})
        for cut in cuts:
            if cut.whole:
                _take_out(window.bench, cut)
            else:
                _Decision(window, cut).ask()

    window.bench.acts.ask(ask, owner=window, on_success=came)


def _take_out(bench: Workbench, cut: CutOff) -> None:
    bench.notifier.withdraw(_key(cut))

    def work(desk: CommandDesk, go_on: GoesOn[Far]) -> bool:
        doing = tr("Taking out what was not brought to its end")
        return desk.take_back(cut.batch_id, go_on=lambda rows: go_on(Far(doing, rows, cut.rows, whole=True)))

    def told(through: bool) -> None:
        bench.outbox.refresh()
        what = tr("This was cut off: %1.")
        if through:
            gone = tr("Nothing of it was kept: what had come in was taken out again.")
            bench.notifier.say(_message(cut, what, gone, do=tr("Begin it again when you like.")))
        else:
            there = tr("A part of it is still in the lists. None of it is sent.")
            bench.notifier.say(_message(cut, what, there, MessageAction(tr("Go on"), partial(_take_out, bench, cut))))

    bench.acts.turn_round(work, owner=bench.outbox, on_success=told)


class _Decision:
    """One act that was cut off: what is done and what is not, with a button for each way on."""

    def __init__(self, window: MainWindow, cut: CutOff) -> None:
        self._window = window
        self._bench = window.bench
        self._cut = cut

    def ask(self) -> None:
        """Ask what is to become of it."""
        if self._cut.rest is None:
            self._ask_about_rows()
        else:
            self._ask_about_turning(self._cut.rest)

    def _ask_about_turning(self, rest: int) -> None:
        cut = self._cut
        what = tr("This was being undone when FleetDesk ended: %1.")
        if not cut.undone:
            what = tr("This was being done again when FleetDesk ended: %1.")
        through = plural(cut.rows, tr("%n row is through,"), tr("%n rows are through,"))
        left = plural(cut.left, tr("%n is not yet."), tr("%n are not yet."))
        go_on = partial(self._turn, rest, tr("Going on"), cut.left, redo=not cut.undone)
        more = (MessageAction(tr("Take it back"), self._take_back), self._leaving())
        self._say(what, f"{through} {left}", MessageAction(tr("Go on"), go_on), more)

    def _ask_about_rows(self) -> None:
        cut, known = self._cut, left_act(self._bench.remembered, self._cut.batch_id)
        done = plural(
            cut.rows, tr("%n row is done; the others are as they were."), tr("%n rows are done, the others not.")
        )
        what = tr("This was cut off when FleetDesk ended: %1.")
        undo = MessageAction(tr("Undo this"), self._take_back)
        if known is None:
            self._say(what, done, undo, (self._leaving(),))
            return
        go_on = MessageAction(tr("Do the rest"), partial(self._window.begin, known.action, None))
        self._say(what, done, go_on, (undo, self._leaving()))

    def _say(self, what: str, kept: str, action: MessageAction, more: tuple[MessageAction, ...]) -> None:
        self._bench.notifier.say(_message(self._cut, what, kept, action, more))

    def _leaving(self) -> MessageAction:
        return MessageAction(tr("Leave it so"), self._leave)

    def _leave(self) -> None:
        self._bench.notifier.withdraw(_key(self._cut))
        self._settle()

    def _take_back(self) -> None:
        cut = self._cut
        assert cut.act is not None
        self._turn(cut.act, tr("Taking back"), cut.rows, redo=cut.undone)

    def _turn(self, act: int, doing: str, rows: int, *, redo: bool) -> None:
        self._bench.notifier.withdraw(_key(self._cut))

        def work(desk: CommandDesk, go_on: GoesOn[Far]) -> BatchDone:
            turn = desk.redo if redo else desk.undo
            return turn(act, go_on=lambda done: go_on(Far(doing, done, rows)))

        self._bench.acts.turn_round(work, owner=self._bench.outbox, on_success=self._turned)

    def _turned(self, done: BatchDone) -> None:
        notifier = self._bench.notifier
        self._bench.outbox.refresh()
        said = plural(done.done, tr("%n row is done."), tr("%n rows are done."))
        if done.trouble is not None:
            notifier.failed(done.trouble)
        elif done.ended:
            notifier.warning(said, kept=tr("The rest is as it was, and can still be undone or done again."))
        elif done.refused:
            left = plural(len(done.refused), tr("%n row stays: %1"), tr("%n rows stay, such as: %1"))
            notifier.warning(said, kept=left.replace("%1", done.refused[0].verdict.reason))
        else:
            notifier.success(said)
        self._settle()

    def _settle(self) -> None:
        """It is decided: nothing of it is told again."""
        cut = self._cut
        forget_act(self._bench.remembered, cut.batch_id)
        self._bench.acts.ask(
            lambda desk: desk.let_stand(cut.batch_id), owner=self._bench.outbox, on_success=lambda _nothing: None
        )


def _message(
    cut: CutOff,
    what: str,
    kept: str,
    action: MessageAction | None = None,
    more: tuple[MessageAction, ...] = (),
    *,
    do: str = "",
) -> Message:
    said = what.replace("%1", isolated(cut.sentence))
    return Message(Level.WARNING, said, kept, do, action=action, key=_key(cut), more=more, stays=True)


def _key(cut: CutOff) -> str:
    return f"cut.{cut.batch_id}"
