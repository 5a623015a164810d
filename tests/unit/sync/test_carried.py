"""Waiting changes in a file under a passphrase: nothing is lost, nothing done twice, nothing read by others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.commands.pending import PendingState
from fleetdesk.errors import BadFile, DiskFull, Invalid, Refused
from fleetdesk.sync.files.sealed import read_sealed, write_sealed
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

PASSPHRASE = "correct horse battery"
MANY = 500
"""More than are performed at once."""
GREEDY = (
    b'FleetDesk sealed 1\n{"salt":"AAAAAAAAAAAAAAAAAAAAAA==","time_cost":1,"memory_kib":2097152,"lanes":1,'
    b'"nonce":"AAAAAAAAAAAAAAAA"}\nxxxxxxxxxxxxxxxxxxxx'
)
"""Would have the one who opens it fill two gigabytes."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "waiting.fleetdesk"


@pytest.fixture
def other(tmp_path: Path, hub: TinyHub) -> Iterator[Laptop]:
    """Another laptop of the same person."""
    other = Laptop(tmp_path / "other", hub)
    other.connect()
    yield other
    other.store.close()


def companies(laptop: Laptop) -> set[object]:
    leads = (laptop.lead(key.id) for key in laptop.leads())
    return {lead["company"] for lead in leads if lead is not None}


def test_what_waited_here_waits_there(laptop: Laptop, other: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead(company="Bolt"), laptop.new_lead(company="Careem"))
    assert laptop.store.carry_off(file, PASSPHRASE) == 2
    taken = other.store.take_in(file, PASSPHRASE)
    assert (taken.taken, taken.known, companies(other)) == (2, 0, {"Bolt", "Careem"})


def test_it_comes_to_the_hub_from_there(laptop: Laptop, other: Laptop, hub: TinyHub, file: Path) -> None:
    act = laptop.new_lead(company="Bolt")
    laptop.do(act)
    laptop.store.carry_off(file, PASSPHRASE)
    other.store.take_in(file, PASSPHRASE)
    other.sync()
    laptop.pull()
    assert other.store.counts().waiting == 0
    assert [company for company in companies(laptop) if company == "Bolt"] == ["Bolt"]


def test_what_was_sent_meanwhile_is_not_done_twice(laptop: Laptop, other: Laptop, file: Path) -> None:
    act = laptop.new_lead()
    laptop.do(act, laptop.log(act.lead_id))
    laptop.store.carry_off(file, PASSPHRASE)
    laptop.sync()
    other.store.take_in(file, PASSPHRASE)
    other.sync()
    lead = other.lead(act.lead_id)
    assert lead is not None
    assert (lead["activity_count"], other.store.counts().inbox) == (1, 0)


def test_taken_in_where_it_was_written_it_changes_nothing(laptop: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead())
    laptop.store.carry_off(file, PASSPHRASE)
    taken = laptop.store.take_in(file, PASSPHRASE)
    assert (taken.taken, taken.known, laptop.store.counts().waiting) == (0, 1, 1)


def test_taken_in_twice_it_waits_once(laptop: Laptop, other: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead())
    laptop.store.carry_off(file, PASSPHRASE)
    other.store.take_in(file, PASSPHRASE)
    assert other.store.take_in(file, PASSPHRASE).taken == 0
    assert other.store.counts().waiting == 1


def test_what_was_on_its_way_is_offered_again(laptop: Laptop, other: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead(company="Bolt"))
    laptop.push(lose_answer=True)
    laptop.store.carry_off(file, PASSPHRASE)
    other.store.take_in(file, PASSPHRASE)
    other.sync()
    assert (companies(other), other.store.counts().waiting, other.store.counts().inbox) == ({"Bolt"}, 0, 0)


def test_the_inbox_goes_along_with_both_values(laptop: Laptop, other: Laptop, hub: TinyHub, file: Path) -> None:
    lead = hosted_lead(hub, company="Acme")
    laptop.pull()
    laptop.do(laptop.edit(lead, company=("Acme", "Bolt")))
    hub.change("sys_demo_lead", lead, company="Careem")
    laptop.sync()
    laptop.store.carry_off(file, PASSPHRASE)
    other.pull()
    other.store.take_in(file, PASSPHRASE)
    [change] = other.in_state(PendingState.INBOX)
    assert change.verdict is not None
    assert [(field.mine, field.theirs) for field in change.verdict.conflicts] == [("Bolt", "Careem")]


def test_what_was_settled_is_not_in_it(laptop: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead())
    laptop.sync()
    assert laptop.store.carry_off(file, PASSPHRASE) == 0


def test_the_outbox_is_left_as_it_is(laptop: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead())
    laptop.store.carry_off(file, PASSPHRASE)
    assert laptop.store.counts().waiting == 1


