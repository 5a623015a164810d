"""What becomes of commands when a role loses scopes: the person decides about them, and what they tell of rows goes.

So does what lies beside them: what was being written about the rows, and what screens remember of them.
"""

from __future__ import annotations

from collections.abc import Collection

from fleetdesk.models.base import Key
from fleetdesk.protocol import Person, Verdict, VerdictKind
from fleetdesk.sync.files.replica import Mark
from fleetdesk.sync.store.writer import Writer

__all__ = ["LOST", "forget_rows", "holds_anything", "lose_everything", "lose_scopes", "writing"]

LOST = Verdict(
    kind=VerdictKind.REJECTED,
    code="scope_lost",
    reason="Your role no longer includes what this changes.",
    do="Discard it, or ask a super admin for the role and retry.",
)


_SHUT_OUT = Verdict(
    kind=VerdictKind.REJECTED,
    code="shut_out",
    reason="You had lost your access, and what others had written here meanwhile went with it.",
    do="Retry it once you have access again, or discard it.",
)


def writing(writer: Writer, scopes: Collection[str]) -> set[int]:
    """The commands with an effect here that may write these scopes, by position."""
    effective = [entry.position for entry in writer.waiting.effective()]
    return {position for position, command in writer.source(effective) if not command.writes.isdisjoint(scopes)}


def forget_rows(writer: Writer, lost: Collection[str], told: Verdict = LOST) -> None:
    """Take out of the outbox, and its log, what it tells of rows of lost scopes but for the person's own commands.

    `told` is what those in the Inbox then say.
    """
    names = [command.name for command in writer.platform.commands if not command.writes.isdisjoint(lost)]
    with writer.amending():
        writer.refresh(writer.outbox.forget_conflicts(names, told))
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


def holds_anything(writer: Writer) -> bool:
    """Whether there are rows here, or what is left of some, that a person who is shut out must not hold."""
    known, folder = writer.person, writer.folder
    rows = known is not None and (not known.shut_out or writer.replica.mark != Mark())
    return rows or bool(folder.others) or folder.spool.exists()


def lose_everything(writer: Writer) -> None:
    """The hub no longer takes the person in: no row stays, nor a word of one but in the person's own commands.

    Those that wait go on waiting, for when they are let in again. Done by halves, it is to be done again: that the
    person holds nothing is noted last.
    """
    folder, known = writer.folder, writer.person
    writer.empty_replica()
    for left in (*folder.others, folder.spool):
        folder.delete(left)
    if known is not None:
        scopes = frozenset(known.scopes).union(*(command.writes for command in writer.platform.commands))
        forget_rows(writer, scopes, _SHUT_OUT)
        with writer.outbox.transaction():
            writer.outbox.set_person(known.model_copy(update={"scopes": ()}))
        writer.outbox.checkpoint()
