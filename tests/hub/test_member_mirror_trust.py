"""What the mirror of memberships does not believe, what it tells of, and when it reads Clerk's list."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial

import httpx
import pytest

from fleetdesk.errors import BadSettings, Busy, FleetDeskError, ProtocolError, Unavailable
from fleetdesk.hub.member_mirror import MemberMirror
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from fleetdesk.settings import HubSettings
from tests.clerk import ClerkSandbox, Fault
from tests.hub.at_clerk import ADMIN, EVENTS, MEMBER, SUPPORT, WORKING, another, ask, to_finance, trouble
from tests.hub.support import STAFF_ROLES, Hosted, TrustingVerifier, at_once, listening

TO_FINANCE = f"UPDATE adm_members SET role = 'platform_finance' WHERE id = 'member-{Role.SUPPORT}'"


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
    ("since", "stays"),
    [
        (lambda hosted: hosted.execute(TO_FINANCE), Role.FINANCE),
        (lambda hosted: ask(hosted, to_finance()), Role.SUPPORT),
    ],
    ids=["a change", "asked for"],
)
def test_a_reading_from_before_a_change_does_not_turn_it_back(
    hosted: Hosted, mirror: MemberMirror, clerk: ClerkSandbox, since: Callable[[Hosted], object], stays: Role
) -> None:
    clerk.change(SUPPORT, role="org:platform_commercial")
    clerk.faults.append(Fault(about="/memberships", meanwhile=lambda: since(hosted)))
    assert mirror.follow() == ()
    assert hosted.rows(MEMBER, SUPPORT) == [(stays, "active", True)]


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


# ------------------------------------------------------------------------------------------------------------- trouble


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


# ------------------------------------------------------------------------------------------------------- when it reads


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
    at_once(*[partial(_followed, one) for one in mirrors])
    assert sorted(row[1] for row in hosted.rows(EVENTS)) == ["members.follow", "members.join"]
    assert trouble(hosted) == ""
    assert hosted.rows(MEMBER, "user_new") == [(Role.FINANCE, "active", True)]


def _followed(mirror: MemberMirror) -> None:
    with suppress(Busy):  # another one may decide for longer than this one waits
        mirror.follow()


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
