"""An import as a whole: written down, marked as taken back; and how each of its leads is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.import_revert import way_back
from fleetdesk.commands.lead_deletion import LEFT_AS_CREATED, TakeBackLead
from fleetdesk.commands.lead_imports import MarkImport, RecordImport
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.lead_imports import ImportedLead, LeadImport, SinceThen
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import NOON, Bench, bench

FIGURES = {"rows": 5, "created": 2, "updated": 1, "duplicates": 1, "failed": 1}
RECORD = RecordImport(id="record", issued_at=NOON, import_id="import", file_name="fair.csv", figures=FIGURES)
MARK = MarkImport(id="mark", issued_at=NOON, import_id="import", taken_back=True)


@pytest.fixture
def desk() -> Iterator[Bench]:
    with bench() as desk:
        yield desk


def test_it_is_written_down_with_its_file_its_figures_and_who_did_it(desk: Bench) -> None:
    assert desk.perform(RECORD).kind is VerdictKind.APPLIED
    row = desk.row(LeadImport, "import")
    assert (row.file_name, row.person_id, row.rows, row.created, row.failed) == ("fair.csv", "mona", 5, 2, 1)
    assert RECORD.sentence() == "Imported a file of leads"


@pytest.mark.parametrize(
    "broken",
    [
        replace(RECORD, file_name=""),
        replace(RECORD, file_name="x" * 301),
        replace(RECORD, figures={"rows": 1}),
        replace(RECORD, figures={**FIGURES, "rows": -1}),
        replace(RECORD, figures={**FIGURES, "rows": "5"}),
    ],
)
def test_a_record_of_wrong_form_is_refused(desk: Bench, broken: RecordImport) -> None:
    assert desk.perform(broken).code == "invalid"


def test_who_may_not_import_may_not_say_so(desk: Bench) -> None:
    assert desk.perform(RECORD, actor=Actor("f", Role.FINANCE)).kind is VerdictKind.REJECTED


def test_it_is_marked_as_taken_back_once(desk: Bench) -> None:
    desk.perform(RECORD)
    assert desk.perform(MARK).kind is VerdictKind.APPLIED
    assert desk.row(LeadImport, "import").taken_back_by == "mona"
    assert desk.perform(replace(MARK, id="again")).kind is VerdictKind.MERGED


def test_the_mark_and_the_record_know_their_ways_back(desk: Bench) -> None:
    desk.perform(RECORD)
    back = RECORD.taking_back(desk.changes, new_id=desk.id, issued_at=NOON)
    desk.perform(back)
    assert desk.row(LeadImport, "import").taken_back_at == NOON
    desk.perform(back.taking_back(desk.changes, new_id=desk.id, issued_at=NOON))
    assert desk.row(LeadImport, "import").taken_back_at is None


# -- leads -------------------------------------------------------------------------------------------------------------

Changed = Mapping[str, tuple[JsonValue, JsonValue]]
NEW: dict[str, JsonValue] = {"status": "new", "activity_count": 0, "tags": [], "company": "Taxi", "phone": "1"}
OMAR = SinceThen("Omar", NOON, ("company",))


def imported(changed: Changed | None, *since: SinceThen, **now: JsonValue) -> ImportedLead:
    return ImportedLead("lead", "Ali", changed, {**dict.fromkeys(LEFT_AS_CREATED), **NEW, **now}, since)


def back_of(lead: ImportedLead) -> tuple[object, tuple[str, ...], bool]:
    back = way_back(lead, new_id=lambda: "new", issued_at=NOON)
    return back.command, back.left, back.whole


def test_a_lead_that_was_created_and_not_touched_since_goes() -> None:
    command, _, whole = back_of(imported(None))
    assert isinstance(command, TakeBackLead)
    assert not whole


@pytest.mark.parametrize(
    "lead", [imported(None, OMAR), imported(None, activity_count=1), imported(None, merged_into="other")]
)
def test_a_lead_with_which_something_was_done_stays(lead: ImportedLead) -> None:
    assert back_of(lead) == (None, (), True)


def test_a_lead_that_was_deleted_meanwhile_needs_nothing() -> None:
    assert back_of(imported(None, deleted_at="2026-03-02T12:00:00.000000Z")) == (None, (), False)


def test_an_updated_lead_gets_its_former_values_back_but_for_those_changed_since() -> None:
    command, left, whole = back_of(imported({"company": (None, "Bus"), "phone": (None, "1")}, OMAR))
    assert isinstance(command, UpdateLead)
    assert command.edits == {"phone": FieldEdit(base="1", new=None)}
    assert (left, whole) == (("company",), False)


def test_what_is_as_before_already_needs_nothing() -> None:
    assert back_of(imported({"company": ("Taxi", "Bus")})) == (None, (), False)


def test_tags_that_the_import_added_go_and_others_stay() -> None:
    command, _, _ = back_of(imported({"tags": (["vip"], ["fair", "vip"])}, tags=["fair", "vip", "later"]))
    assert isinstance(command, UpdateLead)
    assert command.remove == ("fair",)
