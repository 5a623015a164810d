"""What the tour asks the hosted database when all is done: plain SQL, past FleetDesk's own code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

__all__ = ["Check", "Expected", "check_hosted"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must stand in the hosted rows."""

    lead_id: str
    fields: Mapping[str, object]
    note: str
    import_id: str
    imported: int
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One question, its answer, and whether it is the right one."""

    question: str
    wanted: object
    found: object

    @property
    def held(self) -> bool:
        """Whether the answer is right."""
        return self.wanted == self.found


def check_hosted(owner_dsn: str, expected: Expected) -> list[Check]:
    """Ask everything."""
    with psycopg.connect(owner_dsn) as connection:

        def ask(query: LiteralString, *values: object) -> object:
            row = connection.execute(query, values).fetchone()
            return None if row is None else row[0]

        def field(name: str) -> object:
            query = sql.SQL("SELECT {} FROM sys_demo_lead WHERE id = %s").format(sql.Identifier(name))
            row = connection.execute(query, [expected.lead_id]).fetchone()
            return None if row is None else row[0]

        def traces(command_id: str) -> tuple[object, object]:
            return (
                ask("SELECT count(*) FROM sys_receipt WHERE command_id = %s", command_id),
                ask("SELECT count(*) FROM sys_audit_event WHERE command_id = %s", command_id),
            )

        calls = ask(
            "SELECT count(*) FROM sys_demo_lead_activity WHERE lead_id = %s AND body = %s",
            expected.lead_id,
            expected.note,
        )
        imported = ask("SELECT count(*) FROM sys_demo_lead WHERE import_id = %s", expected.import_id)
        return [
            *(Check(f"{name} of the lead", wanted, field(name)) for name, wanted in expected.fields.items()),
            Check("the call on the lead's timeline, once", 1, calls),
            Check("leads of the imported file, once each", expected.imported, imported),
            *(
                Check("one receipt and one audit event for a command", (1, 1), traces(command_id))
                for command_id in expected.commands
            ),
        ]
