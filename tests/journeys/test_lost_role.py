"""After a role is lost, one who has the laptop and its keys finds no word of what it held, in no file.

A real window over a real laptop, hub and database: the word stands in every place where work on leads leaves one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.documents import Document
from fleetdesk.models.drafts import Draft
from fleetdesk.models.lead_imports import LeadImport
from fleetdesk.models.leads import Lead, LeadActivity, LeadRevision
from fleetdesk.views.command_dialog import CommandDialog
from tests.hub.planting import plant
from tests.hub.support import Connection, Hosted, insert_lead, person_id
from tests.journeys.salesperson import Salesperson
from tests.sync.decrypted import files_with
from tests.sync.running import KEYS

pytestmark = pytest.mark.timeout(120)

WORD = "zanzibar"
BYTES = f"The licence of {WORD}".encode()
DIGEST = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def sales(sales: Salesperson, hosted: Hosted) -> Salesperson:
    """A salesperson whose laptop holds the word in rows of every kind, and in a document's bytes."""
    with hosted.owner() as connection:
        for number in range(300):
            insert_lead(
                connection,
                f"lead-{number}",
                last_name=f"{WORD} {number}",
                company=WORD,
                message=f"From {WORD}",
                search_key=f"{WORD} {number}",
            )
        plant_beside(connection)
        connection.execute("DELETE FROM sys_unkeyed")
    sales.qtbot.waitUntil(lambda: bool(sales.names), timeout=30_000)
    sales.desktop.bench.sync.fetch("document", DIGEST, len(BYTES))
    sales.qtbot.waitUntil(lambda: sales.store.documents.held(frozenset({DIGEST})) != frozenset(), timeout=30_000)
    return sales


def plant_beside(connection: Connection) -> None:
    """What there is of a lead beside it, and of a file of leads."""
    plant(connection, LeadActivity, "a", scope="leads", lead_id="lead-7", kind="note", body=WORD)
    changes = f'{{"company":[null,"{WORD}"]}}'
    plant(connection, LeadRevision, "r", scope="leads", row_id="lead-7", action="leads.edit", changes=changes)
    plant(connection, LeadImport, "i", scope="leads", file_name=f"{WORD}.csv")
    plant(
        connection,
        Document,
        "document",
        scope="leads",
        owner_kind="sys_demo_lead",
        owner_id="lead-7",
        name=f"{WORD}.pdf",
        sha256=DIGEST,
        size=len(BYTES),
        media_type="application/pdf",
        state="stored",
    )
    connection.execute(
        "WITH blob AS (INSERT INTO doc_blob (scope, sha256, size, person_id, whole, touched_at)"
        " VALUES ('leads', %s, %s, 'p', true, now()) RETURNING id)"
        " INSERT INTO doc_blob_piece (blob_id, place, scope, bytes) SELECT id, 0, 'leads', %s FROM blob",
        [DIGEST, len(BYTES), BYTES],
    )


def work(sales: Salesperson) -> None:
    """Search, open a lead, begin a note and an edit, look at a document, go somewhere by the palette; send nothing."""
    sales.find(f"{WORD} 7")
    sales.press(Qt.Key.Key_Return)
    sales.qtbot.waitUntil(lambda: WORD in sales.timeline)
    bench = sales.desktop.bench
    bench.drafts.keep(Key(Lead.__tablename__, "lead-7"), Draft("note", f"{WORD} rang"))
    bench.remembered.keep("shell.palette", [f"link fleetdesk://leads?q={WORD}"])
    sales.store.documents.open_copy(DIGEST, f"{WORD}.pdf")
    bench.actions.trigger("leads.edit")
    sales.qtbot.waitUntil(lambda: bool(sales.desktop.window.findChildren(CommandDialog)))
    dialog = sales.desktop.window.findChildren(CommandDialog)[-1]
    field = next(each for each in dialog.findChildren(QLineEdit) if each.text() == WORD)
    field.setText(f"{WORD} and sons")
    field.textEdited.emit(field.text())
    sales.qtbot.waitUntil(lambda: any(name.startswith("form.") for name in sales.store.kept))


