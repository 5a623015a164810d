"""Full-text search in the replica: which words stand in which row, for every record that names `search_columns`.

The index of a record lives in the FTS5 table `<table>_fts`, whose rowid is the row's `row_key`. It holds words and
short prefixes only (`detail=none`): ask for words and prefixes joined by AND, not for phrases. Triggers note rows
whose text changes; `catch_up` brings the index in step just before a transaction ends, so that a text which changes
and changes back costs nothing.
"""

from __future__ import annotations

from fleetdesk.models.base import Synced
from fleetdesk.models.schema import Schema
from fleetdesk.sync.files.cipher import Raw

__all__ = ["TextSearch", "search_table"]

_MERGED_PAGES = 200
_MOST_SEGMENTS = 256
"""Segments of one level from which FTS5 merges them all at once, in the middle of somebody's act.

With its own limit, 16, a few changes were enough to have a whole index merged; bit by bit, it merges long before.
"""


def search_table(record: type[Synced]) -> str:
    """The name of the FTS5 table of a record."""
    return f"{record.__tablename__}_fts"


class TextSearch:
    """The full-text indexes of a schema, over one writing connection."""

    def __init__(self, raw: Raw, schema: Schema) -> None:
        self._raw = raw
        self.records = [record for record in schema if record.search_columns]

    def create(self) -> None:
        """Make the indexes that are missing and fill them from the rows that are there."""
        known = {name for (name,) in self._raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for record in self.records:
            if search_table(record) not in known:
                self._raw.execute(_create(record))
                self._tell(record, "crisismerge", _MOST_SEGMENTS)
                self.rebuild(record)

    def rebuild(self, record: type[Synced]) -> None:
        """Fill the record's index anew from its rows."""
        index = search_table(record)
        # Fewer, larger segments while it is filled; the setting stays in the file, so it is put back.
        self._tell(record, "hashsize", 16 << 20)
        self._raw.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
        # One segment on a level of its own: else the first small ones of people's changes are merged with all of it.
        self._raw.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")
        self._tell(record, "hashsize", 1 << 20)

    def watch(self) -> None:
        """Note changed texts from now on, in triggers of this connection alone."""
        for record in self.records:
            for statement in _watching(record):
                self._raw.execute(statement)

    def catch_up(self) -> None:
        """Bring the indexes in step with what changed in this transaction."""
        for record in self.records:
            stale = _stale(record)
            if self._raw.execute(f"SELECT EXISTS (SELECT 1 FROM {stale})").fetchone() != (0,):
                for statement in _catching_up(record):
                    self._raw.execute(statement)

    def merge(self, record: type[Synced], *, begin: bool) -> bool:
        """One short step towards an index that holds no word of a row that is gone; whether there is more to do.

        The index keeps deleted words, beside the note that they are deleted, until its parts are merged. `begin` asks
        for all parts to be merged (https://www.sqlite.org/fts5.html#the_merge_command).
        """
        before = self._raw.total_changes
        self._tell(record, "merge", -_MERGED_PAGES if begin else _MERGED_PAGES)
        return self._raw.total_changes - before >= 2

    def _tell(self, record: type[Synced], word: str, value: int) -> None:
        """One of FTS5's own commands and settings (https://www.sqlite.org/fts5.html#special_insert_commands)."""
        index = search_table(record)
        self._raw.execute(f"INSERT INTO {index}({index}, rank) VALUES (?, ?)", (word, value))


def _create(record: type[Synced]) -> str:
    # The underscore is part of a word, as it is for `models.normalise.search_key`; with `detail=none` a word that
    # FTS5 split in two would be a phrase, which it refuses.
    return (
        f"CREATE VIRTUAL TABLE {search_table(record)} USING fts5({', '.join(record.search_columns)}, "
        f"content='{record.__tablename__}', content_rowid='row_key', prefix='1 2 3', detail=none, columnsize=0, "
        """tokenize="unicode61 remove_diacritics 0 tokenchars '_'")"""
    )


def _stale(record: type[Synced]) -> str:
    return f"stale_{record.__tablename__}"


def _watching(record: type[Synced]) -> list[str]:
    """A temporary table of the texts that the index still holds, and the triggers that fill it.

    The triggers say NOT EXISTS rather than OR IGNORE, because an upsert overrides a trigger's conflict clause.
    """
    table, stale, columns = record.__tablename__, _stale(record), record.search_columns
    names = ", ".join(columns)
    old = ", ".join(f"OLD.{column}" for column in columns)
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)

    def note(event: str, when: str, row: str, indexed: int, texts: str) -> str:
        return (
            f"CREATE TEMP TRIGGER {stale}_{event.partition(' ')[0].lower()} AFTER {event} ON main.{table} {when} BEGIN "
            f"INSERT INTO {stale} SELECT {row}.row_key, {indexed}, {texts} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {stale} WHERE row_key = {row}.row_key); END"
        )

    return [
        f"CREATE TEMP TABLE {stale} (row_key INTEGER PRIMARY KEY, indexed INTEGER, {names})",
        note("INSERT", "", "NEW", 0, ", ".join("NULL" for _ in columns)),
        note(f"UPDATE OF {names}", f"WHEN {changed}", "OLD", 1, old),
        note("DELETE", "", "OLD", 1, old),
    ]


def _catching_up(record: type[Synced]) -> list[str]:
    table, index, stale, columns = record.__tablename__, search_table(record), _stale(record), record.search_columns
    names = ", ".join(columns)
    differs = " OR ".join(f"r.{column} IS NOT s.{column}" for column in columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("s", "r"))
    out = (
        f"INSERT INTO {index}({index}, rowid, {names}) SELECT 'delete', s.row_key, {old} "
        f"FROM {stale} s LEFT JOIN {table} r ON r.row_key = s.row_key "
        f"WHERE s.indexed AND (r.row_key IS NULL OR {differs})"
    )
    into = (
        f"INSERT INTO {index}(rowid, {names}) SELECT r.row_key, {new} "
        f"FROM {stale} s JOIN {table} r ON r.row_key = s.row_key WHERE NOT s.indexed OR {differs}"
    )
    return [out, into, f"DELETE FROM {stale}"]
