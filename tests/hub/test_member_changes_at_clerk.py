"""What was asked for in FleetDesk is carried out at Clerk first, once, and the mirror waits for what becomes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ReinstateMember
from fleetdesk.errors import BadSettings, FleetDeskError, ProtocolError, Refused, Unavailable
from fleetdesk.hub.member_mirror import MemberMirror
from fleetdesk.hub.memberships import MembershipJob
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from tests.clerk import ClerkSandbox, Fault
from tests.hub.acts import NOW
from tests.hub.at_clerk import INTENT, MEMBER, SUPPORT, ask, suspension, to_finance
from tests.hub.support import Hosted, at_once, insert_person


def test_what_waits_to_be_carried_out_is_not_turned_back(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    clerk.faults.append(Fault("PATCH", lost=True))
    with pytest.raises(Unavailable):
        job.carry_out()
    mirror.follow()  # Clerk has the new role, the mirror waits for the outcome
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("running", None)]


@pytest.mark.parametrize("late", [False, True], ids=["before", "since the list was read"])
def test_a_ban_at_clerk_is_followed_though_a_role_was_asked_for(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, *, late: bool
) -> None:
    clerk.change(SUPPORT, banned=True)
    if late:
        clerk.faults.append(Fault(about="/memberships", meanwhile=lambda: ask(hosted, to_finance())))
    else:
        ask(hosted, to_finance())
    mirror.follow()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("waiting", None)]
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "suspended", True)]


def test_a_role_is_changed_at_clerk_and_then_in_the_mirror(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    job.carry_out()
    assert clerk.people[SUPPORT].role == "org:platform_finance"
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


def test_a_suspension_is_a_ban_and_taking_back_lifts_it(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, suspension())
    job.carry_out()
    assert (clerk.people[SUPPORT].banned, clerk.people[SUPPORT].role) == (True, "org:platform_support")
    ask(hosted, ReinstateMember(id=new_id(), issued_at=NOW, member_id=f"member-{Role.SUPPORT}"))
    job.carry_out()
    assert not clerk.people[SUPPORT].banned
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault(status=503), Unavailable), (Fault(deaf=True), Unavailable), (Fault(status=401), BadSettings)],
    ids=["trouble", "cut off", "key accepted no more"],
)
def test_while_clerk_cannot_be_asked_a_change_waits_and_is_done_once_later(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob, fault: Fault, error: type[FleetDeskError]
) -> None:
    ask(hosted, to_finance())
    clerk.faults.append(fault)
    with pytest.raises(error):
        job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("running", None)]
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert clerk.count("PATCH") == 1
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


@pytest.mark.parametrize(
    ("command", "fault", "error"),
    [
        (to_finance, Fault("PATCH", lost=True), Unavailable),
        (suspension, Fault("POST", lost=True), Unavailable),
        (to_finance, Fault("PATCH", body=b"{}"), ProtocolError),
    ],
    ids=["a role", "a suspension", "an answer that makes no sense"],
)
def test_what_was_done_without_an_answer_is_done_once(
    hosted: Hosted,
    clerk: ClerkSandbox,
    job: MembershipJob,
    command: Callable[[], Command],
    fault: Fault,
    error: type[FleetDeskError],
) -> None:
    ask(hosted, command())
    clerk.faults.append(fault)
    with pytest.raises(error):
        job.carry_out()
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert clerk.count(fault.method) == 1
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("done", None)]


@pytest.mark.parametrize(
    ("command", "method", "becomes"),
    [(to_finance, "PATCH", (Role.FINANCE, "active", True)), (suspension, "POST", (Role.SUPPORT, "suspended", True))],
    ids=["a role", "a suspension"],
)
def test_what_was_done_without_an_answer_is_told_as_done_though_who_asked_is_no_super_admin_any_more(
    hosted: Hosted,
    clerk: ClerkSandbox,
    job: MembershipJob,
    command: Callable[[], Command],
    method: str,
    becomes: tuple[object, ...],
) -> None:
    _ask_and_lose_the_role(hosted, job, clerk, command(), Fault(method, lost=True))
    job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("done", None)]
    assert hosted.rows(MEMBER, SUPPORT) == [becomes]
    assert clerk.count(method) == 1


@pytest.mark.parametrize(("status", "error"), [(500, Unavailable), (422, Refused)], ids=["trouble", "not shown"])
def test_what_was_not_done_is_not_done_later_where_who_asked_is_no_super_admin_any_more(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob, status: int, error: type[FleetDeskError]
) -> None:
    _ask_and_lose_the_role(hosted, job, clerk, to_finance(), Fault("PATCH", deaf=True))
    clerk.faults.append(Fault(status=status))
    with pytest.raises(error):
        job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("running", None)]
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("failed", "no_longer_allowed")]
    assert clerk.people[SUPPORT].role == "org:platform_support"


def _ask_and_lose_the_role(
    hosted: Hosted, job: MembershipJob, clerk: ClerkSandbox, command: Command, fault: Fault
) -> None:
    """Another super admin asks, Clerk doesn't answer, and two minutes later they are none any more."""
    with hosted.owner() as connection:
        insert_person(connection, Role.SUPER_ADMIN, "second")
    ask(hosted, command, by="user_second")
    clerk.faults.append(fault)
    with pytest.raises(Unavailable):
        job.carry_out()
    hosted.execute("UPDATE adm_members SET role = 'platform_support' WHERE id = 'member-second'")
    hosted.clock.advance(minutes=2)


def test_two_hubs_carry_out_once(hosted: Hosted, clerk: ClerkSandbox, source: ClerkMemberships) -> None:
    ask(hosted, to_finance())
    jobs = [MembershipJob(hosted.hub().database, hosted.platform, source, hosted.clock) for _ in range(3)]
    at_once(*[job.carry_out for job in jobs])
    assert clerk.count("PATCH") == 1


@pytest.mark.parametrize(
    ("command", "at_clerk", "faults", "why"),
    [
        (suspension, {}, [Fault("POST", status=402)], "provider"),
        (to_finance, {"role": "org:platform_commercial"}, [], "overtaken"),
        (to_finance, {"role": None}, [], "provider"),
    ],
    ids=["refused", "changed meanwhile", "left"],
)
def test_a_change_that_is_not_done_says_why(
    hosted: Hosted,
    clerk: ClerkSandbox,
    job: MembershipJob,
    command: Callable[[], Command],
    at_clerk: dict[str, str | None],
    faults: list[Fault],
    why: str,
) -> None:
    ask(hosted, command())
    clerk.change(SUPPORT, **at_clerk)
    clerk.faults += faults
    there = clerk.people[SUPPORT]
    job.carry_out()
    assert clerk.people[SUPPORT] == there
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("failed", why)]
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]
