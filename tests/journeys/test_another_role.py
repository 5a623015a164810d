"""A role that changes while the window is open and work waits."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton

from fleetdesk.commands.leads import CreateLead
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.status import SyncState
from fleetdesk.sync.store.batches import PORTION
from tests.faults import FaultProxy
from tests.hub.support import Hosted, insert_lead
from tests.journeys.salesperson import Salesperson

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def sales(sales: Salesperson, hosted: Hosted) -> Salesperson:
    """A salesperson in contact, with one lead in sight."""
    with hosted.owner() as connection:
        insert_lead(connection, last_name="Al Zaabi", search_key="al zaabi")
    sales.qtbot.waitUntil(lambda: sales.names == ["Al Zaabi"], timeout=30_000)
    return sales


def becomes(hosted: Hosted, role: Role) -> None:
    hosted.execute("UPDATE adm_members SET role = %s WHERE user_id = %s", role, f"person-{Role.COMMERCIAL}")


def screens(sales: Salesperson) -> list[str]:
    """The screens in the rail."""
    rail = sales.desktop.window.rail.findChildren(QAbstractButton)
    return [button.text() for button in rail if button.isCheckable()]


def test_a_lost_role_takes_its_screens_away(sales: Salesperson, hosted: Hosted) -> None:
    assert screens(sales) == ["Home", "Leads", "Duplicates", "Members", "Inbox", "Settings"]

    becomes(hosted, Role.FINANCE)

    sales.qtbot.waitUntil(lambda: screens(sales) == ["Members", "Inbox", "Settings"], timeout=30_000)
    sales.wait_until_sees("Your role is Finance now.")


def test_what_waited_under_a_lost_role_waits_in_the_inbox(
    sales: Salesperson, hosted: Hosted, network: FaultProxy
) -> None:
    network.cut()
    sales.wait_for(SyncState.OFFLINE)
    now = sales.desktop.bench.clock.now()
    command = CreateLead(id=new_id(), issued_at=now, lead_id=new_id(), values={"last_name": "Belkacem"})
    sales.desktop.bench.acts.perform(command, owner=sales.desktop.window, on_done=lambda: None)
    sales.qtbot.waitUntil(lambda: sales.names == ["Belkacem", "Al Zaabi"])
    becomes(hosted, Role.FINANCE)

    network.restore()

    sales.qtbot.waitUntil(lambda: screens(sales) == ["Members", "Inbox", "Settings"], timeout=30_000)
    sales.qtbot.waitUntil(lambda: sales.inbox == ["Created a lead"], timeout=30_000)
    assert [change.target_name for change in sales.desktop.bench.outbox.inbox] == ["A lead"]


def test_a_gained_role_is_told(sales: Salesperson, hosted: Hosted) -> None:
    becomes(hosted, Role.SUPER_ADMIN)

    sales.qtbot.waitUntil(lambda: sales.sees("Your role is Super admin now."), timeout=30_000)
    assert screens(sales) == ["Home", "Leads", "Duplicates", "Members", "Laptops", "Inbox", "Settings"]


class Cut(BaseException):
    """The machine stops."""


def test_what_was_cut_off_is_told_in_the_new_role_too(sales: Salesperson, hosted: Hosted) -> None:
    def cut(_rows: int) -> bool:
        raise Cut

    now = sales.desktop.bench.clock.now()
    leads = [
        CreateLead(id=new_id(), issued_at=now, lead_id=new_id(), values={"last_name": "Belkacem"})
        for _ in range(PORTION + 1)
    ]
    with pytest.raises(Cut):
        sales.store.perform_batch("batch", leads, sentence="Created {} leads".format, go_on=cut)

    becomes(hosted, Role.SUPER_ADMIN)

    sales.qtbot.waitUntil(lambda: sales.sees("This was cut off when FleetDesk ended"), timeout=30_000)
