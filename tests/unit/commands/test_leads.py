"""Creating, editing, tagging, logging, deleting and restoring leads."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.lead_fields import EDITABLE, MOST_TAGS
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead, TagLead
from fleetdesk.models.access import Access, Actor, Grant, Permission, Role, Scope
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import MONA, NOON, Bench, bench

LATER = NOON + dt.timedelta(hours=1)
WITHOUT_IMPORTS = Access({Role.COMMERCIAL: Grant(frozenset({Permission.LEADS_EDIT}), frozenset({Scope.LEADS}))})


def edit(**edits: tuple[object, object]) -> EditLead:
    """An edit of fields, each from what was seen to what is wanted."""
    changes = {name: FieldEdit(base=base, new=new) for name, (base, new) in edits.items()}
    return EditLead(id="edit", issued_at=LATER, lead_id="lead", edits=changes)


def log(kind: ActivityKind = ActivityKind.CALL, body: str = "Spoke", at: dt.datetime = LATER) -> LogActivity:
    return LogActivity(
        id="log", issued_at=LATER, lead_id="lead", activity_id="entry", kind=kind, body=body, happened_at=at
    )


# -- create ------------------------------------------------------------------------------------------------------------


def test_a_new_lead_begins_in_new_with_its_keys(bench: Bench) -> None:
    bench.create(first_name="Zoé", email="Zoe@Taxi.fr", phone="06 12 34 56 78", country="FR", trade_licence="cn-1")
    lead = bench.lead()
    assert (lead.status, lead.created_at, lead.activity_count, lead.tags) == (Stage.NEW, NOON, 0, [])
    assert (lead.email_key, lead.phone_key, lead.trade_licence_key) == ("zoe@taxi.fr", "+33612345678", "CN1")
    assert lead.search_key == "zoe zoe"


def test_a_lead_with_a_reason_begins_in_lost(bench: Bench) -> None:
    bench.perform(
        CreateLead(id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"}, lost_reason="Lost", import_id="i")
    )
    assert (bench.lead().status, bench.lead().lost_reason, bench.lead().import_id) == (Stage.LOST, "Lost", "i")


@pytest.mark.parametrize("reason", ["Budget", " "])
def test_a_lead_begins_in_lost_only_by_an_import_and_with_a_reason(bench: Bench, reason: str) -> None:
    import_id = None if reason.strip() else "i"
    act = CreateLead(
        id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"}, lost_reason=reason, import_id=import_id
    )
    assert bench.perform(act).missing == ("lost_reason",)


@pytest.mark.parametrize(("import_id", "lost_reason"), [("i", None), (None, "Budget"), ("i", "Budget")])
def test_only_who_may_import_creates_leads_as_an_import_does(
    bench: Bench, import_id: str | None, lost_reason: str | None
) -> None:
    values = {"last_name": "X"}
    act = CreateLead(
        id="a", issued_at=NOON, lead_id="lead", values=values, import_id=import_id, lost_reason=lost_reason
    )
    verdict = bench.perform(act, access=WITHOUT_IMPORTS)
    assert (verdict.code, bench.count(Lead)) == ("not_allowed", 0)


def test_who_may_not_import_creates_leads_all_the_same(bench: Bench) -> None:
    act = CreateLead(id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"})
    assert bench.perform(act, access=WITHOUT_IMPORTS).kind is VerdictKind.APPLIED


def test_a_note_opens_the_timeline(bench: Bench) -> None:
    bench.perform(
        CreateLead(
            id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"}, note=" Met at the fair ", note_id="n"
        )
    )
    [entry] = bench.timeline()
    assert (entry.kind, entry.body, entry.author_id) == (ActivityKind.NOTE, "Met at the fair", MONA.person_id)


@pytest.mark.parametrize(("note", "note_id"), [("Met at the fair", None), (None, "n"), ("", "n")])
def test_a_note_that_would_be_dropped_is_refused(bench: Bench, note: str | None, note_id: str | None) -> None:
    act = CreateLead(id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"}, note=note, note_id=note_id)
    verdict = bench.perform(act)
    assert (verdict.kind, verdict.code, bench.count(Lead)) == (VerdictKind.REJECTED, "invalid", 0)


@pytest.mark.parametrize("values", [{}, {"country": "FR"}, {"first_name": ""}, {"website": "taxi.fr"}])
def test_a_lead_that_names_nobody_is_rejected(bench: Bench, values: dict[str, object]) -> None:
    verdict = bench.perform(CreateLead(id="a", issued_at=NOON, lead_id="lead", values=values))
    assert (verdict.kind, verdict.code) == (VerdictKind.REJECTED, "invalid")
    assert bench.count(Lead) == 0


def test_the_same_lead_twice_is_rejected(bench: Bench) -> None:
    bench.create()
    again = CreateLead(id="again", issued_at=NOON, lead_id="lead", values={"last_name": "Petit"})
    assert bench.perform(again).code == "exists"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "zoe(at)taxi.fr"),
        ("email", "two@a.fr, b@b.fr"),
        ("country", "XX"),
        ("country", "France"),
        ("fleet_size", -1),
        ("fleet_size", 1_000_001),
        ("fleet_size", "12"),
        ("fleet_size", True),
        ("score", 101),
        ("company", "x" * 301),
        ("company", "a\0b"),
        ("message", "x" * 20_001),
        ("next_activity_at", "2026-02-30"),
        ("next_activity_at", "2026-03-01T09:30:00"),
        ("status", "qualified"),
        ("scope", "staff"),
        ("activity_count", 7),
        ("nonsense", "x"),
    ],
)
def test_a_value_of_the_wrong_form_is_rejected_by_its_field(bench: Bench, field: str, value: object) -> None:
    values = {"last_name": "Petit", field: value}
    verdict = bench.perform(CreateLead(id="a", issued_at=NOON, lead_id="lead", values=values))
    assert (verdict.code, verdict.missing) == ("invalid", (field,))
    assert bench.count(Lead) == 0


def test_an_odd_phone_number_is_kept_without_a_key_and_stays_findable(bench: Bench) -> None:
    bench.create(last_name="Petit", phone="985.939.5411x2641")
    assert (bench.lead().phone, bench.lead().phone_key) == ("985.939.5411x2641", None)
    assert "9859395411" in bench.lead().search_key.split()


# -- edit --------------------------------------------------------------------------------------------------------------


def test_an_edit_based_on_what_stands_there_is_applied(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Old")
    assert bench.perform(edit(company=("Old", "New"), fleet_size=(None, 7))).kind is VerdictKind.APPLIED
    assert (bench.lead().company, bench.lead().fleet_size, bench.lead().updated_at) == ("New", 7, LATER)


def test_an_edit_to_what_stands_there_already_is_merged_and_stamps_nothing(bench: Bench) -> None:
    bench.create(last_name="Petit", company="New")
    assert bench.perform(edit(company=("Old", "New"))).kind is VerdictKind.MERGED
    assert bench.lead().updated_at == NOON


def test_a_field_that_someone_else_changed_is_a_conflict_of_that_field_alone(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Theirs", website="old.fr")
    verdict = bench.perform(edit(company=("Old", "Mine"), website=("old.fr", "new.fr")))
    [conflict] = verdict.conflicts
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("company", "Old", "Mine", "Theirs")
    assert (bench.lead().company, bench.lead().website) == ("Theirs", "new.fr")


def test_insisting_on_a_conflict_sets_that_field_over_what_stands_there(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Theirs")
    act = edit(company=("Old", "Mine"), website=(None, "new.fr"))
    again = act.insisting(bench.perform(act).conflicts, id="again", issued_at=LATER)
    assert again is not None
    assert bench.perform(again).kind is VerdictKind.APPLIED
    assert bench.lead().company == "Mine"


def test_a_changed_address_changes_the_keys(bench: Bench) -> None:
    bench.create(last_name="Petit", email="old@taxi.fr")
    bench.perform(edit(email=("old@taxi.fr", "new@taxi.fr")))
    assert (bench.lead().email_key, bench.lead().search_key) == ("new@taxi.fr", "petit new")


def test_a_changed_country_makes_a_number_a_key(bench: Bench) -> None:
    bench.create(last_name="Petit", phone="0612345678")
    bench.perform(edit(country=(None, "FR")))
    assert bench.lead().phone_key == "+33612345678"


NINE_IN_DUBAI, NINE_IN_UTC = "2026-03-09T09:00:00+04:00", "2026-03-09T05:00:00Z"
TEN_IN_DUBAI = "2026-03-09T10:00:00+04:00"


def test_an_instant_of_another_offset_is_the_base_that_stands_there(bench: Bench) -> None:
    bench.create(last_name="Petit", next_activity_at=NINE_IN_UTC)
    assert bench.perform(edit(next_activity_at=(NINE_IN_DUBAI, TEN_IN_DUBAI))).kind is VerdictKind.APPLIED
    assert bench.lead().next_activity_at == dt.datetime(2026, 3, 9, 6, tzinfo=dt.UTC)


def test_an_instant_of_another_offset_that_stands_there_already_is_merged(bench: Bench) -> None:
    bench.create(last_name="Petit", next_activity_at=NINE_IN_UTC)
    assert bench.perform(edit(next_activity_at=(None, NINE_IN_DUBAI))).kind is VerdictKind.MERGED


def test_a_base_that_no_row_can_hold_is_a_conflict(bench: Bench) -> None:
    bench.create(last_name="Petit", next_activity_at=NINE_IN_UTC)
    assert bench.perform(edit(next_activity_at=("some day", TEN_IN_DUBAI))).kind is VerdictKind.CONFLICT


def test_an_edit_of_nothing_is_rejected(bench: Bench) -> None:
    bench.create()
    assert bench.perform(edit()).code == "invalid"


def test_one_bad_field_rejects_the_whole_edit(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Old")
    assert bench.perform(edit(company=("Old", "New"), score=(None, 900))).missing == ("score",)
    assert bench.lead().company == "Old"


def test_an_edit_never_turns_the_clock_of_a_lead_back(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Old")
    bench.put(updated_at=LATER + dt.timedelta(days=1))
    bench.perform(edit(company=("Old", "New")))
    assert bench.lead().updated_at == LATER + dt.timedelta(days=1)


VALUES = st.sampled_from([None, "a", "b", "c"])


@given(current=VALUES, base=VALUES, new=VALUES)
def test_a_field_is_set_where_it_is_as_seen_or_as_wanted_and_kept_otherwise(
    current: str | None, base: str | None, new: str | None
) -> None:
    with bench() as fresh:
        fresh.create(last_name="Petit", company=current)
        verdict = fresh.perform(edit(company=(base, new)))
        expected = new if current in (base, new) else current
        assert fresh.lead().company == expected
        assert (verdict.kind is VerdictKind.CONFLICT) == (current not in (base, new))


# -- tags, activities --------------------------------------------------------------------------------------------------


def test_tags_of_two_people_never_conflict(bench: Bench) -> None:
    bench.create()
    first = TagLead(id="1", issued_at=LATER, lead_id="lead", add=("vip", "north"))
    second = TagLead(id="2", issued_at=LATER, lead_id="lead", add=("vip",), remove=("north", "never"))
    bench.perform(first)
    bench.perform(second)
    assert bench.lead().tags == ["vip"]


def test_tags_that_stand_there_already_are_merged(bench: Bench) -> None:
    bench.create()
    act = TagLead(id="1", issued_at=LATER, lead_id="lead", add=("  vip  client ",))
    bench.perform(act)
    assert bench.perform(act).kind is VerdictKind.MERGED
    assert bench.lead().tags == ["vip client"]


@pytest.mark.parametrize("tag", ["", "  ", "x" * 61])
def test_a_tag_has_one_to_sixty_characters(bench: Bench, tag: str) -> None:
    bench.create()
    assert bench.perform(TagLead(id="1", issued_at=LATER, lead_id="lead", add=(tag,))).missing == ("tags",)


def test_one_command_brings_only_so_many_tags(bench: Bench) -> None:
    bench.create()
    many = tuple(f"tag {number}" for number in range(MOST_TAGS + 1))
    assert bench.perform(TagLead(id="1", issued_at=LATER, lead_id="lead", remove=many)).missing == ("tags",)
    verdict = bench.perform(TagLead(id="2", issued_at=LATER, lead_id="lead", add=many))
    assert (verdict.missing, verdict.reason) == (("tags",), "These are 51 tags; at most 50 can be given at once.")


def test_a_lead_is_not_created_with_more_tags_than_that(bench: Bench) -> None:
    many = tuple(f"tag {number}" for number in range(MOST_TAGS + 1))
    act = CreateLead(id="1", issued_at=LATER, lead_id="lead", values={"last_name": "Petit"}, tags=many)
    assert bench.perform(act).missing == ("tags",)


def test_an_activity_is_counted_and_says_when_it_happened_and_was_recorded(bench: Bench) -> None:
    bench.create()
    bench.perform(log(at=NOON))
    [entry] = bench.timeline()
    assert (entry.body, entry.happened_at, entry.recorded_at) == ("Spoke", NOON, LATER)
    assert (bench.lead().activity_count, bench.lead().last_activity_at) == (1, NOON)


def test_an_activity_of_yesterday_does_not_become_the_latest(bench: Bench) -> None:
    bench.create()
    bench.put(last_activity_at=LATER)
    bench.perform(log(at=NOON))
    assert bench.lead().last_activity_at == LATER


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (log(body="  "), "body"),
        (log(body="x" * 20_001), "body"),
        (log(body="half\0word"), "body"),
        (log(kind=ActivityKind.STATUS_CHANGE), "kind"),
        (log(at=LATER.replace(tzinfo=None)), "happened_at"),
    ],
)
def test_an_activity_of_the_wrong_form_is_rejected(bench: Bench, act: LogActivity, field: str) -> None:
    bench.create()
    assert bench.perform(act).missing == (field,)
    assert bench.count(LeadActivity) == 0


def test_an_edit_of_a_field_that_leads_have_not_leaves_its_name_out_of_the_audit_sentence() -> None:
    assert edit(company=(None, "X"), **{"Zoé Petit": (None, "X")}).sentence() == "Edited company"
    assert edit(**{"Zoé Petit": (None, "X")}).sentence() == "Edited a lead"


def test_an_edit_of_the_next_step_calls_it_so() -> None:
    sentence = edit(next_activity=(None, "Call"), next_activity_at=(None, None), owner_id=(None, "x")).sentence()
    assert sentence == "Edited next step, owner"


# -- delete, restore ---------------------------------------------------------------------------------------------------


def test_a_deletion_says_when_by_whom_and_why_and_can_be_taken_back(bench: Bench) -> None:
    bench.create()
    bench.perform(DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason=" asked twice "))
    lead = bench.lead()
    assert (lead.deleted_at, lead.deleted_by, lead.deletion_reason) == (LATER, MONA.person_id, "asked twice")
    bench.perform(RestoreLead(id="r", issued_at=LATER, lead_id="lead"))
    assert (bench.lead().deleted_at, bench.lead().deletion_reason) == (None, None)


def test_a_deletion_needs_a_reason(bench: Bench) -> None:
    bench.create()
    assert bench.perform(DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason=" ")).missing == ("reason",)


@pytest.mark.parametrize("reason", ["x" * 20_001, "half\0word"], ids=["too long", "with NUL"])
def test_a_reason_is_a_text_that_can_be_kept(bench: Bench, reason: str) -> None:
    bench.create()
    lose = MoveLead(
        id="m", issued_at=LATER, lead_id="lead", base=Stage.NEW, to=Stage.LOST, reason=reason, activity_id="entry"
    )
    delete = DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason=reason)
    assert [bench.perform(act).missing for act in (lose, delete)] == [("reason",), ("reason",)]


def test_deleting_and_restoring_what_is_so_already_is_merged(bench: Bench) -> None:
    bench.create()
    assert bench.perform(RestoreLead(id="r", issued_at=LATER, lead_id="lead")).kind is VerdictKind.MERGED
    bench.put(deleted_at=NOON)
    delete = DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason="twice")
    assert bench.perform(delete).kind is VerdictKind.MERGED
    assert bench.lead().deleted_at == NOON


@pytest.mark.parametrize(
    "act", [edit(company=(None, "x")), log(), TagLead(id="t", issued_at=LATER, lead_id="lead", add=("x",))]
)
def test_nothing_changes_a_deleted_lead(bench: Bench, act: Command) -> None:
    bench.create()
    bench.put(deleted_at=NOON)
    before = bench.everything()
    assert bench.perform(act).code == "deleted"
    assert bench.everything() == before


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.PRODUCT_MANAGER])
def test_only_sales_and_super_admins_touch_leads(bench: Bench, role: Role) -> None:
    act = CreateLead(id="a", issued_at=NOON, lead_id="lead", values={"last_name": "X"})
    assert bench.perform(act, actor=Actor("p", role)).code == "not_allowed"
    assert bench.count(Lead) == 0


def test_every_field_that_an_edit_may_set_is_a_column(bench: Bench) -> None:
    assert set(Lead.table().columns.keys()) >= EDITABLE
