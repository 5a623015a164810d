"""A salesperson's day by key events alone: no mouse, and nothing given the keyboard but by the keys themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from fleetdesk.models.status import SyncState
from tests.faults import FaultProxy
from tests.hub.support import Hosted, insert_lead
from tests.journeys.salesperson import Salesperson

Key = Qt.Key

pytestmark = pytest.mark.timeout(240)

_FAMILY = ("Karim", "Leila", "Omar")
_STAGE = "SELECT status, activity_count FROM sys_demo_lead WHERE id = 'mariam'"
_TAGGED = "SELECT count(*) FROM sys_demo_lead WHERE strpos(tags::text, 'airport') > 0"


@pytest.fixture
def leads(hosted: Hosted) -> None:
    """What the hub has before the window opens: Mariam, written down twice, and three others."""
    mariam = {"email": "mariam@alnoor.example", "email_key": "mariam@alnoor.example", "country": "AE", "fleet_size": 40}
    with hosted.owner() as connection:
        insert_lead(
            connection, "mariam", first_name="Mariam", last_name="Al Zaabi", search_key="mariam al zaabi", **mariam
        )
        insert_lead(
            connection, "maryam", first_name="Maryam", last_name="Alzaabi", search_key="maryam alzaabi", **mariam
        )
        for first in _FAMILY:
            key = f"{first} belkacem".lower()
            insert_lead(connection, first_name=first, last_name="Belkacem", search_key=key)


def test_a_day_by_keys_alone(
    leads: None, sales: Salesperson, network: FaultProxy, hosted: Hosted, tmp_path: Path
) -> None:
    sales.wait_for(SyncState.LIVE)

    goes_from_home_to_the_list(sales)
    finds_a_lead_by_typing(sales)
    logs_a_call_and_moves_on(sales, hosted)
    tags_several_and_takes_it_back(sales, hosted)
    loses_several_and_takes_it_back_in_time(sales, hosted)
    goes_to_a_lead_from_the_palette(sales)
    imports_a_file(sales, hosted, tmp_path / "fair.csv")
    merges_two(sales, hosted)
    settles_a_conflict(sales, network, hosted)


def goes_from_home_to_the_list(sales: Salesperson) -> None:
    sales.press(Key.Key_G, Key.Key_H)
    sales.wait_until_sees("Overdue")
    sales.press(Key.Key_G, Key.Key_L)
    sales.qtbot.waitUntil(lambda: len(sales.names) == 5)


def finds_a_lead_by_typing(sales: Salesperson) -> None:
    sales.press(Key.Key_Slash)
    sales.write("country:AE mariam")
    sales.wait_until_listed("Mariam")
    sales.press(Key.Key_Down)
    sales.wait_until_sees("mariam@alnoor.example")


def logs_a_call_and_moves_on(sales: Salesperson, hosted: Hosted) -> None:
    sales.log_a_call("Wants a demo on Tuesday.")
    sales.move_on("Mariam Al Zaabi", "contacted")
    sales.wait_until_sent()
    assert hosted.rows(_STAGE) == [("contacted", 1)]


def tags_several_and_takes_it_back(sales: Salesperson, hosted: Hosted) -> None:
    sales.press(Key.Key_Escape)
    sales.find("belkacem")
    sales.press(Key.Key_Escape)
    sales.press(Key.Key_A, ctrl=True)
    sales.wait_until_sees("All 3 matching leads chosen")
    sales.press(Key.Key_G, shift=True)
    sales.wait_until_asked("Tag 3 leads")
    sales.write("airport")
    sales.press(Key.Key_Return)
    sales.wait_until_sees("Tagged 3 leads")
    sales.wait_until_sent()
    assert hosted.rows(_TAGGED) == [(3,)]

    sales.wait_until_undo_is("Tagged 3 leads")
    sales.press(Key.Key_Z, ctrl=True)
    sales.wait_until_sees("Undone: ")
    sales.wait_until_sent()
    assert hosted.rows(_TAGGED) == [(0,)]


def loses_several_and_takes_it_back_in_time(sales: Salesperson, hosted: Hosted) -> None:
    sales.go_to("Leads")
    sales.press(Key.Key_A, ctrl=True)
    sales.press(Key.Key_L, shift=True)
    sales.wait_until_asked("Lose 3 leads")
    sales.write("A slip of the hand")
    sales.go_to("Lose the leads")
    sales.press(Key.Key_Space)
    sales.wait_until_sees("Lost 3 leads.")
    sales.wait_until_undo_is("Lost 3 leads")
    sales.press(Key.Key_Z, ctrl=True)
    sales.wait_until_sees("Undone: Lost 3 leads")
    sales.wait_until_sent()
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead WHERE status = 'lost'") == [(0,)]


def goes_to_a_lead_from_the_palette(sales: Salesperson) -> None:
    sales.press(Key.Key_K, ctrl=True)
    sales.write("mariam")
    sales.wait_until_offered("Mariam Al Zaabi")
    sales.press(Key.Key_Return)
    sales.wait_until_sees("mariam@alnoor.example")


def imports_a_file(sales: Salesperson, hosted: Hosted, path: Path) -> None:
    path.write_text("First name,Last name,Email\nNadia,Petit,nadia@petit.example\n,,\nHugo,Roux,hugo@roux.example\n")
    sales.press(Key.Key_K, ctrl=True)
    sales.write("import")
    sales.wait_until_offered("Import")
    sales.press(Key.Key_Return)
    sales.wait_until_asked("Import leads")
    sales.press(Key.Key_A, ctrl=True)
    sales.write(str(path))
    sales.press(Key.Key_Return)
    sales.wait_until_asked("Import leads from fair.csv")
    for verb in ("Next", "Next", "Import 2 leads", "Close"):
        sales.wait_until_offers(verb)
        sales.press(Key.Key_Return)
    sales.wait_until_sent()
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead WHERE import_id IS NOT NULL") == [(2,)]


def merges_two(sales: Salesperson, hosted: Hosted) -> None:
    sales.press(Key.Key_G, Key.Key_D)
    sales.wait_until_sees("1 group")
    sales.wait_until_sees("Maryam Alzaabi")
    sales.press(Key.Key_M)
    sales.wait_until_asked("Merge leads")
    sales.go_to("Merge")
    sales.press(Key.Key_Space)
    sales.wait_until_sees("2 leads are one now")
    sales.wait_until_sent()
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead WHERE merged_into IS NOT NULL") == [(1,)]


def settles_a_conflict(sales: Salesperson, network: FaultProxy, hosted: Hosted) -> None:
    network.cut()
    sales.wait_for(SyncState.OFFLINE)
    sales.press(Key.Key_G, Key.Key_L)
    sales.find("karim")
    sales.wait_until_sees("Karim Belkacem")
    sales.press(Key.Key_E)
    sales.go_to("Company")
    sales.press(Key.Key_A, ctrl=True)
    sales.write("Karim Cars")
    sales.press(Key.Key_Return)
    sales.qtbot.waitUntil(lambda: bool(sales.store.counts().waiting))
    hosted.execute("UPDATE sys_demo_lead SET company = 'Belkacem SARL' WHERE first_name = %s", "Karim")
    network.restore()
    sales.qtbot.waitUntil(lambda: sales.desktop.bench.status.status.inbox == 1, timeout=30_000)

    sales.press(Key.Key_G, Key.Key_I)
    sales.qtbot.waitUntil(lambda: sales.inbox == ["Edited company"])
    sales.wait_until_sees("Belkacem SARL")
    sales.go_to("Company: Keep mine, Karim Cars")
    sales.press(Key.Key_Space)
    sales.press(Key.Key_Return, ctrl=True)
    sales.qtbot.waitUntil(lambda: sales.inbox == [])
    sales.wait_until_sent()
    assert hosted.rows("SELECT company FROM sys_demo_lead WHERE first_name = 'Karim'") == [("Karim Cars",)]
