"""A hub with a single connection, as small installations and strict poolers give it, does all that others do."""

from __future__ import annotations

import pytest

from fleetdesk.errors import BadSettings, Refused
from fleetdesk.hub.database import Database
from fleetdesk.models.access import Role
from fleetdesk.protocol import VerdictKind
from tests.hub.acts import edit
from tests.hub.support import ORIGIN, Hosted, Laptop, identity


def test_one_connection_serves_a_load_a_push_and_a_pull(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub(pool_size=1))
    laptop.load()
    verdicts = laptop.push(edit(lead))
    laptop.pull()
    assert (verdicts[0].kind, laptop.leads[lead]["company"]) == (VerdictKind.APPLIED, "Noor")


def test_one_connection_does_every_chore(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub(pool_size=1)
    Laptop(hub).push(edit(lead))
    hosted.execute("UPDATE sys_demo_lead SET email = 'New@Taxi.fr'")
    for chore in hub.chores:
        chore.do()
    assert hosted.rows("SELECT email_key FROM sys_demo_lead") == [("new@taxi.fr",)]


def test_one_connection_tells_of_who_was_turned_away(hosted: Hosted) -> None:
    hub = hosted.hub(pool_size=1)
    with pytest.raises(Refused), hub.denials.told("hub.load", identity(Role.FINANCE), ORIGIN):
        raise Refused("not_allowed", "No.")
    assert hosted.rows("SELECT outcome FROM sys_audit_event") == [("not_allowed",)]


@pytest.mark.parametrize("size", [0, -1])
def test_a_pool_without_a_connection_is_refused(hosted: Hosted, size: int) -> None:
    # To the pool itself, none would mean as many as are asked for.
    with pytest.raises(BadSettings):
        Database(hosted.database.hub.url, pool_size=size)
