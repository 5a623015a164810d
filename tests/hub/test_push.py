"""Commands at the hub: decided by the role that the person has now, none held back by another."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest

from fleetdesk.commands.core import APPLIED, Command
from fleetdesk.commands.leads import CreateLead, MoveLead, ValidateLead
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.demo.postgres import Database
from fleetdesk.errors import NotAllowed, NotStaff
from fleetdesk.models.access import Access, Actor, Grant, Permission, Role, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict, VerdictKind
from tests.hub.acts import NOW, companies, create, edit, note
from tests.hub.support import Hosted, Laptop, insert_lead, person_id

Act = Callable[[str], Command]


def test_an_edit_is_applied(hosted: Hosted, lead: str) -> None:
    verdicts = Laptop(hosted.hub()).push(edit(lead))
    assert (verdicts[0].kind, companies(hosted)[lead]) == (VerdictKind.APPLIED, "Noor")


def test_an_edit_of_a_field_that_someone_else_changed_is_a_conflict_with_all_three_values(
    hosted: Hosted, lead: str
) -> None:
    hub = hosted.hub()
    Laptop(hub).push(edit(lead, new="First"))
    (verdict,) = Laptop(hub).push(edit(lead, new="Second"))
    (conflict,) = verdict.conflicts
    assert (conflict.base, conflict.mine, conflict.theirs) == ("Al Noor Transport", "Second", "First")


def test_several_edits_of_one_row_in_a_push_build_on_one_another(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(
        edit(lead, new="One"), edit(lead, base="One", new="Two"), edit(lead, "score", base=None, new=5)
    )
    assert hosted.rows("SELECT company, score FROM sys_demo_lead") == [("Two", 5)]


def test_a_row_created_and_edited_in_one_push_is_written_as_it_ends(hosted: Hosted) -> None:
    Laptop(hosted.hub()).push(create("l"), edit("l", base="Dunes Taxi", new="Dunes Limousine"), note("l", "a"))
    assert hosted.rows("SELECT company, activity_count FROM sys_demo_lead") == [("Dunes Limousine", 1)]


def test_every_kind_of_value_is_written_as_it_was_meant(hosted: Hosted) -> None:
    Laptop(hosted.hub()).push(
        CreateLead(
            id=new_id(),
            issued_at=NOW,
            lead_id="l",
            values={"company": "شركة \\ “x”\n", "fleet_size": 40, "next_activity_at": "2026-06-01T08:00:00.123456Z"},
            tags=("b", "a"),
        )
    )
    assert hosted.rows("SELECT company, fleet_size, next_activity_at, tags, email FROM sys_demo_lead") == [
        ("شركة \\ “x”\n", 40, dt.datetime(2026, 6, 1, 8, 0, 0, 123456, dt.UTC), '["a","b"]', None)
    ]


def test_a_refused_command_holds_back_no_other(hosted: Hosted, lead: str) -> None:
    verdicts = Laptop(hosted.hub()).push(edit("nowhere"), edit(lead))
    assert [verdict.kind for verdict in verdicts] == [VerdictKind.REJECTED, VerdictKind.APPLIED]


def test_moves_along_the_pipeline_are_kept_in_the_timeline(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection, activity_count=1)
    move = MoveLead(id=new_id(), issued_at=NOW, lead_id=lead, base=Stage.NEW, activity_id="m", to=Stage.CONTACTED)
    Laptop(hosted.hub()).push(move)
    assert hosted.rows("SELECT from_status, to_status FROM sys_demo_lead_activity") == [("new", "contacted")]


def test_who_may_edit_leads_but_not_import_them_has_an_import_refused_at_the_hub(database: Database) -> None:
    access = Access({Role.COMMERCIAL: Grant(frozenset({Permission.LEADS_EDIT}), frozenset({Scope.LEADS}))})
    hosted = Hosted(database, dataclasses.replace(fleet_platform(), access=access))
    imported = dataclasses.replace(create("imported"), import_id=new_id())
    verdicts = Laptop(hosted.hub()).push(imported, create("typed"))
    assert ([verdict.code for verdict in verdicts], list(companies(hosted))) == (["not_allowed", ""], ["typed"])
    hosted.close()


# ------------------------------------------------------------------------------------------ what the database refuses


def test_an_id_taken_in_a_scope_that_the_person_does_not_hold_is_not_unique(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        insert_lead(connection, "taken", scope="audit")
    verdicts = Laptop(hosted.hub()).push(create("free"), create("taken"), create("free too"))
    assert [verdict.code for verdict in verdicts] == ["", "not_unique", ""]


def test_a_value_that_a_check_refuses_is_invalid_and_alone(hosted: Hosted, lead: str) -> None:
    # A value within the field's own bounds; the database knows better.
    hosted.execute("ALTER TABLE sys_demo_lead ADD CHECK (score <> 13)")
    verdicts = Laptop(hosted.hub()).push(edit(lead, "score", base=None, new=13), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["invalid", ""]


def test_a_reference_to_nobody_is_invalid(hosted: Hosted, lead: str) -> None:
    verdicts = Laptop(hosted.hub()).push(edit(lead, "owner_id", base=None, new="nobody"), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["invalid", ""]


def test_a_reference_to_a_colleague_is_kept(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead, "owner_id", base=None, new=person_id(Role.SUPPORT)))
    assert hosted.rows("SELECT owner_id FROM sys_demo_lead") == [(person_id(Role.SUPPORT),)]


def test_text_that_no_database_keeps_is_invalid(hosted: Hosted, lead: str) -> None:
    verdicts = Laptop(hosted.hub()).push(note(lead, "a", body="nul \x00"), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["invalid", ""]


@pytest.mark.parametrize("act", [create, edit])
def test_an_id_that_no_index_holds_is_invalid_and_alone(hosted: Hosted, lead: str, act: Act) -> None:
    verdicts = Laptop(hosted.hub()).push(act(random_text(20_000)), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["invalid", ""]


def test_a_value_that_no_index_holds_is_invalid_and_alone(hosted: Hosted, lead: str) -> None:
    hosted.execute("CREATE INDEX ON sys_demo_lead_activity (body)")
    verdicts = Laptop(hosted.hub()).push(note(lead, "a", body=random_text(9_000)), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["invalid", ""]


def test_after_the_database_refused_one_the_others_still_build_on_one_another(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(
        edit(lead, new="One"), edit(lead, "owner_id", base=None, new="nobody"), edit(lead, base="One", new="Two")
    )
    assert companies(hosted)[lead] == "Two"


@dataclass(frozen=True, kw_only=True)
class _Mistaken(Command):
    """A command with a mistake in it."""

    name: ClassVar[str] = "tests.mistaken"
    permission: ClassVar[Permission] = Permission.LEADS_EDIT
    writes: ClassVar[frozenset[str]] = frozenset({Scope.LEADS})

    def touches(self) -> frozenset[Key]:
        return frozenset()

    def target(self) -> Key:
        return Lead.key_of("x")

    def sentence(self) -> str:
        return "Stumbled"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        db.find(Lead, "undeclared")
        return APPLIED


def test_a_mistake_in_one_command_does_not_hold_back_the_laptop_for_ever(hosted: Hosted, lead: str) -> None:
    fleet = fleet_platform()
    hosted.platform = Platform(fleet.schema, fleet.commands.including(_Mistaken), fleet.access)
    verdicts = Laptop(hosted.hub()).push(_Mistaken(id=new_id(), issued_at=NOW), edit(lead))
    assert [verdict.code for verdict in verdicts] == ["defect", ""]


# ------------------------------------------------------------------------------------------------------- who may what


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.PRODUCT_MANAGER])
def test_a_role_without_the_permission_is_refused(hosted: Hosted, lead: str, role: Role) -> None:
    (verdict,) = Laptop(hosted.hub(), role).push(edit(lead))
    assert (verdict.code, companies(hosted)[lead]) == ("not_allowed", "Al Noor Transport")


def test_only_a_super_admin_validates(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection, status="onboarding")
    checklist = dict.fromkeys(("identity", "trade_licence", "address", "fleet_documents", "sanctions"), True)
    hub = hosted.hub()

    def validate(activity: str) -> ValidateLead:
        return ValidateLead(
            id=new_id(), issued_at=NOW, lead_id=lead, base=Stage.ONBOARDING, activity_id=activity, checklist=checklist
        )

    verdicts = [*Laptop(hub).push(validate("a")), *Laptop(hub, Role.SUPER_ADMIN).push(validate("b"))]
    assert [verdict.code for verdict in verdicts] == ["not_allowed", ""]


def test_the_role_that_counts_is_the_one_at_the_moment_of_the_push(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    hosted.execute("UPDATE adm_members SET role = 'platform_finance' WHERE role = %s", Role.COMMERCIAL)
    (verdict,) = laptop.push(edit(lead))
    assert verdict.code == "not_allowed"


def test_a_role_taken_away_while_a_push_waits_for_its_turn_counts(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push()
    verdicts: list[Verdict] = []
    with hosted.owner() as connection:
        connection.execute("SELECT FROM sys_laptop FOR UPDATE")
        pushing = threading.Thread(target=lambda: verdicts.extend(laptop.push(edit(lead))))
        pushing.start()
        while not hosted.rows("SELECT FROM pg_locks WHERE NOT granted"):
            pass
        connection.execute("UPDATE adm_members SET role = 'platform_finance' WHERE role = %s", [Role.COMMERCIAL])
    pushing.join()
    assert [verdict.code for verdict in verdicts] == ["not_allowed"]


@pytest.mark.parametrize(
    "dismissal",
    [
        "UPDATE adm_members SET status = 'suspended'",
        "UPDATE adm_members SET deleted_at = now()",
        "UPDATE adm_members SET organisation = 'another'",
        "UPDATE adm_users SET status = 'suspended'",
        "UPDATE adm_users SET deleted_at = now()",
    ],
)
def test_who_is_no_longer_staff_is_turned_away(hosted: Hosted, lead: str, dismissal: str) -> None:
    hosted.execute(dismissal)
    with pytest.raises(NotStaff):
        Laptop(hosted.hub()).push(edit(lead))


def test_a_laptop_of_another_person_is_not_taken_over(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    mine = Laptop(hub)
    mine.push(edit(lead))
    with pytest.raises(NotAllowed):
        Laptop(hub, Role.SUPER_ADMIN, id=mine.id).push(edit(lead))


def random_text(length: int) -> str:
    """Text that the database cannot store any shorter."""
    return random.Random(1).randbytes(length // 2).hex()
