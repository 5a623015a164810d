"""`UndoActions`: undo and redo for the whole window, each called by what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from fleetdesk.commands.pending import BatchDone, CommandDesk, GoOn, PastAct
from fleetdesk.protocol import VerdictKind
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.notifier import MessageAction, Question
from fleetdesk.views.long_acts import Far, GoesOn
from fleetdesk.views.outbox import ShownAct
from fleetdesk.views.workbench import DONE, Workbench

__all__ = ["UndoActions"]

_UNDO, _REDO = "window.undo", "window.redo"
_KEY = "undone"
_MANY = 50
"""Rows that are turned back by a mere key; for more, the person is asked first."""
_STAYS = "“%1” cannot be undone."


class UndoActions(QObject):
    """Registers the two actions, and registers them anew under other words when something else comes next.

    What was done last and cannot be undone is not passed over in silence: that is said, once, before what comes next.
    """

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._said = 0  # the number of the act of which was said that it stays
        self._register()
        bench.outbox.changed.connect(self._renew)

    def _register(self) -> None:
        group = tr("Undo")
        self._bench.actions.register(
            Action(
                _UNDO,
                _title(tr("Undo"), self._bench.outbox.undo),
                self._undo,
                shortcut="Ctrl+Z",
                icon="arrow-counter-clockwise",
                enabled_when=self._can_undo,
                group=group,
                keywords="back revert",
                found_by=tr("Undo"),
            ),
            Action(
                _REDO,
                _title(tr("Redo"), self._bench.outbox.redo),
                self._redo,
                shortcut="Ctrl+Shift+Z",
                icon="arrow-clockwise",
                enabled_when=self._can_redo,
                group=group,
                keywords="again repeat",
                found_by=tr("Redo"),
            ),
        )

    def _renew(self) -> None:
        outbox, actions = self._bench.outbox, self._bench.actions
        wanted = (_title(tr("Undo"), outbox.undo), _title(tr("Redo"), outbox.redo))
        if (actions[_UNDO].text, actions[_REDO].text) != wanted:
            actions.unregister(_UNDO, _REDO)
            self._register()

    def _can_undo(self) -> Availability:
        if self._bench.acts.under_way.row_by_row:
            return WhyNot(tr("Something is still being done to many rows."))
        outbox = self._bench.outbox
        return _possible(outbox.undo or outbox.stays, tr("There is nothing to undo."), _STAYS)

    def _can_redo(self) -> Availability:
        if self._bench.acts.under_way.row_by_row:
            return WhyNot(tr("Something is still being done to many rows."))
        return _possible(self._bench.outbox.redo, tr("There is nothing to redo."), "“%1” cannot be done again.")

    def _undo(self) -> None:
        undo, stays = self._bench.outbox.undo, self._bench.outbox.stays
        if undo is not None and stays is not None and stays.act.number != self._said:
            self._said = stays.act.number
            self._bench.notifier.warning(
                _named(tr(_STAYS), stays),
                kept=stays.act.why_not,
                do=_named(tr("Undo again takes back “%1”."), undo),
                key=_KEY,
            )
            return
        if undo is not None and undo.act.rows > _MANY:
            self._bench.notifier.ask(_whether(undo), partial(self._take_back, undo.act.number))
        else:
            self._take_back(None)

    def _take_back(self, asked: int | None) -> None:
        """Undo what was done last; where that was `asked` about, only if it still is the last."""
        turn = MessageAction(tr("Redo"), partial(self._bench.actions.trigger, _REDO))
        told = partial(self._told, tr("Undone: %1."), turn)
        self._bench.acts.turn_round(partial(_undo_last, asked), owner=self._bench.outbox, on_success=told)

    def _redo(self) -> None:
        turn = MessageAction(tr("Undo"), partial(self._bench.actions.trigger, _UNDO))
        told = partial(self._told, tr("Done again: %1."), turn)
        self._bench.acts.turn_round(_redo_last, owner=self._bench.outbox, on_success=told)

    def _told(self, text: str, turn: MessageAction, turned: _Turned | None) -> None:
        """Say what was turned round; where rows were left, how many, and why the first of them was."""
        outbox, notifier = self._bench.outbox, self._bench.notifier
        shown = None if turned is None else self._shown(turned.act)
        outbox.refresh()
        if turned is None or shown is None:
            notifier.info(tr("There is nothing left to do here."))
            return
        done, said = turned.done, _named(text, shown)
        if done.trouble is not None:
            notifier.failed(done.trouble)
        elif not done.refused:
            notifier.success(said, action=turn, key=DONE)
        elif not done.done and len(done.refused) == 1:
            self._bench.acts.tell_refusal(done.refused[0].verdict)
        else:
            verdict = done.refused[0].verdict
            conflict = verdict.kind is VerdictKind.CONFLICT
            why = tr("Someone else changed it since.") if conflict else verdict.reason
            left = plural(len(done.refused), tr("%n row stays: %1"), tr("%n rows stay, such as: %1"))
            notifier.warning(said, kept=left.replace("%1", why))

    def _shown(self, act: PastAct) -> ShownAct:
        """The act with its row's name, if the board knows it: the act may be newer than what was read last."""
        known = (self._bench.outbox.undo, self._bench.outbox.redo)
        return next((shown for shown in known if shown and shown.act.number == act.number), ShownAct(act, ""))


@dataclass(frozen=True, slots=True)
class _Turned:
    """An act that was turned round, and what came of it."""

    act: PastAct
    done: BatchDone


def _whether(undo: ShownAct) -> Question:
    """Whether so many rows are to be turned back."""
    return Question(
        _named(tr("Undo “%1”?"), undo),
        tr("All of it is taken back at once, but what was changed since. “Redo” brings it back."),
        tr("Undo all of it"),
    )


def _undo_last(asked: int | None, desk: CommandDesk, go_on: GoesOn[Far]) -> _Turned | None:
    act = desk.history().undo
    if act is None or asked not in (None, act.number):
        return None
    return _Turned(act, desk.undo(act.number, go_on=_counted(tr("Undoing"), act, go_on)))


def _redo_last(desk: CommandDesk, go_on: GoesOn[Far]) -> _Turned | None:
    act = desk.history().redo
    return None if act is None else _Turned(act, desk.redo(act.number, go_on=_counted(tr("Doing again"), act, go_on)))


def _counted(doing: str, act: PastAct, go_on: GoesOn[Far]) -> GoOn:
    """Tells how many of the act's rows are turned round."""
    what = tr("%1 “%2”").replace("%1", doing).replace("%2", act.sentence)
    return lambda rows: go_on(Far(what, rows, act.rows))


def _title(verb: str, shown: ShownAct | None) -> str:
    return verb if shown is None else _named(tr("%2: %1"), shown).replace("%2", verb)


def _named(text: str, shown: ShownAct) -> str:
    what = shown.act.sentence
    if shown.target_name:
        what = tr("%1, %2").replace("%1", what).replace("%2", isolated(shown.target_name))
    return text.replace("%1", what)


def _possible(shown: ShownAct | None, nothing: str, impossible: str) -> Availability:
    if shown is None:
        return WhyNot(nothing)
    if shown.act.why_not:
        return WhyNot(f"{tr(impossible).replace('%1', shown.act.sentence)} {shown.act.why_not}")
    return ENABLED
