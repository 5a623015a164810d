"""Documents of a lead: attached, removed, brought back; and what may be one."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_documents import AttachDocument, RemoveDocument, RestoreDocument
from fleetdesk.errors import Invalid
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.documents import LARGEST, MEDIA_TYPES, Document, check_document, media_type_of
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench

LATER = NOON + dt.timedelta(hours=1)
DIGEST = "0123456789abcdef" * 4
PDF = "application/pdf"


def attach(owner: str = "lead", /, **values: object) -> AttachDocument:
    given = {"file_name": "Licence.pdf", "sha256": DIGEST, "size": 7, "media_type": PDF} | values
    return AttachDocument(id="attach", issued_at=LATER, lead_id=owner, document_id="d", **given)  # type: ignore[arg-type]


def remove(lead: str = "lead") -> RemoveDocument:
    return RemoveDocument(id="remove", issued_at=LATER, lead_id=lead, document_id="d")


def back(bench: Bench, command: Command) -> Command:
    return command.taking_back(bench.changes, new_id=bench.id, issued_at=LATER)


@pytest.fixture
def lead(bench: Bench) -> Bench:
    bench.create()
    return bench


def test_a_document_waits_for_its_bytes(lead: Bench) -> None:
    assert lead.perform(attach()).kind is VerdictKind.APPLIED
    document = lead.row(Document, "d")
    assert (document.scope, document.owner_kind, document.owner_id, document.state) == (
        "leads",
        "lead",
        "lead",
        "waiting",
    )
    assert (document.name, document.size, document.added_by) == ("Licence.pdf", 7, "mona")


def test_it_is_removed_and_brought_back(lead: Bench) -> None:
    lead.perform(attach())
    assert lead.perform(remove()).kind is VerdictKind.APPLIED
    assert (lead.row(Document, "d").deleted, lead.row(Document, "d").deleted_by) == (True, "mona")
    assert lead.perform(remove()).kind is VerdictKind.MERGED
    restore = RestoreDocument(id="restore", issued_at=LATER, lead_id="lead", document_id="d")
    assert lead.perform(restore).kind is VerdictKind.APPLIED
    assert lead.perform(restore.renewed(id="again", issued_at=LATER)).kind is VerdictKind.MERGED
    assert not lead.row(Document, "d").deleted


def test_each_of_the_three_is_taken_back(lead: Bench) -> None:
    act: Command = attach()
    lead.perform(act)
    for deleted in (True, False, True):
        act = back(lead, act)
        lead.perform(act)
        assert lead.row(Document, "d").deleted is deleted


def test_nothing_is_attached_to_a_deleted_lead(lead: Bench) -> None:
    lead.perform(DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason="twice"))
    assert lead.perform(attach()).code == "deleted"


def test_anothers_document_is_not_removed(lead: Bench) -> None:
    lead.create("other")
    lead.perform(attach("other"))
    assert lead.perform(remove()).missing == ("document_id",)


def test_a_role_without_leads_attaches_nothing(lead: Bench) -> None:
    assert lead.perform(attach(), actor=Actor("victor", Role.SUPPORT)).code == "not_allowed"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"size": 0}, "size", id="empty"),
        pytest.param({"size": LARGEST + 1}, "size", id="too large"),
        pytest.param({"file_name": ""}, "name", id="no name"),
        pytest.param({"file_name": "x" * 10_000 + ".pdf"}, "name", id="ten thousand letters"),
        pytest.param({"file_name": "../../etc/passwd.pdf"}, "name", id="a path"),
        pytest.param({"file_name": "..\\evil.pdf"}, "name", id="a path of another system"),
        pytest.param({"file_name": "invoice\u202efdp.exe.pdf"}, "name", id="turned direction"),
        pytest.param({"file_name": "two\nlines.pdf"}, "name", id="a line break"),
        pytest.param({"file_name": "nul\0.pdf"}, "name", id="NUL"),
        pytest.param({"file_name": "setup.exe"}, "media_type", id="a program"),
        pytest.param({"file_name": "README"}, "media_type", id="no ending"),
        pytest.param({"media_type": "image/png"}, "media_type", id="another type than its ending"),
        pytest.param({"file_name": "ر" * 130 + ".pdf"}, "name", id="more bytes than a disk takes"),
        pytest.param({"sha256": "xyz"}, "sha256", id="no digest"),
        pytest.param({"sha256": DIGEST.upper()}, "sha256", id="a digest in capitals"),
    ],
)
def test_what_cannot_be_a_document_is_refused_by_its_field(lead: Bench, values: dict[str, object], field: str) -> None:
    assert lead.perform(attach("lead", **values)).missing == (field,)
    assert lead.count(Document) == 0


@pytest.mark.parametrize(
    "name", ["رخصة تجارية.pdf", "Contrat (signé) — v2.PDF", "été & hiver #1.pdf", "a" * 196 + ".pdf"]
)
def test_honest_names_of_any_language_are_kept(name: str) -> None:
    check_document(name, DIGEST, LARGEST, PDF)


def test_the_type_follows_from_the_ending() -> None:
    assert media_type_of("a.b.JPEG") == "image/jpeg"
    with pytest.raises(Invalid, match=r"\.sh"):
        media_type_of("run.sh")
    assert not {"exe", "js", "bat", "html", "svg", "docm", "zip"} & MEDIA_TYPES.keys()
