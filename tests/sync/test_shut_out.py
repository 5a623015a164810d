"""Who is suspended or dismissed holds no row after the next contact, keeps what was not sent, and is let in again."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import NotStaff
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.leads import Lead
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import Problem, ProblemCode
from fleetdesk.sync.network.problems import PROBLEM_TYPE, error_of
from tests.faults import FaultProxy
from tests.hub.support import Hosted, insert_lead, person_id
from tests.sync.decrypted import files_with
from tests.sync.running import KEYS, Laptops, RunningHub, RunningLaptop
from tests.sync.test_documents import attach, wait_until_stored

WORD = "zanzibar"
SUSPENDED = "status = 'suspended'"
DISMISSED = "deleted_at = now()"
BACK = "status = 'active', deleted_at = NULL"


def standing(hosted: Hosted, setting: str, role: Role = Role.COMMERCIAL) -> None:
    """Change how a person stands, in the hub's own table."""
    hosted.execute(f"UPDATE adm_members SET {setting} WHERE user_id = %s", person_id(role))


def shut_out(laptop: RunningLaptop, hosted: Hosted, setting: str = SUSPENDED) -> None:
    standing(hosted, setting)
    laptop.engine.sync_now()
    laptop.wait_until(lambda: laptop.status.state is SyncState.SHUT_OUT and not rows(laptop))


def let_in(laptop: RunningLaptop, hosted: Hosted) -> None:
    standing(hosted, BACK)
    laptop.engine.sync_now()
    laptop.wait_for_state(SyncState.LIVE)


def rows(laptop: RunningLaptop) -> int:
    """Of all tables."""
    tables = fleet_platform().schema.tables
    return sum(laptop.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)


@pytest.fixture
def lead(hosted: Hosted) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection, company=WORD, search_key=WORD)


@pytest.fixture
def laptop(laptops: Laptops, lead: str) -> RunningLaptop:
    """A salesperson's laptop that holds the word."""
    laptop = laptops.live()
    assert laptop.company(lead) == WORD
    return laptop


@pytest.mark.parametrize("setting", [SUSPENDED, DISMISSED])
def test_no_row_stays_on_the_laptop(laptop: RunningLaptop, hosted: Hosted, setting: str) -> None:
    shut_out(laptop, hosted, setting)
    assert rows(laptop) == 0


@pytest.mark.parametrize(("setting", "words"), [(SUSPENDED, "access was suspended"), (DISMISSED, "no longer on the")])
def test_the_status_says_which_it_is_and_whom_to_ask(
    laptop: RunningLaptop, hosted: Hosted, setting: str, words: str
) -> None:
    shut_out(laptop, hosted, setting)
    told = laptop.status.detail
    assert words in told
    assert "Ask a super admin" in told
    assert "not sent is kept" in told


def test_no_file_holds_a_word_of_a_row(laptop: RunningLaptop, hosted: Hosted, lead: str, tmp_path: Path) -> None:
    laptop.store.keep_draft(Key(Lead.__tablename__, lead), Draft("note", f"{WORD} rang"))
    assert files_with(tmp_path, WORD, KEYS) == {"replica", "outbox"}
    shut_out(laptop, hosted)
    laptop.wait_until(lambda: not files_with(tmp_path, WORD, KEYS))


def test_what_waited_is_kept_and_sent_once_they_are_let_in_again(
    laptop: RunningLaptop, hosted: Hosted, network: FaultProxy, lead: str
) -> None:
    network.cut()
    laptop.rename(lead, WORD, "Al Bahr")
    new = laptop.create("Al Noor")
    network.restore()
    standing(hosted, SUSPENDED)
    laptop.engine.sync_now()
    laptop.wait_for_state(SyncState.SHUT_OUT)
    laptop.wait_until(lambda: rows(laptop) == 0)
    assert laptop.store.counts().waiting == 2

    let_in(laptop, hosted)
    laptop.wait_until_settled()
    assert (laptop.company(lead), laptop.company(new)) == ("Al Bahr", "Al Noor")
    assert hosted.rows("SELECT company FROM sys_demo_lead ORDER BY company") == [("Al Bahr",), ("Al Noor",)]


