"""Undo and redo: an act is turned round step by step, the last step first, and can be turned round again.

A step whose command was not sent yet, and on which nothing rests that came later, is withdrawn as if it had never been
given. Any other is taken back by the command that was made when it was applied; the hub decides about that one as about
every other. Which of the two is decided within the writer's turn, in which sending gives its sequences too: a command
on its way is never withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import BatchDone, GoOn, History, PastAct, PendingState, RowRefused
from fleetdesk.errors import Refused, Unavailable
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.files.outbox_acts import Acts, KeptAct, Step, UnderWay, WayBack
from fleetdesk.sync.store.batches import PORTION, Tally, close
from fleetdesk.sync.store.deeds import NotAcceptedError, WaysBack, changes_of, demand_accepted
from fleetdesk.sync.store.giving_up import reapplied, take_out
from fleetdesk.sync.store.rebase import Outcome, apply_all
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Writer

__all__ = ["Undoing"]

_LOOKED_THROUGH = 20
"""Acts, to find one that can be undone."""


@dataclass
class _Fates:
    """What is to become of some steps of an act."""

    withdrawn: list[tuple[Step, Stored, Entry]] = field(default_factory=list)
    taken_back: list[tuple[Step, Command]] = field(default_factory=list)
    refused: list[tuple[Step, Verdict]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether any of them goes back."""
        return bool(self.withdrawn or self.taken_back)


@dataclass(frozen=True)
class _Taken:
    """Steps of an act that were turned round, and how the commands fared that take some of them back."""

    act: KeptAct
    steps: Sequence[Step]
    fates: _Fates
    outcomes: Sequence[Outcome]

    @property
    def accepted(self) -> list[tuple[Command, Outcome]]:
        """The commands that did what they are for."""
        return [(command, outcome) for _, command, outcome in self._results() if outcome.accepted]

    @property
    def refused(self) -> list[RowRefused]:
        """The rows that stay as they are, and why."""
        beforehand = [RowRefused(step.way.target, verdict) for step, verdict in self.fates.refused]
        return beforehand + [
            RowRefused(step.way.target, outcome.verdict) for step, _, outcome in self._results() if not outcome.accepted
        ]

    def turned(self, ways: WaysBack) -> list[WayBack]:
        """The steps as they lead the other way, in the order in which they were turned."""
        turned = {step.id: WayBack(None, step.way.target, stored.wire) for step, stored, _ in self.fates.withdrawn}
        for step, command, _ in self._results():
            turned.update((step.id, way) for way in ways.of([command]))
        return [turned[step.id] for step in self.steps if step.id in turned]

    def _results(self) -> Iterator[tuple[Step, Command, Outcome]]:
        for (step, command), outcome in zip(self.fates.taken_back, self.outcomes, strict=True):
            yield step, command, outcome


