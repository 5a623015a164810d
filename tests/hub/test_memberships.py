"""Roles and suspensions that were asked for are carried out by the hub, one after the other, and told of."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ChangeRole, SuspendMember
from fleetdesk.errors import Refused, Unavailable
from fleetdesk.hub.memberships import MembershipJob, Memberships, OwnMemberships
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.members import MemberChange
from fleetdesk.protocol import Verdict
from tests.hub.acts import NOW
from tests.hub.support import Hosted, Laptop, at_once, insert_person

OTHER_ADMIN = "second"
ROLES = "SELECT role, status FROM adm_members WHERE id = %s"
INTENT = "SELECT state, outcome FROM sys_intent WHERE subject_id = %s"
EVENTS = "SELECT actor_id, role, action, sentence, outcome FROM sys_audit_event WHERE action = 'members.settle'"


def member_id(role: Role) -> str:
    return f"member-{role}"


def about(member: str) -> dict[str, Any]:
    return {"id": new_id(), "issued_at": NOW, "member_id": member}


def to_finance(member: str, base: Role) -> ChangeRole:
    return ChangeRole(**about(member), base=base, role=Role.FINANCE)


def job(hosted: Hosted, source: Memberships | None = None) -> MembershipJob:
    hub = hosted.hub()
    return MembershipJob(hub.database, hosted.platform, source or OwnMemberships(), hosted.clock)


def ask(hosted: Hosted, command: Command, by: str = f"user_{Role.SUPER_ADMIN}") -> Verdict:
    laptop = Laptop(hosted.hub(), subject=by)
    [verdict] = laptop.push(command)
    return verdict


@pytest.fixture
def other_admin(hosted: Hosted) -> str:
    """A second super admin, by the id of their membership."""
    with hosted.owner() as connection:
        insert_person(connection, Role.SUPER_ADMIN, OTHER_ADMIN)
    return f"member-{OTHER_ADMIN}"


class Source:
    """A provider that notes what it is asked for, and answers as it is told to."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str]] = []

    def carry_out(self, subject: str, change: MemberChange, key: str) -> None:
        self.asked.append((subject, change.new, key))
        if self.answer is not None:
            raise self.answer

    def is_done(self, subject: str, change: MemberChange) -> bool:
        raise AssertionError("nothing is to be looked up")


def test_what_was_asked_for_is_carried_out(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    job(hosted).carry_out()
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.FINANCE, "active")]
    assert hosted.rows(INTENT, member_id(Role.SUPPORT)) == [("done", None)]


def test_until_then_everything_stays_as_it_was(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.SUPPORT, "active")]
    assert hosted.rows(INTENT, member_id(Role.SUPPORT)) == [("waiting", None)]


def test_it_is_a_command_by_the_hub_itself_under_an_id_that_follows_from_the_persons(hosted: Hosted) -> None:
    command = to_finance(member_id(Role.SUPPORT), Role.SUPPORT)
    ask(hosted, command)
    job(hosted).carry_out()
    assert hosted.rows(EVENTS) == [
        ("hub", "system", "members.settle", "Carried out a change of a membership", "applied")
    ]
    assert hosted.rows("SELECT command_id FROM sys_audit_event WHERE action = 'members.settle'") == [
        (f"member.change:{command.id}:settled",)
    ]


