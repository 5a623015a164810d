"""Where a pull waits for its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleetdesk.errors import DiskFull, ProtocolError
from fleetdesk.models.base import Key
from fleetdesk.sync.files.room import KEPT_FREE, Room
from fleetdesk.sync.store.rebase import Hosted, Rows
from fleetdesk.sync.store.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "pull.spool", Room(tmp_path))
    yield spool
    spool.close()


def portion(number: int) -> Hosted:
    values = [[f"{number}-{index}", "zanzibar" * 50, None] for index in range(2_000)]
    rows = Rows("t", ("id", "company", "source"), values)
    return Hosted(removed=frozenset({Key("t", str(number))}), rows=(rows,))


def fill(spool: Spool) -> list[Hosted]:
    portions = [portion(number) for number in range(80)]
    for each in portions:
        spool.add(each)
    return portions


def test_a_small_pull_touches_no_disk(spool: Spool, tmp_path: Path) -> None:
    spool.add(portion(1))
    assert list(tmp_path.iterdir()) == []


def test_a_large_pull_comes_out_as_it_went_in(spool: Spool) -> None:
    assert fill(spool) == [piece for piece, _ in spool]


def test_a_large_pull_is_not_held_in_memory_whole(spool: Spool, tmp_path: Path) -> None:
    fill(spool)
    assert (tmp_path / "pull.spool").stat().st_size > 1_000_000


def test_nothing_can_be_read_in_the_file(spool: Spool, tmp_path: Path) -> None:
    fill(spool)
    assert b"zanzibar" not in (tmp_path / "pull.spool").read_bytes()


def test_the_file_goes_with_the_pull(spool: Spool, tmp_path: Path) -> None:
    fill(spool)
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_pull_that_was_cut_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "pull.spool").write_bytes(b"left over")
    spool = Spool(tmp_path / "pull.spool", Room(tmp_path))
    fill(spool)
    assert len(list(spool)) == 80
    spool.close()


def test_few_rows_of_much_text_are_not_held_in_memory_either(spool: Spool, tmp_path: Path) -> None:
    for number in range(40):
        spool.add(Hosted(rows=(Rows("t", ("id", "company"), [[str(number), "x" * 1_000_000]]),)))
    assert (tmp_path / "pull.spool").stat().st_size > 1_000_000


def test_a_pull_stops_before_the_disk_is_full(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "pull.spool", Room(tmp_path, lambda folder: KEPT_FREE))
    with pytest.raises(DiskFull, match="nearly full"):
        fill(spool)
    spool.close()


def test_where_there_is_no_room_a_pull_is_refused_soon_but_a_small_one_is_taken(tmp_path: Path) -> None:
    """Each try would bring in 32 MB else, and one that is under way as space is freed would go on with a flood."""
    spool = Spool(tmp_path / "pull.spool", Room(tmp_path, lambda folder: KEPT_FREE - 1))
    pieces = [Hosted(rows=(Rows("t", ("id", "text"), [[str(number), "x" * 100_000]]),)) for number in range(20)]
    for piece in pieces[:10]:
        spool.add(piece)
    with pytest.raises(DiskFull, match="nearly full"):
        spool.add(pieces[10])
    assert [piece for piece, _bytes in spool] == pieces[:10]
    spool.close()


def test_a_pull_that_goes_on_and_on_is_given_up(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "pull.spool", Room(tmp_path), most=1_000_000)
    with pytest.raises(ProtocolError, match="on and on"):
        fill(spool)
    spool.close()
