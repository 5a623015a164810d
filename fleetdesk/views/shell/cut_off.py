"""What is told at a start of acts over many rows that FleetDesk did not bring to their end, and what is offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fleetdesk.commands.pending import BatchDone, CommandDesk, CutOff
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.notifier import Level, Message, MessageAction
from fleetdesk.views.left_acts import forget_act, left_act
from fleetdesk.views.long_acts import Far, GoesOn
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.workbench import Workbench

__all__ = ["settle_cut_off"]


def settle_cut_off(window: MainWindow) -> None:
    """Take out what is left of an act that is whole or nothing; ask what is to become of the others."""

    def came(cuts: tuple[CutOff, ...]) -> None:
        for cut in cuts:
            if cut.whole:
                _take_out(window.bench, cut)
            else:
                _ask(window, cut)

    window.bench.acts.ask(lambda desk: desk.cut_off(), owner=window, on_success=came)


def _take_out(bench: Workbench, cut: CutOff) -> None:
    def work(desk: CommandDesk, go_on: GoesOn[Far]) -> bool:
        doing = tr("Taking out what was not brought to its end")
        return desk.take_back(cut.batch_id, go_on=lambda rows: go_on(Far(doing, rows, cut.rows)))

    def told(through: bool) -> None:
        bench.outbox.refresh()
        if through:
            gone = plural(
                cut.rows, tr("None of it counts: %n row is gone again."), tr("None of it counts: %n are gone.")
            )
            bench.notifier.say(_message(cut, tr("This was cut off: %1."), gone, do=tr("Begin it again when you like.")))

    bench.acts.turn_round(work, owner=bench.outbox, on_success=told)


def _ask(window: MainWindow, cut: CutOff) -> None:
    """Say what is done and what is not, with a button for each way on."""
    bench, key = window.bench, _key(cut)

    def settled(_done: object = None) -> None:
        forget_act(bench.remembered, cut.batch_id)
        bench.acts.ask(lambda desk: desk.let_stand(cut.batch_id), owner=bench.outbox, on_success=_nothing)

    def turn(act: int | None, doing: str, rows: int, *, redo: bool) -> Callable[[], None]:
        def run() -> None:
            assert act is not None
            bench.notifier.withdraw(key)

            def work(desk: CommandDesk, go_on: GoesOn[Far]) -> BatchDone:
                turned = desk.redo if redo else desk.undo
                return turned(act, go_on=lambda done: go_on(Far(doing, done, rows)))

            def told(done: BatchDone) -> None:
                settled()
                bench.outbox.refresh()
                bench.notifier.success(plural(done.done, tr("%n row is done."), tr("%n rows are done.")))

            bench.acts.turn_round(work, owner=bench.outbox, on_success=told)

        return run

    def leave() -> None:
        bench.notifier.withdraw(key)
        settled()

    back = turn(cut.act, tr("Taking back"), cut.rows, redo=cut.undone)
    so = MessageAction(tr("Leave it so"), leave)
    if cut.rest is not None:
        rest = turn(cut.rest, tr("Going on"), cut.left, redo=not cut.undone)
        what = tr("This was being undone when FleetDesk ended: %1.")
        if not cut.undone:
            what = tr("This was being done again when FleetDesk ended: %1.")
        kept = plural(cut.rows, tr("%n row is through,"), tr("%n rows are through,"))
        left = plural(cut.left, tr("%n is not yet."), tr("%n are not yet."))
        actions = (MessageAction(tr("Take it back"), back), so)
        bench.notifier.say(_message(cut, what, f"{kept} {left}", MessageAction(tr("Go on"), rest), actions))
        return
    kept = plural(cut.rows, tr("%n row is done; the others are as they were."), tr("%n rows are done, the others not."))
    undo = MessageAction(tr("Undo what was done"), back)
    known, what = left_act(bench.remembered, cut.batch_id), tr("This was cut off when FleetDesk ended: %1.")
    if known is None:
        bench.notifier.say(_message(cut, what, kept, undo, (so,)))
        return
    go_on = MessageAction(tr("Go on with the rest"), partial(window.begin, known.action, None))
    bench.notifier.say(_message(cut, what, kept, go_on, (undo, so)))


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


def _nothing(_done: None) -> None:
    """Nothing is left to be told."""
