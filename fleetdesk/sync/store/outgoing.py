"""What goes to the hub next: commands in the laptop's order, numbered without gaps."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.base import Key
from fleetdesk.protocol import WireCommand
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.store.waiting import Entry
from fleetdesk.sync.store.writer import Writer

__all__ = ["Batch", "Counts", "count", "due_in", "next_batch"]

_AT_ONCE = dt.timedelta()
_ADJUSTED = dt.timedelta(minutes=1)
"""By so much a clock is put right now and then; by more, it was set back."""
_COUNTED_SINGLY = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """Commands to push, numbered from `first_sequence` without gaps. `more`: others wait behind them."""

    laptop_id: str
    first_sequence: int
    commands: tuple[WireCommand, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures for the status bar.

    `waiting`: commands without a verdict, sent or not. `inbox`: those that a person must decide, with what is held
    under them. `staying`: how many of those that wait stay here for now: for second thoughts, or with a batch that is
    paused or not whole yet.
    """

    waiting: int
    inbox: int
    staying: int = 0


def count(writer: Writer) -> Counts:
    """How many commands wait, and how many need a person."""
    states = writer.waiting.states_counted
    return Counts(
        waiting=states[PendingState.WAITING] + states[PendingState.SENT],
        inbox=states[PendingState.INBOX] + states[PendingState.HELD],
        staying=_staying(writer),
    )


def next_batch(writer: Writer, limit: int, *, from_sequence: int | None, settled_since: dt.datetime) -> Batch | None:
    """Offered commands without a receipt first, then waiting ones, which get their sequence here; None if none waits.

    What waits for second thoughts, or of a batch that is paused or not whole yet, is passed over, with what came later
    to the same rows.

    `from_sequence`: the hub expects that one. Where the outbox has no longer, or not yet, what the hub expects, a new
    stream begins; and also where the hub has answered it before: it was restored, and what it once refused, and a
    person has since decided, must not be offered as if it were still asked for.
    """
    first = writer.outbox.first_unanswered() if from_sequence is None else from_sequence
    offered = [] if first is None else _unbroken(writer.outbox.offered(first, limit), first)
    unknown = not offered and from_sequence != writer.outbox.mark.next_sequence
    if from_sequence is not None and (unknown or any(stored.verdict is not None for stored in offered)):
        writer.begin_stream(settled_since)
        offered = writer.outbox.offered(1, limit)
    waiting = [entry for entry in writer.waiting if entry.state is PendingState.WAITING]
    follows = not offered or offered[-1].sequence == writer.outbox.mark.next_sequence - 1
    free = _free(waiting, writer.outbox.acts.staying(), _hesitating(writer, writer.clock.now()))
    fresh = free[: limit - len(offered)] if follows else []
    numbered = _number(writer, fresh)
    batch = [*offered, *writer.outbox.read([entry.position for entry in numbered])]
    if not batch:
        return None
    assert batch[0].sequence is not None
    return Batch(
        laptop_id=writer.outbox.mark.laptop_id,
        first_sequence=batch[0].sequence,
        commands=tuple(stored.wire for stored in batch),
        more=not follows or len(fresh) < len(waiting),
    )


def due_in(writer: Writer) -> float | None:
    """In how many seconds something may be sent that stays here for second thoughts; None if nothing does."""
    now = writer.clock.now()
    return min(((entry.due - now).total_seconds() for entry in _hesitating(writer, now) if entry.due), default=None)


def _hesitating(writer: Writer, now: dt.datetime) -> list[Entry]:
    """What stays here yet for second thoughts; nothing does where the clock was set back since."""
    later, longest = writer.waiting.due_later(), writer.longest_stay + _ADJUSTED
    return [entry for entry in later if entry.due is not None and _AT_ONCE < entry.due - now <= longest]


def _free(waiting: Sequence[Entry], staying: frozenset[str], hesitating: Collection[Entry]) -> Sequence[Entry]:
    """Those that need no row which a command that stays here changes before them; a batch goes together."""
    staying |= {entry.batch for entry in hesitating if entry.batch is not None}
    alone = {entry.position for entry in hesitating}
    if not staying and not alone:
        return waiting
    free = []
    kept_back: set[Key] = set()
    for entry in waiting:
        if entry.position in alone or entry.batch in staying or not kept_back.isdisjoint(entry.keys):
            kept_back |= entry.touches
        else:
            free.append(entry)
    return free


def _staying(writer: Writer) -> int:
    """How many stay here. Behind a few, what rests on them is counted too; among many, each would be looked at."""
    batches, hesitating = writer.outbox.acts.staying(), _hesitating(writer, writer.clock.now())
    if not batches and not hesitating:
        return 0
    waiting = writer.waiting.states_counted[PendingState.WAITING]
    if waiting <= _COUNTED_SINGLY:
        entries = [entry for entry in writer.waiting if entry.state is PendingState.WAITING]
        return waiting - len(_free(entries, batches, hesitating))
    whole = batches | {entry.batch for entry in hesitating if entry.batch is not None}
    members = writer.waiting.batches()
    in_batches = sum(members[batch].states[PendingState.WAITING] for batch in whole if batch in members)
    return in_batches + sum(entry.batch is None for entry in hesitating)


def _number(writer: Writer, entries: Sequence[Entry]) -> list[Entry]:
    """Give the commands the next sequences, on the disk."""
    if not entries:
        return []
    first = writer.outbox.mark.next_sequence
    numbered = [replace(entry, sequence=first + index, state=PendingState.SENT) for index, entry in enumerate(entries)]
    with writer.outbox.transaction():
        writer.outbox.give_sequences([entry.position for entry in entries])
    for entry in numbered:
        writer.waiting.put(entry)
    return numbered


def _unbroken(offered: Sequence[Stored], first: int) -> list[Stored]:
    """The commands up to the first gap in their sequences."""
    numbered = enumerate(offered, start=first)
    return [stored for number, stored in itertools.takewhile(lambda pair: pair[0] == pair[1].sequence, numbered)]
