"""What becomes of commands when a role loses scopes: the person decides about them, and what they tell of rows goes.

So does what lies beside them: what was being written about the rows, and what screens remember of them.
"""

from __future__ import annotations

from collections.abc import Collection

from fleetdesk.models.base import Key
from fleetdesk.protocol import Person, Verdict, VerdictKind
from fleetdesk.sync.store.writer import Writer

__all__ = ["LOST", "forget_rows", "lose_scopes", "writing"]

LOST = Verdict(
    kind=VerdictKind.REJECTED,
    code="scope_lost",
    reason="Your role no longer includes what this changes.",
    do="Discard it, or ask a super admin for the role and retry.",
)


def writing(writer: Writer, scopes: Collection[str]) -> set[int]:
    """The commands with an effect here that may write these scopes, by position."""
    effective = [entry.position for entry in writer.waiting.effective()]
    return {position for position, command in writer.source(effective) if not command.writes.isdisjoint(scopes)}


def forget_rows(writer: Writer, lost: Collection[str]) -> None:
    """Take out of the outbox, and its log, what it tells of rows of lost scopes but for the person's own commands."""
    names = [command.name for command in writer.platform.commands if not command.writes.isdisjoint(lost)]
    with writer.amending():
        writer.refresh(writer.outbox.forget_conflicts(names, LOST))
        writer.outbox.forget_about(_gone(writer, lost))
    writer.outbox.checkpoint()


def _gone(writer: Writer, lost: Collection[str]) -> frozenset[Key]:
    """The records of which something is kept, and which are of lost scopes, or not here (any more)."""
    kept = [key for key in writer.outbox.written_about if key.table in writer.platform.schema]
    held = writer.replica.scopes_of(kept)
    return frozenset(key for key in kept if key not in held or held[key] in lost)


def lose_scopes(writer: Writer, person: Person) -> None:
    """Before all rows are replaced by those of this person's role: what the role held and holds no more is lost."""
    known = writer.person
    lost = set(known.scopes).difference(person.scopes) if known is not None and known.id == person.id else set()
    if not lost:
        return
    withdrawn = writing(writer, lost)
    with writer.amending():
        writer.outbox.withdraw(withdrawn, LOST)
        writer.refresh(withdrawn)
    forget_rows(writer, lost)
