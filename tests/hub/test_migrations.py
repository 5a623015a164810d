"""The migrations build, adopt or upgrade the hosted tables, and what they build is what the records say."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.errors import UniqueViolation
from sqlalchemy import NullPool, create_engine, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Inspector
from sqlalchemy.schema import CheckConstraint, CreateTable

from fleetdesk.demo.postgres import Database, Server
from fleetdesk.errors import BadSettings, Unavailable
from fleetdesk.hub.hosted import HOSTED_FOREIGN_KEYS
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub.release import THIS, Release
from fleetdesk.models.base import Synced, hosted_checks
from fleetdesk.models.schema import platform_schema
from tests.devices import insert_device
from tests.hub.support import Hosted, insert_lead
from tests.postgres import TemplateDatabase

RECORDS = list(platform_schema())
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own constructor has no types


@pytest.fixture
def empty(server: Server) -> Iterator[Database]:
    """A database without a table."""
    template = TemplateDatabase(server, lambda _: None)
    with template.clone() as database:
        yield database
    template.close()


def inspector(database: Database) -> Inspector:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(database.owner.url), poolclass=NullPool
    )
    return inspect(engine)


@pytest.mark.parametrize("record", RECORDS)
def test_a_migrated_table_has_the_columns_of_its_record(database: Database, record: type[Synced]) -> None:
    with psycopg.connect(database.owner.url) as connection:
        found = connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND attname <> 'xid'",
            [record.__tablename__],
        ).fetchall()
    assert set(found) == {
        (column.name, column.type.compile(DIALECT).lower(), column.nullable) for column in record.table().columns
    }


@pytest.mark.parametrize("record", RECORDS)
def test_a_migrated_table_has_the_key_of_its_record(database: Database, record: type[Synced]) -> None:
    key = inspector(database).get_pk_constraint(record.__tablename__)
    assert (key["name"], key["constrained_columns"]) == (f"pk_{record.__tablename__}", ["id"])


@pytest.mark.parametrize("record", RECORDS)
def test_a_migrated_table_has_the_indexes_of_its_record(database: Database, record: type[Synced]) -> None:
    found = {
        (index["name"], tuple(index["column_names"]), index["unique"], condition(index.get("dialect_options", {})))
        for index in inspector(database).get_indexes(record.__tablename__)
        if index["column_names"] != ["xid"]
    }
    assert found == {
        (
            index.name,
            tuple(column.name for column in index.columns),
            bool(index.unique),
            index.info.get("hosted_where", ""),
        )
        for index in record.table().indexes
    }


@pytest.mark.parametrize("record", RECORDS)
def test_a_migrated_table_has_the_checks_of_its_record(
    database: Database, record: type[Synced], empty: Database
) -> None:
    table = record.table()
    declared = [constraint for constraint in table.constraints if isinstance(constraint, CheckConstraint)]
    twin = table.to_metadata(type(table.metadata)(naming_convention=table.metadata.naming_convention))
    for check in hosted_checks(table):
        twin.append_constraint(check)
    with psycopg.connect(empty.owner.url) as connection:
        # PostgreSQL says a condition in its own words: those of the record are put to it, too.
        connection.execute(str(CreateTable(twin).compile(dialect=DIALECT)).encode())
    assert checks(database, record) == checks(empty, record)
    assert len(checks(database, record)) == len(declared) + len(hosted_checks(table))


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param("tags = 'vip'", id="a tag that is no list"),
        pytest.param("""tags = '"vip"'""", id="a list that is a word"),
        pytest.param("conformity = '[]'", id="a list that should be an object"),
        pytest.param("created_at = 'infinity'", id="no time at all"),
        pytest.param("next_activity_at = '20260-01-01'", id="a year with a digit too many"),
        pytest.param("next_activity_at = '0044-03-15 BC'", id="a year before the first"),
    ],
)
def test_a_value_that_no_laptop_could_read_is_refused(hosted: Hosted, setting: str) -> None:
    with hosted.owner() as connection:
        insert_lead(connection)
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InvalidTextRepresentation)):
        hosted.execute(f"UPDATE sys_demo_lead SET {setting}")


def test_a_row_of_an_adopted_table_that_no_laptop_could_read_is_named(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE sys_demo_lead (id text PRIMARY KEY, tags text)")
        connection.execute("INSERT INTO sys_demo_lead VALUES ('l', 'vip')")
    with pytest.raises(BadSettings, match=r"sys_demo_lead.*tags"):
        migrate(empty.owner.url, empty.hub.user)


def test_the_references_between_tables_are_the_declared_ones(database: Database) -> None:
    with psycopg.connect(database.owner.url) as connection:
        found = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        ).fetchall()
    assert set(found) == {(key.table, key.name, key.definition) for key in HOSTED_FOREIGN_KEYS}


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = structure(database)
    migrate(database.owner.url, database.hub.user)
    assert structure(database) == before


def test_several_processes_may_migrate_at_once(empty: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(migrate, empty.owner.url, empty.hub.user) for _ in range(3)]:
            done.result()
    with psycopg.connect(empty.owner.url) as connection:
        assert connection.execute("SELECT count(*) FROM sys_epoch").fetchall() == [(1,)]


def test_tables_that_the_platform_has_already_are_adopted_with_their_rows(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE adm_users (id text PRIMARY KEY, email text, shoe_size int)")
        connection.execute("INSERT INTO adm_users VALUES ('u', 'Sara@Example.com', 38)")
        connection.execute("CREATE TABLE sys_demo_lead (id text PRIMARY KEY, company text NOT NULL)")
        connection.execute("INSERT INTO sys_demo_lead VALUES ('l', 'Al Noor')")
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection:
        person = connection.execute("SELECT email_key, status, shoe_size, scope FROM adm_users").fetchall()
        lead = connection.execute("SELECT company, status, scope, tags, search_key FROM sys_demo_lead").fetchall()
    assert (person, lead) == (
        [("sara@example.com", "active", 38, "staff")],
        [("Al Noor", "new", "leads", "[]", "al noor")],
    )


def test_who_wrote_to_an_adopted_table_goes_on_with_the_columns_that_they_know(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE sys_demo_lead (id text PRIMARY KEY, company text, status text DEFAULT 'lost')")
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("INSERT INTO sys_demo_lead (id, company) VALUES ('l', 'Al Noor')")
        lead = connection.execute(
            "SELECT status, scope, tags, search_key, activity_count, stage_changed_at = now(), created_at = now()"
            " FROM sys_demo_lead"
        ).fetchall()
    assert lead == [("lost", "leads", "[]", "", 0, True, True)]


def test_who_wrote_people_to_an_adopted_directory_writes_as_many_as_before(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE adm_users (id text PRIMARY KEY, email text)")
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection:
        written = connection.execute("INSERT INTO adm_users VALUES ('a', 'a@example.com'), ('b', 'b@example.com')")
    assert written.rowcount == 2


def test_in_an_adopted_table_of_another_key_the_id_is_unique(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE sys_demo_lead (number int PRIMARY KEY, id text)")
        connection.execute("INSERT INTO sys_demo_lead VALUES (1, 'l')")
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection, pytest.raises(UniqueViolation):
        connection.execute("INSERT INTO sys_demo_lead (number, id) VALUES (2, 'l')")


def test_rows_of_one_id_stop_the_migration(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE sys_demo_lead (number int PRIMARY KEY, id text)")
        connection.execute("INSERT INTO sys_demo_lead VALUES (1, 'l'), (2, 'l')")
    with pytest.raises(BadSettings, match="sys_demo_lead exists already, and several of its rows have the same id"):
        migrate(empty.owner.url, empty.hub.user)


def test_an_adopted_table_is_stamped_and_protected(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE sys_demo_lead (id text PRIMARY KEY)")
        connection.execute("INSERT INTO sys_demo_lead VALUES ('l')")
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection:
        stamped = connection.execute("SELECT xid IS NOT NULL FROM sys_demo_lead").fetchall()
    with psycopg.connect(empty.hub.url) as connection:
        seen = connection.execute("SELECT FROM sys_demo_lead").fetchall()
    assert (stamped, seen) == ([(True,)], [])


def test_a_column_of_another_type_stops_the_migration_and_nothing_has_changed(empty: Database) -> None:
    with psycopg.connect(empty.owner.url) as connection:
        connection.execute("CREATE TABLE adm_users (id uuid PRIMARY KEY)")
    with pytest.raises(BadSettings, match="id is uuid and has to be text"):
        migrate(empty.owner.url, empty.hub.user)
    assert inspector(empty).get_table_names() == ["adm_users"]


def test_without_the_hubs_role_the_migration_says_how_to_make_it(empty: Database) -> None:
    with pytest.raises(BadSettings, match="no role “absent”"):
        migrate(empty.owner.url, "absent")


def test_the_owner_of_the_tables_cannot_be_the_hubs_role(empty: Database) -> None:
    with pytest.raises(BadSettings, match="must not own"):
        migrate(empty.owner.url, empty.owner.user)


def test_a_database_that_is_away_is_said_to_be_so_without_its_password(empty: Database) -> None:
    nowhere = empty.owner.to("nowhere")
    with pytest.raises(Unavailable) as refusal:
        migrate(nowhere.url)
    assert nowhere.password not in f"{refusal.value} {refusal.value.__cause__}"


def test_the_migration_logs_no_password(empty: Database) -> None:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    try:
        migrate(empty.owner.url, empty.hub.user)
    finally:
        logging.getLogger().removeHandler(handler)
    assert empty.owner.password not in said.getvalue()


def test_the_owner_needs_to_be_no_superuser(database: Database) -> None:
    with psycopg.connect(database.owner.url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchall()
    assert rights == [(False, False, False)]


def test_no_extension_is_needed(database: Database) -> None:
    with psycopg.connect(database.owner.url) as connection:
        assert connection.execute("SELECT extname FROM pg_extension").fetchall() == [("plpgsql",)]


def condition(options: object) -> str:
    """A partial index's condition, as a word."""
    where = dict(options).get("postgresql_where") if hasattr(options, "keys") else None  # type: ignore[call-overload]
    return "" if where is None else str(where).strip("()")


