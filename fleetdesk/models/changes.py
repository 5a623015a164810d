"""What a write touched, so that each view can decide whether to refresh."""

from __future__ import annotations

from dataclasses import dataclass, field

from fleetdesk.models.base import Key

__all__ = ["NOTHING", "Changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that changed, by key; `tables` names those that changed as a whole (a load, a lost scope)."""

    rows: frozenset[Key] = field(default=frozenset())
    tables: frozenset[str] = field(default=frozenset())

    def touches(self, table: str) -> bool:
        """Whether any row of the table changed."""
        return table in self.tables or any(key.table == table for key in self.rows)

    def ids(self, table: str) -> frozenset[str]:
        """The ids of the table's changed rows (none where the whole table changed)."""
        return frozenset(key.id for key in self.rows if key.table == table)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.rows | other.rows, self.tables | other.tables)

    def __bool__(self) -> bool:
        return bool(self.rows or self.tables)


NOTHING = Changes()
