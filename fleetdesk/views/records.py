"""How the records of a table are called on screens that show any of them: the drawer, the Inbox, the palette."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.models.base import Key
from fleetdesk.models.types import JsonValue

__all__ = ["FoundRecord", "RecordKind", "RecordKinds"]

ValueText = Callable[[Connection, str, JsonValue], str]


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record as one line."""

    key: Key
    name: str
    hint: str
    icon: str


Find = Callable[[Connection, str, int], Sequence[FoundRecord]]
Show = Callable[[Connection, Collection[str]], Iterable[FoundRecord]]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """The records of one table in people's words. `screen` is the id of the screen that opens them.

    `show` gives those of some records that are there; `find` the first ones that match a typed text;
    `value_text` how a field's plain value reads; `written` how a written text becomes the value of a field, for those
    whose values are written rather than chosen.
    """

    table: str
    noun: str
    screen: str
    show: Show
    find: Find
    field_label: Callable[[str], str]
    value_text: ValueText
    written: Mapping[str, Callable[[str], JsonValue]]


class RecordKinds:
    """The kinds by table. A table without one is called by its own name."""

    def __init__(self, kinds: Iterable[RecordKind], named: Iterable[RecordKind] = ()) -> None:
        """`kinds` have a screen that the person may open. `named` only have words: what waits may be about them."""
        self._opened = {kind.table: kind for kind in kinds}
        self._kinds = {kind.table: kind for kind in named} | self._opened

    def kind(self, table: str) -> RecordKind | None:
        """The kind of a table's records, if they have a screen that the person may open."""
        return self._opened.get(table)

    def __iter__(self) -> Iterator[RecordKind]:
        """Every kind that can be opened, in the order of the screens."""
        return iter(self._opened.values())

    def names(self, connection: Connection, keys: Iterable[Key]) -> dict[Key, str]:
        """What to call these records; one that is not there is called by its kind."""
        wanted: dict[str, set[str]] = {}
        for key in keys:
            wanted.setdefault(key.table, set()).add(key.id)
        return {
            Key(table, id_): name for table, ids in wanted.items() for id_, name in self._named(connection, table, ids)
        }

    def field_label(self, table: str, field: str) -> str:
        """A field as people call it."""
        kind = self._kinds.get(table)
        return kind.field_label(field) if kind else field.replace("_", " ").capitalize()

    def value_text(self, connection: Connection, table: str, field: str, value: JsonValue) -> str:
        """A field's value as people read it; nothing where there is none."""
        kind = self._kinds.get(table)
        if value is None:
            return ""
        return kind.value_text(connection, field, value) if kind else str(value)

    def writable(self, table: str, field: str) -> bool:
        """Whether a field's values are written rather than chosen."""
        kind = self._kinds.get(table)
        return kind is not None and field in kind.written

    def written_value(self, table: str, field: str, text: str) -> JsonValue:
        """What a written text means as the value of a writable field."""
        return self._kinds[table].written[field](text)

    def _named(self, connection: Connection, table: str, ids: set[str]) -> Iterable[tuple[str, str]]:
        kind = self._kinds.get(table)
        found = {record.key.id: record.name for record in kind.show(connection, ids)} if kind else {}
        unnamed = f"A {kind.noun}" if kind else table
        return ((id_, found.get(id_) or unnamed) for id_ in ids)
