"""The form of the outbox file, and how a file of an earlier form takes it on."""

from __future__ import annotations

from fleetdesk.errors import OutboxUnusable
from fleetdesk.models.ids import new_id
from fleetdesk.sync.files.cipher import Raw

__all__ = ["give_form"]

_FORMATS = (
    (
        """CREATE TABLE mark (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            outbox_id TEXT NOT NULL, laptop_id TEXT NOT NULL, epoch TEXT NOT NULL DEFAULT '',
            person TEXT, next_sequence INTEGER NOT NULL DEFAULT 1,
            revision INTEGER NOT NULL DEFAULT 0
        )""",
        """CREATE TABLE command (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version INTEGER NOT NULL, issued_at TEXT NOT NULL, batch TEXT,
            payload TEXT NOT NULL, state TEXT NOT NULL, sequence INTEGER UNIQUE,
            verdict TEXT, local_verdict TEXT, withdrawn INTEGER NOT NULL DEFAULT 0, done_at TEXT
        )""",
    ),
    (
        "ALTER TABLE mark ADD COLUMN paused INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE draft (
            record_table TEXT NOT NULL, record_id TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
            PRIMARY KEY (record_table, record_id)
        )""",
    ),
    (
        """CREATE TABLE batch (
            id TEXT PRIMARY KEY, sentence TEXT NOT NULL, begun_at TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0
        )""",
        "CREATE INDEX command_batch ON command (batch) WHERE batch IS NOT NULL",
        """CREATE TABLE act (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            sentence TEXT NOT NULL, performed_at TEXT NOT NULL, rowwise INTEGER NOT NULL, undone INTEGER NOT NULL
        )""",
        """CREATE TABLE step (
            id INTEGER PRIMARY KEY,
            act INTEGER NOT NULL, command_id TEXT UNIQUE, target_table TEXT NOT NULL, target_id TEXT NOT NULL,
            back TEXT, why_not TEXT NOT NULL
        )""",
        "CREATE INDEX step_act ON step (act)",
    ),
    ("CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL)",),
    (
        "ALTER TABLE draft RENAME TO only_draft",
        """CREATE TABLE draft (
            record_table TEXT NOT NULL, record_id TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
            details TEXT NOT NULL, PRIMARY KEY (record_table, record_id, kind)
        )""",
        "INSERT INTO draft SELECT record_table, record_id, kind, text, '{}' FROM only_draft",
        "DROP TABLE only_draft",
    ),
    (
        # While it is performed: how; the act that it becomes; the act that it turns round.
        "ALTER TABLE batch ADD COLUMN under_way TEXT",
        "ALTER TABLE batch ADD COLUMN act INTEGER",
        "ALTER TABLE batch ADD COLUMN turns INTEGER",
    ),
)
"""What brings a file from each format to the next; the first of them fills an empty one. They are never changed."""


def give_form(raw: Raw) -> None:
    """Bring the file into the present form, whole or not at all. Raises OutboxUnusable for one of a later form."""
    [found] = raw.execute("PRAGMA user_version").fetchone() or (0,)
    if found > len(_FORMATS):
        raise OutboxUnusable("The list of your waiting changes is of another FleetDesk.", kept="It is set aside.")
    if found == len(_FORMATS):
        return
    raw.execute("BEGIN IMMEDIATE")
    for statement in (statement for step in _FORMATS[found:] for statement in step):
        raw.execute(statement)
    if not found:
        raw.execute("INSERT INTO mark (one, outbox_id, laptop_id) VALUES (1, ?, ?)", (new_id(), new_id()))
    raw.execute(f"PRAGMA user_version = {len(_FORMATS)}")
    raw.execute("COMMIT")