def rail(sales: Salesperson) -> list[str]:
    buttons = sales.desktop.window.rail.findChildren(QAbstractButton)
    return [button.text() for button in buttons if button.isCheckable()]


def test_no_file_holds_a_word_of_a_lost_role(sales: Salesperson, hosted: Hosted, tmp_path: Path) -> None:
    work(sales)
    assert files_with(tmp_path, WORD, KEYS) == {"replica", "outbox", "zanzibar, in clear"}

    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE user_id = %s", person_id(Role.COMMERCIAL))

    sales.qtbot.waitUntil(lambda: rail(sales) == ["Members", "Inbox", "Settings"], timeout=30_000)
    sales.qtbot.waitUntil(lambda: not files_with(tmp_path, WORD, KEYS), timeout=30_000)
    assert not sales.sees(WORD)
    sales.qtbot.waitUntil(lambda: not sales.store.documents.held(frozenset({DIGEST})))


def test_nothing_of_it_is_offered_at_the_next_start(sales: Salesperson, hosted: Hosted) -> None:
    work(sales)
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE user_id = %s", person_id(Role.COMMERCIAL))
    sales.qtbot.waitUntil(lambda: rail(sales) == ["Members", "Inbox", "Settings"], timeout=30_000)
    sales.qtbot.wait(1_500)
    assert WORD not in str(sales.store.kept)
    assert sales.store.drafts == {}


# ------------------------------------------------------------------------------------------------------------ shut out


def stand(hosted: Hosted, status: str) -> None:
    hosted.execute("UPDATE adm_members SET status = %s WHERE user_id = %s", status, person_id(Role.COMMERCIAL))


def test_no_file_holds_a_word_of_rows_once_the_person_is_suspended(
    sales: Salesperson, hosted: Hosted, tmp_path: Path
) -> None:
    work(sales)
    assert files_with(tmp_path, WORD, KEYS) == {"replica", "outbox", "zanzibar, in clear"}

    stand(hosted, "suspended")
    sales.desktop.bench.sync.sync_now()

    sales.qtbot.waitUntil(lambda: rail(sales) == ["Inbox", "Settings"], timeout=30_000)
    sales.qtbot.waitUntil(lambda: not files_with(tmp_path, WORD, KEYS), timeout=30_000)
    assert not sales.sees(WORD)
    assert not sales.store.documents.held(frozenset({DIGEST}))


def test_a_suspended_person_reads_why_and_is_not_asked_to_begin(sales: Salesperson, hosted: Hosted) -> None:
    stand(hosted, "suspended")
    sales.desktop.bench.sync.sync_now()
    sales.qtbot.waitUntil(lambda: rail(sales) == ["Inbox", "Settings"], timeout=30_000)
    banner = sales.desktop.window.banner
    assert banner.isVisible()
    assert banner.accessibleName() == (
        "Your access was suspended. What you had not sent is kept here. Ask a super admin."
    )


def test_who_is_let_in_again_has_the_screens_and_rows_of_the_role(sales: Salesperson, hosted: Hosted) -> None:
    before = rail(sales)
    stand(hosted, "suspended")
    sales.desktop.bench.sync.sync_now()
    sales.qtbot.waitUntil(lambda: rail(sales) == ["Inbox", "Settings"], timeout=30_000)

    stand(hosted, "active")
    sales.desktop.bench.sync.sync_now()
    sales.qtbot.waitUntil(lambda: rail(sales) == before, timeout=30_000)
    assert not sales.desktop.window.banner.isVisible()
    sales.desktop.window.show_screen("leads")
    sales.qtbot.waitUntil(lambda: bool(sales.names), timeout=30_000)