def test_a_batch_that_was_kept_back_is_kept_back_there(laptop: Laptop, other: Laptop, file: Path) -> None:
    acts = [laptop.new_lead(), laptop.new_lead()]
    laptop.store.perform_batch("batch", acts, sentence=str)
    laptop.store.pause_batch("batch", paused=True)
    laptop.store.carry_off(file, PASSPHRASE)
    other.store.take_in(file, PASSPHRASE)
    assert other.push() == ()


def test_one_that_is_whole_or_nothing_is_kept_back_while_it_is_half_done(
    laptop: Laptop, other: Laptop, file: Path
) -> None:
    """Carried off while an import still runs, as a second window might."""
    counts: list[int] = []

    def carry_off(applied: int) -> None:
        if applied < MANY:
            counts.append(laptop.store.carry_off(file, PASSPHRASE))

    acts = (laptop.new_lead(company=f"Company {number}") for number in range(MANY))
    laptop.store.perform_whole("batch", acts, sentence=str, heard=carry_off)
    other.store.take_in(file, PASSPHRASE)
    assert (0 < counts[-1] < MANY, other.push()) == (True, ()), counts


def test_it_survives_a_restart_there(laptop: Laptop, other: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead(company="Bolt"))
    laptop.store.carry_off(file, PASSPHRASE)
    other.store.take_in(file, PASSPHRASE)
    other.start_again()
    assert (companies(other), other.store.counts().waiting) == ({"Bolt"}, 1)


def test_an_old_file_is_not_taken_in(laptop: Laptop, other: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead())
    laptop.store.carry_off(file, PASSPHRASE)
    other.clock.time += dt.timedelta(days=31)
    with pytest.raises(Refused, match="older than 30 days"):
        other.store.take_in(file, PASSPHRASE)
    assert other.store.counts().waiting == 0


def test_another_persons_file_is_not_taken_in(laptop: Laptop, file: Path) -> None:
    laptop.store.carry_off(file, PASSPHRASE)
    content = read_sealed(file, PASSPHRASE)
    person = laptop.store.person
    assert person is not None
    write_sealed(file, content.replace(person.id.encode(), b"somebody-else"), PASSPHRASE)
    with pytest.raises(Refused, match="another person"):
        laptop.store.take_in(file, PASSPHRASE)


def test_nobody_reads_it_without_the_passphrase(laptop: Laptop, file: Path) -> None:
    laptop.do(laptop.new_lead(company="Bolt"))
    laptop.store.carry_off(file, PASSPHRASE)
    assert b"Bolt" not in file.read_bytes()
    with pytest.raises(Invalid, match="not the passphrase"):
        laptop.store.take_in(file, "another passphrase")


def test_a_short_passphrase_is_none(laptop: Laptop, file: Path) -> None:
    with pytest.raises(Invalid, match="12 characters"):
        laptop.store.carry_off(file, "short")
    assert not file.exists()


def test_only_its_owner_may_read_the_file(laptop: Laptop, file: Path) -> None:
    laptop.store.carry_off(file, PASSPHRASE)
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_two_files_are_alike(laptop: Laptop, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one", "two")]
    for each in files:
        laptop.store.carry_off(each, PASSPHRASE)
    assert files[0].read_bytes() != files[1].read_bytes()


def test_where_it_cannot_be_written_nothing_is_left(laptop: Laptop, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.mkdir()
    before = set(tmp_path.iterdir())
    with pytest.raises(DiskFull, match="cannot be written"):
        laptop.store.carry_off(place, PASSPHRASE)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("place", [0, 20, 60, -1])
def test_a_file_that_was_changed_is_not_taken_in(laptop: Laptop, file: Path, place: int) -> None:
    laptop.store.carry_off(file, PASSPHRASE)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    with pytest.raises((BadFile, Invalid)):
        laptop.store.take_in(file, PASSPHRASE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2\n",
        b"FleetDesk sealed 1\n",
        b"FleetDesk sealed 1\n{}\n",
        GREEDY,
        b'FleetDesk sealed 1\n{"salt":"AA==","time_cost":1,"memory_kib":8,"lanes":1,"nonce":"AA=="}\nx',
        b'FleetDesk sealed 1\n{"salt":"!","time_cost":1,"memory_kib":8,"lanes":1,"nonce":"AA=="}\nx',
    ],
)
def test_another_file_is_told_as_one(laptop: Laptop, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(BadFile):
        laptop.store.take_in(file, PASSPHRASE)


def test_what_is_sealed_but_no_waiting_changes_is_not_taken_in(laptop: Laptop, file: Path) -> None:
    write_sealed(file, b'{"kind": "something else"}', PASSPHRASE)
    with pytest.raises(BadFile, match="no waiting changes"):
        laptop.store.take_in(file, PASSPHRASE)


def test_a_file_that_is_not_there_is_told_so(laptop: Laptop, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        laptop.store.take_in(tmp_path / "nowhere", PASSPHRASE)
