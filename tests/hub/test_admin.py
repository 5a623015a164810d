"""The first super admin comes from a command line, as the owner of the tables; the others from FleetDesk."""

from __future__ import annotations

import threading

import pytest
from typer.testing import CliRunner, Result

from fleetdesk.demo.postgres import Database
from fleetdesk.errors import Refused
from fleetdesk.hub.admin import Candidate, add_admin
from fleetdesk.hub.cli import hub_cli
from fleetdesk.models.access import Role
from tests.hub.support import Hosted, Laptop

FIRST = ("first@example.com", "--subject", "user_first", "--first-name", "Sara", "--last-name", "Haddad")
ADMINS = (
    "SELECT email FROM adm_users JOIN adm_members ON user_id = adm_users.id"
    " WHERE role = 'platform_super_admin' AND adm_members.status = 'active' ORDER BY email"
)
EVENTS = "SELECT action, sentence, role FROM sys_audit_event"


@pytest.fixture
def nobody(hosted: Hosted) -> Hosted:
    """Staff of all roles but a super admin."""
    hosted.execute("DELETE FROM adm_members WHERE role = 'platform_super_admin'")
    return hosted


def add(database: Database, *arguments: str) -> Result:
    environment = {"FLEETDESK_OWNER_DATABASE_URL": database.owner.url}
    return CliRunner().invoke(hub_cli, ["admin", "add", *arguments], env=environment)


def test_somebody_unknown_becomes_the_first_super_admin(nobody: Hosted) -> None:
    result = add(nobody.database, *FIRST)
    assert (result.exit_code, result.output) == (0, "first@example.com is a super admin now.\n")
    assert nobody.rows(ADMINS) == [("first@example.com",)]


def test_and_can_work_at_once(nobody: Hosted) -> None:
    add(nobody.database, *FIRST)
    laptop = Laptop(nobody.hub(), subject="user_first")
    laptop.load()
    assert "Haddad" in {row["last_name"] for row in laptop.rows["adm_users"].values()}


def test_somebody_known_is_made_one_by_the_address_alone(nobody: Hosted) -> None:
    address = f"{Role.SUPPORT}@example.com"
    assert add(nobody.database, address.upper()).exit_code == 0
    assert nobody.rows(ADMINS) == [(address,)]


def test_the_audit_log_tells_of_it(nobody: Hosted) -> None:
    add(nobody.database, *FIRST)
    assert nobody.rows(EVENTS) == [
        ("hub.admin_add", "Made somebody a super admin, as the owner of the tables", "system")
    ]


def test_saying_it_again_does_nothing(nobody: Hosted) -> None:
    add(nobody.database, *FIRST)
    result = add(nobody.database, *FIRST)
    assert (result.exit_code, result.output) == (0, "first@example.com is a super admin already.\n")
    assert len(nobody.rows(EVENTS)) == 1


def test_where_there_is_one_it_is_refused(hosted: Hosted) -> None:
    result = add(hosted.database, *FIRST)
    assert result.exit_code == 1
    assert "There is a super admin already" in result.stderr
    assert len(hosted.rows(ADMINS)) == 1


def test_where_there_is_one_another_is_made_if_that_is_meant(hosted: Hosted) -> None:
    assert add(hosted.database, *FIRST, "--another").exit_code == 0
    assert len(hosted.rows(ADMINS)) == 2


def test_one_who_is_suspended_is_none(hosted: Hosted) -> None:
    hosted.execute("UPDATE adm_members SET status = 'suspended' WHERE role = 'platform_super_admin'")
    assert add(hosted.database, *FIRST).exit_code == 0


def test_who_was_suspended_is_let_in_again(nobody: Hosted) -> None:
    address = f"{Role.SUPPORT}@example.com"
    nobody.execute("UPDATE adm_users SET status = 'suspended' WHERE email = %s", address)
    nobody.execute("UPDATE adm_members SET status = 'suspended' WHERE role = 'platform_support'")
    add(nobody.database, address)
    Laptop(nobody.hub(), Role.SUPPORT).load()


def test_who_was_deleted_is_there_again(nobody: Hosted) -> None:
    nobody.execute(
        "UPDATE adm_users SET deleted_at = now(), deleted_by = 'hub', deletion_reason = 'Left' WHERE provider_id = %s",
        f"user_{Role.SUPPORT}",
    )
    nobody.execute("UPDATE adm_members SET deleted_at = now() WHERE id = %s", f"member-{Role.SUPPORT}")
    address = f"{Role.SUPPORT}@example.com"
    assert "--subject" in add(nobody.database, address).output
    assert add(nobody.database, address, "--subject", f"user_{Role.SUPPORT}").exit_code == 0
    assert nobody.rows("SELECT first_name, deleted_by FROM adm_users WHERE email = %s", address) == [("Person", None)]
    Laptop(nobody.hub(), subject=f"user_{Role.SUPPORT}").load()


