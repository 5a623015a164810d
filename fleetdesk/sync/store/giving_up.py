"""How commands leave that are given up: their effect is taken out of the rows here, and what rests on it goes too."""

from __future__ import annotations

from collections.abc import Sequence

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.changes import Changes
from fleetdesk.protocol import VerdictKind
from fleetdesk.sync.store.rebase import Rebased
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Step, Writer

__all__ = ["give_up", "reapplied", "take_out", "unmake"]


def give_up(writer: Writer, step: Step, entries: Sequence[Entry]) -> list[Entry]:
    """Discard commands that wait, here or in the Inbox, and those held under them; all that were given up."""
    given_up = [*entries, *writer.waiting.held_under(*(entry.position for entry in entries))]
    closing = _leaving(writer, given_up)
    discarded = [entry for entry in given_up if closing[entry.position] is PendingState.DISCARDED]
    undone = take_out(writer, discarded)
    writer.keep(
        step, closing=list(closing.items()), noting=lambda acts: acts.drop_commands(entry.id for entry in discarded)
    )
    reapplied(writer, step, undone, given_up)
    return given_up


def unmake(writer: Writer, step: Step, entries: Sequence[Entry]) -> None:
    """Have commands that were never offered be as if nobody had given them; what rests on them is discarded."""
    resting = writer.waiting.held_under(*(entry.position for entry in entries))
    gone = [*entries, *resting]
    undone = take_out(writer, gone)
    writer.keep(
        step,
        closing=[(entry.position, PendingState.DISCARDED) for entry in resting],
        forgetting=[entry.position for entry in entries],
        noting=lambda acts: acts.drop_commands(entry.id for entry in gone),
    )
    reapplied(writer, step, undone, gone)


def take_out(writer: Writer, entries: Sequence[Entry]) -> Rebased:
    """Take the effect of these commands out of the rows here."""
    dropped = frozenset(entry.position for entry in entries if entry.effective)
    return writer.rebase.run(writer.replica, writer.waiting, writer.source, writer.actor, dropped=dropped)


def reapplied(writer: Writer, step: Step, undone: Rebased, entries: Sequence[Entry]) -> None:
    """Note how the commands fare that were applied again without these; their rows count as changed too."""
    writer.note(undone.outcomes)
    step.changes |= Changes(undone.changed.union(*(entry.touches for entry in entries)))


def _leaving(writer: Writer, entries: Sequence[Entry]) -> dict[int, PendingState]:
    """How each leaves: one that conflicted is settled, for the hub has set what it could."""
    conflicted = {
        stored.position
        for stored in writer.outbox.read([entry.position for entry in entries])
        if stored.verdict is not None and stored.verdict.kind is VerdictKind.CONFLICT
    }
    return {
        entry.position: PendingState.SETTLED if entry.position in conflicted else PendingState.DISCARDED
        for entry in entries
    }
