"""Who may do what, and hold which rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.errors import NotAllowed, Refused
from fleetdesk.models.access import (
    ACCESS,
    Access,
    Actor,
    Grant,
    Permission,
    Role,
    Scope,
    normalise_role,
    own_scope,
    role_named,
)

P, S = Permission, Scope
ALL: set[str] = {P.STAFF_READ, P.VIEWS_SAVE}
SALES: set[str] = {P.LEADS_READ, P.LEADS_EDIT, P.LEADS_IMPORT}
EXPECTED: dict[Role, tuple[set[str], set[str]]] = {
    Role.COMMERCIAL: (ALL | SALES, {S.STAFF, S.OWN, S.LEADS}),
    Role.SUPPORT: (ALL | {P.AUDIT_READ}, {S.STAFF, S.OWN, S.AUDIT}),
    Role.FINANCE: (ALL, {S.STAFF, S.OWN}),
    Role.PRODUCT_MANAGER: (ALL, {S.STAFF, S.OWN}),
    Role.SUPER_ADMIN: (
        ALL | SALES | {P.LEADS_VALIDATE, P.AUDIT_READ, P.MEMBERS_MANAGE, P.VIEWS_TIDY, P.DEVICES_REVOKE},
        {S.STAFF, S.OWN, S.LEADS, S.AUDIT, S.MEMBERS},
    ),
    Role.SYSTEM: (set(Permission), set(Scope)),
}


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_permissions_and_scopes_and_no_others(role: Role) -> None:
    permissions, scopes = EXPECTED[role]
    assert set(ACCESS.grant(role).permissions) == permissions
    assert set(ACCESS.grant(role).scopes) == scopes


def test_what_is_ones_own_is_held_under_ones_own_id() -> None:
    assert ACCESS.scopes(Role.FINANCE, "mona") == {"staff", "person:mona"}


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_no_two_people_have_one_scope_and_none_has_a_comma(people: list[str]) -> None:
    one, other = map(own_scope, people)
    assert one != other
    assert "," not in one + other


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPER_ADMIN, Role.SYSTEM}))
def test_only_a_super_admin_validates(role: Role) -> None:
    with pytest.raises(NotAllowed, match=r"may not validate leads\."):
        ACCESS.demand(Actor("p", role), Permission.LEADS_VALIDATE)


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_the_deed_and_not_its_key(permission: Permission) -> None:
    with pytest.raises(NotAllowed) as refusal:
        Access({}).demand(Actor("p", Role.FINANCE), permission)
    assert str(permission) not in str(refusal.value)
    assert "do this" not in str(refusal.value)


def test_a_role_that_stands_in_no_table_is_given_nothing() -> None:
    assert not Access({}).allows(Actor("p", Role.SUPER_ADMIN), Permission.STAFF_READ)


def test_granting_adds_to_one_role_and_leaves_the_table_as_it_was() -> None:
    more = ACCESS.granting(Role.FINANCE, Grant(frozenset({"toys.play"}), frozenset({"toys"})))
    assert more.allows(Actor("p", Role.FINANCE), "toys.play")
    assert more.allows(Actor("p", Role.FINANCE), Permission.STAFF_READ)
    assert not ACCESS.allows(Actor("p", Role.FINANCE), "toys.play")
    assert not more.allows(Actor("p", Role.SUPPORT), "toys.play")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_a_providers_key_is_understood_with_and_without_its_prefix(role: Role) -> None:
    assert normalise_role(role.value) is normalise_role(f"org:{role.value}") is role


@pytest.mark.parametrize("key", ["org:admin", "org:system", "system", "", "platform:super_admin", "org:org:system"])
def test_any_other_key_is_not_staff(key: str) -> None:
    for read in (normalise_role, role_named):
        with pytest.raises(Refused) as refusal:
            read(key)
        assert refusal.value.code == "no_role"
