"""What a revoked laptop hands in: all that its person had done or begun, and that the hub had not decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import LONGEST_ID, HandedInEdit
from fleetdesk.sync.files.outbox import Stored
from fleetdesk.sync.store.writer import Writer

__all__ = ["edits_to_hand_in"]

_DONE = (PendingState.SETTLED, PendingState.DISCARDED)
_DECIDING = (PendingState.INBOX, PendingState.HELD)
_FORMS = "form."
"""How the names begin under which screens remember what was typed and not saved."""
_LONGEST_SENTENCE = 2_000


def edits_to_hand_in(writer: Writer) -> list[HandedInEdit]:
    """Waiting changes and those of the Inbox in their order, then drafts. Each has the same id every time."""
    with writer.as_person():
        changes = [_change(writer, stored) for stored in writer.outbox.after(0) if stored.state not in _DONE]
        return [*changes, *_drafts(writer), *_forms(writer)]


def _change(writer: Writer, stored: Stored) -> HandedInEdit:
    command = writer.decode(stored.wire)
    table, row_id = ("", "") if command is None else command.target()
    return HandedInEdit(
        id=stored.wire.id,
        kind="inbox" if stored.state in _DECIDING else "waiting",
        name=stored.wire.name[:LONGEST_ID],
        sentence="A change of another version" if command is None else command.sentence()[:_LONGEST_SENTENCE],
        target_table=table[:LONGEST_ID],
        target_id=row_id[:LONGEST_ID],
        made_at=stored.wire.issued_at,
        payload=stored.wire.payload,
    )


def _drafts(writer: Writer) -> Iterator[HandedInEdit]:
    for key, drafted in writer.outbox.drafts.items():
        for draft in drafted:
            yield _draft(
                writer,
                f"draft.{draft.kind}.{key.table}.{key.id}",
                {"text": draft.text, "details": dict(draft.details)},
                (key.table, key.id),
            )


def _forms(writer: Writer) -> Iterator[HandedInEdit]:
    for name, value in writer.outbox.kept.items():
        if name.startswith(_FORMS):
            yield _draft(writer, name, {"form": value})


def _draft(
    writer: Writer, name: str, payload: dict[str, JsonValue], target: tuple[str, str] = ("", "")
) -> HandedInEdit:
    return HandedInEdit(
        id=f"draft:{hashlib.sha256(name.encode()).hexdigest()}",
        kind="draft",
        name=name[:LONGEST_ID],
        sentence="Was writing",
        target_table=target[0][:LONGEST_ID],
        target_id=target[1][:LONGEST_ID],
        made_at=writer.clock.now(),
        payload=payload,
    )
