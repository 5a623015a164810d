"""Whoever is turned away again and again is told of once a minute, and by number."""

from __future__ import annotations

import pytest

from fleetdesk.errors import Refused
from fleetdesk.hub.denials import Denials
from fleetdesk.models.access import Role
from tests.hub.acts import edit, wired
from tests.hub.support import ORIGIN, Hosted, Laptop, identity, person_id

EVENTS = "SELECT action, outcome, sentence FROM sys_audit_event ORDER BY id"
FIRST = ("hub.load", "not_allowed", "Was turned away")


def test_a_thousand_denied_requests_of_a_minute_are_two_events(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    for _ in range(1_000):
        turn_away(denials)
    hosted.clock.advance(minutes=1)
    denials.sum_up()
    assert hosted.rows(EVENTS) == [FIRST, ("hub.load", "not_allowed", "Was turned away 999 more times")]


def test_the_number_is_told_with_who_it_was_and_from_when_on(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    turn_away(denials)
    turn_away(denials)
    hosted.clock.advance(minutes=1)
    denials.sum_up()
    assert hosted.rows(
        "SELECT actor_id, role, body, recorded_at - issued_at >= interval '1 minute'"
        " FROM sys_audit_event JOIN sys_audit_payload USING (id) WHERE body <> '{}'"
    ) == [(person_id(Role.FINANCE), Role.FINANCE, '{"more":1}', True)]


def test_within_a_minute_nothing_more_is_told(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    turn_away(denials)
    turn_away(denials)
    denials.sum_up()
    assert hosted.rows(EVENTS) == [FIRST]


def test_a_denial_of_the_next_minute_is_told_at_once(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    turn_away(denials)
    hosted.clock.advance(minutes=1)
    turn_away(denials)
    denials.sum_up()
    assert hosted.rows(EVENTS) == [FIRST, FIRST]


def test_another_person_is_told_of_by_another_event(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    turn_away(denials)
    turn_away(denials, Role.SUPPORT)
    assert len(hosted.rows(EVENTS)) == 2


def test_a_number_that_could_not_be_told_is_told_later(hosted: Hosted) -> None:
    denials = hosted.hub().denials
    turn_away(denials)
    turn_away(denials)
    hosted.clock.advance(minutes=1)
    hosted.execute("ALTER TABLE sys_audit_event ADD CONSTRAINT shut CHECK (false) NOT VALID")
    with pytest.raises(Exception, match="shut"):
        denials.sum_up()
    hosted.execute("ALTER TABLE sys_audit_event DROP CONSTRAINT shut")
    denials.sum_up()
    assert len(hosted.rows(EVENTS)) == 2


def test_a_hub_that_stops_tells_what_it_counted(hosted: Hosted) -> None:
    hub = hosted.hub()
    turn_away(hub.denials)
    turn_away(hub.denials)
    hub.close()
    assert len(hosted.rows(EVENTS)) == 2


def test_commands_that_a_role_does_not_allow_are_counted_too(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub(), Role.FINANCE)
    codes = {verdict.code for _ in range(3) for verdict in laptop.push(*(edit(lead) for _ in range(50)))}
    hosted.clock.advance(minutes=1)
    laptop.hub.denials.sum_up()
    assert codes == {"not_allowed"}
    assert hosted.rows(EVENTS) == [
        ("leads.edit", "rejected:not_allowed", "Edited company"),
        ("leads.edit", "rejected:not_allowed", "Was turned away 149 more times"),
    ]


def test_commands_that_are_refused_for_what_they_ask_are_each_told(hosted: Hosted) -> None:
    Laptop(hosted.hub()).push(edit("nowhere"), edit("nowhere"))
    assert len(hosted.rows(EVENTS)) == 2


def test_commands_that_nobody_can_read_are_counted_whatever_they_are_called(hosted: Hosted) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, *(edit("nowhere") for _ in range(50)))
    laptop.offer([each.model_copy(update={"name": f"no.such.{number}"}) for number, each in enumerate(commands)])
    hosted.clock.advance(minutes=1)
    laptop.hub.denials.sum_up()
    assert [outcome for _, outcome, _ in hosted.rows(EVENTS)] == ["rejected:upgrade_needed"] * 2
    assert hosted.rows(EVENTS)[-1] == ("hub.unreadable", "rejected:upgrade_needed", "Was turned away 49 more times")


def turn_away(denials: Denials, role: Role = Role.FINANCE) -> None:
    with pytest.raises(Refused), denials.told("hub.load", identity(role), ORIGIN, "l"):
        raise Refused("not_allowed", "No.")
