"""A record that the hub has never heard of: table, command and scope of its own come in by the Platform alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.commands.core import APPLIED, Command
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.demo.postgres import Database
from fleetdesk.hub.hosted import install_sync
from fleetdesk.models.access import Actor, Grant, Permission, Role
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.ids import new_id
from fleetdesk.models.types import Flag, LocalDate, Words
from fleetdesk.protocol import Verdict
from tests.hub.support import Hosted, Laptop
from tests.hub.test_checksums import digest_sum


class Kite(Synced):
    """A toy, with the types that no record of FleetDesk has yet."""

    __tablename__ = "tst_hub_kite"

    colour: Mapped[str] = mapped_column(Words)
    flies: Mapped[bool] = mapped_column(Flag)
    bought: Mapped[dt.date | None] = mapped_column(LocalDate)


@dataclass(frozen=True, kw_only=True)
class BuyKite(Command):
    """Buys a kite."""

    name: ClassVar[str] = "tests.buy_kite"
    permission: ClassVar[Permission] = Permission.STAFF_READ
    writes: ClassVar[frozenset[str]] = frozenset({"toys"})

    kite_id: str
    bought: dt.date

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def target(self) -> Key:
        return Kite.key_of(self.kite_id)

    def sentence(self) -> str:
        return "Bought a kite"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.add(Kite(id=self.kite_id, scope="toys", colour="red", flies=True, bought=self.bought))
        return APPLIED


@pytest.fixture
def hosted(database: Database) -> Iterator[Hosted]:
    """A hosted side with a table of kites, which sales people hold."""
    fleet = fleet_platform()
    hosted = Hosted(
        database,
        Platform(
            fleet.schema.including(Kite),
            fleet.commands.including(BuyKite),
            fleet.access.granting(Role.COMMERCIAL, Grant(frozenset(), frozenset({"toys"}))),
        ),
    )
    hosted.execute(
        "CREATE TABLE tst_hub_kite (id text PRIMARY KEY, scope text NOT NULL, colour text NOT NULL,"
        " flies boolean NOT NULL, bought date)"
    )
    install(hosted)
    yield hosted
    hosted.close()


def install(hosted: Hosted) -> None:
    """What a migration does for a table that laptops hold."""
    engine = create_engine("postgresql+psycopg://", creator=hosted.owner, poolclass=NullPool)
    with engine.begin() as connection:
        install_sync(connection, Kite.__tablename__, hosted.database.hub.user, access=hosted.platform.access)


def buy(kite: str) -> BuyKite:
    return BuyKite(id=new_id(), issued_at=dt.datetime.now(dt.UTC), kite_id=kite, bought=dt.date(2026, 2, 3))


def test_a_toy_bought_on_one_laptop_arrives_on_another(hosted: Hosted) -> None:
    hub = hosted.hub()
    other = Laptop(hub)
    other.load()
    Laptop(hub).push(buy("k"))
    other.pull()
    assert other.rows["tst_hub_kite"] == {
        "k": {"id": "k", "scope": "toys", "colour": "red", "flies": True, "bought": "2026-02-03"}
    }


def test_a_toy_is_loaded(hosted: Hosted) -> None:
    hub = hosted.hub()
    Laptop(hub).push(buy("k"))
    laptop = Laptop(hub)
    laptop.load()
    assert laptop.rows["tst_hub_kite"]["k"]["bought"] == "2026-02-03"


def test_a_toy_that_goes_is_removed(hosted: Hosted) -> None:
    hub = hosted.hub()
    Laptop(hub).push(buy("k"))
    laptop = Laptop(hub)
    laptop.load()
    hosted.execute("DELETE FROM tst_hub_kite")
    assert laptop.pull().removed == {"tst_hub_kite": ["k"]}


def test_a_toy_is_seen_by_those_alone_who_hold_its_scope(hosted: Hosted) -> None:
    hub = hosted.hub()
    Laptop(hub).push(buy("k"))
    laptop = Laptop(hub, Role.FINANCE)
    laptop.load()
    assert laptop.rows["tst_hub_kite"] == {}


def test_toys_have_a_checksum_of_all_their_values(hosted: Hosted) -> None:
    hub = hosted.hub()
    Laptop(hub).push(buy("k"), buy("l"))
    laptop = Laptop(hub)
    laptop.load()
    checksum = laptop.pull(checksums=True).checksums["tst_hub_kite"]
    assert checksum.sum == digest_sum(list(laptop.rows["tst_hub_kite"].values()), checksum.columns)


def test_installing_twice_changes_nothing(hosted: Hosted) -> None:
    install(hosted)
    hub = hosted.hub()
    Laptop(hub).push(buy("k"))
    assert hosted.rows("SELECT id FROM tst_hub_kite") == [("k",)]