def test_their_rows_come_again(laptop: RunningLaptop, hosted: Hosted, lead: str) -> None:
    shut_out(laptop, hosted)
    let_in(laptop, hosted)
    laptop.wait_for_company(lead, WORD)


def test_it_is_known_at_the_next_start_without_a_network(
    laptops: Laptops,
    laptop: RunningLaptop,
    hosted: Hosted,
    network: FaultProxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shut_out(laptop, hosted)
    laptops.close(laptop)
    network.cut()
    with caplog.at_level(logging.INFO, "fleetdesk.sync.engine"):
        again = laptops.new()
        again.wait_until(lambda: "attempt failed" in caplog.text)
    assert {status.state for status in again.statuses} <= {SyncState.SHUT_OUT}
    assert (again.engine.status.state, rows(again)) == (SyncState.SHUT_OUT, 0)


def test_a_laptop_that_was_off_gives_its_rows_up_at_its_next_contact(
    laptops: Laptops, laptop: RunningLaptop, hosted: Hosted
) -> None:
    laptops.close(laptop)
    standing(hosted, SUSPENDED)
    again = laptops.new()
    again.wait_for_state(SyncState.SHUT_OUT)
    again.wait_until(lambda: rows(again) == 0)


def test_documents_go_but_for_those_that_the_hub_lacks(
    laptop: RunningLaptop, hosted: Hosted, network: FaultProxy, lead: str, tmp_path: Path
) -> None:
    stored, unsent = tmp_path / "stored.pdf", tmp_path / "unsent.pdf"
    stored.write_bytes(b"%PDF stored")
    unsent.write_bytes(b"%PDF unsent")
    document = attach(laptop, lead, stored)
    wait_until_stored(laptop, document)
    network.cut()
    kept = attach(laptop, lead, unsent)
    digests = dict(laptop.rows("SELECT id, sha256 FROM doc_documents"))
    network.restore()
    standing(hosted, SUSPENDED)
    laptop.engine.sync_now()
    laptop.wait_for_state(SyncState.SHUT_OUT)
    laptop.wait_until(lambda: rows(laptop) == 0)
    assert laptop.store.documents.held(frozenset(digests.values())) == {digests[kept]}

    let_in(laptop, hosted)
    wait_until_stored(laptop, kept)


def test_a_hub_that_errs_takes_no_row(laptop: RunningLaptop, hub: RunningHub, lead: str) -> None:
    hub.stop()
    try:
        laptop.engine.sync_now()
        laptop.wait_for_state(SyncState.OFFLINE)
        assert laptop.company(lead) == WORD
    finally:
        hub.start()


def _problem(code: ProblemCode, status: int) -> tuple[int, str, bytes]:
    return status, PROBLEM_TYPE, Problem(code=code, title="No.", status=status).model_dump_json().encode()


@pytest.mark.parametrize(
    "answer",
    [
        (403, "text/html", b"<h1>403 Forbidden</h1>"),
        (403, "application/json", b'{"code": "not_staff", "title": "No.", "status": 403}'),
        (403, PROBLEM_TYPE, b"{}"),
        (401, "text/html", b""),
        _problem(ProblemCode.SIGN_IN, 401),
        _problem(ProblemCode.NOT_ALLOWED, 403),
        _problem(ProblemCode.DEFECT, 500),
        _problem(ProblemCode.UNAVAILABLE, 503),
        _problem(ProblemCode.NOT_STAFF, 500),
    ],
)
def test_nothing_but_the_hubs_own_word_of_the_person_shuts_out(answer: tuple[int, str, bytes]) -> None:
    assert not isinstance(error_of(*answer), NotStaff)


def test_the_hubs_own_word_does() -> None:
    assert isinstance(error_of(*_problem(ProblemCode.NOT_STAFF, 403)), NotStaff)
