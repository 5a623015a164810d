"""After a restore: a new epoch, all rows stamped anew, and what laptops had settled comes back by itself."""

from __future__ import annotations

import pytest

from fleetdesk.demo.postgres import Database
from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub.epoch import new_epoch
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import VerdictKind
from tests.hub.acts import edit, note, wired
from tests.hub.support import Hosted, Laptop, insert_lead


def test_a_new_epoch_is_another_one(hosted: Hosted) -> None:
    ((before,),) = hosted.rows("SELECT epoch FROM sys_epoch")
    assert new_epoch(hosted.database.owner.url) != before


def test_there_is_always_one_epoch(hosted: Hosted) -> None:
    epoch = new_epoch(hosted.database.owner.url)
    assert hosted.rows("SELECT epoch FROM sys_epoch") == [(epoch,)]


def test_stamps_of_another_server_are_made_anew(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
        connection.commit()
        # What a dump of a busier server brings: a stamp that this one will not reach for years.
        connection.execute("ALTER TABLE sys_demo_lead DISABLE TRIGGER fleetdesk_stamp")
        connection.execute("UPDATE sys_demo_lead SET xid = '900000000'")
        connection.execute("ALTER TABLE sys_demo_lead ENABLE TRIGGER fleetdesk_stamp")
    new_epoch(hosted.database.owner.url)
    laptop = Laptop(hosted.hub())
    laptop.load()
    assert laptop.pull().count == 0


def test_audit_events_too_are_stamped_anew(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    Laptop(hosted.hub()).push(edit(lead))
    ((before,),) = hosted.rows("SELECT xid::text FROM sys_audit_event")
    new_epoch(hosted.database.owner.url)
    ((after,),) = hosted.rows("SELECT xid::text FROM sys_audit_event")
    assert int(after) > int(before)


def test_marks_of_rows_without_keys_do_not_stand_in_the_way(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "web")
    hosted.execute("UPDATE sys_demo_lead SET first_name = 'Omar'")
    hosted.execute("UPDATE sys_demo_lead SET first_name = 'Umar'")
    assert len(hosted.rows("SELECT FROM sys_unkeyed")) == 2
    new_epoch(hosted.database.owner.url)
    assert len(hosted.rows("SELECT FROM sys_unkeyed")) == 2


def test_removals_of_the_time_before_are_forgotten(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
        connection.execute("DELETE FROM sys_demo_lead")
    new_epoch(hosted.database.owner.url)
    assert hosted.rows("SELECT FROM sys_removal") == []


def test_what_a_laptop_offers_again_after_a_restore_is_applied_if_it_was_lost(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection)
    hub = hosted.hub()
    kept, lost = wired(hosted, note(lead, "kept"), note(lead, "lost"))
    laptop = Laptop(hub)
    laptop.offer([kept])
    with hosted.owner() as connection:
        # The dump was taken between the two; what came after it is gone, receipt and all.
        laptop.offer([kept, lost])
        connection.execute("DELETE FROM sys_demo_lead_activity WHERE id = 'lost'")
        connection.execute("DELETE FROM sys_receipt WHERE command_id = %s", [lost.id])
        connection.execute("UPDATE sys_demo_lead SET activity_count = 1")
    new_epoch(hosted.database.owner.url)
    answer = Laptop(hub, id=new_id()).offer([kept, lost])
    assert [receipt.verdict.kind for receipt in answer.receipts] == [VerdictKind.APPLIED, VerdictKind.APPLIED]
    assert hosted.rows("SELECT activity_count FROM sys_demo_lead") == [(2,)]


def test_a_database_that_is_away_is_said_to_be_so(database: Database) -> None:
    with pytest.raises(Unavailable):
        new_epoch(database.owner.to("nowhere").url)


@pytest.mark.parametrize("flaw", ["DROP TABLE sys_epoch", "DELETE FROM sys_epoch", "DROP TABLE sys_removal"])
def test_a_database_that_was_never_migrated_is_said_to_be_so(hosted: Hosted, flaw: str) -> None:
    hosted.execute(flaw)
    with pytest.raises(BadSettings, match="fleetdesk hub migrate"):
        new_epoch(hosted.database.owner.url)
