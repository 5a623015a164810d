"""Commands at the hub: decided once, in order, by the role that the person has now, none held back by another."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest

from fleetdesk.commands.core import APPLIED, Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, DeleteLead, EditLead, LogActivity, MoveLead, ValidateLead
from fleetdesk.commands.platform import Platform, fleet_platform
from fleetdesk.commands.workspace import Workspace
from fleetdesk.errors import Busy, Invalid, NotAllowed, OutOfOrder, Refused
from fleetdesk.hub.receipts import PayloadChanged
from fleetdesk.models.access import Actor, Permission, Role, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict, VerdictKind, WireCommand
from tests.hub.support import Hosted, Laptop, insert_lead, person_id

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def edit(lead: str, field: str = "company", *, base: object = "Al Noor Transport", new: object = "Noor") -> EditLead:
    return EditLead(id=new_id(), issued_at=NOW, lead_id=lead, edits={field: FieldEdit(base=base, new=new)})


def create(lead: str, **values: object) -> CreateLead:
    return CreateLead(id=new_id(), issued_at=NOW, lead_id=lead, values={"company": "Dunes Taxi"} | values)


def note(lead: str, activity: str, body: str = "Called back") -> LogActivity:
    return LogActivity(
        id=new_id(),
        issued_at=NOW,
        lead_id=lead,
        activity_id=activity,
        kind=ActivityKind.NOTE,
        body=body,
        happened_at=NOW,
    )


@pytest.fixture
def lead(hosted: Hosted) -> str:
    with hosted.owner() as connection:
        return insert_lead(connection)


def companies(hosted: Hosted) -> dict[str, str]:
    return dict(hosted.rows("SELECT id, company FROM sys_demo_lead"))


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
    with pytest.raises(Refused, match="not, or no longer"):
        Laptop(hosted.hub()).push(edit(lead))


def test_a_laptop_of_another_person_is_not_taken_over(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    mine = Laptop(hub)
    mine.push(edit(lead))
    with pytest.raises(NotAllowed):
        Laptop(hub, Role.SUPER_ADMIN, id=mine.id).push(edit(lead))


# --------------------------------------------------------------------------------------------------- order and replay


def test_a_gap_in_the_laptops_order_names_the_sequence_that_is_expected(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    with pytest.raises(OutOfOrder) as refusal:
        laptop.offer([hosted.platform.commands.encode(edit(lead))], first=3)
    assert refusal.value.next_sequence == 2


def test_a_push_that_comes_again_gets_the_same_receipts(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, edit(lead), edit(lead, new="Conflicting"), note(lead, "a"))
    assert laptop.offer(commands).receipts == laptop.offer(commands).receipts


def test_a_push_that_comes_again_does_nothing_again(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, note(lead, "a"), edit(lead))
    laptop.offer(commands)
    hosted.execute("UPDATE sys_demo_lead SET company = 'Al Noor Transport'")
    laptop.offer(commands)
    assert hosted.rows("SELECT activity_count, company FROM sys_demo_lead") == [(1, "Al Noor Transport")]


def test_a_push_that_comes_again_with_more_behind_it_goes_on(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    first, second = wired(hosted, note(lead, "a"), note(lead, "b"))
    laptop.offer([first])
    answer = laptop.offer([first, second])
    assert (answer.next_sequence, [receipt.sequence for receipt in answer.receipts]) == (3, [1, 2])


def test_the_same_id_with_another_payload_is_an_error(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    (command,) = wired(hosted, edit(lead))
    laptop.offer([command])
    with pytest.raises(PayloadChanged):
        laptop.offer([command.model_copy(update={"payload": {**command.payload, "lead_id": "other"}})])


def test_a_sequence_that_was_another_command_is_an_error(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.offer(wired(hosted, edit(lead)))
    with pytest.raises(PayloadChanged):
        laptop.offer(wired(hosted, edit(lead)))


def test_one_command_twice_in_a_push_is_an_error(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    with pytest.raises(Invalid):
        Laptop(hosted.hub()).offer([command, command])


def test_a_command_offered_again_under_a_new_laptop_id_gets_its_old_verdict(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    commands = wired(hosted, note(lead, "a"))
    Laptop(hub).offer(commands)
    answer = Laptop(hub).offer(commands)
    assert answer.receipts[0].verdict.kind is VerdictKind.APPLIED


def test_a_receipt_found_again_belongs_to_the_newer_stream(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    first, second = wired(hosted, note(lead, "a"), note(lead, "b"))
    Laptop(hub).offer([first])
    laptop = Laptop(hub)
    laptop.load()
    laptop.offer([second, first])
    assert [receipt.command_id for receipt in laptop.pull().receipts] == [second.id, first.id]


def test_another_persons_command_of_the_same_id_is_its_own_command(hosted: Hosted, lead: str) -> None:
    hub = hosted.hub()
    (command,) = wired(hosted, edit(lead))
    Laptop(hub).offer([command])
    answer = Laptop(hub, Role.SUPER_ADMIN).offer([command])
    assert answer.receipts[0].verdict.kind is VerdictKind.MERGED


def test_two_hubs_at_once_decide_a_push_once(hosted: Hosted, lead: str) -> None:
    hubs = [hosted.hub(), hosted.hub()]
    laptop = Laptop(hubs[0])
    commands = wired(hosted, *(note(lead, f"a{number}") for number in range(20)))
    together = threading.Barrier(2)
    answers = []

    def offer(hub: int) -> None:
        together.wait()
        answers.append(laptop.offer(commands, hub=hubs[hub]).receipts)

    threads = [threading.Thread(target=offer, args=[hub]) for hub in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers[0], hosted.rows("SELECT activity_count FROM sys_demo_lead")) == (answers[1], [(20,)])


def test_two_laptops_at_once_lose_none_of_their_edits(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        leads = [insert_lead(connection) for _ in range(12)]
    hubs = [hosted.hub(), hosted.hub()]
    together = threading.Barrier(2)

    def work(number: int) -> None:
        laptop = Laptop(hubs[number])
        for turn in range(5):
            together.wait()
            # One counts up the list, the other down: without an order of locks they would meet crosswise.
            order = leads if number else leads[::-1]
            laptop.push(*(note(lead, f"{number}-{turn}-{lead}") for lead in order))

    threads = [threading.Thread(target=work, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hosted.rows("SELECT DISTINCT activity_count FROM sys_demo_lead") == [(10,)]


def test_a_row_that_somebody_holds_for_long_asks_the_laptop_to_come_again(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    with hosted.owner() as connection:
        connection.execute("UPDATE sys_demo_lead SET score = 1")
        with pytest.raises(Busy):
            laptop.push(edit(lead))


def test_a_pull_says_up_to_where_the_laptops_commands_are_in_it(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.push(edit(lead), note(lead, "a"))
    assert laptop.pull().end.settled_through == 2


def test_a_pull_brings_the_receipts_that_the_laptop_has_not_confirmed(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.load()
    laptop.push(edit(lead), edit(lead), note(lead, "a"))
    laptop.confirmed = 1
    assert [(receipt.sequence, receipt.verdict.kind) for receipt in laptop.pull().receipts] == [
        (2, VerdictKind.MERGED),
        (3, VerdictKind.APPLIED),
    ]


# ------------------------------------------------------------------------------------------------- versions and clocks


def test_a_command_that_the_hub_does_not_know_yet_waits_for_an_upgrade(hosted: Hosted, lead: str) -> None:
    (known,) = wired(hosted, edit(lead))
    unknown = known.model_copy(update={"id": new_id(), "name": "leads.teleport"})
    newer = known.model_copy(update={"id": new_id(), "version": 99})
    answer = Laptop(hosted.hub()).offer([unknown, newer, known])
    assert [receipt.verdict.code for receipt in answer.receipts] == ["upgrade_needed", "upgrade_needed", ""]


def test_a_payload_of_the_wrong_form_is_invalid(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    answer = Laptop(hosted.hub()).offer([command.model_copy(update={"payload": {"lead_id": 7}})])
    assert answer.receipts[0].verdict.code == "invalid"


def test_a_command_from_the_future_happened_now(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(at(edit(lead), hosted.clock.now() + dt.timedelta(days=300)))
    assert updated_at(hosted) <= hosted.clock.now()


def test_a_command_from_before_the_last_contact_happened_at_that_contact(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push()
    contact = hosted.clock.now()
    hosted.clock.advance(hours=5)
    laptop.push(at(note(lead, "a"), contact - dt.timedelta(days=40)))
    ((recorded,),) = hosted.rows("SELECT recorded_at FROM sys_demo_lead_activity")
    assert abs(recorded - contact) < dt.timedelta(minutes=1)


def test_a_second_batch_of_what_waited_keeps_its_times(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    offline = hosted.clock.now() - dt.timedelta(hours=3)
    laptop.push(at(note(lead, "a"), offline), more=True)
    laptop.push(at(note(lead, "b"), offline))
    assert hosted.rows("SELECT DISTINCT recorded_at FROM sys_demo_lead_activity") == [(offline,)]


def test_a_time_without_a_zone_is_invalid(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    answer = Laptop(hosted.hub()).offer([command.model_copy(update={"issued_at": dt.datetime(2026, 5, 1)})])  # noqa: DTZ001  # what is refused here
    assert answer.receipts[0].verdict.code == "invalid"


# ------------------------------------------------------------------------------------------------------ the audit log


def test_every_command_writes_one_audit_event(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead), edit(lead, new="Other"), edit("nowhere"))
    assert hosted.rows("SELECT outcome FROM sys_audit_event ORDER BY id") == [
        ("applied",),
        ("conflict",),
        ("rejected:missing",),
    ]


def test_a_denial_is_audited(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub(), Role.FINANCE).push(edit(lead))
    assert hosted.rows("SELECT actor_id, role, action, target_id, outcome FROM sys_audit_event") == [
        (person_id(Role.FINANCE), "platform_finance", "leads.edit", lead, "rejected:not_allowed")
    ]


def test_what_could_not_be_read_is_audited(hosted: Hosted, lead: str) -> None:
    (command,) = wired(hosted, edit(lead))
    Laptop(hosted.hub()).offer([command.model_copy(update={"name": "x" * 500})])
    assert hosted.rows("SELECT action, outcome FROM sys_audit_event") == [("x" * 80, "rejected:upgrade_needed")]


def test_the_audit_event_says_where_the_command_came_from(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push(edit(lead))
    assert hosted.rows("SELECT laptop_id, address, request_id FROM sys_audit_event") == [
        (laptop.id, "192.0.2.7", "request-1")
    ]


def test_the_audit_payload_holds_before_and_after(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead, "score", base=None, new=5))
    ((change,),) = hosted.rows("SELECT body::json #> '{changes,0}' FROM sys_audit_payload")
    assert (change["id"], change["before"]["score"], change["after"]["score"]) == (lead, None, 5)


def test_the_audit_event_covers_its_payload_by_a_salted_digest(hosted: Hosted, lead: str) -> None:
    Laptop(hosted.hub()).push(edit(lead))
    assert hosted.rows(
        "SELECT payload_digest = encode(sha256(convert_to(salt || E'\\n' || body, 'UTF8')), 'hex')"
        " FROM sys_audit_event JOIN sys_audit_payload USING (id)"
    ) == [(True,)]


def test_a_replay_writes_no_second_audit_event(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    commands = wired(hosted, edit(lead))
    laptop.offer(commands)
    laptop.offer(commands)
    assert hosted.rows("SELECT count(*) FROM sys_audit_event") == [(1,)]


def test_nothing_of_a_push_is_there_without_the_rest(hosted: Hosted, lead: str) -> None:
    # The receipts come last: if they cannot be written, nothing may have been.
    hosted.execute("ALTER TABLE sys_receipt ADD CHECK (command_id = 'none')")
    with pytest.raises(Exception, match="sys_receipt"):
        Laptop(hosted.hub()).push(edit(lead))
    assert (companies(hosted)[lead], hosted.rows("SELECT FROM sys_audit_event")) == ("Al Noor Transport", [])


def test_moves_along_the_pipeline_are_kept_in_the_timeline(hosted: Hosted) -> None:
    with hosted.owner() as connection:
        lead = insert_lead(connection, activity_count=1)
    move = MoveLead(id=new_id(), issued_at=NOW, lead_id=lead, base=Stage.NEW, activity_id="m", to=Stage.CONTACTED)
    Laptop(hosted.hub()).push(move)
    assert hosted.rows("SELECT from_status, to_status FROM sys_demo_lead_activity") == [("new", "contacted")]


def test_a_deletion_counts_from_the_hubs_clock(hosted: Hosted, lead: str) -> None:
    laptop = Laptop(hosted.hub())
    laptop.push()
    contact = hosted.clock.now()
    laptop.push(DeleteLead(id=new_id(), issued_at=contact - dt.timedelta(days=90), lead_id=lead, reason="twice"))
    ((deleted_at,),) = hosted.rows("SELECT deleted_at FROM sys_demo_lead")
    assert contact - dt.timedelta(minutes=1) < deleted_at


def wired(hosted: Hosted, *commands: Command) -> list[WireCommand]:
    return [hosted.platform.commands.encode(command) for command in commands]


def at(command: EditLead | LogActivity, instant: dt.datetime) -> Command:
    return command.renewed(id=command.id, issued_at=instant)


def updated_at(hosted: Hosted) -> dt.datetime:
    ((instant,),) = hosted.rows("SELECT updated_at FROM sys_demo_lead")
    assert isinstance(instant, dt.datetime)
    return instant
