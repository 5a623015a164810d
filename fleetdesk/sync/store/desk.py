"""What people ask of the laptop half (`commands.pending.CommandDesk`), done on the one writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fleetdesk.commands.core import MERGED, Command
from fleetdesk.commands.pending import PendingChange, PendingState, Performed
from fleetdesk.commands.workspace import Workspace
from fleetdesk.errors import Refused
from fleetdesk.models.access import Actor, Permission
from fleetdesk.models.base import Key
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import FieldConflict, Verdict
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.store.deeds import NotAcceptedError, WaysBack, changes_of, demand_accepted
from fleetdesk.sync.store.giving_up import give_up, reapplied, take_out
from fleetdesk.sync.store.rebase import apply_all
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Writer

__all__ = ["Desk"]


class Desk:
    """Performs commands, and decides with the person about those that wait."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def perform(self, acts: Sequence[Command]) -> tuple[Verdict, ...]:
        """See `CommandDesk.perform`."""
        writer, ways = self._writer, WaysBack(self._writer)
        with writer.as_person(), writer.step() as step:
            outcomes = apply_all(writer.replica, writer.platform, acts, writer.actor(), ways.observe)
            accepted = [(act, outcome) for act, outcome in zip(acts, outcomes, strict=True) if outcome.accepted]
            if accepted:
                writer.keep(step, accepted, noting=ways.note_act([act for act, _ in accepted], rowwise=True))
                step.changes |= changes_of(outcomes)
        return tuple(outcome.verdict for outcome in outcomes)

    def perform_together(self, acts: Sequence[Command]) -> Performed:
        """See `CommandDesk.perform_together`."""
        writer, ways = self._writer, WaysBack(self._writer)
        try:
            with writer.as_person(), writer.step() as step:
                outcomes = apply_all(writer.replica, writer.platform, acts, writer.actor(), ways.observe)
                demand_accepted(outcomes)
                writer.keep(step, list(zip(acts, outcomes, strict=True)), noting=ways.note_act(acts, rowwise=False))
                step.changes |= changes_of(outcomes)
        except NotAcceptedError as refusal:
            return Performed(refusal.verdict)
        conflicts = tuple(conflict for outcome in outcomes for conflict in outcome.verdict.conflicts)
        return Performed(conflicts=conflicts, act=ways.act, undo_for=writer.undo_for(acts))

    def pending(self) -> tuple[PendingChange, ...]:
        """See `CommandDesk.pending`."""
        writer = self._writer
        with writer.as_person():
            shown = [entry.position for entry in writer.waiting.listed()]
            return tuple(self._shown(stored) for stored in writer.outbox.read(shown))

    def discard(self, command_id: str) -> Changes:
        """See `CommandDesk.discard`."""
        writer = self._writer
        with writer.as_person(), writer.step() as step:
            give_up(writer, step, [self._decidable(command_id)])
        return step.changes

    def retry(self, command_id: str) -> Verdict:
        """See `CommandDesk.retry`."""
        with self._writer.as_person():
            entry, command = self._in_inbox(command_id)
            return self._put_in_place(entry, self._renewed(command), PendingState.DISCARDED)

    def resolve(self, command_id: str, mine: tuple[FieldConflict, ...]) -> Verdict:
        """See `CommandDesk.resolve`."""
        writer = self._writer
        with writer.as_person():
            entry, command = self._in_inbox(command_id)
            insisting = command.insisting(mine, id=new_id(), issued_at=writer.clock.now()) if mine else None
            # Settled, not given up: what it did set at the hub stays, and is offered again after a new epoch.
            if insisting is not None:
                return self._put_in_place(entry, insisting, PendingState.SETTLED)
            with writer.step() as step:
                writer.keep(step, closing=[(entry.position, PendingState.SETTLED)])
                step.changes |= Changes(entry.touches)
            return MERGED

    def replace(self, command_id: str, edited: Command) -> Verdict:
        """See `CommandDesk.replace`."""
        with self._writer.as_person():
            entry, _ = self._in_inbox(command_id)
            return self._put_in_place(entry, edited, PendingState.DISCARDED)

    # -- helpers ---------------------------------------------------------------------------------------------------

    def _put_in_place(self, entry: Entry, command: Command, leaves: PendingState) -> Verdict:
        """Apply a command, and behind it what was held under the one that it stands for; that one leaves the Inbox.

        If it is refused here, nothing changes but what the Inbox says of the old one.
        """
        writer = self._writer
        held = [each for each in writer.waiting.held_under(entry.position) if each.state is PendingState.HELD]
        closing = [(entry.position, leaves), *((each.position, PendingState.DISCARDED) for each in held)]
        ways = WaysBack(writer)
        taken_out = held if leaves is PendingState.SETTLED else [entry, *held]
        try:
            with writer.step() as step:
                undone = take_out(writer, taken_out)
                behind = [self._renewed(each) for _, each in writer.source([each.position for each in held])]
                outcomes = apply_all(writer.replica, writer.platform, [command, *behind], writer.actor(), ways.observe)
                demand_accepted(outcomes[:1])
                writer.keep(
                    step,
                    list(zip([command, *behind], outcomes, strict=True)),
                    closing=closing,
                    noting=ways.note_standing_in(
                        [entry, *held], [command, *behind], first_is_new=leaves is PendingState.SETTLED
                    ),
                )
                reapplied(writer, step, undone, [entry, *held])
                step.changes |= changes_of(outcomes)
        except NotAcceptedError as refusal:
            with writer.amending():
                writer.outbox.set_local_verdicts([(entry.position, refusal.verdict)])
                writer.refresh([entry.position])
            return refusal.verdict
        return outcomes[0].verdict

    def _renewed(self, command: Command) -> Command:
        return command.renewed(id=new_id(), issued_at=self._writer.clock.now())

    def _decidable(self, command_id: str) -> Entry:
        """The entry of a command that is neither on its way nor done; Refused otherwise."""
        writer = self._writer
        entry = writer.waiting.find(command_id)
        if entry is None or entry.state in (PendingState.SETTLED, PendingState.DISCARDED):
            raise Refused("not_waiting", "This change no longer waits.", do="Make a new change instead.")
        [stored] = writer.outbox.read([entry.position])
        if stored.sequence is not None and stored.verdict is None:
            raise Refused(
                "on_its_way", "This change is already on its way to the hub.", do="Wait for its verdict, then decide."
            )
        return entry

    def _in_inbox(self, command_id: str) -> tuple[Entry, Command]:
        entry = self._decidable(command_id)
        if entry.state is not PendingState.INBOX:
            raise Refused("not_in_inbox", "This change is not in the Inbox.", do="Decide about the one it waits under.")
        found = self._writer.source([entry.position])
        if not found:
            raise Refused(
                "unreadable", "This version of FleetDesk cannot read this change.", do="Update, or discard it."
            )
        return entry, found[0][1]

    def _shown(self, stored: Stored) -> PendingChange:
        command = self._writer.decode(stored.wire) or _Unreadable(
            id=stored.wire.id, issued_at=stored.wire.issued_at, batch=stored.wire.batch
        )
        return PendingChange(
            position=stored.position,
            command=command,
            sentence=command.sentence(),
            target=command.target(),
            state=stored.state,
            issued_at=stored.wire.issued_at,
            verdict=stored.local_verdict or stored.verdict,
        )


@dataclass(frozen=True, kw_only=True)
class _Unreadable(Command):
    """Stands in the drawer for a command that another version of FleetDesk made: the hub may know it."""

    name: ClassVar[str] = "unreadable"
    permission: ClassVar[Permission] = Permission.STAFF_READ
    writes: ClassVar[frozenset[str]] = frozenset()

    def touches(self) -> frozenset[Key]:
        return frozenset()

    def target(self) -> Key:
        return Key("", "")

    def sentence(self) -> str:
        return "Made a change that this version of FleetDesk cannot read"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        raise Refused("unreadable", "This version of FleetDesk cannot read this change.")
