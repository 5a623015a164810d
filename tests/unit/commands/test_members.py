"""What a super admin asks for about memberships, and what the hub makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.members import ChangeRole, ReinstateMember, SettleChange, SuspendMember, WithdrawChange
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.audit import Intent, IntentState
from fleetdesk.models.members import MemberField, NotDone, intent_id
from fleetdesk.models.staff import Member
from fleetdesk.protocol import Verdict, VerdictKind
from tests.unit.commands.bench import ADMIN, MONA, NOON, Bench

HUB = Actor("hub", Role.SYSTEM)
MEMBER = "member-ali"


@pytest.fixture(autouse=True)
def ali(bench: Bench) -> None:
    """Ali of support."""
    bench.put_new(member())


def member(**values: object) -> Member:
    row = {
        "id": MEMBER,
        "scope": "staff",
        "user_id": "ali",
        "organisation": "fleetcore-platform",
        "role": Role.SUPPORT,
        "status": "active",
        "created_at": NOON,
        "updated_at": NOON,
        "deleted_at": None,
    }
    return Member(**(row | values))


def about(command: str = "c") -> dict[str, Any]:
    return {"id": command, "issued_at": NOON, "member_id": MEMBER}


def to_finance(command: str = "c", base: Role = Role.SUPPORT) -> ChangeRole:
    return ChangeRole(**about(command), base=base, role=Role.FINANCE)


def ask(bench: Bench, command: Command) -> Verdict:
    return bench.perform(command, actor=ADMIN)


def settle(bench: Bench, asked: str = "c", refused: NotDone | None = None) -> Verdict:
    return bench.perform(SettleChange(**about(f"{asked}:settled"), asked=asked, refused=refused), actor=HUB)


def standing(bench: Bench) -> tuple[str, str]:
    row = bench.row(Member, MEMBER)
    return row.role, row.status


def state(bench: Bench) -> tuple[str, str | None]:
    row = bench.row(Intent, intent_id(MEMBER))
    return row.state, row.outcome


def test_a_role_that_was_asked_for_waits_and_the_mirror_stays(bench: Bench) -> None:
    assert ask(bench, to_finance()).kind is VerdictKind.APPLIED
    assert (state(bench)[0], standing(bench)) == (IntentState.WAITING, (Role.SUPPORT, "active"))


def test_what_waits_is_known_to_super_admins_alone_and_named_by_the_command(bench: Bench) -> None:
    ask(bench, to_finance())
    row = bench.row(Intent, intent_id(MEMBER))
    assert (row.scope, row.subject_id, row.idempotency_key) == ("members", MEMBER, "member.change:c")


def test_the_hub_carries_it_out(bench: Bench) -> None:
    ask(bench, to_finance())
    assert settle(bench).kind is VerdictKind.APPLIED
    assert (state(bench)[0], standing(bench)) == (IntentState.DONE, (Role.FINANCE, "active"))


def test_what_is_settled_is_settled_once(bench: Bench) -> None:
    ask(bench, to_finance())
    settle(bench)
    assert settle(bench, refused=NotDone.PROVIDER).kind is VerdictKind.MERGED
    assert state(bench) == (IntentState.DONE, None)


def test_a_change_that_is_turned_down_says_why(bench: Bench) -> None:
    ask(bench, to_finance())
    settle(bench, refused=NotDone.LAST_SUPER_ADMIN)
    assert state(bench) == (IntentState.FAILED, NotDone.LAST_SUPER_ADMIN)
    assert standing(bench) == (Role.SUPPORT, "active")


def test_a_change_of_what_was_changed_meanwhile_is_not_carried_out(bench: Bench) -> None:
    ask(bench, to_finance())
    bench.alter(Member, MEMBER, role=Role.PRODUCT_MANAGER)
    settle(bench)
    assert state(bench) == (IntentState.FAILED, NotDone.OVERTAKEN)
    assert standing(bench)[0] == Role.PRODUCT_MANAGER


def test_a_change_based_on_another_role_is_a_conflict(bench: Bench) -> None:
    verdict = ask(bench, to_finance(base=Role.COMMERCIAL))
    assert [(conflict.field, conflict.theirs) for conflict in verdict.conflicts] == [("role", Role.SUPPORT)]
    assert bench.count(Intent) == 0


def test_who_insists_asks_on_the_ground_of_what_is(bench: Bench) -> None:
    change = to_finance(base=Role.COMMERCIAL)
    insisting = change.insisting(ask(bench, change).conflicts, id="again", issued_at=NOON)
    assert insisting is not None
    assert ask(bench, insisting).kind is VerdictKind.APPLIED


def test_a_role_that_is_so_already_is_not_asked_for(bench: Bench) -> None:
    assert ask(bench, ChangeRole(**about(), base=Role.FINANCE, role=Role.SUPPORT)).kind is VerdictKind.MERGED
    assert bench.count(Intent) == 0


def test_the_same_asked_for_twice_is_asked_for_once(bench: Bench) -> None:
    ask(bench, to_finance())
    assert ask(bench, to_finance("d")).kind is VerdictKind.MERGED


def test_while_a_change_waits_no_other_is_taken(bench: Bench) -> None:
    ask(bench, to_finance())
    assert ask(bench, SuspendMember(**about("d"))).code == "change_waits"


def test_after_one_change_the_next_is_asked_for(bench: Bench) -> None:
    ask(bench, to_finance())
    settle(bench)
    ask(bench, SuspendMember(**about("d")))
    settle(bench, "d")
    assert (standing(bench), bench.count(Intent)) == ((Role.FINANCE, "suspended"), 1)


def test_a_member_is_suspended_and_taken_back(bench: Bench) -> None:
    ask(bench, SuspendMember(**about("d")))
    settle(bench, "d")
    suspended = standing(bench)
    ask(bench, ReinstateMember(**about("e")))
    settle(bench, "e")
    assert (suspended, standing(bench)) == ((Role.SUPPORT, "suspended"), (Role.SUPPORT, "active"))


ACTS: dict[str, Command] = {
    "role": to_finance(),
    "suspend": SuspendMember(**about()),
    "reinstate": ReinstateMember(**about()),
    "withdraw": WithdrawChange(
        **about(), asked="x", field=MemberField.ROLE, base=Role.SUPPORT.value, new=Role.FINANCE.value
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_changes_their_own_membership(bench: Bench, act: str) -> None:
    assert bench.perform(ACTS[act], actor=Actor("ali", Role.SUPER_ADMIN)).code == "own_membership"


@pytest.mark.parametrize("act", ACTS)
def test_only_a_super_admin_asks(bench: Bench, act: str) -> None:
    assert bench.perform(ACTS[act], actor=MONA).code == "not_allowed"


def test_not_even_a_super_admin_says_what_became_of_it(bench: Bench) -> None:
    ask(bench, to_finance())
    assert ask(bench, SettleChange(**about("s"), asked="c")).code == "not_allowed"


@pytest.mark.parametrize("act", ["role", "suspend"])
def test_who_left_is_not_changed(bench: Bench, act: str) -> None:
    bench.alter(Member, MEMBER, deleted_at=NOON)
    assert ask(bench, ACTS[act]).code == "left"


def test_a_member_of_a_tenant_is_not_changed(bench: Bench) -> None:
    bench.alter(Member, MEMBER, organisation="gulf-taxi")
    assert ask(bench, to_finance()).code == "left"


def test_no_member_gets_a_role_that_is_none_of_the_staffs(bench: Bench) -> None:
    assert ask(bench, ChangeRole(**about(), base=Role.SUPPORT, role=Role.SYSTEM)).code == "invalid"


# ------------------------------------------------------------------------------------------------------------- undone


def undo(bench: Bench, command: Command, id: str = "undo") -> Verdict:
    """Take back what was done last."""
    return ask(bench, command.taking_back(bench.changes, new_id=lambda: id, issued_at=NOON))


def test_what_waits_still_is_withdrawn(bench: Bench) -> None:
    ask(bench, to_finance())
    undo(bench, to_finance())
    settle(bench)
    assert state(bench) == (IntentState.FAILED, NotDone.WITHDRAWN)
    assert standing(bench)[0] == Role.SUPPORT


def test_what_was_carried_out_meanwhile_is_asked_back(bench: Bench) -> None:
    ask(bench, to_finance())
    back = to_finance().taking_back(bench.changes, new_id=lambda: "undo", issued_at=NOON)
    settle(bench)
    ask(bench, back)
    settle(bench, "undo")
    assert standing(bench)[0] == Role.SUPPORT


def test_what_is_being_carried_out_is_not_withdrawn(bench: Bench) -> None:
    ask(bench, to_finance())
    bench.alter(Intent, intent_id(MEMBER), state=IntentState.RUNNING)
    assert undo(bench, to_finance()).code == "under_way"


def test_a_withdrawal_is_taken_back_by_asking_again(bench: Bench) -> None:
    ask(bench, to_finance())
    back = to_finance().taking_back(bench.changes, new_id=lambda: "undo", issued_at=NOON)
    ask(bench, back)
    undo(bench, back, "redo")
    settle(bench, "redo")
    assert standing(bench)[0] == Role.FINANCE


def test_asking_back_is_taken_back_too(bench: Bench) -> None:
    ask(bench, to_finance())
    back = to_finance().taking_back(bench.changes, new_id=lambda: "undo", issued_at=NOON)
    settle(bench)
    ask(bench, back)
    undo(bench, back, "redo")
    assert state(bench) == (IntentState.FAILED, NotDone.WITHDRAWN)


def test_undoing_a_suspension_takes_the_member_back(bench: Bench) -> None:
    suspend = SuspendMember(**about())
    ask(bench, suspend)
    back = suspend.taking_back(bench.changes, new_id=lambda: "undo", issued_at=NOON)
    settle(bench)
    ask(bench, back)
    settle(bench, "undo")
    assert standing(bench) == (Role.SUPPORT, "active")
