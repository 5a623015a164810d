"""Documents with real laptops, hubs and a network that fails: text goes first, bytes go on where they were cut."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fleetdesk.commands.lead_documents import AttachDocument, RemoveDocument
from fleetdesk.errors import BadFile, Invalid
from fleetdesk.models.access import Role
from fleetdesk.models.document_bytes import Way
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import BYTES_ANSWER, BYTES_PIECE
from fleetdesk.sync.engine.carrying import Wish
from tests.faults import CutAnswer, CutRequest, Delay, DropAnswer, Duplicate, Fault, FaultProxy, Refuse
from tests.hub.support import Hosted
from tests.sync.running import Laptops, RunningHub, RunningLaptop

CONTENT = bytes(range(251)) * 4_800  # four pieces and a half, and two answers
DIGEST = hashlib.sha256(CONTENT).hexdigest()
BYTES = "/v1/documents/"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "licence.pdf"
    path.write_bytes(CONTENT)
    return path


def with_lead(laptops: Laptops) -> tuple[RunningLaptop, str]:
    """A laptop in step, and a lead that the hub has too."""
    laptop = laptops.live()
    lead = laptop.create("Al Noor")
    laptop.wait_until_settled()
    return laptop, lead


def cut_off_bytes(network: FaultProxy) -> None:
    """Text goes through, bytes do not, until the network is healed."""
    network.play(*[Refuse()] * 10_000, path=BYTES)


def attach(laptop: RunningLaptop, lead: str, source: Path) -> str:
    """Attach a file as the window does; the document's id."""
    taken = laptop.store.documents.take_in(source)
    act = AttachDocument(
        id=new_id(),
        issued_at=laptop.clock.now(),
        lead_id=lead,
        document_id=new_id(),
        file_name=taken.name,
        sha256=taken.sha256,
        size=taken.size,
        media_type=taken.media_type,
    )
    assert laptop.store.perform(act)[0].settled
    return act.document_id


def state(laptop: RunningLaptop, document: str) -> str | None:
    found = laptop.rows("SELECT state FROM doc_documents WHERE id = :id", id=document)
    return found[0][0] if found else None


def wait_until_stored(laptop: RunningLaptop, document: str) -> None:
    laptop.wait_until(lambda: state(laptop, document) == "stored")


def content(laptop: RunningLaptop, name: str = "licence.pdf") -> bytes:
    return laptop.store.documents.open_copy(DIGEST, name).read_bytes()


def fetch(laptop: RunningLaptop, document: str) -> None:
    laptop.engine.fetch(Wish(document, DIGEST, len(CONTENT)))


def has_it(laptop: RunningLaptop) -> bool:
    return bool(laptop.store.documents.held(frozenset({DIGEST})))


def sent(network: FaultProxy) -> list[str]:
    return [seen.path for seen in network.seen if seen.path.startswith(BYTES) and seen.method == "PUT"]


def test_what_is_attached_offline_is_stored_once_there_is_a_network(
    laptops: Laptops, network: FaultProxy, source: Path
) -> None:
    laptop, lead = with_lead(laptops)
    network.cut()
    document = attach(laptop, lead, source)
    assert state(laptop, document) == "waiting"
    source.unlink()
    network.heal()
    wait_until_stored(laptop, document)
    assert laptop.store.documents.on_the_way == {}


def test_a_colleague_fetches_what_was_stored(laptops: Laptops, source: Path) -> None:
    laptop, colleague = laptops.live(), laptops.live("two", role=Role.SUPER_ADMIN)
    document = attach(laptop, laptop.create("Al Noor"), source)
    wait_until_stored(colleague, document)
    assert not has_it(colleague)
    fetch(colleague, document)
    colleague.wait_until(lambda: has_it(colleague))
    assert content(colleague) == CONTENT


