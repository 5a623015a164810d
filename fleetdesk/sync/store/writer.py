"""The one writer of a laptop: replica, outbox and the index of what waits, changed together and in the right order.

A change of the outbox is on the disk before the replica commits. Whatever happens in between, the replica then lags
behind the outbox, knows it by its mark, and follows before the next change.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import PendingState
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import (
    DiskFull,
    FleetDeskError,
    Invalid,
    OutboxUnusable,
    Refused,
    ReplicaUnusable,
    SignInNeeded,
    UpgradeNeeded,
)
from fleetdesk.models.access import Actor, normalise_role
from fleetdesk.models.base import Key
from fleetdesk.models.changes import NOTHING, Changes
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import Person, Receipt, Verdict, VerdictKind, WireCommand
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.files.folder import Folder
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.files.outbox_acts import Acts
from fleetdesk.sync.files.replica import Mark, Replica
from fleetdesk.sync.files.salvage import new_replica, open_outbox, open_replica
from fleetdesk.sync.store.readers import Readers
from fleetdesk.sync.store.rebase import Outcome, Rebase
from fleetdesk.sync.store.turns import Turns
from fleetdesk.sync.store.waiting import Entry, Waiting

__all__ = ["Step", "Writer"]

_log = logging.getLogger(__name__)
_TO_PRESS = dt.timedelta(seconds=2)
"""By so much an act stays here longer than the person is told: until they see it, and for the last moment."""


@dataclass
class Step:
    """One change under way. `kept`: the outbox has it on the disk, so that a replica which fails now merely lags."""

    kept: bool = False
    changes: Changes = NOTHING


class Writer:
    """Holds what is open, and changes it. Every method but `subscribe` belongs within `as_person` or `as_sync`."""

    def __init__(
        self,
        folder: Folder,
        *,
        keys: FileKeys,
        platform: Platform,
        clock: Clock,
        rebase: Rebase,
        actor: Actor | None,
        second_thoughts: dt.timedelta = dt.timedelta(),
    ) -> None:
        self.folder = folder
        self.keys = keys
        self.platform = platform
        self.clock = clock
        self.rebase = rebase
        self.notices: list[FleetDeskError] = []
        self._actor = actor
        self._second_thoughts = second_thoughts
        self._turns = Turns()
        self._subscribers: list[Callable[[Changes], None]] = []
        self._untold = NOTHING
        self.outbox, told = open_outbox(folder, keys.outbox, clock.now())
        self._notice(told)
        try:
            self.replica, told = open_replica(folder, keys.replica, platform.schema)
            self._notice(told)
            self.waiting = Waiting()
            self.waiting = self._index(self.replica.mark)
            self.readers = Readers(self.replica.path, keys.replica)
        except BaseException:
            self.outbox.close()
            raise

    def close(self) -> None:
        """Close everything that is open."""
        self.readers.close()
        with contextlib.suppress(DiskFull, ReplicaUnusable):
            self.replica.close()
        with contextlib.suppress(DiskFull, OutboxUnusable):
            self.outbox.close()

    def start(self) -> None:
        """Have the replica follow the outbox, if it lags behind. Where it cannot, it does so before the next change.

        Files that nobody needs any more are deleted.
        """
        self.folder.delete(self.folder.spool)  # of a pull that was cut off by a crash
        self._catch_up()
        if self.replica.mark.cursor is not None:
            # No load is under way: these were to be deleted, and somebody still held them, or the power went.
            for leftover in self.folder.others:
                self.folder.delete(leftover)

    def introduce(self, actor: Actor) -> None:
        """Say who acts until the hub says who that is; what waits is applied, if it had to wait for that."""
        self._actor = actor
        self._catch_up()

    def _catch_up(self) -> None:
        try:
            with self.as_person(), self.step():
                pass
        except (DiskFull, ReplicaUnusable) as error:
            self._notice(error)

    # -- turns and changes -----------------------------------------------------------------------------------------

    def as_person(self) -> AbstractContextManager[None]:
        """The writer, for what a person waits for. What changed is told when the turn has ended."""
        return self._turn(self._turns.person())

    def as_sync(self) -> AbstractContextManager[None]:
        """The writer, for synchronisation: after any person who waits."""
        return self._turn(self._turns.sync())

    @contextmanager
    def step(self) -> Iterator[Step]:
        """A transaction of the replica, which has first followed the outbox.

        Raises DiskFull or ReplicaUnusable, unless the outbox kept the change: then the replica follows later.
        """
        step = Step()
        try:
            with self.replica.transaction():
                self._follow(step)
                yield step
        except (DiskFull, ReplicaUnusable) as error:
            if isinstance(error, ReplicaUnusable):
                self.remake_replica(error)
            if not step.kept:
                raise
            _log.warning("kept in the outbox, the replica follows later", extra={"reason": type(error).__name__})
        else:
            self.tell(step.changes)

    @contextmanager
    def amending(self) -> Iterator[None]:
        """A change of the outbox that is no mere appending; the index keeps in step. On the disk when it ends."""
        try:
            with self.outbox.transaction():
                yield
                self._restate()
        except BaseException:
            self.waiting = self._index(self.replica.mark)
            raise

    def keep(
        self,
        step: Step,
        commands: Sequence[tuple[Command, Outcome]] = (),
        *,
        closing: Sequence[tuple[int, PendingState]] = (),
        forgetting: Sequence[int] = (),
        noting: Callable[[Acts], None] | None = None,
    ) -> None:
        """Append commands that were applied in this step, and let others leave, in one change of the outbox.

        Those in `forgetting` were never offered, and leave no trace. `noting` writes down, in the same change, what is
        remembered of the act. From here on all of it is not lost, even if the step's transaction fails.
        """
        with self.amending() if closing or forgetting else self.outbox.transaction():
            if forgetting:
                self._forget(forgetting)
            if closing:
                self._close(closing)
            entries = self._append(commands)
            if noting is not None:
                noting(self.outbox.acts)
        for entry in entries:
            self.waiting.put(entry)
        step.kept = True
        self.replica.set_mark(self.standing())

    def tell(self, changes: Changes) -> None:
        """Have subscribers hear of it when the turn has ended."""
        self._untold |= changes

    def subscribe(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Call back after each turn that changed rows; returns what ends it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    # -- who acts --------------------------------------------------------------------------------------------------

    @property
    def person(self) -> Person | None:
        """Whom the hub last took the person for."""
        return self.outbox.mark.person

    def actor(self) -> Actor:
        """Who acts here. Raises SignInNeeded before anyone is known."""
        if self.person is not None:
            return Actor(self.person.id, normalise_role(self.person.role), self.outbox.mark.laptop_id)
        if self._actor is not None:
            return replace(self._actor, laptop_id=self.outbox.mark.laptop_id)
        raise SignInNeeded("FleetDesk does not know yet who you are.", do="Connect once, so that the hub can say.")

    def meet(self, person: Person) -> None:
        """Take note of whom the hub takes the person for. Raises Refused if this folder is somebody else's."""
        self.demand_owner(person)
        if person != self.person:
            with self.outbox.transaction():
                self.outbox.set_person(person)

    def demand_owner(self, person: Person) -> None:
        """Raise Refused if this folder is somebody else's."""
        known = self.person.id if self.person is not None else self._actor and self._actor.person_id
        if known and known != person.id:
            raise Refused(
                "other_person",
                "The data on this laptop belongs to another person.",
                kept="Nothing was changed.",
                do="Sign in as that person, or use a data folder of your own.",
            )

    # -- commands --------------------------------------------------------------------------------------------------

    def source(self, positions: Sequence[int]) -> list[tuple[int, Command]]:
        """The commands at these positions, in order, without those that this version cannot read."""
        found = ((stored.position, self.decode(stored.wire)) for stored in self.outbox.read(positions))
        return [(position, command) for position, command in found if command is not None]

    def decode(self, wire: WireCommand) -> Command | None:
        """The command, or None if this version cannot read it: the hub may."""
        try:
            return self.platform.commands.decode(wire)
        except (UpgradeNeeded, Invalid):
            return None

    def note(self, outcomes: Mapping[int, Outcome]) -> None:
        """Keep what went wrong, or no longer goes wrong, with commands that were applied again."""
        changed: list[tuple[int, Verdict | None]] = []
        for position, outcome in outcomes.items():
            entry = self.waiting.get(position)
            verdict = None if outcome.verdict.settled else outcome.verdict
            if entry is None or entry.judged or entry.state is PendingState.SETTLED or entry.local_verdict == verdict:
                continue
            changed.append((position, verdict))
        if changed:
            with self.outbox.transaction():
                self.outbox.set_local_verdicts(changed)
            self.refresh([position for position, _ in changed])

    def refresh(self, positions: Iterable[int]) -> None:
        """Bring the index in step with what the outbox says of these commands."""
        wanted = list(positions)
        entries = [self._entry(stored, self.decode(stored.wire)) for stored in self.outbox.read(wanted)]
        for position in wanted:
            self.waiting.forget(position)
        for entry in entries:
            if entry.matters:
                self.waiting.put(entry)

    def undo_for(self, commands: Iterable[Command]) -> dt.timedelta | None:
        """How long an act of these surely can be undone: as long as it stays here; None where it can also later."""
        return self._second_thoughts if any(command.needs_second_thoughts for command in commands) else None

    @property
    def longest_stay(self) -> dt.timedelta:
        """For how long an act stays here at most, so that it can be undone."""
        return self._second_thoughts + _TO_PRESS

    def adopt(self, carried: Sequence[Stored], paused: Mapping[str, tuple[str, dt.datetime]]) -> None:
        """Take commands over from elsewhere, behind those that wait here; batches in `paused` are kept back."""
        with self.step():
            pass  # what the replica lacks would otherwise come after what comes now
        before = self.outbox.last_position
        with self.amending():
            self.outbox.adopt(carried, self.clock.now())
            for batch_id, (sentence, begun_at) in paused.items():
                self.outbox.acts.pause_batch(batch_id, sentence, begun_at, paused=True)
            self.refresh(range(before + 1, self.outbox.last_position + 1))
        with self.step():
            pass
        self.tell(
            Changes(frozenset[Key]().union(*(entry.touches for entry in self.waiting if entry.position > before)))
        )

    # -- what the hub says -----------------------------------------------------------------------------------------

    def receive(self, receipts: Sequence[Receipt]) -> Changes:
        """Keep verdicts; the rows that their commands touch, so that screens may show how they stand."""
        if not receipts:
            return NOTHING
        with self.amending():
            judged = self.outbox.record(receipts, self.clock.now())
            self.refresh(judged)
        entries = [entry for position in judged if (entry := self.waiting.get(position)) is not None]
        changes = Changes(frozenset[Key]().union(*(entry.touches for entry in entries)))
        self.tell(changes)
        return changes

    @property
    def settled_through(self) -> int:
        """Commands up to this sequence are in the hosted rows that the replica stands on."""
        return self._covered(self.replica.mark)

    def sent_through(self, sequence: int) -> int:
        """The sequence that a hub speaks of, or the last one that was given to any command of this stream."""
        return max(0, min(sequence, self.outbox.mark.next_sequence - 1))

    def cover(self, settled_through: int) -> None:
        """After a commit that brought their rows: commands up to the sequence no longer matter to the rows here."""
        for entry in self.waiting.effective():
            if entry.sequence is not None and entry.sequence <= settled_through:
                covered = replace(entry, effective=False)
                if covered.matters:
                    self.waiting.put(covered)
                else:
                    self.waiting.forget(entry.position)

    def meet_epoch(self, epoch: str, settled_since: dt.datetime) -> None:
        """Take note of the hosted database's epoch; another one than before means a restored database."""
        known = self.outbox.mark.epoch
        if not known:
            with self.outbox.transaction():
                self.outbox.set_epoch(epoch)
        elif known != epoch:
            self.begin_stream(settled_since, epoch=epoch)

    def begin_stream(self, since: dt.datetime, *, epoch: str | None = None) -> None:
        """Take a new laptop id and offer again what was settled since then; with an epoch, everything is loaded again.

        The rows here stay as they are: what is offered again is in them already.
        """
        with self.step():
            pass  # what the replica lacks would otherwise be taken for done
        with self.amending():
            self.outbox.begin_stream(since)
            if epoch is not None:
                self.outbox.set_epoch(epoch)
        self.waiting = self._index(self.replica.mark)
        with self.replica.transaction():
            mark = self.standing()
            self.replica.set_mark(mark if epoch is None else replace(mark, cursor=None, scopes_to_load=()))
        self.tell(Changes(frozenset[Key]().union(*(entry.touches for entry in self.waiting))))

    def standing(self) -> Mark:
        """The replica's mark once it has everything that the outbox has."""
        outbox = self.outbox.mark
        return replace(
            self.replica.mark,
            outbox_id=outbox.outbox_id,
            position=self.outbox.last_position,
            revision=outbox.revision,
            laptop_id=outbox.laptop_id,
            settled_through=self.settled_through,
        )

    def forget_cursor(self) -> None:
        """Have everything loaded again, from its beginning; the rows stay readable meanwhile.

        An unfinished load is given up, as it may be what cannot be read or goes on from nowhere.
        """
        for unfinished in self.folder.others:
            self.folder.delete(unfinished)
        with self.step():
            self.replica.set_mark(replace(self.standing(), cursor=None, scopes_to_load=()))

    def purge(self, before: dt.datetime) -> None:
        """Delete commands that were done before then."""
        if self.outbox.has_done(before):
            with self.outbox.transaction():
                self.outbox.purge(before, self.settled_through)
        self.outbox.checkpoint()

    # -- replica files ---------------------------------------------------------------------------------------------

    def remake_replica(self, error: ReplicaUnusable) -> None:
        """Put an empty replica, to be loaded again, in the place of one that cannot be used."""
        _log.error("the replica is made anew", exc_info=error)
        self.empty_replica()
        self._notice(error)

    def empty_replica(self) -> None:
        """Put an empty replica in the place of the present one, whose file goes."""
        old = self.replica
        self._exchange(new_replica(self.folder, self.keys.replica, self.platform.schema))
        with contextlib.suppress(Exception):
            old.close()
        self.folder.delete(old.path)  # where it was held until now, or left something as it was closed

    def swap_in(self, fresh: Replica, mark: Mark) -> None:
        """Make a loaded file the replica: everything that waits is applied to it, then it takes the old one's place."""
        waiting = self._index(mark)
        with fresh.transaction():
            outcomes = self.rebase.anew(fresh, waiting, self.source, self.actor).outcomes
            fresh.set_mark(replace(mark, position=self.outbox.last_position, revision=self.outbox.mark.revision))
        fresh.checkpoint()
        self.folder.use(fresh.path)
        old = self.replica
        self._exchange(fresh)
        self.note(outcomes)
        with contextlib.suppress(Exception):
            old.close()
        self.folder.delete(old.path)

    # -- helpers ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _turn(self, turn: AbstractContextManager[None]) -> Iterator[None]:
        changes = NOTHING
        try:
            with turn:
                try:
                    yield
                finally:
                    changes, self._untold = self._untold, NOTHING
        finally:
            if changes:
                for callback in list(self._subscribers):
                    callback(changes)

    def _append(self, commands: Sequence[tuple[Command, Outcome]]) -> list[Entry]:
        states = [self.waiting.state_of(command.rows() | command.reads()) for command, _ in commands]
        wires = [self.platform.commands.encode(command) for command, _ in commands]
        positions = self.outbox.append(list(zip(wires, states, strict=True)))
        troubles = {
            position: outcome.verdict
            for position, (_, outcome) in zip(positions, commands, strict=True)
            if not outcome.verdict.settled
        }
        self.outbox.set_local_verdicts(troubles.items())
        hesitates = self.undo_for(command for command, _ in commands)
        due = self.clock.now() + self.longest_stay if hesitates else None
        return [
            replace(
                self._entry(
                    Stored(position, wire, state, None, None, troubles.get(position), withdrawn=False), command
                ),
                due=due,
            )
            for position, wire, state, (command, _) in zip(positions, wires, states, commands, strict=True)
        ]

    def _close(self, closing: Sequence[tuple[int, PendingState]]) -> None:
        self.outbox.set_states(closing, self.clock.now())
        self.outbox.revise()
        self.refresh([position for position, _ in closing])
        self.waiting.states()

    def _forget(self, positions: Sequence[int]) -> None:
        self.outbox.forget(positions)
        for position in positions:
            self.waiting.forget(position)

    def _follow(self, step: Step) -> None:
        """Apply what the outbox has and the replica lacks: after a crash, or a full disk, between the two."""
        mark, outbox = self.replica.mark, self.outbox
        standing = self.standing()
        if mark == standing:
            return
        if self.person is None and self._actor is None and self.waiting.effective():
            return
        if self.person is not None and self.person.shut_out:
            return  # there is nothing that it could be applied to: all of it is once the rows are here again
        if (mark.outbox_id, mark.revision) == (outbox.mark.outbox_id, outbox.mark.revision):
            lacking = [entry.position for entry in self.waiting.effective() if entry.position > mark.position]
            outcomes = self.rebase.reapply(self.replica, self.source(lacking), self.actor()) if lacking else {}
            changed = frozenset[Key]().union(*(outcome.changed for outcome in outcomes.values()))
        else:
            rebased = self.rebase.anew(self.replica, self.waiting, self.source, self.actor)
            outcomes, changed = rebased.outcomes, rebased.changed
        self.note(outcomes)
        self.replica.set_mark(standing)
        step.changes |= Changes(changed)

    def _exchange(self, replica: Replica) -> None:
        self.replica = replica
        self.waiting = self._index(replica.mark)
        self.readers.exchange(replica.path)
        self.tell(Changes(tables=frozenset(self.platform.schema.tables)))

    def _index(self, mark: Mark) -> Waiting:
        covered = self._covered(mark)
        waiting = Waiting()
        for stored in self.outbox.relevant(covered):
            entry = self._entry(stored, self.decode(stored.wire), covered)
            if entry.matters:
                waiting.put(entry)
        waiting.states()
        return waiting

    def _restate(self) -> None:
        """Who waits under whom may have changed."""
        changed = [
            (entry, state)
            for position, state in self.waiting.states().items()
            if (entry := self.waiting.get(position)) is not None and entry.state is not state
        ]
        self.outbox.set_states([(entry.position, state) for entry, state in changed], self.clock.now())
        for entry, state in changed:
            self.waiting.put(replace(entry, state=state))

    def _covered(self, mark: Mark) -> int:
        return mark.settled_through if mark.laptop_id == self.outbox.mark.laptop_id else 0

    def _entry(self, stored: Stored, command: Command | None, covered: int | None = None) -> Entry:
        through = self.settled_through if covered is None else covered
        given_up = stored.state is PendingState.DISCARDED
        judged = stored.withdrawn or (stored.verdict is not None and not stored.verdict.settled)
        verdict = stored.verdict or stored.local_verdict
        refused = judged and verdict is not None and verdict.kind is VerdictKind.REJECTED
        nothing = frozenset[Key]()
        before = self.waiting.get(stored.position)
        return Entry(
            position=stored.position,
            id=stored.wire.id,
            state=stored.state,
            sequence=stored.sequence,
            effective=not stored.withdrawn and not given_up and (stored.sequence is None or stored.sequence > through),
            judged=judged,
            blocking=refused,
            missed=refused and verdict is not None and verdict.code == "missing",
            local_verdict=stored.local_verdict,
            touches=nothing if command is None else command.rows(),
            reads=nothing if command is None else command.reads(),
            creates=nothing if command is None else command.creates(),
            batch=stored.wire.batch,
            due=None if before is None else before.due,
        )

    def _notice(self, told: FleetDeskError | None) -> None:
        if told is not None:
            self.notices.append(told)
