"""What no policy is asked about: whole tables, functions, views, other roles. And that every table has its policies."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub.service import Hub
from fleetdesk.models.ids import SystemClock
from fleetdesk.settings import HubSettings
from tests.hub.matrix import RULES, TABLES_THERE
from tests.hub.support import Hosted, TrustingVerifier, insert_lead

HUB = "fleetdesk_hub"
EVERYTHING = {"role": "system", "read": "leads,staff,audit", "write": "leads,staff,audit"}
PARTITIONED = (
    "CREATE TABLE later (at date) PARTITION BY RANGE (at); ALTER TABLE later ENABLE ROW LEVEL SECURITY;"
    " CREATE POLICY p ON later USING (true);"
    " CREATE TABLE part PARTITION OF later FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')"
)
_WITHOUT = """
    SELECT pg_class.oid::regclass::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_'
    AND (NOT relrowsecurity OR NOT row_security_active(pg_class.oid)
         OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
    ORDER BY 1
"""


def tables(hosted: Hosted) -> list[str]:
    return [table for (table,) in hosted.rows(TABLES_THERE)]


def unprotected(hosted: Hosted) -> list[str]:
    """The tables of all schemas that have no row level security, or no policy, or none that holds for the hub."""
    with hosted.as_hub() as connection:
        return [table for (table,) in connection.execute(_WITHOUT).fetchall()]


def refused(hosted: Hosted, *statements: str, **claims: str) -> None:
    """As the hub's role, the last statement is refused."""
    with hosted.as_hub(**(claims or EVERYTHING)) as connection:
        for statement in statements[:-1]:
            connection.execute(statement.encode())
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statements[-1].encode())


# -------------------------------------------------------------------------------------------------------- every table


def test_every_table_is_under_row_level_security_and_has_a_policy(hosted: Hosted) -> None:
    assert unprotected(hosted) == []


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("CREATE TABLE later ()", ["later"]),
        ("CREATE TABLE later (); ALTER TABLE later ENABLE ROW LEVEL SECURITY", ["later"]),
        ("CREATE TABLE later (); CREATE POLICY p ON later USING (true)", ["later"]),
        ("CREATE SCHEMA apart; CREATE TABLE apart.later ()", ["apart.later"]),
        (PARTITIONED, ["part"]),
        ("ALTER TABLE sys_demo_lead DISABLE ROW LEVEL SECURITY", ["sys_demo_lead"]),
    ],
    ids=["bare", "without a policy", "not enabled", "in another schema", "a partition", "switched off"],
)
def test_a_table_that_a_later_migration_forgets_to_protect_is_found(
    hosted: Hosted, made: str, found: list[str]
) -> None:
    hosted.execute(made)
    assert unprotected(hosted) == found


def test_a_table_where_policies_do_not_hold_for_the_hub_is_found(hosted: Hosted) -> None:
    with psycopg.connect(hosted.database.admin.url) as admin:
        admin.execute("ALTER TABLE sys_demo_lead OWNER TO fleetdesk_hub")
    assert unprotected(hosted) == ["sys_demo_lead"]


def test_migrating_closes_a_function_that_a_later_migration_left_open(hosted: Hosted) -> None:
    hosted.execute("GRANT EXECUTE ON FUNCTION fleetdesk_moved() TO PUBLIC")
    migrate(hosted.database.owner.url, hosted.database.hub.user)
    hosted.hub().demand_humble_role()


def test_migrating_lays_policies_anew_where_the_table_of_roles_has_changed(hosted: Hosted) -> None:
    hosted.execute("DROP POLICY fleetdesk_insert ON sys_demo_lead; UPDATE sys_epoch SET policies = '{}'")
    hub = hosted.hub()
    with pytest.raises(Unavailable):
        hub.demand_ready()
    migrate(hosted.database.owner.url, hosted.database.hub.user)
    hub.demand_ready()
    assert hosted.rows("SELECT policyname FROM pg_policies WHERE tablename = 'sys_demo_lead' AND cmd = 'INSERT'") == [
        ("fleetdesk_insert",)
    ]


# ---------------------------------------------------------------------------------------------- past all the policies


