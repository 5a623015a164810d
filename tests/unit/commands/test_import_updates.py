"""Rows whose lead is there already: left alone, or brought to it, as the person says."""

from __future__ import annotations

import pytest

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_import import OnExisting, Outcome, PlannedRow, Target, guess_mapping
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.commands.leads import CreateLead
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead
from fleetdesk.models.types import JsonValue
from tests.unit.commands.importing import plan

JEAN = ExistingLead("lead-1", "Jean Petit", "Taxis du Nord")
BY_EMAIL = {DuplicateKey("email_key", "jean@taxi.fr"): JEAN}
HOLDS: dict[str, JsonValue] = {
    "first_name": "Jean",
    "last_name": None,
    "email": "jean@taxi.fr",
    "second_email": None,
    "phone": "+33612345678",
    "second_phone": None,
    "company": "Taxis du Nord",
    "country": "FR",
    "fleet_size": 8,
    "tags": ["vip"],
}


def met(
    header: str, *rows: str, on_existing: OnExisting = OnExisting.FILL, overwritten: frozenset[str] = frozenset()
) -> list[PlannedRow]:
    """What becomes of rows that bear Jean's address."""
    return plan(
        f"Email|{header}",
        *(f"jean@taxi.fr|{row}" for row in rows),
        known=BY_EMAIL,
        there={"lead-1": HOLDS},
        on_existing=on_existing,
        overwritten=overwritten,
    )


def edits(row: PlannedRow) -> dict[str, FieldEdit]:
    assert isinstance(row.command, UpdateLead)
    return dict(row.command.edits)


def test_fields_that_are_empty_are_filled_each_with_the_value_it_had() -> None:
    [row] = met("Last name|Company|Fleet", "Petit|Another|12")
    assert row.outcome is Outcome.UPDATED
    assert edits(row) == {"last_name": FieldEdit(base=None, new="Petit")}


def test_the_command_is_about_the_lead_and_bears_import_and_batch() -> None:
    [row] = met("Last name", "Petit")
    assert isinstance(row.command, UpdateLead)
    assert (row.command.lead_id, row.command.import_id, row.command.batch) == ("lead-1", "import", "import")


def test_fields_that_are_named_are_overwritten_and_no_others() -> None:
    [row] = met("Company|Fleet", "Another|12", on_existing=OnExisting.OVERWRITE, overwritten=frozenset({"fleet_size"}))
    assert edits(row) == {"fleet_size": FieldEdit(base=8, new=12)}


def test_an_empty_cell_empties_no_field() -> None:
    [row] = met(
        "Company|Fleet", "|12", on_existing=OnExisting.OVERWRITE, overwritten=frozenset({"company", "fleet_size"})
    )
    assert edits(row).keys() == {"fleet_size"}


def test_a_row_that_brings_nothing_new_is_a_duplicate_and_says_so() -> None:
    [row] = met("Company|Phone", "Taxis du Nord|0033 6 12 34 56 78")
    assert (row.outcome, row.command) == (Outcome.DUPLICATE, None)
    assert "has all of it: Jean Petit (Taxis du Nord)" in row.reasons[0].what


def test_another_number_goes_where_there_is_room_for_a_second_one() -> None:
    [row] = met("Phone", "+971501234567")
    assert edits(row) == {"second_phone": FieldEdit(base=None, new="+971501234567")}


def test_a_named_number_is_overwritten_although_there_is_room() -> None:
    [row] = met("Phone", "+971501234567", on_existing=OnExisting.OVERWRITE, overwritten=frozenset({"phone"}))
    assert edits(row) == {"phone": FieldEdit(base="+33612345678", new="+971501234567")}


def test_two_new_numbers_do_not_take_the_same_place() -> None:
    [row] = met("Phone|Phone 2", "+971501234567|+971551234567")
    assert edits(row) == {"second_phone": FieldEdit(base=None, new="+971501234567")}


def test_tags_that_the_lead_has_not_are_added() -> None:
    [row] = met("Tags", "vip; fair")
    assert isinstance(row.command, UpdateLead)
    assert (row.command.edits, row.command.add) == ({}, ("fair",))


def test_the_sources_stage_and_notes_are_for_new_leads_only() -> None:
    [row] = met("Stage|Notes", "Closed Lost|Call her")
    assert row.outcome is Outcome.DUPLICATE


def test_a_second_row_about_the_same_lead_is_left_out_and_names_the_first() -> None:
    first, second = met("Last name", "Petit", "Grand")
    assert (first.outcome, second.outcome) == (Outcome.UPDATED, Outcome.DUPLICATE)
    assert second.reasons[0].what.startswith("row 2 of this file")


def test_a_value_that_may_not_stand_there_fails_by_its_column() -> None:
    [row] = met("Website", "x" * 301)
    assert row.outcome is Outcome.FAILED
    assert row.reasons[0].column == "Website"


def test_by_default_the_lead_stays_as_it_is() -> None:
    [row] = met("Last name", "Petit", on_existing=OnExisting.LEAVE)
    assert (row.outcome, row.command) == (Outcome.DUPLICATE, None)


def test_what_looks_wrong_is_flagged_only_where_it_is_taken_over() -> None:
    [row] = met("Country|Phone", "Atlantis|12345")
    assert [flag.column for flag in row.flags] == ["Phone"]


# -- our own ids -------------------------------------------------------------------------------------------------------


def test_a_lead_is_found_by_its_id_from_an_export_whatever_else_changed() -> None:
    [row] = plan(
        "Lead ID|Email|Last name",
        "lead-1|other@taxi.fr|Petit",
        there={"lead-1": HOLDS},
        on_existing=OnExisting.FILL,
    )
    assert edits(row) == {"last_name": FieldEdit(None, "Petit"), "second_email": FieldEdit(None, "other@taxi.fr")}


def test_an_id_alone_names_a_lead() -> None:
    assert guess_mapping(("Lead ID", "Fleet size")).names_leads


def test_another_systems_id_is_kept_in_the_note() -> None:
    [row] = plan("Lead ID|Name", "00Q5e00001|Zoé", there={"lead-1": HOLDS})
    assert isinstance(row.command, CreateLead)
    assert row.command.note == "Lead ID: 00Q5e00001"


def test_what_an_export_tells_of_a_leads_past_is_not_brought_back() -> None:
    targets = guess_mapping(("Lead ID", "Created", "Lost reason", "Region")).targets
    assert targets == (Target.LEAD_ID, Target.NOTHING, Target.NOTHING, Target.REST)


@pytest.mark.parametrize("title", ["Created", "Updated"])
def test_in_a_file_of_others_it_is_kept_in_the_note(title: str) -> None:
    assert guess_mapping(("Name", title)).targets[1] is Target.REST