def test_somebody_unknown_without_an_account_is_refused(nobody: Hosted) -> None:
    result = add(nobody.database, "first@example.com")
    assert result.exit_code == 1
    assert "--subject" in result.stderr


@pytest.mark.parametrize(
    "whom",
    [
        (f"{Role.SUPPORT}@example.com", "--subject", "user_other"),
        ("other@example.com", "--subject", f"user_{Role.SUPPORT}"),
    ],
    ids=["another account", "another address"],
)
def test_address_and_account_of_two_people_are_refused(nobody: Hosted, whom: tuple[str, ...]) -> None:
    assert add(nobody.database, *whom).exit_code == 1
    assert nobody.rows(ADMINS) == []


def test_what_is_no_address_is_refused(nobody: Hosted) -> None:
    result = add(nobody.database, "first", "--subject", "user_first")
    assert (result.exit_code, result.stderr) == (1, "“first” is no email address.\n")


def test_it_is_done_as_the_owner(database: Database) -> None:
    result = CliRunner().invoke(hub_cli, ["admin", "add", "first@example.com"], env={})
    assert result.exit_code == 1
    assert "FLEETDESK_OWNER_DATABASE_URL" in result.stderr


SLOWLY = """
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;
    CREATE TRIGGER slowly BEFORE INSERT ON adm_users FOR EACH ROW EXECUTE FUNCTION slowly()
"""


def test_of_two_at_once_one_is_the_first(nobody: Hosted) -> None:
    nobody.execute(SLOWLY)
    outcomes: list[str] = []

    def make(name: str) -> None:
        candidate = Candidate(f"{name}@example.com", name)
        try:
            add_admin(nobody.database.owner.url, candidate, another=False, now=nobody.clock.now())
        except Refused as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("made")

    threads = [threading.Thread(target=make, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "there_is_one"]


def add_member(database: Database, *arguments: str, **environment: str) -> Result:
    environment["FLEETDESK_OWNER_DATABASE_URL"] = database.owner.url
    return CliRunner().invoke(hub_cli, ["member", "add", *arguments], env=environment)


class TestAMember:
    """Anybody else on the staff, where no provider has a list of them."""

    def test_somebody_unknown_is_put_on_the_staff_in_their_role(self, hosted: Hosted) -> None:
        result = add_member(hosted.database, *FIRST, "--role", "sales")
        assert (result.exit_code, result.output) == (0, "first@example.com is on the staff now, as sales.\n")
        role = "SELECT role FROM adm_members JOIN adm_users ON adm_users.id = user_id WHERE provider_id = 'user_first'"
        assert hosted.rows(role) == [(Role.COMMERCIAL,)]
        laptop = Laptop(hosted.hub(), subject="user_first")
        laptop.load()
        assert "Haddad" in {row["last_name"] for row in laptop.rows["adm_users"].values()}

    def test_without_a_name_they_are_called_by_their_address(self, hosted: Hosted) -> None:
        add_member(hosted.database, "omar@example.com", "--subject", "user_omar", "--role", "finance")
        assert hosted.rows("SELECT first_name, last_name FROM adm_users WHERE provider_id = 'user_omar'") == [
            ("omar", "")
        ]

    def test_the_audit_log_tells_of_it(self, hosted: Hosted) -> None:
        add_member(hosted.database, *FIRST, "--role", "support")
        assert hosted.rows(EVENTS) == [
            ("hub.member_add", "Put somebody on the staff, as the owner of the tables", "system")
        ]

    def test_who_is_there_already_keeps_their_role(self, hosted: Hosted) -> None:
        result = add_member(hosted.database, f"{Role.SUPPORT}@example.com", "--role", "sales")
        assert (result.exit_code, "on the staff already, as support" in result.output) == (1, True)

    def test_an_unknown_role_is_refused(self, hosted: Hosted) -> None:
        result = add_member(hosted.database, *FIRST, "--role", "king")
        assert (result.exit_code, "“king” is not a role" in result.output) == (1, True)

    def test_where_clerk_says_who_is_on_the_staff_it_is_refused(self, hosted: Hosted) -> None:
        result = add_member(hosted.database, *FIRST, "--role", "sales", FLEETDESK_CLERK_SECRET_KEY="sk_test_x")
        assert (result.exit_code, "Add them to the organisation there" in result.output) == (1, True)
