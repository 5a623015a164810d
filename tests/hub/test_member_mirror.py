"""The mirror of memberships follows Clerk's list: who joins, changes, is kept out or leaves."""

from __future__ import annotations

import pytest

from fleetdesk.errors import Refused
from fleetdesk.hub.member_mirror import MemberMirror
from fleetdesk.models.access import Role
from tests.clerk import ClerkSandbox
from tests.hub.at_clerk import EVENTS, MEMBER, PERSON, SUPPORT, WORKING
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, listening
from tests.hub.test_events import RIGHTS, Listener


@pytest.mark.parametrize(
    ("prefix", "identifier"),
    [(True, None), (False, None), (True, "+971501234567")],
    ids=["all as it was", "a role without its prefix", "signed in by telephone"],
)
def test_what_is_the_same_changes_nothing(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, identifier: str | None, *, prefix: bool
) -> None:
    clerk.role_prefix = prefix
    clerk.change(SUPPORT, identifier=identifier)
    assert mirror.follow() == ()
    assert hosted.rows(EVENTS) == []


def test_a_role_that_was_changed_at_clerk_reaches_the_mirror(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox
) -> None:
    clerk.change(SUPPORT, role="org:platform_finance")
    mirror.follow()
    assert hosted.rows(MEMBER, SUPPORT) == [(Role.FINANCE, "active", True)]


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


@pytest.mark.parametrize(
    ("email", "shown", "why"),
    [("", True, "no email address"), ("new@example.com", False, "of 1 of its members whether they are suspended")],
    ids=["no address", "no standing"],
)
def test_a_new_member_of_whom_too_little_is_told_waits(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, email: str, why: str, *, shown: bool
) -> None:
    clerk.silent_about_bans = not shown
    clerk.hidden = set() if shown else {"user_new"}
    clerk.add("user_new", Role.FINANCE, email=email, banned=not shown)
    [told] = mirror.follow()
    assert why in told
    assert hosted.rows(MEMBER, "user_new") == []