@pytest.mark.parametrize("table", sorted(RULES))
@pytest.mark.parametrize("verb", ["TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"])
def test_the_hubs_role_does_nothing_to_a_table_as_a_whole(hosted: Hosted, verb: str, table: str) -> None:
    refused(hosted, verb.format(table))


def test_the_hubs_role_has_no_rights_on_tables_but_the_four(hosted: Hosted) -> None:
    rights = hosted.rows(
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee IN (%s, 'PUBLIC')"
        " AND table_schema = 'public'",
        HUB,
    )
    assert {right for (right,) in rights} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_copying_out_shows_what_a_query_would(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(role="platform_finance", read="leads,staff") as connection:
        copied = connection.cursor().copy("COPY sys_demo_lead TO STDOUT")
        with copied as copy:
            assert list(copy) == []


def test_copying_in_is_not_possible(hosted: Hosted) -> None:
    with hosted.as_hub(**EVERYTHING) as connection, pytest.raises(errors.FeatureNotSupported):
        connection.cursor().copy("COPY sys_demo_lead FROM STDIN").__enter__()


def test_row_level_security_cannot_be_switched_off(hosted: Hosted) -> None:
    refused(hosted, "SET LOCAL row_security = off", "SELECT FROM sys_demo_lead")


@pytest.mark.parametrize("role", ["pg_read_all_data", "pg_write_all_data", "pg_monitor", "its owner", "administrator"])
def test_the_hubs_role_becomes_no_other(hosted: Hosted, role: str) -> None:
    named = {"its owner": hosted.database.owner.user, "administrator": hosted.database.admin.user}
    refused(hosted, f'SET ROLE "{named.get(role, role)}"')


def test_the_hubs_role_is_a_member_of_none(hosted: Hosted) -> None:
    memberships = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert hosted.rows(memberships, HUB) == []


def test_the_hubs_role_owns_nothing_at_all(hosted: Hosted) -> None:
    assert (
        hosted.rows(
            "SELECT classid::regclass::text FROM pg_shdepend WHERE refobjid = %s::regrole AND deptype = 'o'", HUB
        )
        == []
    )


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE x ()", "CREATE SCHEMA x", "CREATE FUNCTION f() RETURNS int RETURN 1"]
)
def test_the_hubs_role_makes_nothing_that_lasts(hosted: Hosted, statement: str) -> None:
    refused(hosted, statement)


def test_nothing_is_counted_by_a_sequence_that_the_hub_could_turn(hosted: Hosted) -> None:
    assert hosted.rows("SELECT relname FROM pg_class WHERE relkind = 'S'") == []


def test_there_is_no_large_object_past_the_tables(hosted: Hosted) -> None:
    assert hosted.rows("SELECT oid FROM pg_largeobject_metadata") == []
    refused(hosted, "SELECT FROM pg_largeobject")


def test_statistics_tell_the_hub_no_value(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
        connection.commit()
        connection.execute("ANALYZE sys_demo_lead")
    with hosted.as_hub(**EVERYTHING) as connection:
        assert connection.execute("SELECT FROM pg_stats WHERE tablename = 'sys_demo_lead'").fetchall() == []


def test_whoever_speaks_as_the_hubs_role_may_claim_to_be_anybody(hosted: Hosted) -> None:
    # By design: the claims are the hub's word. That is what its password is worth, and it is kept accordingly.
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub() as connection:
        connection.execute(
            "SELECT set_config('fleetdesk.role', 'system', true), set_config('fleetdesk.read', 'leads', true)"
        )
        assert len(connection.execute("SELECT FROM sys_demo_lead").fetchall()) == 1


# ----------------------------------------------------------------------------------------- functions that triggers run


def test_functions_that_run_as_the_owner_look_names_up_in_no_place_of_others(hosted: Hosted) -> None:
    loose = hosted.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(proconfig, '{}'))"
    )
    assert loose == []


def test_nobody_but_their_owner_runs_the_functions_of_the_schema_but_the_one_that_asks_as_who_calls_it(
    hosted: Hosted,
) -> None:
    runnable = hosted.rows(
        "SELECT proname, prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND has_function_privilege(%s, oid, 'EXECUTE')",
        HUB,
    )
    assert runnable == [("fleetdesk_unseen", False)]