class Undoing:
    """Turns acts round."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def history(self) -> History:
        """See `CommandDesk.history`."""
        with self._writer.as_person():
            acts = self._writer.outbox.acts
            undo, stays = self._undoable(acts)
            return History(undo, self._past(acts.latest(undone=True)), stays)

    def turn(self, number: int, go_on: GoOn, *, redo: bool) -> BatchDone:
        """See `CommandDesk.undo` and `redo`."""
        with self._writer.as_person():
            act = self._writer.outbox.acts.find(number)
        if act is None or act.undone is not redo:
            raise Refused("unknown_act", "This is no longer remembered here.", do="Change it by hand.")
        tally = Tally(new_id())
        if act.rowwise and act.steps > 1:
            self._row_by_row(act, tally, go_on)
            close(self._writer, tally)
        else:
            self._as_a_whole(act, tally)
        return tally.result()

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _as_a_whole(self, act: KeptAct, tally: Tally) -> None:
        writer = self._writer
        with writer.as_person():
            steps = writer.outbox.acts.steps(act.number, act.steps)
            try:
                self._take(act, steps, tally, together=True)
            except NotAcceptedError as refusal:
                tally.refused.append(RowRefused(steps[0].way.target, refusal.verdict))

    def _row_by_row(self, act: KeptAct, tally: Tally, go_on: GoOn) -> None:
        try:
            while self._portion(act, tally):
                if not go_on(tally.rows):
                    tally.ended = True
                    return
        except Unavailable as error:
            if not tally.rows:
                raise
            tally.ended, tally.trouble = True, error

    def _portion(self, act: KeptAct, tally: Tally) -> bool:
        """Turn the next steps round; whether there were any."""
        with self._writer.as_sync():
            steps = self._writer.outbox.acts.steps(act.number, PORTION)
            if steps:
                self._take(act, steps, tally, together=False)
        return bool(steps)

    def _take(self, act: KeptAct, steps: Sequence[Step], tally: Tally, *, together: bool) -> None:
        """Turn these steps round in one transaction. Raises NotAcceptedError where all or none go, and one does not."""
        writer, ways = self._writer, WaysBack(self._writer)
        fates = self._fates(steps, batch=None if together else tally.batch_id)
        if together and fates.refused:
            raise NotAcceptedError(fates.refused[0][1])
        withdrawn = [entry for _, _, entry in fates.withdrawn]
        with writer.step() as step:
            undone = take_out(writer, withdrawn)
            commands = [command for _, command in fates.taken_back]
            outcomes = apply_all(writer.replica, writer.platform, commands, writer.actor(), ways.observe)
            if together:
                demand_accepted(outcomes)
            taken = _Taken(act, steps, fates, outcomes)
            writer.keep(
                step,
                taken.accepted,
                closing=[(entry.position, PendingState.DISCARDED) for entry in withdrawn],
                noting=lambda acts: self._note(acts, taken, ways, tally, together=together),
            )
            reapplied(writer, step, undone, withdrawn)
            step.changes |= changes_of(outcomes)
        tally.done += len(withdrawn) + len(taken.accepted)
        tally.refused += taken.refused

    def _fates(self, steps: Sequence[Step], batch: str | None) -> _Fates:
        """Decide about each step, the last one first: what came later may be withdrawn by then."""
        writer, fates = self._writer, _Fates()
        known = writer.outbox.named(step.way.command_id for step in steps if step.way.command_id is not None)
        positions: set[int] = set()
        for step in steps:
            stored = known.get(step.way.command_id or "")
            entry = None if stored is None else writer.waiting.get(stored.position)
            if stored is not None and entry is not None and self._never_sent(entry, positions):
                positions.add(entry.position)
                fates.withdrawn.append((step, stored, entry))
                continue
            try:
                fates.taken_back.append((step, self._command_back(step.way, stored, batch)))
            except Refused as error:
                fates.refused.append((step, _refusal(error)))
        return fates

    def _never_sent(self, entry: Entry, withdrawn: set[int]) -> bool:
        """Whether a command waits unsent, and nothing that stays rests on what it did."""
        unsent = entry.state in (PendingState.WAITING, PendingState.HELD) and entry.sequence is None
        return unsent and self._writer.waiting.behind(entry) <= withdrawn

    def _command_back(self, way: WayBack, stored: Stored | None, batch: str | None) -> Command:
        """The command that takes a step back, new. Raises Refused where there is nothing to take back, or no way."""
        if stored is not None and stored.state in (PendingState.INBOX, PendingState.HELD):
            raise Refused("in_the_inbox", "This waits in the Inbox.", do="Decide about it there.")
        if stored is not None and stored.verdict is not None and stored.verdict.kind is VerdictKind.MERGED:
            raise Refused("not_yours", "Someone else had changed this before; what they did stays.")
        if way.back is None:
            raise Refused("for_good", way.why_not)
        command = self._writer.decode(way.back)
        if command is None:
            raise Refused("unreadable", "This version of FleetDesk cannot read what it would take.")
        return replace(command.renewed(id=new_id(), issued_at=self._writer.clock.now()), batch=batch)

    def _note(self, acts: Acts, taken: _Taken, ways: WaysBack, tally: Tally, *, together: bool) -> None:
        """Write the turned steps down as an act of the other kind; the steps taken go from this one."""
        turned = taken.turned(ways)
        now = self._writer.clock.now()
        if turned:
            if tally.act is None or not acts.known(tally.act):
                act = taken.act
                tally.act = acts.begin(act.sentence, now, rowwise=act.rowwise, undone=not act.undone)
            acts.add_steps(tally.act, turned)
        acts.drop_steps(step.id for step in taken.steps)
        if not together:
            acts.go_on(
                UnderWay(tally.batch_id, _sentence(taken.act), now, whole=False, act=tally.act, turns=taken.act.number)
            )

    def _undoable(self, acts: Acts) -> tuple[PastAct | None, PastAct | None]:
        """The latest act that can be undone, and the latest of those after it, which cannot."""
        stays: PastAct | None = None
        for act in acts.listed(_LOOKED_THROUGH):
            past = self._past(act)
            if past is not None and not past.why_not:
                return past, stays
            stays = stays or past
        return None, stays

    def _past(self, act: KeptAct | None) -> PastAct | None:
        if act is None:
            return None
        acts = self._writer.outbox.acts
        steps = acts.steps(act.number, PORTION)
        fates = self._fates(steps, batch=None)
        alone = len(steps) == 1
        whole = not act.rowwise or alone
        refused = bool(fates.refused) if whole else not fates.any
        if refused and not whole and act.steps > PORTION:  # of many, some before the last ones may still go back
            refused = not self._any_goes_back(act.number)
        verdict = fates.refused[0][1] if refused and fates.refused else None
        return PastAct(
            number=act.number,
            sentence=act.sentence,
            performed_at=act.performed_at,
            rows=act.steps,
            target=steps[0].way.target if alone else None,
            why_not=" ".join(filter(None, (verdict.reason, verdict.do))) if verdict is not None else "",
        )

    def _any_goes_back(self, number: int) -> bool:
        """Whether any of an act's steps goes back, however many of the last ones do not."""
        acts, before = self._writer.outbox.acts, None
        while steps := acts.hopeful(number, PORTION, before):
            if self._fates(steps, batch=None).any:
                return True
            before = steps[-1].id
        return False


def _sentence(act: KeptAct) -> str:
    return act.sentence if act.undone else f"Undid “{act.sentence}”"


def _refusal(error: Refused) -> Verdict:
    return Verdict(kind=VerdictKind.REJECTED, code=error.code, reason=error.what, do=error.do, missing=error.missing)
