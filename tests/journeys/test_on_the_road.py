"""A day without a network, by keyboard alone: everything arrives, once, when the network is back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from fleetdesk.models.status import SyncState
from tests.faults import FaultProxy
from tests.hub.support import Hosted, insert_lead
from tests.journeys.salesperson import Salesperson

Key = Qt.Key

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def lead(hosted: Hosted) -> str:
    """A lead that the hub has before the window opens."""
    with hosted.owner() as connection:
        return insert_lead(
            connection,
            first_name="Mariam",
            last_name="Al Zaabi",
            search_key="mariam al zaabi al noor transport",
            phone="+971 50 660 1122",
            email="mariam@alnoor.example",
            country="AE",
            fleet_size=40,
        )


def test_a_day_on_the_road_arrives_once(lead: str, sales: Salesperson, network: FaultProxy, hosted: Hosted) -> None:
    sales.wait_for(SyncState.LIVE)
    sales.qtbot.waitUntil(lambda: sales.names == ["Mariam Al Zaabi"])
    network.cut()
    sales.wait_for(SyncState.OFFLINE)

    sales.find("Mariam")
    sales.wait_until_sees("+971 50 660 1122")
    sales.log_a_call("Wants a demo on Tuesday.")
    sales.move_on("Mariam Al Zaabi", "contacted")
    sales.press(Key.Key_N)
    sales.go_to("Last name")
    sales.write("Belkacem")
    sales.press(Key.Key_Return)
    sales.press(Key.Key_J, ctrl=True)

    sales.qtbot.waitUntil(lambda: len(sales.waiting) == 3)
    assert sales.waiting == ["Logged a call", "Moved a lead from new to contacted", "Created a lead"]

    network.restore()
    sales.wait_until_sent()

    assert hosted.rows("SELECT status, activity_count FROM sys_demo_lead WHERE id = %s", lead) == [("contacted", 1)]
    assert hosted.rows("SELECT count(*) FROM sys_demo_lead WHERE last_name = 'Belkacem'") == [(1,)]
    assert hosted.rows("SELECT body FROM sys_demo_lead_activity WHERE kind = 'call'") == [("Wants a demo on Tuesday.",)]
    sales.qtbot.waitUntil(lambda: sales.waiting == [])


def test_a_conflict_is_decided_by_keyboard(lead: str, sales: Salesperson, network: FaultProxy, hosted: Hosted) -> None:
    sales.wait_for(SyncState.LIVE)
    sales.qtbot.waitUntil(lambda: sales.names == ["Mariam Al Zaabi"])
    network.cut()
    sales.wait_for(SyncState.OFFLINE)
    sales.find("Mariam")
    sales.wait_until_sees("+971 50 660 1122")
    sales.go_to("Leads")
    sales.press(Key.Key_E)
    sales.go_to("Company")
    sales.press(Key.Key_A, ctrl=True)
    sales.write("Zaabi Premium")
    sales.press(Key.Key_Return)
    sales.wait_until_sees("Zaabi Premium · United Arab Emirates")
    hosted.execute("UPDATE sys_demo_lead SET company = 'Zaabi Holding' WHERE id = %s", lead)

    network.restore()
    sales.qtbot.waitUntil(lambda: sales.desktop.bench.status.status.inbox == 1, timeout=30_000)
    sales.go_to("Leads")
    sales.press(Key.Key_G, Key.Key_I)
    sales.qtbot.waitUntil(lambda: sales.inbox == ["Edited company"])
    sales.wait_until_sees("Zaabi Holding")
    sales.go_to("Company: Keep mine, Zaabi Premium")
    sales.press(Key.Key_Space)
    sales.press(Key.Key_Return, ctrl=True)
    sales.qtbot.waitUntil(lambda: sales.inbox == [])
    sales.wait_until_sent()

    assert hosted.rows("SELECT company FROM sys_demo_lead WHERE id = %s", lead) == [("Zaabi Premium",)]


def test_what_a_colleague_changes_is_seen_at_once(lead: str, sales: Salesperson, hosted: Hosted) -> None:
    sales.wait_for(SyncState.LIVE)
    sales.qtbot.waitUntil(lambda: sales.names == ["Mariam Al Zaabi"])

    hosted.execute("UPDATE sys_demo_lead SET last_name = 'Al Maktoum' WHERE id = %s", lead)

    sales.qtbot.waitUntil(lambda: sales.names == ["Mariam Al Maktoum"], timeout=30_000)


def test_the_settings_examine_the_laptop_beside_its_synchronisation(
    lead: str, sales: Salesperson, hosted: Hosted
) -> None:
    sales.wait_for(SyncState.LIVE)
    sales.press(Key.Key_G, Key.Key_S)
    sales.go_to("Examine this laptop")
    sales.press(Key.Key_Return)
    sales.wait_until_sees("All is well.")
    sales.wait_until_sees("Every table is the same here as at the hub, row for row.")

    hosted.execute("UPDATE sys_demo_lead SET first_name = 'Maryam' WHERE id = %s", lead)
    sales.press(Key.Key_G, Key.Key_L)
    sales.qtbot.waitUntil(lambda: sales.names == ["Maryam Al Zaabi"], timeout=20_000)
