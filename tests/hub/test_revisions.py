"""Revisions at the hub: the same that the laptop wrote, held by who holds the lead, gone with it."""

from __future__ import annotations

import json

from fleetdesk.models.access import Role
from tests.hub.acts import edit
from tests.hub.support import Hosted, Laptop

TABLE = "sys_demo_lead_revision"


def test_the_hub_writes_what_it_changed_by_whom_and_from_where(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    act = edit(lead)
    laptop.push(act)
    [(id_, row_id, number, changes, actor, device)] = hosted.rows(
        f"SELECT id, row_id, number, changes, actor_id, laptop_id FROM {TABLE}"
    )
    assert (id_, row_id, number, device) == (act.id, lead, 1, laptop.id)
    assert json.loads(changes) == {"company": ["Al Noor Transport", "Noor"]}
    assert actor == hosted.rows("SELECT id FROM adm_users WHERE provider_id = 'user_platform_commercial'")[0][0]


def test_whoever_holds_leads_gets_it_and_nobody_else(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    sales, support = Laptop(hub), Laptop(hub, Role.SUPPORT)
    for laptop in (sales, support):
        laptop.load()
    sales.push(edit(lead))
    for laptop in (sales, support):
        laptop.pull()
    assert (len(sales.rows[TABLE]), support.rows.get(TABLE, {})) == (1, {})


def test_it_goes_with_its_lead(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.push(edit(lead))
    laptop.pull()
    hosted.execute("DELETE FROM sys_demo_lead")
    laptop.pull()
    assert (hosted.rows(f"SELECT id FROM {TABLE}"), laptop.rows[TABLE]) == ([], {})


def test_several_edits_in_one_push_are_told_each(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead, new="B"), edit(lead, base="B", new="C"))
    found = hosted.rows(f"SELECT number, changes FROM {TABLE} ORDER BY number")
    assert [(number, json.loads(changes)["company"]) for number, changes in found] == [
        (1, ["Al Noor Transport", "B"]),
        (2, ["B", "C"]),
    ]


def test_the_audit_log_does_not_say_it_twice(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead))
    [(body,)] = hosted.rows("SELECT body FROM sys_audit_payload")
    assert [change["table"] for change in json.loads(body)["changes"]] == ["sys_demo_lead"]
