"""Leads with all that is known of them, for files: read a page at a time, in one snapshot."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.leads import LeadQuery, lead_keys, locate_leads
from fleetdesk.queries.replica import row_key
from fleetdesk.queries.staff import full_name

__all__ = ["EXPORTED", "Value", "keys_of_ids", "keys_of_query", "whole_leads"]

Value = str | int | dt.datetime | None

EXPORTED = (
    "first_name",
    "last_name",
    "company",
    "email",
    "second_email",
    "phone",
    "second_phone",
    "country",
    "fleet_size",
    "current_software",
    "website",
    "trade_licence",
    "message",
    "source",
    "owner",
    "score",
    "stage",
    "tags",
    "next_activity",
    "next_activity_at",
    "lost_reason",
    "activity_count",
    "last_activity_at",
    "stage_changed_at",
    "created_at",
    "updated_at",
    "lead_id",
)
"""All that can be told of a lead, by the names of `commands.import_words.OWN_TITLES`, in the order of an export."""

_PAGE = 500
_LEADS = Lead.table().c
_OF_THE_ROW = {"stage": "status", "lead_id": "id"}


def keys_of_query(connection: Connection, query: LeadQuery, viewpoint: Viewpoint) -> array[int]:
    """The row keys of all leads that match, in order."""
    return lead_keys(connection, query, viewpoint)


def keys_of_ids(connection: Connection, ids: Sequence[str]) -> array[int]:
    """The row keys of the leads with these ids, in their order; those that are gone are left out."""
    keys = array("q")
    for start in range(0, len(ids), _PAGE):
        some = ids[start : start + _PAGE]
        located = locate_leads(connection, some)
        keys.extend(located[id_] for id_ in some if id_ in located)
    return keys


def whole_leads(connection: Connection, keys: Sequence[int], names: Sequence[str]) -> Iterator[list[Value]]:
    """What these leads have under these names of `EXPORTED`, in the order of the keys."""
    columns = [_LEADS[_OF_THE_ROW.get(name, name)] for name in names if name != "owner"]
    owner = (User.first_name.label("owner_first"), User.last_name.label("owner_last"), User.email.label("owner_email"))
    statement = select(row_key(Lead), *columns, *owner).outerjoin(User, User.id == _LEADS.owner_id)
    for start in range(0, len(keys), _PAGE):
        page = keys[start : start + _PAGE]
        found = {row["row_key"]: row for row in connection.execute(statement.where(row_key(Lead).in_(page))).mappings()}
        for key in page:
            if (row := found.get(key)) is not None:
                whole = {**row, "owner": full_name(row["owner_first"], row["owner_last"]) or row["owner_email"]}
                yield [_value(whole[_OF_THE_ROW.get(name, name)]) for name in names]


def _value(value: object) -> Value:
    match value:
        case None | str() | int() | dt.datetime():
            return value
        case list():
            return "; ".join(map(str, value))
        case _:
            return str(value)
