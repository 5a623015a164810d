"""A laptop's own files with the leads of `bench.lead_list`, loaded as a hub's answer is: what the windows stand on."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bench.lead_list import ME, NOW, lead_values, people_values
from fleetdesk.app import OpenDesktop, open_desktop
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import ACCESS, Actor, Role
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import Lead
from fleetdesk.models.schema import wire_columns
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import LoadPlan, LoadTable, Person, Plain
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["PERSON", "StillClock", "load_leads", "open_leads", "open_leads_desktop"]

PERSON = Person(
    id=ME,
    name="Fatima Al-Mansoori",
    email="fatima@fleetcore.example",
    role=Role.COMMERCIAL,
    scopes=tuple(sorted(ACCESS.scopes(Role.COMMERCIAL, ME))),
)
"""Whose leads they are."""

_KEYS = FileKeys(replica=bytes(32), outbox=bytes(32), documents=bytes(32))
_AT_ONCE = 10_000
_NOWHERE = "http://127.0.0.1:9"


class StillClock:
    """It is always the same instant."""

    def now(self) -> dt.datetime:
        return NOW


def load_leads(folder: Path, rows: int) -> None:
    """Fill the files under `folder` with so many leads."""
    people = list(people_values())
    values: Mapping[type[Synced], Iterable[Mapping[str, object]]] = {
        User: sorted((one for record, one in people if record is User), key=_id),
        Member: sorted((one for record, one in people if record is Member), key=_id),
        Lead: lead_values(rows),
    }
    counts: Mapping[type[Synced], int] = {User: len(people) // 2, Member: len(people) // 2, Lead: rows}
    schema = fleet_platform().schema
    plan = LoadPlan(
        cursor="bench",
        person=PERSON,
        tables=tuple(
            LoadTable(name=name, columns=_columns(schema.record(name)), rows_about=counts.get(schema.record(name), 0))
            for name in schema.tables
        ),
        settled_through=0,
        server_time=NOW,
    )
    with closing(open_leads(folder)) as store, closing(store.begin_load(plan)) as writer:
        for table in plan.tables:
            for piece in _pieces(values.get(schema.record(table.name), ()), table.columns):
                writer.write_rows(table.name, table.columns, piece)
            writer.complete(table.name)
        writer.finish()


def open_leads(folder: Path) -> LocalStore:
    """Open those files."""
    return LocalStore.open(
        folder, keys=_KEYS, platform=fleet_platform(), clock=StillClock(), actor=Actor(ME, Role.COMMERCIAL)
    )


def open_leads_desktop(app: QApplication, store: LocalStore, folder: Path) -> OpenDesktop:
    """The real desktop over them, whose hub cannot be reached; what the window keeps beside them lies in `folder`."""
    return open_desktop(
        app,
        store,
        HubClient(_NOWHERE, StaticTokens("none")),
        PERSON,
        platform=fleet_platform(),
        settings=LaptopSettings(data_dir=folder),
        clock=StillClock(),
    )


def _columns(record: type[Synced]) -> tuple[str, ...]:
    return tuple(column.name for column in wire_columns(record))


def _pieces(values: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[list[list[Plain]]]:
    rows = ([one.get(column) for column in columns] for one in values)
    while piece := list(itertools.islice(rows, _AT_ONCE)):
        yield piece


def _id(values: Mapping[str, object]) -> str:
    return str(values["id"])
