"""A feature that FleetDesk has never heard of: record, command, query and screen, and not a line of sync or hub."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, NullPool, create_engine, select
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.app import open_desktop
from fleetdesk.commands.core import APPLIED, Command
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.demo.postgres import Database
from fleetdesk.hub.hosted import install_sync
from fleetdesk.models.access import Actor, Grant, Permission, Role
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.models.types import JsonValue, Words
from fleetdesk.protocol import Person, Verdict
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.catalog import screens
from fleetdesk.views.records import FoundRecord, RecordKind
from fleetdesk.views.workbench import Page, Screen, Workbench
from tests.devices import signer_of
from tests.faults import FaultProxy
from tests.hub.support import Hosted, person_id
from tests.journeys.salesperson import Salesperson
from tests.sync.running import KEYS, QUICK

pytestmark = pytest.mark.timeout(120)


class Balloon(Synced):
    """The record."""

    __tablename__ = "tst_balloon"

    colour: Mapped[str] = mapped_column(Words)


@dataclass(frozen=True, kw_only=True)
class InflateBalloon(Command):
    """The command."""

    name: ClassVar[str] = "tests.inflate_balloon"
    permission: ClassVar[Permission] = Permission.STAFF_READ
    writes: ClassVar[frozenset[str]] = frozenset({"toys"})

    balloon_id: str
    colour: str

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def target(self) -> Key:
        return Balloon.key_of(self.balloon_id)

    def sentence(self) -> str:
        return "Inflated a balloon"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.add(Balloon(id=self.balloon_id, scope="toys", colour=self.colour))
        return APPLIED


def colours(connection: Connection) -> tuple[str, ...]:
    """The query."""
    return tuple(connection.scalars(select(Balloon.colour).order_by(Balloon.colour)))


class BalloonsPage(Page):
    """The screen."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._list = Label()
        self.setLayout(column(self._list))
        bench.actions.register(Action("balloons.inflate", "Inflate a balloon", self._inflate, scope="balloons"))
        bench.changes.changed.connect(self._changed)
        self._read()

    def _inflate(self) -> None:
        now = self._bench.clock.now()
        command = InflateBalloon(id=new_id(), issued_at=now, balloon_id=new_id(), colour="red")
        self._bench.acts.perform(command, owner=self, on_done=lambda: None)

    def _changed(self, changes: Changes) -> None:
        if changes.touches(Balloon.__tablename__):
            self._read()

    def _read(self) -> None:
        self._bench.readings.run(colours, on_success=lambda found: self._list.setText(", ".join(found)), owner=self)


def _show(connection: Connection, ids: Collection[str]) -> list[FoundRecord]:
    rows = connection.execute(select(Balloon.id, Balloon.colour).where(Balloon.id.in_(ids)))
    return [FoundRecord(Balloon.key_of(row.id), f"The {row.colour} balloon", "", "gift") for row in rows]


def _find(_connection: Connection, _text: str, _most: int) -> list[FoundRecord]:
    return []


def _value_text(_connection: Connection, _field: str, value: JsonValue) -> str:
    return str(value)


BALLOONS = RecordKind("tst_balloon", "balloon", "balloons", _show, _find, str.capitalize, _value_text, {})


def with_balloons() -> tuple[Screen, ...]:
    """The catalog with one line more."""
    own = Screen("balloons", "Balloons", "gift", Permission.STAFF_READ, BalloonsPage, records=(BALLOONS,))
    return (*screens(), own)


@pytest.fixture
def platform() -> Platform:
    fleet = fleet_platform()
    return Platform(
        fleet.schema.including(Balloon),
        fleet.commands.including(InflateBalloon),
        fleet.access.granting(Role.COMMERCIAL, Grant(frozenset(), frozenset({"toys"}))),
    )


@pytest.fixture
def hosted(database: Database, platform: Platform) -> Iterator[Hosted]:
    """A hosted side after the migration that brings balloons."""
    hosted = Hosted(database, platform)
    hosted.execute("CREATE TABLE tst_balloon (id text PRIMARY KEY, scope text NOT NULL, colour text NOT NULL)")
    engine = create_engine("postgresql+psycopg://", creator=hosted.owner, poolclass=NullPool)
    with engine.begin() as connection:
        install_sync(connection, Balloon.__tablename__, hosted.database.hub.user, access=platform.access)
    yield hosted
    hosted.close()


@pytest.fixture
def sales(
    qtbot: QtBot, qapp: QApplication, network: FaultProxy, platform: Platform, tmp_path: Path
) -> Iterator[Salesperson]:
    """A salesperson whose window has the new screen."""
    role, clock = Role.COMMERCIAL, SystemClock()
    actor = Actor(person_id(role), role)
    store = LocalStore.open(tmp_path / "laptop", keys=KEYS, platform=platform, clock=clock, actor=actor)
    opened = open_desktop(
        qapp,
        store,
        HubClient(network.url, StaticTokens(f"user_{role}"), signer=signer_of(f"user_{role}")),
        Person(id=actor.person_id, name="Person Sales", email="", role=role, scopes=("staff",)),
        platform=platform,
        settings=replace(QUICK, data_dir=tmp_path),
        clock=clock,
        catalog=with_balloons,
    )
    yield Salesperson(qtbot, opened, store)
    opened.close()
    store.close()


def test_what_is_done_on_the_new_screen_arrives(sales: Salesperson, hosted: Hosted) -> None:
    sales.wait_until_sent()
    sales.desktop.window.show_screen("balloons")

    sales.desktop.bench.actions.trigger("balloons.inflate")

    sales.wait_until_sees("red")
    sales.wait_until_sent()
    assert hosted.rows("SELECT colour FROM tst_balloon") == [("red",)]


def test_what_others_do_is_seen_on_the_new_screen(sales: Salesperson, hosted: Hosted) -> None:
    sales.wait_until_sent()
    sales.desktop.window.show_screen("balloons")

    hosted.execute("INSERT INTO tst_balloon (id, scope, colour) VALUES ('b', 'toys', 'blue')")

    sales.wait_until_sees("blue")


def test_the_drawer_calls_the_new_record_by_its_name(sales: Salesperson, network: FaultProxy) -> None:
    sales.wait_until_sent()
    network.cut()
    sales.desktop.window.show_screen("balloons")

    sales.desktop.bench.actions.trigger("balloons.inflate")

    outbox = sales.desktop.bench.outbox
    sales.qtbot.waitUntil(lambda: [shown.target_name for shown in outbox.changes] == ["The red balloon"])
