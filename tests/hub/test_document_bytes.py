"""Bytes of documents at the hub: in pieces, resumed, compared, kept once, given to who may see the document."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading

import pytest

from fleetdesk.commands.lead_documents import AttachDocument, RemoveDocument
from fleetdesk.errors import Invalid, NotAllowed
from fleetdesk.hub.service import Hub
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import BYTES_ANSWER, BYTES_PIECE, BytesStanding
from tests.hub.acts import NOW
from tests.hub.support import Hosted, Laptop, identity

SALES, ADMIN = identity(Role.COMMERCIAL), identity(Role.SUPER_ADMIN)
CONTENT = bytes(range(256)) * 2_600  # two pieces and a half
MISSING = BytesStanding(known=False, received=0)


@pytest.fixture
def hub(hosted: Hosted) -> Hub:
    return hosted.hub()


def attach(hub: Hub, lead: str, content: bytes = CONTENT, *, role: Role = Role.COMMERCIAL, digest: str = "") -> str:
    """A document of these bytes, or of others by their digest; its id."""
    document_id = new_id()
    act = AttachDocument(
        id=new_id(),
        issued_at=NOW,
        lead_id=lead,
        document_id=document_id,
        file_name="licence.pdf",
        sha256=digest or hashlib.sha256(content).hexdigest(),
        size=len(content),
        media_type="application/pdf",
    )
    [verdict] = Laptop(hub, role).push(act)
    assert verdict.settled, verdict
    return document_id


def send(hub: Hub, document: str, content: bytes = CONTENT, who: Identity = SALES) -> BytesStanding:
    """Send piece by piece from where the hub says, to the end."""
    standing = hub.document_bytes.standing(document, who)
    while standing.known and not standing.whole and not standing.spoilt:
        at = standing.received
        standing = hub.document_bytes.take(document, at, content[at : at + BYTES_PIECE], who)
    return standing


def fetched(hub: Hub, document: str, who: Identity = SALES) -> bytes:
    whole, part = b"", hub.document_bytes.give(document, 0, who)
    while part is not None:
        whole += part
        part = hub.document_bytes.give(document, len(whole), who) if len(whole) % BYTES_PIECE == 0 else None
    return whole


def states(hosted: Hosted) -> list[tuple[object, ...]]:
    return hosted.rows("SELECT state, count(*) FROM doc_documents GROUP BY state ORDER BY state")


def test_what_was_sent_is_stored_and_given_again(hosted: Hosted, hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    assert send(hub, document) == BytesStanding(received=len(CONTENT), whole=True)
    assert (states(hosted), fetched(hub, document, ADMIN)) == ([("stored", 1)], CONTENT)


def test_laptops_hear_that_it_is_stored(hub: Hub, lead: str) -> None:
    laptop = Laptop(hub)
    laptop.load()
    document = attach(hub, lead)
    laptop.pull()
    assert laptop.rows["doc_documents"][document]["state"] == "waiting"
    send(hub, document)
    laptop.pull()
    assert laptop.rows["doc_documents"][document]["state"] == "stored"


def test_it_goes_on_where_it_was_cut_at_any_hub(hosted: Hosted, hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    hub.document_bytes.take(document, 0, CONTENT[:BYTES_PIECE], SALES)
    other = hosted.hub()
    assert other.document_bytes.standing(document, SALES).received == BYTES_PIECE
    assert send(other, document).whole
    assert fetched(hub, document) == CONTENT


def test_a_piece_that_comes_again_or_out_of_turn_is_passed_over(hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    first = CONTENT[:BYTES_PIECE]
    told = [hub.document_bytes.take(document, at, first, SALES).received for at in (BYTES_PIECE, 0, 0, 2 * BYTES_PIECE)]
    assert told == [0, BYTES_PIECE, BYTES_PIECE, BYTES_PIECE]
    assert send(hub, document).whole
    assert fetched(hub, document) == CONTENT


@pytest.mark.parametrize("piece", [b"", b"x", CONTENT[: BYTES_PIECE + 1]])
def test_a_piece_of_a_wrong_length_is_refused(hub: Hub, lead: str, piece: bytes) -> None:
    document = attach(hub, lead)
    with pytest.raises(Invalid):
        hub.document_bytes.take(document, 0, piece, SALES)


def test_bytes_of_another_digest_are_thrown_away(hosted: Hosted, hub: Hub, lead: str) -> None:
    document = attach(hub, lead, digest="0" * 64)
    assert send(hub, document) == BytesStanding(received=0, spoilt=True)
    assert (states(hosted), hosted.rows("SELECT count(*) FROM doc_blob_piece")) == ([("waiting", 1)], [(0,)])


def test_a_document_that_says_another_size_than_its_bytes_have_is_told_so(hosted: Hosted, hub: Hub, lead: str) -> None:
    send(hub, attach(hub, lead))
    wrong = attach(hub, lead, CONTENT[:-1], digest=hashlib.sha256(CONTENT).hexdigest())
    assert send(hub, wrong, CONTENT[:-1]) == BytesStanding(received=0, spoilt=True)
    assert states(hosted) == [("stored", 1), ("waiting", 1)]


def test_what_one_person_sends_wrongly_does_not_spoil_anothers(hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    hub.document_bytes.take(document, 0, b"z" * BYTES_PIECE, ADMIN)
    assert send(hub, document).whole
    assert fetched(hub, document) == CONTENT


def test_the_same_file_is_kept_once_and_both_documents_are_stored(hosted: Hosted, hub: Hub, lead: str) -> None:
    one, other = attach(hub, lead), attach(hub, lead, role=Role.SUPER_ADMIN)
    send(hub, one)
    assert states(hosted) == [("stored", 2)]
    third = attach(hub, lead)
    assert hub.document_bytes.standing(third, SALES).whole
    assert (states(hosted), hosted.rows("SELECT count(*) FROM doc_blob")) == ([("stored", 3)], [(1,)])
    assert fetched(hub, other) == fetched(hub, third) == CONTENT


def test_two_people_who_send_it_at_once_both_come_to_the_end(hosted: Hosted, hub: Hub, lead: str) -> None:
    documents = {Role.COMMERCIAL: attach(hub, lead), Role.SUPER_ADMIN: attach(hub, lead, role=Role.SUPER_ADMIN)}
    together, ends = threading.Barrier(2), []

    def work(role: Role) -> None:
        together.wait()
        ends.append(send(hosted.hub(), documents[role], who=identity(role)).whole)

    threads = [threading.Thread(target=work, args=[role]) for role in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ends, states(hosted)) == ([True, True], [("stored", 2)])
    assert hosted.rows("SELECT count(*) FROM doc_blob WHERE whole") == [(1,)]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.PRODUCT_MANAGER])
def test_a_role_without_leads_neither_sends_nor_gets(hub: Hub, lead: str, role: Role) -> None:
    document = attach(hub, lead)
    send(hub, document)
    with pytest.raises(NotAllowed):
        hub.document_bytes.standing(document, identity(role))
    with pytest.raises(NotAllowed):
        hub.document_bytes.take(document, 0, CONTENT[:BYTES_PIECE], identity(role))
    with pytest.raises(NotAllowed):
        hub.document_bytes.give(document, 0, identity(role))


def test_a_document_of_a_scope_that_is_not_ones_own_is_not_there(hosted: Hosted, hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    send(hub, document)
    hosted.execute("UPDATE doc_documents SET scope = 'fleet'")
    assert hub.document_bytes.standing(document, SALES) == MISSING
    assert hub.document_bytes.give(document, 0, SALES) is None


def test_what_is_not_there_or_was_removed_takes_and_gives_nothing(hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    send(hub, document)
    Laptop(hub).push(RemoveDocument(id=new_id(), issued_at=NOW, lead_id=lead, document_id=document))
    for missing in (document, "never"):
        assert hub.document_bytes.standing(missing, SALES) == MISSING
        assert hub.document_bytes.take(missing, 0, b"x", SALES) == MISSING
        assert hub.document_bytes.give(missing, 0, SALES) is None


def test_an_answer_is_bounded_and_begins_where_it_is_asked(hub: Hub, lead: str) -> None:
    content = b"a" * BYTES_ANSWER + b"b" * 100
    document = attach(hub, lead, content)
    send(hub, document, content)
    assert hub.document_bytes.give(document, 0, SALES) == content[:BYTES_ANSWER]
    assert hub.document_bytes.give(document, BYTES_ANSWER, SALES) == b"b" * 100
    assert hub.document_bytes.give(document, 2 * BYTES_ANSWER, SALES) is None
    with pytest.raises(Invalid):
        hub.document_bytes.give(document, 1, SALES)


def test_documents_go_with_their_lead_and_their_bytes_after_them(hosted: Hosted, hub: Hub, lead: str) -> None:
    send(hub, attach(hub, lead))
    hosted.execute("DELETE FROM sys_demo_lead")
    assert hosted.rows("SELECT count(*) FROM doc_documents") == [(0,)]
    hub.housekeeper.tidy()
    assert hosted.rows("SELECT count(*) FROM doc_blob") == [(1,)]
    hosted.clock.advance(days=31)
    hub.housekeeper.tidy()
    assert hosted.rows("SELECT count(*) FROM doc_blob_piece") == [(0,)]


def test_bytes_that_a_document_is_of_are_kept_however_old(hosted: Hosted, hub: Hub, lead: str) -> None:
    document = attach(hub, lead)
    send(hub, document)
    hosted.execute(f"UPDATE doc_blob SET touched_at = '{NOW - dt.timedelta(days=900)}'")
    hub.housekeeper.tidy()
    assert fetched(hub, document) == CONTENT
