"""Row level security: what the hub's role may see and write is what the running transaction claims, and no more."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import BadSettings
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role, Scope, own_scope
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import HubSettings
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, TrustingVerifier, insert_lead, person_id

TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " AND {} ORDER BY relname"
)


def test_every_table_is_under_row_level_security(hosted: Hosted) -> None:
    assert hosted.rows(TABLES.format("NOT relrowsecurity")) == []


def test_every_table_has_a_policy(hosted: Hosted) -> None:
    assert hosted.rows(TABLES.format("NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)")) == []


def test_no_policy_looks_into_another_table(hosted: Hosted) -> None:
    conditions = hosted.rows("SELECT concat(qual, with_check) FROM pg_policies")
    assert [condition for (condition,) in conditions if "FROM" in condition] == []


def test_the_hubs_role_owns_nothing(hosted: Hosted) -> None:
    assert hosted.rows(TABLES.format("pg_has_role('fleetdesk_hub', relowner, 'MEMBER')")) == []


@pytest.mark.parametrize("statement", ["TRUNCATE sys_demo_lead", "DROP TABLE sys_demo_lead", "CREATE TABLE x ()"])
def test_the_hubs_role_changes_no_table_as_a_whole(hosted: Hosted, statement: str) -> None:
    with hosted.as_hub(write="leads") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


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
    with hosted.as_hub(read=",".join(scopes)) as connection:
        seen = connection.execute("SELECT id FROM sys_demo_lead").fetchall()
    assert {id for (id,) in seen} == scopes


def test_a_row_outside_the_write_claim_is_not_inserted(hosted: Hosted) -> None:
    with hosted.as_hub(read="leads", write="staff") as connection, pytest.raises(errors.InsufficientPrivilege):
        insert_lead(connection)


def test_a_row_that_may_only_be_read_is_not_changed(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(read="leads", write="staff") as connection:
        assert connection.execute("UPDATE sys_demo_lead SET score = 1").rowcount == 0


def test_a_row_that_may_only_be_read_is_not_deleted(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(read="leads", write="staff") as connection:
        assert connection.execute("DELETE FROM sys_demo_lead").rowcount == 0


def test_a_row_is_not_moved_into_a_scope_outside_the_write_claim(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with (
        hosted.as_hub(read="leads,staff", write="leads") as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE sys_demo_lead SET scope = 'staff'")


def test_a_laptop_and_its_receipts_are_seen_by_its_person_alone(hosted: Hosted) -> None:
    Laptop(hosted.hub()).push()
    with hosted.as_hub(person=person_id(Role.SUPPORT)) as connection:
        assert connection.execute("SELECT FROM sys_laptop UNION ALL SELECT FROM sys_receipt").fetchall() == []


def test_the_removal_log_is_written_by_its_triggers_alone(hosted: Hosted) -> None:
    with hosted.as_hub(read="leads", write="leads") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("INSERT INTO sys_removal (table_name, row_id, scope) VALUES ('x', 'y', 'leads')")


def test_the_epoch_is_not_the_hubs_to_change(hosted: Hosted) -> None:
    with hosted.as_hub(role="system") as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("UPDATE sys_epoch SET epoch = 'mine'")


def test_claims_are_unset_when_their_transaction_has_ended(hosted: Hosted) -> None:
    database = hosted.hub(pool_size=1).database
    claims = Claims(person="p", role="r", laptop="l", read=frozenset({"leads"}), write=frozenset({"leads"}))
    with database.writing() as connection:
        set_claims(connection, claims)
    with database.reading() as connection:
        left = connection.exec_driver_sql(
            "SELECT " + ", ".join(f"current_setting('fleetdesk.{name}', true)" for name in ("person", "read", "write"))
        ).one()
    assert tuple(left) == ("", "", "")


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
    with audited.as_hub(read="audit", write="audit") as connection, pytest.raises(errors.InsufficientPrivilege):
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


# ------------------------------------------------------------------------------------------------ whom the hub may be


def test_the_hub_starts_as_a_role_that_owns_nothing(hosted: Hosted) -> None:
    hosted.hub().demand_humble_role()


def test_the_hub_refuses_to_be_the_owner(hosted: Hosted) -> None:
    with pytest.raises(BadSettings, match="must not connect as “fleetdesk_owner”"):
        demand_humble(hosted.database.owner.url)


def test_the_hub_refuses_to_be_a_superuser(hosted: Hosted) -> None:
    with pytest.raises(BadSettings, match="must not connect"):
        demand_humble(hosted.database.admin.url)


def test_the_hub_refuses_a_role_that_may_act_as_the_owner(hosted: Hosted) -> None:
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        admin.execute("GRANT fleetdesk_owner TO fleetdesk_hub")
        try:
            with pytest.raises(BadSettings, match="must not connect"):
                hosted.hub().demand_humble_role()
        finally:
            admin.execute("REVOKE fleetdesk_owner FROM fleetdesk_hub")


def test_the_hub_refuses_a_policy_for_everybody_that_an_adopted_table_had(hosted: Hosted) -> None:
    hosted.execute("CREATE POLICY open ON sys_demo_lead FOR SELECT USING (true)")
    with pytest.raises(BadSettings, match="policy “open” of the table sys_demo_lead"):
        hosted.hub().demand_humble_role()


def test_a_policy_for_others_is_none_of_the_hubs_business(hosted: Hosted) -> None:
    hosted.execute("CREATE POLICY open ON sys_demo_lead FOR SELECT TO pg_monitor USING (true)")
    hosted.hub().demand_humble_role()


def demand_humble(url: str) -> None:
    clock = SystemClock()
    hub = Hub(HubSettings(database_url=url), fleet_platform(), verifier=TrustingVerifier(clock), clock=clock)
    try:
        hub.demand_humble_role()
    finally:
        hub.close()
