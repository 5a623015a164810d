"""A laptop's process that is killed while a document is attached or sent: nothing is lost, and nothing there twice."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleetdesk.models.access import Role
from fleetdesk.protocol import BYTES_PIECE
from tests.devices import seed_of
from tests.faults import Delay, DropAnswer, FaultProxy, Stall
from tests.hub.support import Hosted, person_id
from tests.sync.running import RunningHub
from tests.torture.laptops import Laptop, LaptopConfig

CONTENT = bytes(range(251)) * 4_800  # four pieces and a half
PIECES = -(-len(CONTENT) // BYTES_PIECE)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
BYTES = "/v1/documents/"


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "licence.pdf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def laptop(hub: RunningHub, network: FaultProxy, hosted: Hosted, tmp_path: Path) -> Iterator[Laptop]:
    """The process of a salesperson's laptop, with one lead, which the hub has."""
    assert hub.hosted is hosted
    folder = tmp_path / "killed"
    folder.mkdir()
    role = Role.COMMERCIAL
    config = LaptopConfig(str(folder), network.url, f"user_{role}", seed_of(f"user_{role}").hex(), person_id(role))
    laptop = Laptop(1, config, tmp_path / "killed.log")
    laptop.start()
    wait_until(lambda: laptop.ask({"do": "status"})["state"] == "live")
    assert laptop.ask({"do": "create", "token": 7})["accepted"]
    wait_until(lambda: hosted.rows("SELECT count(*) FROM sys_demo_lead") == [(1,)])
    yield laptop
    laptop.kill()


def documents(hosted: Hosted) -> list[tuple[str, str]]:
    return [(sha256, state) for sha256, state in hosted.rows("SELECT sha256, state FROM doc_documents")]


def stands_once(hosted: Hosted) -> None:
    """One document, stored, and its bytes once and whole."""
    wait_until(lambda: documents(hosted) == [(DIGEST, "stored")])
    pieces = hosted.rows("SELECT p.bytes FROM doc_blob_piece p JOIN doc_blob b ON b.id = p.blob_id ORDER BY p.place")
    assert hosted.rows("SELECT whole, sha256 FROM doc_blob") == [(True, DIGEST)]
    assert (b"".join(bytes(piece) for [piece] in pieces), len(pieces)) == (CONTENT, PIECES)


@pytest.mark.parametrize("cut", [Stall(), DropAnswer()], ids=["before it heard", "after the hub had it"])
@pytest.mark.parametrize("before", [0, 2, PIECES])
def test_a_laptop_killed_while_it_sends_goes_on_where_it_was(
    hosted: Hosted, network: FaultProxy, laptop: Laptop, source: Path, cut: Stall | DropAnswer, before: int
) -> None:
    # The first of these requests asks where to begin, the others bring the pieces.
    network.play(*[Delay(seconds=0.0)] * before, cut, *[Stall()] * 100, path=BYTES)
    assert laptop.ask({"do": "attach", "pick": 0, "path": str(source)})["accepted"]
    source.unlink()
    wait_until(lambda: sum(seen.path.startswith(BYTES) for seen in network.seen) > before)

    laptop.kill()
    network.heal()
    laptop.start()

    stands_once(hosted)


@pytest.mark.parametrize("after", [0.0, 0.005, 0.02])
def test_a_laptop_killed_while_it_attaches_has_the_document_whole_or_not_at_all(
    hosted: Hosted, laptop: Laptop, source: Path, after: float
) -> None:
    answered = laptop.ask_and_kill({"do": "attach", "pick": 0, "path": str(source)}, after)
    source.unlink()

    laptop.start()
    wait_until(lambda: laptop.ask({"do": "status"})["state"] == "live")
    wait_until(lambda: laptop.ask({"do": "status"})["waiting"] == 0)

    if answered is not None or documents(hosted):
        stands_once(hosted)
    else:
        assert hosted.rows("SELECT count(*) FROM doc_blob") == [(0,)]
