"""The audit log: one event for every command, applied or denied, in the transaction that it tells of."""

from __future__ import annotations

import pytest

from fleetdesk.models.access import Role
from fleetdesk.models.leads import Lead
from tests.hub.acts import companies, delete, edit, restore, wired
from tests.hub.support import Hosted, Laptop, person_id


def test_every_command_writes_one_audit_event(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead), edit(lead, new="Other"), edit("nowhere"))
    assert hosted.rows("SELECT outcome FROM sys_audit_event ORDER BY id") == [
        ("applied",),
        ("conflict",),
        ("rejected:missing",),
    ]


def test_a_denial_is_audited(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub(), Role.FINANCE).push(edit(lead))
    assert hosted.rows("SELECT actor_id, role, action, target_id, outcome FROM sys_audit_event") == [
        (person_id(Role.FINANCE), "platform_finance", "leads.edit", lead, "rejected:not_allowed")
    ]


def test_what_could_not_be_read_is_audited(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    Laptop(hosted.hub()).offer([command.model_copy(update={"name": "x" * 500})])
    assert hosted.rows("SELECT action, outcome FROM sys_audit_event") == [("x" * 80, "rejected:upgrade_needed")]


def test_the_audit_event_says_where_the_command_came_from(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    assert hosted.rows("SELECT laptop_id, address, request_id FROM sys_audit_event") == [
        (laptop.id, "192.0.2.7", "request-1")
    ]


def test_the_audit_payload_holds_before_and_after(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead, "score", base=None, new=5))
    ((change,),) = hosted.rows("SELECT body::json #> '{changes,0}' FROM sys_audit_payload")
    assert (change["id"], change["before"]["score"], change["after"]["score"]) == (lead, None, 5)


def test_the_audit_payload_of_a_deletion_holds_the_whole_row(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(delete(lead), restore(lead), edit(lead))
    (snapshot, *later) = (
        change.get("snapshot")
        for (change,) in hosted.rows(
            "SELECT body::json #> '{changes,0}' FROM sys_audit_payload JOIN sys_audit_event USING (id) ORDER BY action"
        )
    )
    columns = {column.name for column in Lead.table().columns}
    assert (snapshot.keys(), snapshot["company"], later) == (columns, "Al Noor Transport", [None, None])


def test_the_audit_event_covers_its_payload_by_a_salted_digest(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead))
    assert hosted.rows(
        "SELECT payload_digest = encode(sha256(convert_to(salt || E'\\n' || body, 'UTF8')), 'hex')"
        " FROM sys_audit_event JOIN sys_audit_payload USING (id)"
    ) == [(True,)]


def test_a_replay_writes_no_second_audit_event(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, edit(lead))
    laptop.offer(commands)
    laptop.offer(commands)
    assert hosted.rows("SELECT count(*) FROM sys_audit_event") == [(1,)]


def test_nothing_of_a_push_is_there_without_the_rest(hosted: Hosted, lead: str) -> None:
    # The receipts come last: if they cannot be written, nothing may have been.
    hosted.execute("ALTER TABLE sys_receipt ADD CHECK (command_id = 'none')")
    with pytest.raises(Exception, match="sys_receipt"):
        Laptop(hosted.hub()).push(edit(lead))
    assert (companies(hosted)[lead], hosted.rows("SELECT FROM sys_audit_event")) == ("Al Noor Transport", [])
