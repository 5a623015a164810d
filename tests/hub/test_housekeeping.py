"""What the hub forgets, and what it must not."""

from __future__ import annotations

import pytest

from fleetdesk.models.access import Role
from fleetdesk.protocol import HandedIn, VerdictKind
from tests.hub.acts import edit, note, wired
from tests.hub.support import Hosted, Laptop
from tests.hub.test_revoking import DEVICE, EDIT, revoking


def test_removals_are_forgotten_after_their_days(hosted: Hosted, lead: str) -> None:
    hosted.execute("DELETE FROM sys_demo_lead")
    hosted.clock.advance(days=92)
    hosted.hub().housekeeper.tidy()
    assert hosted.rows("SELECT FROM sys_removal") == []


def test_removals_that_a_cursor_may_still_ask_for_are_kept(hosted: Hosted, lead: str) -> None:
    hosted.execute("DELETE FROM sys_demo_lead")
    hosted.clock.advance(days=90)
    hosted.hub().housekeeper.tidy()
    assert hosted.rows("SELECT row_id FROM sys_removal") == [(lead,)]


def test_receipts_that_the_laptop_confirmed_long_ago_are_forgotten(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    laptop.confirmed = 1
    laptop.push()
    hosted.clock.advance(days=41)
    laptop.hub.housekeeper.tidy()
    assert hosted.rows("SELECT FROM sys_receipt") == []


def test_receipts_that_the_laptop_never_confirmed_are_kept(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, note(lead, "a"))
    laptop.offer(commands)
    hosted.clock.advance(days=400)
    laptop.hub.housekeeper.tidy()
    assert laptop.offer(commands).receipts[0].verdict.kind is VerdictKind.APPLIED


def test_receipts_that_a_restore_may_still_need_are_kept(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    laptop.confirmed = 1
    laptop.push()
    hosted.clock.advance(days=31)
    laptop.hub.housekeeper.tidy()
    assert len(hosted.rows("SELECT FROM sys_receipt")) == 1


@pytest.mark.parametrize(("days", "kept"), [(364, 1), (366, 0)])
def test_what_a_revoked_laptop_handed_in_is_kept_for_a_year_and_then_goes_from_super_admins_laptops_too(
    hosted: Hosted, days: int, kept: int
) -> None:
    admin = Laptop(hosted.hub(), Role.SUPER_ADMIN)
    admin.push(revoking(hosted))
    admin.hub.quarantine.take(HandedIn(edits=(EDIT,), last=True), DEVICE)
    hosted.clock.advance(days=days)
    admin.load()
    assert len(admin.rows["sys_quarantine"]) == 1
    admin.hub.housekeeper.tidy()
    admin.pull()
    assert len(admin.rows["sys_quarantine"]) == kept
