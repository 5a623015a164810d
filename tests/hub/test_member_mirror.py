"""The mirror of memberships follows Clerk, and what was asked for here is carried out there first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace

import httpx
import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ChangeRole, ReinstateMember, SuspendMember
from fleetdesk.errors import BadSettings, Busy, FleetDeskError, ProtocolError, Refused, Unavailable
from fleetdesk.hub.member_mirror import MemberMirror, standing_trouble
from fleetdesk.hub.memberships import MembershipJob
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Verdict
from fleetdesk.providers.clerk import Clerk
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings
from tests.clerk import KEY, ORGANISATION_ID, ClerkSandbox, Fault
from tests.hub.acts import NOW
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, TrustingVerifier, insert_person, listening
from tests.hub.test_events import RIGHTS, Listener

SUPPORT = f"user_{Role.SUPPORT}"
ADMIN = f"user_{Role.SUPER_ADMIN}"
MEMBER = (
    "SELECT member.role, member.status, member.deleted_at IS NULL FROM adm_members AS member"
    " JOIN adm_users AS person ON person.id = user_id WHERE provider_id = %s ORDER BY member.created_at"
)
PERSON = "SELECT first_name, last_name, email, email_key FROM adm_users WHERE provider_id = %s"
INTENT = "SELECT state, outcome FROM sys_intent WHERE subject_id = %s"
EVENTS = "SELECT actor_id, action, sentence, outcome FROM sys_audit_event WHERE action LIKE 'members.%%'"
WORKING = "SELECT count(*) FROM adm_members WHERE deleted_at IS NULL AND status = 'active'"


@pytest.fixture
def clerk(hosted: Hosted) -> Iterator[ClerkSandbox]:
    """Clerk as the mirror has it: the staff of each role."""
    with ClerkSandbox() as sandbox:
        for role in STAFF_ROLES:
            sandbox.add(f"user_{role}", role, first_name="Person", last_name=str(role))
        yield sandbox


@pytest.fixture
def source(clerk: ClerkSandbox) -> Iterator[ClerkMemberships]:
    """What the hub has of it."""
    source = ClerkMemberships(Clerk(KEY, ORGANISATION_ID, address=clerk.address))
    yield source
    source.close()


@pytest.fixture
def mirror(hosted: Hosted, source: ClerkMemberships) -> MemberMirror:
    """The mirror of one hub; the pictures that Clerk has of everybody are known already."""
    hosted.execute("UPDATE adm_users SET image_url = 'https://img.clerk.com/x'")
    return another(hosted, source)


@pytest.fixture
def job(hosted: Hosted, source: ClerkMemberships) -> MembershipJob:
    """What carries out, at one hub."""
    return MembershipJob(hosted.hub().database, hosted.platform, source, hosted.clock)


def another(hosted: Hosted, source: ClerkMemberships) -> MemberMirror:
    return MemberMirror(hosted.hub().database, hosted.platform, source, hosted.clock, interval=60.0)


def ask(hosted: Hosted, command: Command, by: str = ADMIN) -> Verdict:
    [verdict] = Laptop(hosted.hub(), subject=by).push(command)
    return verdict


def to_finance() -> ChangeRole:
    return ChangeRole(
        id=new_id(), issued_at=NOW, member_id=f"member-{Role.SUPPORT}", base=Role.SUPPORT, role=Role.FINANCE
    )


def suspension(role: Role = Role.SUPPORT) -> SuspendMember:
    return SuspendMember(id=new_id(), issued_at=NOW, member_id=f"member-{role}")


def trouble(hosted: Hosted) -> str:
    with hosted.hub().database.reading() as connection:
        return standing_trouble(connection)


# ------------------------------------------------------------------------------------------------------- it follows


def test_what_is_the_same_changes_nothing(hosted: Hosted, mirror: MemberMirror) -> None:
    assert mirror.follow() == ()
    assert hosted.rows(EVENTS) == []


def test_a_role_that_was_changed_at_clerk_reaches_the_mirror(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


def test_a_role_without_its_prefix_is_the_same_role(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.role_prefix = False
    assert mirror.follow() == ()
    assert hosted.rows(EVENTS) == []


def test_it_is_an_act_of_the_hub_in_the_audit_log(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    mirror.follow()
    assert hosted.rows(EVENTS) == [("hub", "members.follow", "Followed a change at the identity provider", "applied")]


def test_a_laptop_that_listens_learns_of_it_and_pulls_another_role(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    laptop = Laptop(hosted.hub(), Role.COMMERCIAL)
    laptop.load()
    with listening(laptop.hub) as url:
        listener = Listener(url, Role.COMMERCIAL)
        listener.hear()
        clerk.change(f"user_{Role.COMMERCIAL}", role="org:platform_support")
        mirror.follow()
        assert listener.hear() == RIGHTS
    listener.join()
    assert "leads" in laptop.pull().head.lost_scopes


def test_somebody_new_is_taken_in_and_can_work(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.add("user_new", Role.COMMERCIAL, first_name="Zoé", last_name="Haddad", email="Zoe@Example.com")
    mirror.follow()
    assert hosted.rows(PERSON, "user_new") == [("Zoé", "Haddad", "Zoe@Example.com", "zoe@example.com")]
    Laptop(hosted.hub(), subject="user_new").load()


def test_who_left_is_dismissed_and_turned_away(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.change(SUPPORT, role=None)
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", False)]
    with pytest.raises(Refused):
        Laptop(hosted.hub(), Role.SUPPORT).load()


def test_who_comes_back_has_a_new_membership(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.change(SUPPORT, role=None)
    mirror.follow()
    clerk.change(SUPPORT, role="org:platform_finance")
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", False), (Role.FINANCE, "active", True)]


def test_who_comes_back_under_another_account_and_the_same_address_is_welcome(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    email = clerk.people[SUPPORT].email
    clerk.remove(SUPPORT)
    clerk.add("user_again", Role.SUPPORT, email=email)
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, "user_again") == [(Role.SUPPORT, "active", True)]


def test_who_left_and_lost_their_account_later_is_welcome_under_another_one(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    email = clerk.people[SUPPORT].email
    clerk.change(SUPPORT, role=None)
    mirror.follow()
    clerk.remove(SUPPORT)
    clerk.add("user_again", Role.SUPPORT, email=email)
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, "user_again") == [(Role.SUPPORT, "active", True)]
    assert hosted.rows("SELECT deletion_reason FROM adm_users WHERE provider_id = %s", SUPPORT) == [
        ("Noted that somebody who had left has no account at the identity provider any more",)
    ]


def test_who_left_and_has_an_account_keeps_their_address(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    email = clerk.people[SUPPORT].email
    clerk.change(SUPPORT, role=None)
    mirror.follow()
    clerk.add("user_again", Role.SUPPORT, email=email)
    assert "belongs to two people" in " ".join(mirror.follow())
    assert hosted.rows(PERSON, SUPPORT)[0][2] == email


def test_name_and_address_follow(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.change(SUPPORT, first_name="Sara\n", last_name="Ali", email="Sara@Example.com")
    mirror.follow()
    assert hosted.rows(PERSON, SUPPORT) == [("Sara", "Ali", "Sara@Example.com", "sara@example.com")]
    assert mirror.follow() == ()
    assert len(hosted.rows(EVENTS)) == 1


def test_who_signs_in_by_telephone_is_known_by_their_address(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, identifier="+971501234567")
    assert mirror.follow() == ()
    assert hosted.rows(EVENTS) == []


@pytest.mark.parametrize("kept_out", ["banned", "deprovisioned"])
@pytest.mark.parametrize("silent", [False, True])
def test_who_is_kept_out_at_clerk_is_suspended(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, kept_out: str, *, silent: bool
) -> None:
    clerk.silent_about_bans = silent
    clerk.change(SUPPORT, **{kept_out: True})
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "suspended", True)]


def test_a_role_that_is_none_of_the_staffs_ends_access_and_is_told_of(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:admin")
    clerk.add("user_other", "org:member")
    [admin, member] = mirror.follow()
    assert ("“org:admin”" in admin, "“org:member”" in member) == (True, True)
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", False)]
    assert hosted.rows(MEMBER, "user_other") == []


def test_many_pages_are_one_list(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    for number in range(510):
        clerk.add(f"user_{number}", Role.FINANCE)
    mirror.follow()
    assert hosted.rows(WORKING) == [(510 + len(STAFF_ROLES),)]


def test_an_address_that_another_one_has_holds_back_nothing_but_itself(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, email=f"{Role.FINANCE}@example.com", role="org:platform_commercial")
    assert "belongs to two people" in " ".join(mirror.follow())
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.COMMERCIAL, "active", True)]
    assert hosted.rows(PERSON, SUPPORT)[0][2] == f"{Role.SUPPORT}@example.com"


def test_two_who_pass_an_address_on_have_it_one_after_the_other(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, email=f"{Role.FINANCE}@example.com")
    clerk.change(f"user_{Role.FINANCE}", email="finance-now@example.com")
    assert mirror.follow() == ()
    assert hosted.rows(PERSON, SUPPORT)[0][2] == f"{Role.FINANCE}@example.com"


def test_two_who_exchange_their_addresses_are_told_of_by_their_accounts(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    finance = f"user_{Role.FINANCE}"
    one, other = clerk.people[SUPPORT].email, clerk.people[finance].email
    clerk.change(SUPPORT, email=other)
    clerk.change(finance, email=one)
    told = " ".join(mirror.follow())
    assert (f"to {SUPPORT}, here to {finance}" in told, f"to {finance}, here to {SUPPORT}" in told) == (True, True)
    assert "@" not in told


def test_who_is_suspended_as_a_person_here_alone_is_let_in_again(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    hosted.execute("UPDATE adm_users SET status = 'suspended' WHERE provider_id = %s", SUPPORT)
    assert mirror.follow() == ()
    Laptop(hosted.hub(), Role.SUPPORT).load()


def test_who_is_deleted_as_a_person_here_alone_is_told_of(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    hosted.execute("UPDATE adm_users SET deleted_at = now() WHERE provider_id = %s", SUPPORT)
    assert "deleted as people here (adm_users), and so turned away: 1." in " ".join(mirror.follow())


def test_a_new_member_without_an_address_waits_for_one(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.add("user_new", Role.FINANCE, email="")
    assert "no email address" in " ".join(mirror.follow())
    assert hosted.rows(MEMBER, "user_new") == []


# ----------------------------------------------------------------------------------------------------- what it trusts


def test_an_empty_list_dismisses_nobody(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    for id in list(clerk.people):
        clerk.change(id, role=None)
    assert "more than half of the staff" in " ".join(mirror.follow())
    assert hosted.rows(WORKING) == [(len(STAFF_ROLES),)]
    assert "more than half of the staff" in trouble(hosted)


def test_a_list_that_leaves_somebody_out_dismisses_nobody(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.page_of = lambda people: [person for person in people if person.id != SUPPORT]
    assert mirror.follow() == ()
    assert hosted.rows(WORKING) == [(len(STAFF_ROLES),)]


def test_a_list_that_is_shorter_than_its_count_is_not_believed(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    clerk.count_of = lambda count: count + 1
    with pytest.raises(Unavailable):
        mirror.follow()
    assert hosted.rows(EVENTS) == []
    assert "not followed" in trouble(hosted)


def test_what_is_held_back_is_done_when_it_is_meant(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    for role in (Role.SUPPORT, Role.FINANCE, Role.COMMERCIAL):
        clerk.change(f"user_{role}", banned=True)
    mirror.follow()
    assert hosted.rows(WORKING) == [(len(STAFF_ROLES),)]
    mirror.follow(although_many=True)
    assert hosted.rows(WORKING) == [(len(STAFF_ROLES) - 3,)]
    assert trouble(hosted) == ""


def test_others_follow_while_many_are_held_back(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    for role in (Role.FINANCE, Role.COMMERCIAL, Role.PRODUCT_MANAGER):
        clerk.change(f"user_{role}", role=None)
    clerk.change(SUPPORT, role="org:platform_finance")
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


@pytest.mark.parametrize(
    "change", [{"role": None}, {"role": "org:platform_finance"}, {"banned": True}, {"role": "org:admin"}]
)
def test_the_last_super_admin_stays_one(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, change: dict[str, object]
) -> None:
    clerk.change(ADMIN, **change)
    assert "last super admin" in " ".join(mirror.follow(although_many=True))
    assert hosted.rows(MEMBER, ADMIN) == [(Role.SUPER_ADMIN, "active", True)]


def test_a_super_admin_whom_another_one_follows_may_go(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(ADMIN, role=None)
    clerk.add("user_new", Role.SUPER_ADMIN)
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, ADMIN) == [(Role.SUPER_ADMIN, "active", False)]


def test_of_two_super_admins_who_go_at_once_one_stays(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:platform_super_admin")
    mirror.follow()
    clerk.change(SUPPORT, role="org:platform_support")
    clerk.change(ADMIN, role="org:platform_support")
    mirror.follow()
    assert hosted.rows("SELECT count(*) FROM adm_members WHERE role = %s", Role.SUPER_ADMIN) == [(1,)]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(body=b"<html>"), ProtocolError),
        (Fault(body=b'{"data": [], "total_count": 0, '), ProtocolError),
        (Fault(body=b'{"data": [{"object": "user"}], "total_count": 1}'), ProtocolError),
        (Fault(status=500), Unavailable),
        (Fault(status=401), BadSettings),
        (Fault(status=302, headers={"Location": "http://127.0.0.1:9/"}), ProtocolError),
        (Fault(deaf=True), Unavailable),
    ],
    ids=["a page", "half an answer", "another answer", "trouble", "key refused", "elsewhere", "cut off"],
)
def test_an_answer_that_is_none_changes_nothing_and_is_told_of(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, fault: Fault, error: type[FleetDeskError]
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    clerk.faults.append(replace(fault, about="/memberships"))
    with pytest.raises(error):
        mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]
    assert "not followed" in trouble(hosted)


@pytest.mark.parametrize(
    "fault", [Fault(status=422), Fault(body=b"{}"), Fault(status=500)], ids=["refused", "another answer", "trouble"]
)
def test_an_account_that_is_not_shown_holds_up_nothing(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, fault: Fault
) -> None:
    clerk.change(SUPPORT, role=None)
    clerk.change(f"user_{Role.FINANCE}", banned=True)
    clerk.faults.append(replace(fault, about=f"/users/{SUPPORT}"))
    assert "still has an account is not known" in " ".join(mirror.follow())
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", False)]
    assert hosted.rows(MEMBER, f"user_{Role.FINANCE}") == [(Role.FINANCE, "suspended", True)]
    assert hosted.rows("SELECT count(*) FROM adm_users WHERE deleted_at IS NOT NULL") == [(0,)]


@pytest.mark.parametrize(
    ("hidden", "faults"),
    [
        ({SUPPORT}, []),
        (set(), [Fault(status=422, about="/users"), Fault(status=422, about=f"/users/{SUPPORT}")]),
        (set(), [Fault(body=b"[{}]", about="/users"), Fault(body=b"{}", about=f"/users/{SUPPORT}")]),
    ],
    ids=["left out", "refused", "another answer"],
)
def test_a_member_whose_standing_is_not_shown_keeps_theirs_and_others_follow(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, hidden: set[str], faults: list[Fault]
) -> None:
    clerk.silent_about_bans = True
    clerk.change(SUPPORT, role="org:platform_commercial", banned=True)
    clerk.change(f"user_{Role.FINANCE}", banned=True)
    clerk.hidden, clerk.faults = hidden, deque(faults)
    assert "of 1 of its members whether they are suspended" in " ".join(mirror.follow())
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.COMMERCIAL, "active", True)]
    assert hosted.rows(MEMBER, f"user_{Role.FINANCE}") == [(Role.FINANCE, "suspended", True)]


def test_somebody_new_whose_standing_is_not_shown_waits(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.silent_about_bans = True
    clerk.add("user_new", Role.FINANCE, banned=True)
    clerk.hidden.add("user_new")
    mirror.follow()
    assert hosted.rows(MEMBER, "user_new") == []


def test_trouble_that_is_over_is_told_of_no_more(hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox) -> None:
    clerk.faults.append(Fault(status=500))
    with pytest.raises(Unavailable):
        mirror.follow()
    mirror.follow()
    assert trouble(hosted) == ""


def test_a_hub_that_is_ready_says_beside_that_it_needs_attention_and_no_more(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, source: ClerkMemberships
) -> None:
    settings = HubSettings(database_url=hosted.database.hub.url)
    verifier = TrustingVerifier(hosted.clock)
    hub = Hub(settings, hosted.platform, verifier=verifier, clock=hosted.clock, roll=source)
    with closing(hub), listening(hub) as url:
        assert httpx.get(url + "/readyz").json() == {"status": "ready"}
        clerk.change(ADMIN, role=None)
        mirror.follow()
        answer = httpx.get(url + "/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "attention": "needed"})


def test_a_hub_without_clerk_needs_no_attention_for_what_was_there_with_it(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(ADMIN, role=None)
    mirror.follow()
    assert (trouble(hosted) != "", hosted.hub().needs_attention()) == (True, False)


# ------------------------------------------------------------------------------------------------- changes under way


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


def test_a_ban_at_clerk_is_followed_while_a_role_is_under_way(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    ask(hosted, to_finance())
    clerk.change(SUPPORT, banned=True)
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "suspended", True)]


def test_a_ban_at_clerk_is_followed_though_a_role_was_asked_for_since_the_list_was_read(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, banned=True)
    clerk.faults.append(Fault(about="/memberships", meanwhile=lambda: ask(hosted, to_finance())))
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "suspended", True)]


def test_a_member_whom_somebody_else_changes_just_now_holds_up_nobody_else(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    for role in (Role.SUPPORT, Role.FINANCE):
        clerk.change(f"user_{role}", banned=True)
    mirror.take_turn()  # without this the next turn would be the first, which reads in any case
    hosted.execute("UPDATE adm_members SET status = 'active'")
    hosted.clock.advance(seconds=61)
    with hosted.owner() as connection:
        connection.execute("SELECT FROM adm_members WHERE id = %s FOR UPDATE", [f"member-{Role.SUPPORT}"])
        mirror.take_turn()
        assert hosted.rows(MEMBER, f"user_{Role.FINANCE}") == [(Role.FINANCE, "suspended", True)]
        assert "just now" in trouble(hosted)
    mirror.take_turn()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "suspended", True)]
    assert trouble(hosted) == ""


def test_a_reading_from_before_a_change_does_not_turn_it_back(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    def changed_since() -> None:
        hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE id = %s", f"member-{Role.SUPPORT}")

    clerk.change(SUPPORT, role="org:platform_commercial")
    clerk.faults.append(Fault(about="/memberships", meanwhile=changed_since))
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


def test_what_was_asked_for_since_the_list_was_read_is_not_turned_back(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:platform_commercial")
    clerk.faults.append(Fault(about="/memberships", meanwhile=lambda: ask(hosted, to_finance())))
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]


# ---------------------------------------------------------------------------------------------- carried out at Clerk


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


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(deaf=True)], ids=["trouble", "cut off"])
def test_while_clerk_is_away_a_change_waits_and_is_done_once_later(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob, fault: Fault
) -> None:
    ask(hosted, to_finance())
    clerk.faults.append(fault)
    with pytest.raises(Unavailable):
        job.carry_out()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert clerk.count("PATCH") == 1
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


@pytest.mark.parametrize(
    ("command", "method"), [(to_finance, "PATCH"), (suspension, "POST")], ids=["a role", "a suspension"]
)
def test_what_was_done_without_an_answer_is_done_once(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob, command: type[Command], method: str
) -> None:
    ask(hosted, command())  # type: ignore[call-arg]
    clerk.faults.append(Fault(method, lost=True))
    with pytest.raises(Unavailable):
        job.carry_out()
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert clerk.count(method) == 1
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
    command: type[Command],
    method: str,
    becomes: tuple[object, ...],
) -> None:
    _ask_and_lose_the_role(hosted, job, clerk, command(), Fault(method, lost=True))  # type: ignore[call-arg]
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
    threads = [threading.Thread(target=job.carry_out) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clerk.count("PATCH") == 1


def test_what_clerk_refuses_is_not_done(hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob) -> None:
    ask(hosted, suspension())
    clerk.faults.append(Fault("POST", status=402))
    job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("failed", "provider")]
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.SUPPORT, "active", True)]


def test_a_role_that_was_changed_at_clerk_meanwhile_stays(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    clerk.change(SUPPORT, role="org:platform_commercial")
    job.carry_out()
    assert clerk.people[SUPPORT].role == "org:platform_commercial"
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("failed", "overtaken")]


def test_a_change_of_somebody_who_left_clerk_is_not_done(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    clerk.change(SUPPORT, role=None)
    job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("failed", "provider")]


def test_an_answer_that_makes_no_sense_leaves_the_change_to_be_looked_up(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    clerk.faults.append(Fault("PATCH", body=b"{}"))
    with pytest.raises(ProtocolError):
        job.carry_out()
    hosted.clock.advance(minutes=2)
    job.carry_out()
    assert clerk.count("PATCH") == 1
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("done", None)]


def test_a_key_that_is_accepted_no_more_leaves_the_change_waiting(
    hosted: Hosted, clerk: ClerkSandbox, job: MembershipJob
) -> None:
    ask(hosted, to_finance())
    clerk.faults.append(Fault(status=401))
    with pytest.raises(BadSettings):
        job.carry_out()
    assert hosted.rows(INTENT, f"member-{Role.SUPPORT}") == [("running", None)]


# ------------------------------------------------------------------------------------------------------ several hubs


def test_of_two_hubs_one_reads(hosted: Hosted, clerk: ClerkSandbox, source: ClerkMemberships) -> None:
    one, two = another(hosted, source), another(hosted, source)
    one.take_turn()
    two.take_turn()
    read = clerk.listed
    hosted.clock.advance(seconds=61)
    one.take_turn()
    two.take_turn()
    assert clerk.listed - read == 1


def test_a_hub_that_starts_reads_at_once(hosted: Hosted, clerk: ClerkSandbox, source: ClerkMemberships) -> None:
    another(hosted, source).take_turn()
    another(hosted, source).take_turn()
    assert clerk.listed == 2


def test_a_hub_does_not_read_again_before_its_time(
    hosted: Hosted, clerk: ClerkSandbox, source: ClerkMemberships
) -> None:
    one = another(hosted, source)
    one.take_turn()
    one.take_turn()
    assert clerk.listed == 1


def test_hubs_that_follow_at_once_tell_of_each_change_once(
    hosted: Hosted, clerk: ClerkSandbox, source: ClerkMemberships, mirror: MemberMirror
) -> None:
    clerk.add("user_new", Role.FINANCE)
    clerk.change(SUPPORT, role="org:platform_finance")
    mirrors = [mirror, another(hosted, source), another(hosted, source)]
    threads = [threading.Thread(target=_followed, args=(one,)) for one in mirrors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row[1] for row in hosted.rows(EVENTS)) == ["members.follow", "members.join"]
    assert trouble(hosted) == ""
    assert hosted.rows(MEMBER, "user_new") == [(Role.FINANCE, "active", True)]


def test_too_many_requests_are_followed_by_silence_as_long_as_clerk_says(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.faults.append(Fault(status=429, headers={"Retry-After": "30"}))
    with pytest.raises(Busy) as busy:
        mirror.follow()
    asked = len(clerk.asked)
    with pytest.raises(Busy):
        mirror.follow()
    assert (busy.value.seconds, len(clerk.asked)) == (30.0, asked)


def _followed(mirror: MemberMirror) -> None:
    with suppress(Busy):  # another one may decide for longer than this one waits
        mirror.follow()
