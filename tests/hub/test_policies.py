"""Row level security: what the hub's role may see and write is what the running transaction claims, and no more."""

from __future__ import annotations

import pytest
from psycopg import errors

from fleetdesk.models.access import Role, Scope, own_scope
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, insert_lead, person_id


def test_no_policy_looks_into_another_table(hosted: Hosted) -> None:
    conditions = hosted.rows("SELECT concat(qual, with_check) FROM pg_policies")
    assert [condition for (condition,) in conditions if "FROM" in condition] == []


@pytest.mark.parametrize("table", ["sys_demo_lead", "adm_users", "sys_removal"])
def test_without_a_claim_nothing_is_seen(hosted: Hosted, table: str) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
        insert_lead(connection, "gone")
        connection.execute("DELETE FROM sys_demo_lead WHERE id = 'gone'")
    with hosted.as_hub() as connection:
        assert connection.execute(f"SELECT FROM {table}".encode()).fetchall() == []


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_role_sees_the_scopes_that_the_table_of_roles_gives_it(hosted: Hosted, role: Role) -> None:
    scopes = hosted.platform.access.scopes(role, person_id(role))
    of_all = [scope for scope in Scope if scope is not Scope.OWN]
    with hosted.owner() as connection:
        for scope in (*of_all, "tenant:1", own_scope(person_id(role)), own_scope("someone else")):
            insert_lead(connection, scope, scope=scope)
    with hosted.as_hub(person=person_id(role), role=role, read=",".join(scopes)) as connection:
        seen = connection.execute("SELECT id FROM sys_demo_lead").fetchall()
    assert {id for (id,) in seen} == scopes


def test_a_row_outside_the_write_claim_is_not_inserted(hosted: Hosted) -> None:
    with (
        hosted.as_hub(role="system", read="leads", write="staff") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        insert_lead(connection)


def test_a_row_that_may_only_be_read_is_not_changed(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(role="system", read="leads", write="staff") as connection:
        assert connection.execute("UPDATE sys_demo_lead SET score = 1").rowcount == 0


def test_a_row_that_may_only_be_read_is_not_deleted(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(role="system", read="leads", write="staff") as connection:
        assert connection.execute("DELETE FROM sys_demo_lead").rowcount == 0


def test_a_row_is_not_moved_into_a_scope_outside_the_write_claim(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with (
        hosted.as_hub(role="system", read="leads,staff", write="leads") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE sys_demo_lead SET scope = 'staff'")


def test_a_laptop_and_its_receipts_are_seen_by_its_person_alone(hosted: Hosted) -> None:
    Laptop(hosted.hub()).push()
    with hosted.as_hub(person=person_id(Role.SUPPORT), role=Role.SUPPORT) as connection:
        assert connection.execute("SELECT FROM sys_laptop UNION ALL SELECT FROM sys_receipt").fetchall() == []


def test_the_removal_log_is_written_by_its_triggers_alone(hosted: Hosted) -> None:
    with (
        hosted.as_hub(role="system", read="leads", write="leads") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("INSERT INTO sys_removal (table_name, row_id, scope) VALUES ('x', 'y', 'leads')")


def test_the_epoch_is_not_the_hubs_to_change(hosted: Hosted) -> None:
    with hosted.as_hub(role="system") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("UPDATE sys_epoch SET epoch = 'mine'")


# --------------------------------------------------------------------------------------------------------- audit log


@pytest.fixture
def audited(hosted: Hosted) -> Hosted:
    """A hosted side with one event."""
    hosted.execute(
        "INSERT INTO sys_audit_event (id, scope, actor_id, role, action, sentence, outcome, issued_at, recorded_at,"
        " payload_digest) VALUES ('e', 'audit', 'p', 'r', 'a', 's', 'applied', now(), now(), 'd')"
    )
    return hosted


@pytest.mark.parametrize("statement", ["UPDATE sys_audit_event SET outcome = 'x'", "DELETE FROM sys_audit_event"])
def test_the_hubs_role_changes_no_audit_event(audited: Hosted, statement: str) -> None:
    with (
        audited.as_hub(role="system", read="audit", write="audit") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE sys_audit_event SET outcome = 'x'", "DELETE FROM sys_audit_event", "TRUNCATE sys_audit_event"],
)
def test_the_owner_too_is_refused_to_change_an_audit_event(audited: Hosted, statement: str) -> None:
    with pytest.raises(errors.RestrictViolation):
        audited.execute(statement)


def test_a_purge_that_says_so_deletes_audit_events(audited: Hosted) -> None:
    with audited.owner() as connection:
        connection.execute("SET LOCAL fleetdesk.purge = 'on'")
        connection.execute("DELETE FROM sys_audit_event")
    assert audited.rows("SELECT FROM sys_audit_event") == []


def test_even_a_purge_does_not_alter_an_audit_event(audited: Hosted) -> None:
    with audited.owner() as connection:
        connection.execute("SET LOCAL fleetdesk.purge = 'on'")
        with pytest.raises(errors.RestrictViolation):
            connection.execute("UPDATE sys_audit_event SET outcome = 'x'")
