"""A record that nobody in `sync` has heard of: it comes in with the platform, and everything works for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.commands.core import APPLIED, Command
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.models.access import Actor, Grant, Permission, Role
from fleetdesk.models.base import Key, Synced
from fleetdesk.models.types import Flag, Whole, Words
from fleetdesk.protocol import TableChecksum, Verdict
from tests.unit.sync.laptop import Laptop
from tests.unit.sync.tiny_hub import TinyHub


class Buoy(Synced):
    """Something that floats, and that fleets do not have."""

    __tablename__ = "toy_buoy"
    search_columns = ("words",)

    words: Mapped[str] = mapped_column(Words)
    lit: Mapped[bool | None] = mapped_column(Flag)
    depth: Mapped[int | None] = mapped_column(Whole)


@dataclass(frozen=True, kw_only=True)
class LightBuoy(Command):
    """Switches a buoy on, or puts a lit one out."""

    name: ClassVar[str] = "toys.light_buoy"
    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({"sea"})

    buoy_id: str
    lit: bool

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def target(self) -> Key:
        return Buoy.key_of(self.buoy_id)

    def sentence(self) -> str:
        return "Switched a buoy"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.get(Buoy, self.buoy_id).lit = self.lit
        return APPLIED


@pytest.fixture
def hub() -> TinyHub:
    fleet = fleet_platform()
    sea = Grant(frozenset(), frozenset({"sea"}))
    return TinyHub(
        Platform(
            fleet.schema.including(Buoy),
            fleet.commands.including(LightBuoy),
            fleet.access.granting(Role.COMMERCIAL, sea),
        )
    )


@pytest.fixture
def laptop(tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    hub.insert("toy_buoy", id="b", scope="sea", words="green buoy", lit=False, depth=12)
    laptop = Laptop(tmp_path / "laptop", hub)
    laptop.connect()
    yield laptop
    laptop.store.close()


def light(laptop: Laptop) -> LightBuoy:
    return LightBuoy(**laptop.envelope(), buoy_id="b", lit=True)


def test_it_is_loaded(laptop: Laptop, hub: TinyHub) -> None:
    assert laptop.rows() == hub.visible()


def test_it_is_found_by_its_words(laptop: Laptop) -> None:
    with laptop.store.reading() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM toy_buoy_fts WHERE toy_buoy_fts MATCH 'gre*'")
        assert found.scalar_one() == 1


def test_its_command_works_here_and_at_the_hub(laptop: Laptop, hub: TinyHub) -> None:
    laptop.do(light(laptop))
    row = laptop.row(Key("toy_buoy", "b"))
    assert row is not None
    assert row["lit"] == 1
    laptop.sync()
    assert laptop.rows() == hub.visible()


def test_its_command_can_be_taken_back(laptop: Laptop) -> None:
    act = light(laptop)
    laptop.do(act)
    laptop.store.discard(act.id)
    row = laptop.row(Key("toy_buoy", "b"))
    assert row is not None
    assert row["lit"] == 0


def test_its_flags_are_summed_as_the_hub_sums_them(laptop: Laptop) -> None:
    shape = TableChecksum(table="toy_buoy", columns=("lit",), count=0, sum=0)
    [found] = laptop.store.hosted_checksums([shape])
    assert found.sum == 0x_FCBCF165908DD18A


def test_a_replica_gains_its_table_when_the_record_is_new(laptop: Laptop, hub: TinyHub) -> None:
    with_buoys = hub.platform
    laptop.store.close()
    hub.platform = fleet_platform()
    laptop.reopen()
    laptop.start_again()
    laptop.store.close()
    hub.platform = with_buoys
    laptop.reopen()
    assert laptop.row(Key("toy_buoy", "b")) is not None