@pytest.mark.parametrize(("read", "told"), [("leads", ["sys_demo_lead"]), ("staff", []), ("", [])])
def test_of_news_only_those_tables_are_told_that_the_claims_show(hosted: Hosted, read: str, told: list[str]) -> None:
    ((seen,),) = hosted.rows("SELECT pg_current_snapshot()::text")
    with hosted.owner() as connection:
        insert_lead(connection)
    with hosted.as_hub(role="system", read=read) as connection:
        found = connection.execute("SELECT fleetdesk_unseen(%s::pg_snapshot)", [seen]).fetchall()
    assert found == [(told,)]


@pytest.mark.parametrize(
    ("function", "attached"),
    [
        ("fleetdesk_moved", "AFTER UPDATE ON pg_temp.sys_demo_lead FOR EACH ROW"),
        ("fleetdesk_unkeyed", "AFTER INSERT ON pg_temp.sys_demo_lead FOR EACH ROW"),
        ("fleetdesk_documents_of_leads", "AFTER DELETE ON pg_temp.sys_demo_lead REFERENCING OLD TABLE AS gone"),
    ],
)
def test_the_hubs_role_attaches_none_of_them_to_a_table_of_its_own(
    hosted: Hosted, function: str, attached: str
) -> None:
    refused(
        hosted,
        "CREATE TEMPORARY TABLE sys_demo_lead (id text, scope text)",
        f"CREATE TRIGGER mine {attached} EXECUTE FUNCTION public.{function}()",
    )


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


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("CREATE TABLE later (); GRANT SELECT ON later TO PUBLIC", "The table later has no row level security"),
        ("CREATE TABLE later (); GRANT DELETE ON later TO PUBLIC", "The table later has no row level security"),
        ("CREATE VIEW later AS SELECT * FROM sys_demo_lead; GRANT SELECT ON later TO PUBLIC", "The table later"),
        (
            "CREATE MATERIALIZED VIEW later AS SELECT * FROM sys_demo_lead; GRANT SELECT ON later TO PUBLIC",
            "The table later",
        ),
        ("ALTER TABLE sys_demo_lead DISABLE ROW LEVEL SECURITY", "The table sys_demo_lead has no row level security"),
        ("GRANT TRUNCATE ON sys_demo_lead TO PUBLIC", "the right TRUNCATE on sys_demo_lead"),
        ("GRANT TRIGGER ON sys_saved_view TO fleetdesk_hub", "the right TRIGGER on sys_saved_view"),
        ("GRANT REFERENCES ON adm_users TO PUBLIC", "the right REFERENCES on adm_users"),
        (
            "CREATE FUNCTION later() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
            r"the right EXECUTE on FUNCTION later\(\)",
        ),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "the right CREATE on SCHEMA public"),
    ],
)
def test_the_hub_refuses_a_way_past_the_policies(hosted: Hosted, made: str, told: str) -> None:
    hosted.execute(made)
    with pytest.raises(BadSettings, match=told):
        hosted.hub().demand_humble_role()


def test_a_table_and_a_view_that_ask_for_the_policies_are_no_way_past_them(hosted: Hosted) -> None:
    hosted.execute(
        "CREATE TABLE later (); CREATE VIEW invoking WITH (security_invoker = true) AS SELECT * FROM sys_demo_lead;"
        " GRANT SELECT ON invoking TO PUBLIC"
    )
    hosted.hub().demand_humble_role()


@pytest.mark.parametrize("how", ["NOINHERIT", "INHERIT"])
def test_the_hub_refuses_a_role_that_may_become_one_above_the_policies(hosted: Hosted, how: str) -> None:
    with psycopg.connect(hosted.database.admin.url, autocommit=True) as admin:
        admin.execute("CREATE ROLE above NOLOGIN BYPASSRLS")
        admin.execute(f"ALTER ROLE fleetdesk_hub {how}; GRANT above TO fleetdesk_hub".encode())
        try:
            with pytest.raises(BadSettings, match="must not connect"):
                hosted.hub().demand_humble_role()
        finally:
            admin.execute("ALTER ROLE fleetdesk_hub INHERIT; DROP ROLE above")


def demand_humble(url: str) -> None:
    clock = SystemClock()
    hub = Hub(HubSettings(database_url=url), fleet_platform(), verifier=TrustingVerifier(clock), clock=clock)
    try:
        hub.demand_humble_role()
    finally:
        hub.close()
