"""What an import's row does to a lead that is there, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.access import Actor, Role
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench, bench

UPDATE = UpdateLead(
    id="update",
    issued_at=NOON,
    lead_id="lead",
    edits={"company": FieldEdit(None, "Taxis du Nord"), "fleet_size": FieldEdit(8, 12)},
    add=("fair",),
    import_id="import",
)


@pytest.fixture
def desk() -> Iterator[Bench]:
    """A bench with one lead."""
    with bench() as desk:
        desk.create(last_name="Petit", fleet_size=8)
        yield desk


def taken_back(desk: Bench) -> UpdateLead:
    command = UPDATE.taking_back(desk.changes, new_id=desk.id, issued_at=NOON)
    assert isinstance(command, UpdateLead)
    return command


def test_it_sets_fields_and_adds_tags(desk: Bench) -> None:
    assert desk.perform(UPDATE).kind is VerdictKind.APPLIED
    lead = desk.lead()
    assert (lead.company, lead.fleet_size, lead.tags) == ("Taxis du Nord", 12, ["fair"])
    assert "taxis du nord" in lead.search_key


def test_a_field_that_someone_changed_is_a_conflict_and_the_rest_is_set(desk: Bench) -> None:
    desk.put(fleet_size=9)
    verdict = desk.perform(UPDATE)
    assert [(each.field, each.theirs) for each in verdict.conflicts] == [("fleet_size", 9)]
    assert desk.lead().company == "Taxis du Nord"


def test_what_is_there_already_is_merged(desk: Bench) -> None:
    desk.perform(UPDATE)
    assert desk.perform(replace(UPDATE, id="again")).kind is VerdictKind.MERGED


def test_tags_alone_will_do(desk: Bench) -> None:
    assert desk.perform(replace(UPDATE, edits={})).kind is VerdictKind.APPLIED


def test_an_update_of_nothing_is_refused(desk: Bench) -> None:
    assert desk.perform(replace(UPDATE, edits={}, add=())).code == "invalid"


def test_a_value_that_may_not_stand_there_is_refused(desk: Bench) -> None:
    verdict = desk.perform(replace(UPDATE, edits={"country": FieldEdit(None, "Atlantis")}))
    assert (verdict.code, verdict.missing) == ("invalid", ("country",))


def test_a_deleted_lead_is_not_updated(desk: Bench) -> None:
    desk.perform(DeleteLead(id="delete", issued_at=NOON, lead_id="lead", reason="Bought list"))
    assert desk.perform(UPDATE).code == "deleted"


def test_who_may_not_import_may_not_update_by_an_import(desk: Bench) -> None:
    assert desk.perform(UPDATE, actor=Actor("f", Role.FINANCE)).kind is VerdictKind.REJECTED


def test_it_is_taken_back_field_by_field(desk: Bench) -> None:
    desk.perform(UPDATE)
    back = taken_back(desk)
    desk.perform(back)
    lead = desk.lead()
    assert (lead.company, lead.fleet_size, lead.tags) == (None, 8, [])
    assert back.sentence() == "Took back what an import changed in a lead"
    assert UPDATE.sentence() == "Updated a lead by an import"


def test_what_was_edited_since_stays(desk: Bench) -> None:
    desk.perform(UPDATE)
    back = taken_back(desk)
    desk.put(company="Taxis du Sud")
    assert [each.field for each in desk.perform(back).conflicts] == ["company"]
    assert (desk.lead().company, desk.lead().fleet_size) == ("Taxis du Sud", 8)


def test_it_can_be_done_again_after_it_was_taken_back(desk: Bench) -> None:
    desk.perform(UPDATE)
    back = taken_back(desk)
    desk.perform(back)
    again = back.taking_back(desk.changes, new_id=desk.id, issued_at=NOON)
    desk.perform(again)
    assert (desk.lead().company, desk.lead().tags) == ("Taxis du Nord", ["fair"])


def test_one_may_insist_on_a_field_after_all(desk: Bench) -> None:
    desk.put(fleet_size=9)
    insisting = UPDATE.insisting(desk.perform(UPDATE).conflicts, id="insist", issued_at=NOON)
    assert isinstance(insisting, EditLead)
    desk.perform(insisting)
    assert desk.lead().fleet_size == 12