def test_the_audit_log_has_the_role_before_and_after(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    job(hosted).carry_out()
    [(body,)] = hosted.rows(
        "SELECT body::json -> 'changes' FROM sys_audit_payload JOIN sys_audit_event USING (id)"
        " WHERE action = 'members.settle'"
    )
    [change] = [change for change in body if change["table"] == "adm_members"]
    assert (change["before"]["role"], change["after"]["role"]) == (Role.SUPPORT, Role.FINANCE)


def test_carrying_out_again_does_nothing(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    job(hosted).carry_out()
    job(hosted).carry_out()
    assert len(hosted.rows(EVENTS)) == 1


def test_who_is_suspended_is_turned_away(hosted: Hosted) -> None:
    ask(hosted, SuspendMember(**about(member_id(Role.SUPPORT))))
    job(hosted).carry_out()
    with pytest.raises(Refused) as refusal:
        Laptop(hosted.hub(), Role.SUPPORT).load()
    assert refusal.value.code == "not_staff"


# ------------------------------------------------------------------------------------------------- the last super admin


def test_two_super_admins_who_demote_each_other_at_once_leave_one(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, to_finance(other_admin, Role.SUPER_ADMIN))
    ask(hosted, to_finance(member_id(Role.SUPER_ADMIN), Role.SUPER_ADMIN), by=f"user_{OTHER_ADMIN}")
    at_once(*[job(hosted).carry_out for _ in range(3)])
    job(hosted).carry_out()
    outcomes = hosted.rows("SELECT state, outcome FROM sys_intent ORDER BY state")
    assert outcomes == [("done", None), ("failed", "last_super_admin")]
    assert hosted.rows("SELECT count(*) FROM adm_members WHERE role = %s", Role.SUPER_ADMIN) == [(1,)]


def test_two_super_admins_who_suspend_and_demote_each_other_leave_one(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, SuspendMember(**about(other_admin)))
    ask(hosted, to_finance(member_id(Role.SUPER_ADMIN), Role.SUPER_ADMIN), by=f"user_{OTHER_ADMIN}")
    job(hosted).carry_out()
    assert hosted.rows("SELECT outcome FROM sys_intent WHERE state = 'failed'") == [("last_super_admin",)]


def test_a_change_under_way_counts_as_done_for_the_next(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, to_finance(other_admin, Role.SUPER_ADMIN))
    away = job(hosted, Source(Unavailable("Away.")))
    with pytest.raises(Unavailable):
        away.carry_out()
    ask(hosted, to_finance(member_id(Role.SUPER_ADMIN), Role.SUPER_ADMIN), by=f"user_{OTHER_ADMIN}")
    job(hosted).carry_out()
    assert hosted.rows(INTENT, member_id(Role.SUPER_ADMIN)) == [("failed", "last_super_admin")]


def test_one_of_two_super_admins_is_demoted(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, to_finance(other_admin, Role.SUPER_ADMIN))
    job(hosted).carry_out()
    assert hosted.rows(ROLES, other_admin) == [(Role.FINANCE, "active")]


def test_what_somebody_asked_who_is_no_super_admin_any_more_is_not_done(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT), by=f"user_{OTHER_ADMIN}")
    hosted.execute("UPDATE adm_members SET role = 'platform_support' WHERE id = %s", other_admin)
    job(hosted).carry_out()
    assert hosted.rows(INTENT, member_id(Role.SUPPORT)) == [("failed", "no_longer_allowed")]


def test_whatever_is_turned_down_is_told_with_its_reason(hosted: Hosted, other_admin: str) -> None:
    ask(hosted, to_finance(other_admin, Role.SUPER_ADMIN))
    ask(hosted, to_finance(member_id(Role.SUPER_ADMIN), Role.SUPER_ADMIN), by=f"user_{OTHER_ADMIN}")
    job(hosted).carry_out()
    assert "Turned down a change that would leave no super admin" in [row[3] for row in hosted.rows(EVENTS)]


# ------------------------------------------------------------------------------------------------------ at the provider


def test_the_source_hears_of_it_before_the_mirror_with_a_key_of_the_persons_command(hosted: Hosted) -> None:
    command = to_finance(member_id(Role.SUPPORT), Role.SUPPORT)
    ask(hosted, command)
    source = Source(Unavailable("Away."))
    with pytest.raises(Unavailable):
        job(hosted, source).carry_out()
    assert source.asked == [(f"user_{Role.SUPPORT}", Role.FINANCE, f"member.change:{command.id}")]
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.SUPPORT, "active")]


def test_what_a_source_that_was_away_did_not_do_is_taken_up_again_under_the_same_key(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    source = Source(Unavailable("Away."))
    with pytest.raises(Unavailable):
        job(hosted, source).carry_out()
    source.answer = None
    hosted.clock.advance(minutes=2)
    job(hosted, source).carry_out()
    assert len(set(source.asked)) == 1
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.FINANCE, "active")]


def test_what_one_hub_is_at_another_leaves_alone_for_a_minute(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    with pytest.raises(Unavailable):
        job(hosted, Source(Unavailable("Away."))).carry_out()
    other = Source()
    job(hosted, other).carry_out()
    assert other.asked == []


def test_what_the_source_refuses_is_not_done(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    job(hosted, Source(Refused("unknown", "Not ours."))).carry_out()
    assert hosted.rows(INTENT, member_id(Role.SUPPORT)) == [("failed", "provider")]
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.SUPPORT, "active")]


def test_what_no_command_wrote_holds_up_nothing(hosted: Hosted) -> None:
    hosted.execute(
        "INSERT INTO sys_intent (id, scope, kind, subject_id, payload, idempotency_key, state, attempts,"
        " created_at, updated_at)"
        " VALUES ('x', 'members', 'member.change', %s, '{}', 'x', 'waiting', 0, %s, now())",
        member_id(Role.COMMERCIAL),
        NOW - dt.timedelta(days=1),
    )
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    job(hosted).carry_out()
    assert hosted.rows(ROLES, member_id(Role.SUPPORT)) == [(Role.FINANCE, "active")]


def test_what_is_being_withdrawn_is_not_carried_out(hosted: Hosted) -> None:
    ask(hosted, to_finance(member_id(Role.SUPPORT), Role.SUPPORT))
    source = Source()
    running = threading.Thread(target=job(hosted, source).carry_out)
    with hosted.owner() as withdrawing:
        withdrawing.execute("UPDATE sys_intent SET state = 'failed', outcome = 'withdrawn'")
        running.start()
        while not hosted.rows("SELECT FROM pg_locks WHERE NOT granted"):
            assert running.is_alive()
    running.join()
    assert source.asked == []
    assert hosted.rows(INTENT, member_id(Role.SUPPORT)) == [("failed", "withdrawn")]
