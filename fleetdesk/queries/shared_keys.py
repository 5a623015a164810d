"""Which leads share an address, a number or a licence: read from indexes alone, among all leads there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import cast

from sqlalchemy import CompoundSelect, Connection, FromClause, Select, func, select, union, union_all

from fleetdesk.models.duplicates import COLUMNS
from fleetdesk.models.leads import Lead
from fleetdesk.queries.lead_duplicates import counts
from fleetdesk.queries.replica import row_key

__all__ = ["sharing"]

_Values = Select[str] | CompoundSelect[str]


def sharing(connection: Connection, kind: str) -> Iterator[list[int]]:
    """The row keys of the leads that share one value of a kind of key, value by value."""
    first, *others = COLUMNS[kind]
    elsewhere: dict[str, set[int]] = defaultdict(set)
    for second in others:
        for value, key in _pairs(connection, _also_in(first, second)):
            elsewhere[value].add(key)
    column = Lead.table().c[first]
    repeated = _having(first, _repeated(first)).order_by(column)
    for value, pairs in groupby(_pairs(connection, repeated), key=itemgetter(0)):
        if value not in elsewhere:
            yield [key for _, key in pairs]
    yield from (sorted(keys) for keys in elsewhere.values() if len(keys) > 1)


def _also_in(first: str, second: str) -> CompoundSelect[tuple[str, int]]:
    """Selects the values of the second column, which few leads have, that stand there twice or in the first one too."""
    one, other = Lead.table().alias("one"), Lead.table().alias("other")
    in_first = select(one.c.id).where(one.c[first] == other.c[second], *counts(one)).exists()
    both: Select[str] = select(other.c[second]).where(other.c[second].is_not(None), in_first, *counts(other))
    return union_all(_having(second, union(both, _repeated(second))), _having(first, both))


def _having(name: str, values: _Values) -> Select[tuple[str, int]]:
    """Selects the leads that have one of these values in a column: the value and the row key."""
    column = Lead.table().c[name]
    return select(column, row_key(Lead)).where(column.in_(values), *counts())


def _repeated(name: str) -> Select[str]:
    """Selects each value that stands in a column more than once."""
    table: FromClause = Lead.table().alias("repeated")
    column = table.c[name]
    return select(column).where(column.is_not(None), *counts(table)).group_by(column).having(func.count() > 1)


def _pairs(
    connection: Connection, statement: Select[tuple[str, int]] | CompoundSelect[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Value and row key, from the driver's own cursor: result rows would take most of the time."""
    with connection.execute(statement) as result:
        yield from cast("Iterable[tuple[str, int]]", result.cursor)
