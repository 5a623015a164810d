"""What makes a replay harmless: the verdict on every command, kept by its id.

A receipt is found by person and command, whichever laptop or sequence brings the command again, and holds a digest of
what was decided on: the same id with another payload is an error, not a second command.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from fleetdesk.errors import PayloadChanged
from fleetdesk.hub.bulk import insert_rows
from fleetdesk.hub.database import asked
from fleetdesk.models.types import JsonValue, canonical_json
from fleetdesk.protocol import Receipt, Verdict, WireCommand

__all__ = ["Receipts", "digest_of"]


class Receipts:
    """The hub's memory of what it decided. A test hands in a forgetful one, to see that it is missed."""

    def known(
        self, connection: Connection, person_id: str, commands: Mapping[int, WireCommand], last_sequence: int
    ) -> dict[str, Verdict]:
        """The verdicts, by command id, on those of the commands (by sequence) that were decided before.

        Raises PayloadChanged where one is not what it was.
        """
        named = {"person": person_id, "ids": [command.id for command in commands.values()]}
        kept = {id: (digest, verdict) for id, digest, verdict in asked(connection, _KNOWN, named)}
        for sequence, command in commands.items():
            if command.id not in kept:
                if sequence <= last_sequence:
                    raise PayloadChanged(f"The laptop's command number {sequence} was another one.")
            elif kept[command.id][0] != digest_of(command):
                raise PayloadChanged(f"The command {command.id} came before with another content.")
        return {id: Verdict.model_validate_json(verdict) for id, (_, verdict) in kept.items()}

    def keep(
        self,
        connection: Connection,
        person_id: str,
        laptop_id: str,
        decided: Sequence[tuple[WireCommand, Receipt]],
        now: dt.datetime,
    ) -> None:
        """Keep the verdicts on commands that were decided just now."""
        rows = [
            {
                "person_id": person_id,
                "command_id": receipt.command_id,
                "laptop_id": laptop_id,
                "sequence": receipt.sequence,
                "digest": digest_of(command),
                "verdict": receipt.verdict.model_dump_json(),
                "recorded_at": now,
            }
            for command, receipt in decided
        ]
        insert_rows(connection, "sys_receipt", rows)

    def renumber(self, connection: Connection, person_id: str, laptop_id: str, replayed: Sequence[Receipt]) -> None:
        """Note that commands decided before came again in this laptop's present stream."""
        if not replayed:
            return
        connection.execute(
            _RENUMBER,
            {
                "person": person_id,
                "laptop": laptop_id,
                "ids": [receipt.command_id for receipt in replayed],
                "sequences": [receipt.sequence for receipt in replayed],
            },
        )

    def after(self, connection: Connection, laptop_id: str, sequence: int) -> tuple[Receipt, ...]:
        """The receipts of the laptop's stream after a sequence, in order."""
        rows = asked(connection, _AFTER, {"laptop": laptop_id, "sequence": sequence})
        return tuple(
            Receipt(sequence=number, command_id=command_id, verdict=Verdict.model_validate_json(verdict))
            for number, command_id, verdict in rows
        )


def digest_of(command: WireCommand) -> str:
    """The SHA-256, in hex, of what a command asks for; its envelope may be made anew, its content may not."""
    content: JsonValue = {"name": command.name, "version": command.version, "payload": command.payload}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


_KNOWN = (
    "SELECT command_id, digest, verdict FROM sys_receipt"
    " WHERE person_id = %(person)s AND command_id = ANY (CAST(%(ids)s AS text[]))"
)
_RENUMBER = text(
    "UPDATE sys_receipt SET laptop_id = :laptop, sequence = r.sequence"
    " FROM unnest(CAST(:ids AS text[]), CAST(:sequences AS bigint[])) AS r (id, sequence)"
    " WHERE person_id = :person AND command_id = r.id"
)
_AFTER = (
    "SELECT sequence, command_id, verdict FROM sys_receipt"
    " WHERE laptop_id = %(laptop)s AND sequence > %(sequence)s ORDER BY sequence"
)