@pytest.mark.parametrize(
    "fault",
    [
        Refuse(),
        CutRequest(after=0),
        CutRequest(after=1_000),
        CutRequest(after=BYTES_PIECE - 1),
        DropAnswer(),
        CutAnswer(after=10),
        Duplicate(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("before", [0, 1, 3, 5])
def test_sending_that_is_cut_anywhere_goes_on_and_ends_whole(
    laptops: Laptops, network: FaultProxy, source: Path, fault: Fault, before: int
) -> None:
    laptop, lead = with_lead(laptops)
    # The first of these requests asks where to begin, the others bring the pieces.
    network.play(*[Delay(seconds=0.0)] * before, fault, path=BYTES)
    document = attach(laptop, lead, source)
    wait_until_stored(laptop, document)
    assert network.waiting == 0
    network.heal()
    other = laptops.live("two", role=Role.SUPER_ADMIN)
    fetch(other, document)
    other.wait_until(lambda: has_it(other))
    assert content(other) == CONTENT


def test_no_piece_that_had_its_answer_is_sent_again(laptops: Laptops, network: FaultProxy, source: Path) -> None:
    laptop, lead = with_lead(laptops)
    document = attach(laptop, lead, source)
    laptop.wait_until(lambda: len(sent(network)) >= 2)
    network.cut()
    network.heal()
    wait_until_stored(laptop, document)
    pieces = -(-len(CONTENT) // BYTES_PIECE)
    assert pieces <= len(sent(network)) <= pieces + 1


@pytest.mark.parametrize("after", [0, 10, 200_000, BYTES_ANSWER])
def test_fetching_that_is_cut_goes_on_where_it_was(
    laptops: Laptops, network: FaultProxy, source: Path, after: int
) -> None:
    laptop, colleague = laptops.live(), laptops.live("two", role=Role.SUPER_ADMIN)
    document = attach(laptop, laptop.create("Al Noor"), source)
    wait_until_stored(colleague, document)
    network.play(CutAnswer(after=after), path=BYTES)
    fetch(colleague, document)
    colleague.wait_until(lambda: has_it(colleague) or DIGEST in failed(colleague))
    fetch(colleague, document)
    colleague.wait_until(lambda: has_it(colleague))
    assert (content(colleague), failed(colleague)) == (CONTENT, {})


def failed(laptop: RunningLaptop) -> dict[str, str]:
    moving = laptop.store.documents.on_the_way.items()
    return {digest: how.trouble for digest, how in moving if how.way is Way.FAILED}


def test_fetching_without_a_network_says_so_and_that_it_goes_on(
    laptops: Laptops, network: FaultProxy, source: Path
) -> None:
    laptop, colleague = laptops.live(), laptops.live("two", role=Role.SUPER_ADMIN)
    document = attach(laptop, laptop.create("Al Noor"), source)
    wait_until_stored(colleague, document)
    network.cut()
    fetch(colleague, document)
    colleague.wait_until(lambda: "cannot be reached" in failed(colleague).get(DIGEST, ""))


def test_a_hub_that_is_stopped_midway_is_gone_on_with(
    laptops: Laptops, hub: RunningHub, network: FaultProxy, source: Path
) -> None:
    laptop, lead = with_lead(laptops)
    document = attach(laptop, lead, source)
    laptop.wait_until(lambda: len(sent(network)) >= 1)
    hub.stop()
    hub.start()
    wait_until_stored(laptop, document)


def test_text_does_not_wait_for_bytes(laptops: Laptops, network: FaultProxy, source: Path) -> None:
    laptop, lead = with_lead(laptops)
    cut_off_bytes(network)
    document = attach(laptop, lead, source)
    laptop.wait_until_settled()
    assert laptop.rename(lead, "Al Noor", "Noor").settled
    laptop.wait_until_settled()
    assert (state(laptop, document), laptop.status.state) == ("waiting", SyncState.LIVE)
    network.heal()
    laptop.engine.sync_now()
    wait_until_stored(laptop, document)


def test_the_laptop_may_be_closed_midway_and_goes_on_after_its_start(
    laptops: Laptops, network: FaultProxy, source: Path
) -> None:
    laptop, lead = with_lead(laptops)
    cut_off_bytes(network)
    document = attach(laptop, lead, source)
    laptop.wait_until_settled()
    laptops.close(laptop)
    network.heal()
    wait_until_stored(laptops.live(), document)


def test_two_laptops_that_attach_the_same_file_keep_it_once(laptops: Laptops, hosted: Hosted, source: Path) -> None:
    one, two = laptops.live(), laptops.live("two", role=Role.SUPER_ADMIN)
    lead = one.create("Al Noor")
    two.wait_for_company(lead, "Al Noor")
    documents = [attach(laptop, lead, source) for laptop in (one, two)]
    for document in documents:
        wait_until_stored(one, document)
    assert hosted.rows("SELECT count(*) FROM doc_blob WHERE whole") == [(1,)]


def test_while_sending_is_paused_bytes_wait_too(laptops: Laptops, network: FaultProxy, source: Path) -> None:
    laptop, lead = with_lead(laptops)
    laptop.engine.pause()
    laptop.wait_for_state(SyncState.PAUSED)
    document = attach(laptop, lead, source)
    assert sent(network) == []
    laptop.engine.resume()
    wait_until_stored(laptop, document)


def test_what_was_removed_before_it_was_sent_is_not_sent(laptops: Laptops, network: FaultProxy, source: Path) -> None:
    laptop, lead = with_lead(laptops)
    cut_off_bytes(network)
    document = attach(laptop, lead, source)
    laptop.store.perform(RemoveDocument(id=new_id(), issued_at=laptop.clock.now(), lead_id=lead, document_id=document))
    laptop.wait_until_settled()
    network.heal()
    laptop.engine.sync_now()
    laptop.wait_until_settled()
    assert state(laptop, document) == "waiting"


def test_a_copy_that_is_damaged_is_told_of_and_not_sent(laptops: Laptops, tmp_path: Path, source: Path) -> None:
    laptop, lead = with_lead(laptops)
    laptop.engine.pause()
    laptop.wait_for_state(SyncState.PAUSED)
    attach(laptop, lead, source)
    [file] = (tmp_path / "one" / "documents").glob("*.blob")
    file.write_bytes(file.read_bytes()[:1_000])
    laptop.engine.resume()
    laptop.wait_until(lambda: "damaged" in failed(laptop).get(DIGEST, ""))
    assert laptop.rename(lead, "Al Noor", "Noor").settled
    laptop.wait_until_settled()


def test_a_lost_scope_takes_the_bytes_along(laptops: Laptops, hosted: Hosted, tmp_path: Path, source: Path) -> None:
    laptop = laptops.live()
    document = attach(laptop, laptop.create("Al Noor"), source)
    wait_until_stored(laptop, document)
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE role = 'platform_commercial'")
    laptop.wait_until(lambda: state(laptop, document) is None)
    laptop.engine.sync_now()
    laptop.wait_until(lambda: not list((tmp_path / "one" / "documents").glob("*.blob")))


def test_what_cannot_be_a_document_is_not_even_read(laptops: Laptops, tmp_path: Path) -> None:
    laptop = laptops.new(start=False)
    laptop.start()
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ")
    with pytest.raises(Invalid, match=r"\.exe"):
        laptop.store.documents.take_in(program)
    with pytest.raises(BadFile):
        laptop.store.documents.take_in(tmp_path / "gone.pdf")
