"""Groups of leads that share addresses, numbers or licences: found among all leads, narrowed, and read for a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from fleetdesk.models.duplicates import COLUMNS
from fleetdesk.models.leads import Lead
from fleetdesk.models.leads_apart import LeadsApart
from fleetdesk.models.types import canonical_json
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING, Filter
from fleetdesk.queries.leads import select_leads
from fleetdesk.queries.replica import key_pieces, row_key
from fleetdesk.queries.shared_keys import sharing

__all__ = [
    "DuplicateGroup",
    "DuplicateGroups",
    "DuplicateQuery",
    "GroupSort",
    "Sureness",
    "apart_groups",
    "duplicate_groups",
    "located_apart",
    "narrowed",
]


class Sureness(IntEnum):
    """How sure it is that the leads of a group are one prospect."""

    POSSIBLE = 1
    """They share a phone number, which a switchboard may have."""
    LIKELY = 2
    """They share an address or a licence."""
    SURE = 3
    """All of them share two things at least."""


class GroupSort(StrEnum):
    """What a list of groups may be sorted by: the other one of the two decides where the first does not."""

    SURENESS = "sureness"
    COUNT = "count"


class DuplicateGroup(NamedTuple):
    """Leads that hang together by what they share, as row keys for `queries.leads.lead_page`; the oldest here first.

    Not every two of them need to share something: one may have the address of a second and the phone of a third.
    `shared` names kinds of keys. Of leads that were told apart, `apart_id` is the id of the row that says so; `key`
    names the group: its first lead, or that row, whose row key is below zero here.
    """

    key: int
    keys: tuple[int, ...]
    shared: frozenset[str]
    sureness: Sureness
    apart_id: str | None = None


@dataclass(frozen=True, slots=True)
class DuplicateQuery:
    """Which groups, in which order: those of which any lead matches the filter, that share one of `kinds` (if any)."""

    filter: Filter = EVERYTHING
    kinds: frozenset[str] = frozenset()
    sort: GroupSort = GroupSort.SURENESS
    descending: bool = True
    apart: bool = False
    """Ask for the leads that were told apart instead."""

    @property
    def narrows(self) -> bool:
        """Whether it leaves any group out."""
        return self.filter.narrows or bool(self.kinds)


@dataclass(frozen=True)
class DuplicateGroups:
    """Groups that were found together. `of_lead` tells in which a lead is; leads and groups go by their row keys."""

    groups: tuple[DuplicateGroup, ...]
    by_key: Mapping[int, DuplicateGroup]
    of_lead: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, groups: tuple[DuplicateGroup, ...]) -> DuplicateGroups:
        """These groups; a lead may be in several."""
        of_lead: dict[int, tuple[int, ...]] = {}
        for group in groups:
            mine = (group.key,)
            for key in group.keys:
                of_lead[key] = of_lead[key] + mine if key in of_lead else mine
        return cls(groups, {group.key: group for group in groups}, of_lead)


def duplicate_groups(connection: Connection) -> DuplicateGroups:
    """Every group of leads that share keys, the surest first, then the largest."""
    joining = _Joining(_told_apart(connection))
    for kind in COLUMNS:
        for keys in sharing(connection, kind):
            joining.join(kind, keys)
    return DuplicateGroups.of(joining.found())


def apart_groups(connection: Connection) -> DuplicateGroups:
    """The leads that were told apart, what was told last first; where none of them is here any more, nothing is."""
    statement = (
        select(row_key(LeadsApart), LeadsApart.id, LeadsApart.lead_ids)
        .where(LeadsApart.deleted_at.is_(None))
        .order_by(LeadsApart.created_at.desc(), LeadsApart.id)
    )
    rows = connection.execute(statement).all()
    located = _located(connection, {id_ for row in rows for id_ in row.lead_ids})
    return DuplicateGroups.of(
        tuple(
            DuplicateGroup(
                key=-row.row_key,
                keys=tuple(sorted(located[id_] for id_ in row.lead_ids if id_ in located)),
                shared=frozenset(),
                sureness=Sureness.POSSIBLE,
                apart_id=row.id,
            )
            for row in rows
            if not located.keys().isdisjoint(row.lead_ids)
        )
    )


def located_apart(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    """The keys of the groups that were told apart by the rows with these ids; those that are gone are left out."""
    statement = select(LeadsApart.id, row_key(LeadsApart)).where(LeadsApart.id.in_(ids))
    return {row.id: -row.row_key for row in connection.execute(statement)}


def narrowed(
    connection: Connection, among: DuplicateGroups, query: DuplicateQuery, viewpoint: Viewpoint
) -> list[DuplicateGroup]:
    """Those of the groups that a query asks for, in its order."""
    found: Iterable[DuplicateGroup] = among.groups
    if query.kinds:
        found = [group for group in found if query.kinds & group.shared]
    if query.filter.narrows:
        wanted = _with_a_match(connection, among, query.filter, viewpoint)
        found = [group for group in found if group.key in wanted]
    if query.apart:
        return list(found)
    most = -1 if query.descending else 1
    if query.sort is GroupSort.COUNT:
        return sorted(found, key=lambda group: (most * len(group.keys), -group.sureness))
    return sorted(found, key=lambda group: (most * group.sureness, -len(group.keys)))


def _with_a_match(connection: Connection, among: DuplicateGroups, asked: Filter, viewpoint: Viewpoint) -> set[int]:
    """The groups with a lead that matches, by their keys; the matching leads are looked at piece by piece."""
    leads, found = among.of_lead.keys(), set[int]()
    for piece in key_pieces(connection, select_leads(connection, asked, viewpoint)):
        for lead in leads & set(piece):
            found.update(among.of_lead[lead])
    return found


def _told_apart(connection: Connection) -> dict[int, frozenset[int]]:
    """For each lead that was told apart from others, by row key, those others (and itself)."""
    statement = select(LeadsApart.lead_ids).where(LeadsApart.deleted_at.is_(None))
    told = [frozenset(ids) for ids in connection.scalars(statement)]
    located = _located(connection, {id_ for ids in told for id_ in ids})
    apart: dict[int, frozenset[int]] = {}
    for ids in told:
        keys = frozenset(located[id_] for id_ in ids if id_ in located)
        for key in keys:
            apart[key] = apart[key] | keys if key in apart else keys
    return apart


def _located(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    asked = func.json_each(canonical_json([*sorted(ids)])).table_valued("value", name="asked")
    statement = select(Lead.id, row_key(Lead)).where(Lead.id.in_(select(asked.c.value)))
    return {row.id: row.row_key for row in connection.execute(statement)}


class _Joining:
    """Joins leads that share something, and those that those share something with, unless they were told apart."""

    def __init__(self, apart: Mapping[int, frozenset[int]]) -> None:
        self._apart = apart
        self._parents: dict[int, int] = {}
        self._shared: list[tuple[str, int, int]] = []  # a kind, one of the leads, how many they are

    def join(self, kind: str, keys: list[int]) -> None:
        """These leads share a value of this kind."""
        for cluster in self._clusters(keys):
            self._shared.append((kind, cluster[0], len(cluster)))
            if self._parents.keys().isdisjoint(cluster):
                self._parents.update(dict.fromkeys(cluster, cluster[0]))
                continue
            root = self._root(cluster[0])
            for key in cluster[1:]:
                self._parents[self._root(key)] = root

    def found(self) -> tuple[DuplicateGroup, ...]:
        """The groups, in their order."""
        parents = self._parents
        members: dict[int, list[int]] = defaultdict(list)
        for key in list(parents):
            members[self._root(key)].append(key)
        shared: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for kind, key, count in self._shared:
            shared[parents[key]].append((kind, count))  # which is its root by now
        groups = [_group(sorted(keys), shared[root]) for root, keys in members.items()]
        groups.sort(key=lambda group: (-group.sureness, -len(group.keys), group.key))
        return tuple(groups)

    def _clusters(self, keys: list[int]) -> Iterator[list[int]]:
        """The leads that still hang together where some of them were told apart from some others."""
        if self._apart.keys().isdisjoint(keys):
            yield keys
            return
        left = set(keys)
        while left:
            cluster = [left.pop()]
            for key in cluster:  # it grows meanwhile
                near = left - self._apart.get(key, frozenset())
                left -= near
                cluster += near
            if len(cluster) > 1:
                yield sorted(cluster)

    def _root(self, key: int) -> int:
        """Where what hangs together with a lead begins; it is the lead's parent from then on."""
        parents = self._parents
        root = parents.setdefault(key, key)
        while (parent := parents[root]) != root:
            root = parent
        parents[key] = root
        return root


def _group(keys: list[int], shared: list[tuple[str, int]]) -> DuplicateGroup:
    """A group; `shared` has the kind of each value that several of its leads have, and how many do."""
    kinds = _kinds(tuple(kind for kind, _ in shared))
    if len(kinds) > 1 and len({kind for kind, count in shared if count == len(keys)}) > 1:
        sureness = Sureness.SURE
    else:
        sureness = Sureness.POSSIBLE if kinds == _A_PHONE_ALONE else Sureness.LIKELY
    return DuplicateGroup(keys[0], tuple(keys), kinds, sureness)


_A_PHONE_ALONE = frozenset({"phone_key"})


@lru_cache(maxsize=256)
def _kinds(kinds: tuple[str, ...]) -> frozenset[str]:
    """The same set for the same kinds: there are few of them, and many groups."""
    return frozenset(kinds)