def test_policies_that_were_changed_by_hand_are_laid_anew_once_their_note_is_gone(database: Database) -> None:
    before = structure(database)
    with psycopg.connect(database.owner.url) as connection:
        connection.execute("DROP POLICY fleetdesk_select ON adm_members")
        connection.execute("UPDATE sys_epoch SET policies = '{}'")
    migrate(database.owner.url)
    assert structure(database) == before


def checks(database: Database, record: type[Synced]) -> set[tuple[str, str]]:
    with psycopg.connect(database.owner.url) as connection:
        return set(
            connection.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid = to_regclass(%s)",
                [record.__tablename__],
            ).fetchall()
        )


def structure(database: Database) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner.url) as connection:
        return connection.execute(
            "SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT 'trigger', pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT 'policy', policyname || tablename || coalesce(qual, '') FROM pg_policies"
            " UNION ALL SELECT 'epoch', epoch FROM sys_epoch ORDER BY 1, 2"
        ).fetchall()


class BeforeHandedIn(Release):
    """The version before what a revoked laptop handed in was counted."""

    @property
    def newest(self) -> str:
        return "0014"

    def next_after(self, revision: str) -> str | None:
        return None if revision == self.newest else super().next_after(revision)


def test_what_a_revoked_laptop_handed_in_before_counts_too(empty: Database) -> None:
    migrate(empty.owner.url, empty.hub.user, release=BeforeHandedIn(THIS.version, THIS.folders, THIS.rights))
    edit = (
        "INSERT INTO sys_quarantine"
        " (id, scope, device_id, person_id, kind, name, sentence, made_at, received_at, payload)"
        " VALUES (%s, 'members', %s, 'p', 'waiting', 'leads.edit', 'Edited', now(), now(), '{}')"
    )
    with psycopg.connect(empty.owner.url) as connection:
        device = insert_device(connection, "user_sales", "p")
        insert_device(connection, "user_other", "o")
        for id in ("a", "b"):
            connection.execute(edit, [id, device])
    migrate(empty.owner.url, empty.hub.user)
    with psycopg.connect(empty.owner.url) as connection:
        counted = connection.execute(
            "SELECT subject, handed_in, handed_in_bytes FROM sys_device_turn ORDER BY subject"
        ).fetchall()
    assert counted == [("user_other", 0, 0), ("user_sales", 2, 4)]
