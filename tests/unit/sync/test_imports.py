"""An import that everybody hears of, and that is taken back on another laptop than it was made on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.pending import to_the_end
from fleetdesk.queries.lead_imports import PastImport, past_imports
from fleetdesk.reports.lead_import import run_import
from fleetdesk.reports.lead_revert import RevertReport, run_revert
from tests.unit.sync.laptop import Laptop
from tests.unit.sync.tiny_hub import TinyHub


@pytest.fixture
def other(tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    """Another laptop."""
    laptop = Laptop(tmp_path / "other", hub)
    laptop.connect()
    yield laptop
    laptop.store.close()


def bring(laptop: Laptop, folder: Path) -> None:
    path = folder / "fair.csv"
    path.write_text("Name,Company\nAli,Taxi\nEve,Bus\n")
    with laptop.store.reading() as replica:
        run_import(path, laptop.store, replica, clock=laptop.clock)


def known(laptop: Laptop) -> PastImport:
    with laptop.store.reading() as replica:
        [past] = past_imports(replica)
        return past


def take_back(laptop: Laptop) -> RevertReport:
    past = known(laptop)
    with laptop.store.reading() as replica:
        return run_revert(past, laptop.store, replica, clock=laptop.clock, go_on=to_the_end)


def living(laptop: Laptop) -> list[object]:
    with laptop.store.reading() as replica:
        return list(replica.exec_driver_sql("SELECT first_name FROM sys_demo_lead WHERE deleted_at IS NULL").scalars())


def test_it_is_taken_back_on_another_laptop_after_it_was_synced(laptop: Laptop, other: Laptop, tmp_path: Path) -> None:
    bring(laptop, tmp_path)
    laptop.sync()
    other.sync()
    assert (known(other).file_name, sorted(map(str, living(other)))) == ("fair.csv", ["Ali", "Eve"])
    assert take_back(other).leads == 2
    other.sync()
    laptop.sync()
    assert living(laptop) == []
    assert known(laptop).taken_back_at is not None
    assert not laptop.store.pending()


def test_what_somebody_changed_on_their_laptop_stays_and_they_are_named(
    laptop: Laptop, other: Laptop, tmp_path: Path
) -> None:
    bring(laptop, tmp_path)
    laptop.sync()
    other.sync()
    with other.store.reading() as replica:
        eve = replica.exec_driver_sql("SELECT id FROM sys_demo_lead WHERE first_name = 'Eve'").scalar_one()
    other.do(other.edit(eve, company=("Bus", "Limousines")))
    other.sync()
    laptop.sync()
    laptop.start_again()
    report = take_back(laptop)
    assert [(left.name, left.what) for left in report.left] == [("Eve", "Changed since: company")]
    assert living(laptop) == ["Eve"]


def test_an_import_that_was_not_sent_yet_is_taken_back_too(laptop: Laptop, tmp_path: Path) -> None:
    bring(laptop, tmp_path)
    laptop.start_again()
    assert take_back(laptop).leads == 2
    laptop.sync()
    assert living(laptop) == []
    assert not laptop.store.pending()
