"""From rows to leads: nothing dropped, every problem named by row and column."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.commands.lead_import import (
    Check,
    ImportBatch,
    ImportPlanner,
    OnExisting,
    Outcome,
    PlannedRow,
    Reason,
    Target,
    guess_mapping,
)
from fleetdesk.commands.leads import CreateLead
from fleetdesk.errors import BadFile
from fleetdesk.models.duplicates import DuplicateKey, ExistingLead
from fleetdesk.models.stages import Stage
from tests.unit.commands.importing import NOON, Book, Row, lead, plan, planned


def told(row: PlannedRow) -> list[str]:
    """Why the row is failed or left out."""
    return [reason.told(row.number) for reason in row.reasons]


def test_columns_become_fields() -> None:
    command = lead("First Name|Surname|Company|Country|Website", "Zoé|Martin|Taxis du Nord|France|taxis.fr")
    assert command.values == {
        "first_name": "Zoé",
        "last_name": "Martin",
        "company": "Taxis du Nord",
        "country": "FR",
        "website": "taxis.fr",
    }


def test_all_leads_of_an_import_bear_its_id_and_batch_and_each_has_ids_of_its_own() -> None:
    first, second = (row.command for row in plan("Name", "Ali", "Zoé"))
    assert first is not None
    assert second is not None
    assert {first.import_id, first.batch, second.import_id, second.batch} == {"import"}
    assert len({first.id, first.lead_id, second.id, second.lead_id}) == 4


def test_nom_beside_prenom_is_the_family_name() -> None:
    assert guess_mapping(("Nom", "Prénom")).targets == (Target.LAST_NAME, Target.FIRST_NAME)


def test_a_second_column_for_the_same_field_is_kept_as_rest() -> None:
    assert guess_mapping(("Company", "Société")).targets == (Target.COMPANY, Target.REST)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Zoé Martin", ("Zoé", "Martin")),
        ("Jean de la Tour", ("Jean", "de la Tour")),
        ("Martin, Zoé", ("Zoé", "Martin")),
        ("أحمد الهاشمي", ("أحمد", "الهاشمي")),
        ("😀", ("😀", None)),
    ],
)
def test_a_full_name_is_taken_apart(text: str, names: tuple[str, str | None]) -> None:
    values = lead("Name", text).values
    assert (values["first_name"], values.get("last_name")) == names


@pytest.mark.parametrize("blank", ["", "  ", "-", "N/A", "null"])
def test_a_cell_that_says_nothing_sets_nothing(blank: str) -> None:
    command = lead("Name|Company|Account Id", f"Zoé|{blank}|{blank}")
    assert set(command.values) == {"first_name"}
    assert command.note is None


def test_what_has_no_field_opens_the_timeline_under_its_title_behind_the_notes() -> None:
    command = lead("Account Id|Name|Notes|Region", "A-7|Zoé|Call her in May|North")
    assert command.note == "Call her in May\n\nAccount Id: A-7\nRegion: North"
    assert command.note_id is not None


def test_the_column_that_an_earlier_import_wrote_is_not_taken_for_the_leads() -> None:
    assert lead("Name|Why it was not imported", "Zoé|Row 2: broken").note is None


# -- stages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "reason"), [("Closed Lost", "Closed Lost"), ("Perdu", "Perdu"), ("Closed Won", None)]
)
def test_a_lost_stage_is_the_reason_of_the_loss_and_any_stage_a_tag(stage: str, reason: str | None) -> None:
    command = lead("Name|Stage", f"Zoé|{stage}")
    assert (command.lost_reason, command.tags) == (reason, (stage,))


def test_an_unknown_stage_is_kept_as_a_tag_and_flagged_by_its_column() -> None:
    row = planned("Name|Deal Stage", "Zoé|Zebra")
    assert isinstance(row.command, CreateLead)
    assert row.command.tags == ("Zebra", Check.STAGE)
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.STAGE, "Deal Stage")]


def test_the_word_of_a_stage_may_be_said_to_mean_lost_or_not() -> None:
    [row] = plan("Name|Stage", "Zoé|Zebra", stages={"zebra": Stage.LOST})
    assert isinstance(row.command, CreateLead)
    assert (row.command.lost_reason, row.flags) == ("Zebra", ())
    [row] = plan("Name|Stage", "Zoé|Closed Lost", stages={"closed lost": Stage.NEW})
    assert isinstance(row.command, CreateLead)
    assert row.command.lost_reason is None


def test_tags_are_taken_apart() -> None:
    assert lead("Name|Tags", "Zoé|vip; fleet,  north").tags == ("vip", "fleet", "north")


# -- one phone for several ---------------------------------------------------------------------------------------------


SWITCHBOARD = DuplicateKey("phone_key", "+33140000000")


def test_a_colleague_on_the_same_switchboard_is_another_lead_and_told_as_a_possible_double() -> None:
    known = {SWITCHBOARD: ExistingLead("lead", "Zoé Martin", "Taxis")}
    [row] = plan("Name|Email|Phone", "Ali Haddad|ali@taxi.fr|+33140000000", known=known)
    assert isinstance(row.command, CreateLead)
    assert (row.outcome, row.command.tags) == (Outcome.NEW, (Check.DUPLICATE,))
    assert [flag.reason for flag in row.flags] == [
        "a lead of another name has the same phone number: Zoé Martin (Taxis)."
    ]


@pytest.mark.parametrize("who", ["Zoé Martin|z@taxi.fr", "Zoé|z@taxi.fr", "Ali Haddad|"])
def test_the_same_phone_is_the_same_lead_unless_name_and_address_say_otherwise(who: str) -> None:
    known = {SWITCHBOARD: ExistingLead("lead", "Zoé Martin", "Taxis")}
    [row] = plan("Name|Email|Phone", f"{who}|+33140000000", known=known)
    assert row.outcome is Outcome.DUPLICATE


def test_colleagues_on_one_switchboard_in_one_file_are_leads_of_their_own() -> None:
    rows = plan(
        "Name|Email|Phone",
        "Zoé Martin|z@taxi.fr|+33140000000",
        "Ali Haddad|ali@taxi.fr|+33140000000",
        "Zoé Martin|zoe@taxi.fr|+33140000000",
    )
    assert [row.outcome for row in rows] == [Outcome.NEW, Outcome.NEW, Outcome.DUPLICATE]
    assert [flag.reason for flag in rows[1].flags] == [
        "row 2 of this file has the same phone number, under another name."
    ]


# -- owners ------------------------------------------------------------------------------------------------------------


def test_new_leads_go_to_whom_the_person_says_where_no_column_says_it() -> None:
    [row] = plan("Name", "Zoé", owner="layla")
    assert isinstance(row.command, CreateLead)
    assert row.command.values["owner_id"] == "layla"


def test_where_a_column_says_whose_leads_are_it_alone_does() -> None:
    named, unnamed = plan("Name|Owner", "Zoé|Omar", "Ali|", owners={"omar": "person-omar"}, owner="layla")
    assert isinstance(named.command, CreateLead)
    assert isinstance(unnamed.command, CreateLead)
    assert (named.command.values["owner_id"], unnamed.command.values.get("owner_id")) == ("person-omar", None)


# -- phones and addresses ----------------------------------------------------------------------------------------------


def test_a_second_phone_and_a_second_address_are_kept() -> None:
    values = lead(
        "Name|Phone 1|Phone 2|Email 1|Email 2", "Zoé|+33612345678|+971501234567|zoe@taxi.fr|z@gmail.com"
    ).values
    assert (values["phone"], values["second_phone"]) == ("+33612345678", "+971501234567")
    assert (values["email"], values["second_email"]) == ("zoe@taxi.fr", "z@gmail.com")


@pytest.mark.parametrize("row", ["Zoé|06 12 34 56 78|France", "Zoé|06.12.34.56.78|FR", "Zoé|0612345678|france"])
def test_a_number_as_it_is_written_in_the_leads_country_is_complete(row: str) -> None:
    assert planned("Nom|Téléphone|Pays", row).flags == ()


def test_a_third_phone_and_address_are_kept_in_the_note() -> None:
    command = lead("Name|Phone|Mobile|Work phone|Email|Mail|Courriel", "Zoé|1|2|+33612345678|a@b.fr|c@d.fr|e@f.fr")
    assert command.note == "Courriel: e@f.fr\nWork phone: +33612345678"


def test_where_the_first_phone_is_blank_the_second_takes_its_place() -> None:
    values = lead("Name|Phone 1|Phone 2", "Zoé||+33612345678").values
    assert (values["phone"], values.get("second_phone")) == ("+33612345678", None)


@pytest.mark.parametrize(
    "cell", ["+33612345678 / +33712345678", "+33612345678; +33712345678", "+33612345678 ou +33712345678"]
)
def test_two_numbers_in_one_cell_are_two(cell: str) -> None:
    values = lead("Name|Phone", f"Zoé|{cell}").values
    assert (values["phone"], values["second_phone"]) == ("+33612345678", "+33712345678")


@pytest.mark.parametrize("phone", ["985.939.5411x2641", "555-1234", "call me", "9" * 40])
def test_an_odd_phone_is_kept_as_it_is_and_flagged(phone: str) -> None:
    row = planned("Name|Phone 1", f"Zoé|{phone}")
    assert isinstance(row.command, CreateLead)
    assert row.command.values["phone"] == phone
    assert row.command.tags == (Check.PHONE,)
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.PHONE, "Phone 1")]


@pytest.mark.parametrize("cell", ["971501234567.0", "9.71501234567E+11", "9,71501234567e11", "971501234567,00"])
def test_a_phone_that_became_a_number_is_a_phone_again(cell: str) -> None:
    assert lead("Name|Phone|Country", f"Zoé|{cell}|AE").values["phone"] == "971501234567"


def test_a_phone_whose_last_digits_were_lost_is_kept_and_flagged_by_its_column() -> None:
    row = planned("Name|Phone", "Zoé|9.71501E+11")
    assert isinstance(row.command, CreateLead)
    assert row.command.values["phone"] == "9.71501E+11"
    assert [flag.column for flag in row.flags] == ["Phone", "Phone"]
    assert "its last digits are lost" in row.flags[0].reason


def test_a_number_without_its_code_is_right_where_the_country_is_known() -> None:
    assert planned("Phone|Name|Country", "050 123 4567|Ali|UAE").flags == ()


def test_a_broken_address_is_kept_in_the_note_and_flagged() -> None:
    row = planned("Name|Email", "Zoé|zoe(at)taxi.fr")
    assert isinstance(row.command, CreateLead)
    assert "email" not in row.command.values
    assert row.command.note == "Email: zoe(at)taxi.fr"
    assert row.command.tags == (Check.EMAIL,)
    assert row.flags[0].column == "Email"


def test_an_address_behind_a_name_is_found_and_the_name_kept() -> None:
    command = lead("Name|Email", "Zoé|Zoé Martin <zoe@taxi.fr>")
    assert command.values["email"] == "zoe@taxi.fr"
    assert command.note == "Email: Zoé Martin <zoe@taxi.fr>"


def test_where_the_first_address_is_broken_the_second_takes_its_place() -> None:
    values = lead("Name|Email 1|Email 2", "Zoé|zoe(at)|z@taxi.fr").values
    assert (values["email"], values.get("second_email")) == ("z@taxi.fr", None)


# -- numbers, dates, countries, owners ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "size"), [("12", 12), ("1 200", 1200), ("1,200", 1200), ("12 vehicles", 12), ("12.0", 12), ("١٢", 12)]
)
def test_a_fleet_size_is_read_as_people_write_it(cell: str, size: int) -> None:
    assert lead("Name|Fleet size", f"Zoé|{cell}").values["fleet_size"] == size


@pytest.mark.parametrize("cell", ["10-20", "many", "-5", "12 cars and 3 vans"])
def test_a_fleet_size_that_is_no_number_is_kept_in_the_note_and_flagged(cell: str) -> None:
    row = planned("Name|Fleet size", f"Zoé|{cell}")
    assert isinstance(row.command, CreateLead)
    assert "fleet_size" not in row.command.values
    assert row.command.note == f"Fleet size: {cell}"
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.NUMBER, "Fleet size")]


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-03-09", "2026-03-09T05:00:00.000000Z"),
        ("09/03/2026", "2026-03-09T05:00:00.000000Z"),
        ("9.3.2026 14:30", "2026-03-09T10:30:00.000000Z"),
        ("2026-03-09 14:30", "2026-03-09T10:30:00.000000Z"),
        ("2026-03-09T14:30:00+01:00", "2026-03-09T13:30:00.000000Z"),
    ],
)
def test_a_date_is_read_with_the_day_first_and_in_the_imports_zone(cell: str, instant: str) -> None:
    dubai = dt.timezone(dt.timedelta(hours=4))
    [row] = plan("Name|Follow-up date", f"Zoé|{cell}", zone=dubai)
    assert isinstance(row.command, CreateLead)
    assert row.command.values["next_activity_at"] == instant


@pytest.mark.parametrize(
    ("cell", "instant"),
    [("46092", "2026-03-11T09:00:00.000000Z"), ("46092.604166667", "2026-03-11T14:30:00.000000Z")],
)
def test_a_day_as_excel_counts_it_is_read_and_flagged(cell: str, instant: str) -> None:
    row = planned("Name|Follow-up date", f"Zoé|{cell}")
    assert isinstance(row.command, CreateLead)
    assert row.command.values["next_activity_at"] == instant
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.DATE, "Follow-up date")]
    assert "2026-03-11" in row.flags[0].reason


@pytest.mark.parametrize("cell", ["30/02/2026", "2026-13-01", "soon", "2026-02-30", "123", "0001-01-01T00:00+14:00"])
def test_a_date_that_does_not_exist_is_kept_in_the_note_and_flagged(cell: str) -> None:
    row = planned("Name|Relance", f"Zoé|{cell}")
    assert isinstance(row.command, CreateLead)
    assert row.command.note == f"Relance: {cell}"
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.DATE, "Relance")]


def test_an_unknown_country_is_kept_in_the_note_and_flagged() -> None:
    row = planned("Name|Country", "Zoé|Atlantis")
    assert isinstance(row.command, CreateLead)
    assert row.command.note == "Country: Atlantis"
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.COUNTRY, "Country")]


@pytest.mark.parametrize("cell", ["Mona Saleh", "MONA SALEH", "Mona@fleetcore.example"])
def test_an_owner_is_found_in_the_directory_by_name_or_address(cell: str) -> None:
    owners = {"mona saleh": "person-1", "mona@fleetcore.example": "person-1"}
    [row] = plan("Name|Lead Owner", f"Zoé|{cell}", owners=owners)
    assert isinstance(row.command, CreateLead)
    assert row.command.values["owner_id"] == "person-1"


def test_an_owner_may_be_said_to_be_nobody_and_is_then_kept_without_a_word() -> None:
    [row] = plan("Name|Lead Owner", "Zoé|Bethany Dixon", owners={"bethany dixon": ""})
    assert isinstance(row.command, CreateLead)
    assert (row.command.note, row.flags) == ("Lead Owner: Bethany Dixon", ())


def test_an_owner_who_is_nobody_is_kept_in_the_note_and_reported_but_makes_no_tag() -> None:
    row = planned("Name|Lead Owner", "Zoé|Bethany Dixon")
    assert isinstance(row.command, CreateLead)
    assert (row.command.note, row.command.tags) == ("Lead Owner: Bethany Dixon", ())
    assert [(flag.check, flag.column) for flag in row.flags] == [(Check.OWNER, "Lead Owner")]


# -- rows that fail ----------------------------------------------------------------------------------------------------


def test_a_row_that_names_nobody_fails() -> None:
    row = planned("Name|Country|Website", "|France|taxis.fr")
    assert (row.outcome, row.command) == (Outcome.FAILED, None)
    assert told(row) == ["Row 2: A lead needs a name, a company, an email or a phone number."]


def test_a_row_fails_with_every_reason_by_column_and_keeps_its_cells() -> None:
    long = "x" * 301
    row = planned("Name|Company|Score", f"Zoé|{long}|700")
    assert row.outcome is Outcome.FAILED
    assert row.cells == ("Zoé", long, "700")
    company, score = told(row)
    assert company.startswith("Row 2, column “Company”: This text has 301 characters")
    assert score.startswith("Row 2, column “Score”: A score of 700")


def test_a_note_that_is_too_long_fails_by_its_column() -> None:
    [reason] = told(planned("Name|Notes", f"Zoé|{'x' * 20_001}"))
    assert reason.startswith("Row 2, column “Notes”: This text has 20,001 characters")


def test_a_tag_that_is_too_long_fails_by_its_column() -> None:
    [reason] = told(planned("Name|Tags", f"Zoé|{'x' * 61}"))
    assert reason.startswith("Row 2, column “Tags”:")


def test_a_row_that_the_file_broke_fails_with_the_files_own_words() -> None:
    batch = ImportBatch(import_id="i", issued_at=NOON, new_id=lambda: "x")
    planner = ImportPlanner(guess_mapping(("Name",)), batch, Book({}, {}))
    broken = BadFile("Row 7, column “Name”: it is missing.", row=7, column="Name", do="Complete the row.")
    [row] = planner.plan([Row(7, (), broken)])
    assert row.outcome is Outcome.FAILED
    assert row.reasons == (Reason("Name", "it is missing. Complete the row."),)


# -- duplicates --------------------------------------------------------------------------------------------------------

JEAN = {DuplicateKey("email_key", "jean@taxi.fr"): ExistingLead("lead-1", "Jean Petit", "Taxis du Nord")}


def test_a_lead_that_is_there_already_is_left_out_and_named() -> None:
    [row] = plan("Name|Email", "Jean|JEAN@taxi.fr", known=JEAN)
    assert (row.outcome, row.command) == (Outcome.DUPLICATE, None)
    assert told(row) == ["Row 2: a lead with the same email address is there already: Jean Petit (Taxis du Nord)."]


@pytest.mark.parametrize(
    ("column", "first", "second", "what"),
    [
        ("Email", "a@b.fr", "A@B.fr", "email address"),
        ("Phone", "+971 50 123 4567", "00971501234567", "phone number"),
        ("Trade licence", "CN-12 34", "cn1234", "trade licence"),
    ],
)
def test_a_double_within_the_file_is_left_out_and_names_the_first(
    column: str, first: str, second: str, what: str
) -> None:
    one, two = plan(f"Name|{column}", f"Zoé|{first}", f"Zoë|{second}")
    assert (one.outcome, two.outcome) == (Outcome.NEW, Outcome.DUPLICATE)
    assert told(two) == [f"Row 3: row 2 of this file has the same {what}."]


def test_doubles_are_found_across_the_whole_file() -> None:
    rows = plan("Name|Email", *(f"Zoé|{number % 600}@taxi.fr" for number in range(1_100)))
    assert sum(row.outcome is Outcome.DUPLICATE for row in rows) == 500


def test_a_duplicate_can_be_kept_and_is_then_flagged() -> None:
    [row] = plan("Name|Email", "Jean|jean@taxi.fr", known=JEAN, on_existing=OnExisting.CREATE)
    assert row.outcome is Outcome.DUPLICATE
    assert isinstance(row.command, CreateLead)
    assert row.command.tags == (Check.DUPLICATE,)
    assert row.flags[0].check is Check.DUPLICATE


def test_a_file_without_any_naming_column_says_so() -> None:
    assert not guess_mapping(("Index", "Website")).names_leads
