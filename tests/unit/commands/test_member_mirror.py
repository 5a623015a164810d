"""The hub's own commands by which the mirror follows the identity provider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.member_mirror import DismissMember, FollowMember, ForgetAccount, JoinMember
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.staff import Member, User
from fleetdesk.protocol import Verdict, VerdictKind
from tests.unit.commands.bench import ADMIN, NOON, Bench

HUB = Actor("hub", Role.SYSTEM)
LATER = NOON + dt.timedelta(hours=1)
BOTH: dict[str, Any] = {"issued_at": LATER, "user_id": "ali", "member_id": "member-ali"}


def join(subject: str = "user_ali", **values: object) -> JoinMember:
    person = {"email": "Ali@Example.com", "first_name": "Ali", "last_name": "Haddad", "image_url": None}
    standing = {"role": Role.SUPPORT, "status": "active"}
    return JoinMember(**({"id": "j", "subject": subject} | BOTH | person | standing | values))


def follow(asked: str | None = None, **edits: FieldEdit) -> FollowMember:
    of_person = {name: edit for name, edit in edits.items() if name not in ("role", "status")}
    of_membership = {name: edit for name, edit in edits.items() if name in ("role", "status")}
    return FollowMember(id="f", person=of_person, membership=of_membership, asked=asked, **BOTH)


def act(bench: Bench, command: Command) -> Verdict:
    return bench.perform(command, actor=HUB)


@pytest.fixture
def ali(bench: Bench) -> Bench:
    """Ali, who joined the support."""
    act(bench, join())
    return bench


def person(bench: Bench) -> Mapping[str, object]:
    row = bench.row(User, "ali")
    return {"email": row.email, "email_key": row.email_key, "name": row.full_name, "gone": row.deleted_at is not None}


def standing(bench: Bench) -> tuple[str, str, bool]:
    row = bench.row(Member, "member-ali")
    return row.role, row.status, row.deleted_at is not None


def test_who_joins_is_a_person_and_a_member(ali: Bench) -> None:
    assert person(ali) == {
        "email": "Ali@Example.com",
        "email_key": "ali@example.com",
        "name": "Ali Haddad",
        "gone": False,
    }
    assert standing(ali) == (Role.SUPPORT, "active", False)


@pytest.mark.parametrize("command", [join(), follow(), DismissMember(id="d", **BOTH), ForgetAccount(id="f", **BOTH)])
def test_no_person_may_do_it(ali: Bench, command: Command) -> None:
    assert ali.perform(command, actor=ADMIN).code == "not_allowed"


def test_who_joins_with_somebody_elses_account_is_refused(ali: Bench) -> None:
    assert act(ali, join("user_else", member_id="member-2")).code == "other_person"


def test_name_address_and_role_follow_together(ali: Bench) -> None:
    edits = {
        "email": FieldEdit("Ali@Example.com", "A@Example.com"),
        "first_name": FieldEdit("Ali", "Aly"),
        "role": FieldEdit("platform_support", "platform_finance"),
    }
    assert act(ali, follow(None, **edits)).kind is VerdictKind.APPLIED
    assert person(ali)["email_key"] == "a@example.com"
    assert standing(ali)[0] == Role.FINANCE


def test_a_change_says_when(ali: Bench) -> None:
    act(ali, follow(status=FieldEdit("active", "suspended")))
    assert ali.row(Member, "member-ali").updated_at == LATER


def test_a_reading_of_what_is_no_more_changes_nothing(ali: Bench) -> None:
    verdict = act(ali, follow(role=FieldEdit("platform_commercial", "platform_finance")))
    assert verdict.kind is VerdictKind.CONFLICT
    assert standing(ali)[0] == Role.SUPPORT


def test_a_name_follows_beside_a_role_that_was_asked_for_since(ali: Bench) -> None:
    edits = {"first_name": FieldEdit("Ali", "Aly"), "role": FieldEdit("platform_support", "platform_finance")}
    assert act(ali, follow("member.change:seen", **edits)).kind is VerdictKind.APPLIED
    assert (person(ali)["name"], standing(ali)[0]) == ("Aly Haddad", Role.SUPPORT)


def test_a_suspension_follows_beside_a_role_that_was_asked_for_since(ali: Bench) -> None:
    edits = {
        "status": FieldEdit("active", "suspended"),
        "role": FieldEdit("platform_support", "platform_finance"),
    }
    assert act(ali, follow("member.change:seen", **edits)).kind is VerdictKind.APPLIED
    assert standing(ali)[:2] == (Role.SUPPORT, "suspended")


def test_taking_back_does_not_follow_beside_what_was_asked_for_since(ali: Bench) -> None:
    act(ali, follow(status=FieldEdit("active", "suspended")))
    act(ali, follow("member.change:seen", status=FieldEdit("suspended", "active")))
    assert standing(ali)[1] == "suspended"


def test_nothing_but_what_the_provider_tells_follows(ali: Bench) -> None:
    assert act(ali, follow(provider_id=FieldEdit("user_ali", "user_else"))).code == "not_followed"


def test_who_is_dismissed_stays_as_a_person(ali: Bench) -> None:
    act(ali, DismissMember(id="d", **BOTH))
    assert (standing(ali)[2], person(ali)["gone"]) == (True, False)
    assert ali.row(Member, "member-ali").deleted_by == "hub"


def test_who_has_no_account_any_more_is_gone_as_a_person_too(ali: Bench) -> None:
    act(ali, DismissMember(id="d", account_gone=True, **BOTH))
    assert person(ali)["gone"] is True


def test_who_is_dismissed_twice_is_dismissed_once(ali: Bench) -> None:
    act(ali, DismissMember(id="d", **BOTH))
    assert act(ali, DismissMember(id="e", **BOTH)).kind is VerdictKind.MERGED


def test_who_left_before_and_has_no_account_any_more_is_gone_as_a_person_too(ali: Bench) -> None:
    act(ali, DismissMember(id="d", **BOTH))
    assert act(ali, ForgetAccount(id="f", **BOTH)).kind is VerdictKind.APPLIED
    assert person(ali)["gone"] is True
    assert act(ali, ForgetAccount(id="g", **BOTH)).kind is VerdictKind.MERGED


def test_who_is_on_the_staff_has_an_account(ali: Bench) -> None:
    assert act(ali, ForgetAccount(id="f", **BOTH)).code == "member"
    assert person(ali)["gone"] is False


def test_nothing_of_a_membership_that_is_over_follows(ali: Bench) -> None:
    act(ali, DismissMember(id="d", **BOTH))
    assert act(ali, follow(role=FieldEdit("platform_support", "platform_finance"))).code == "left"
