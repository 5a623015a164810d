"""Each command's changes of a lead are written down beside it: before and after, by whom, from which laptop."""

from __future__ import annotations

import dataclasses
import datetime as dt

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MergeLeads, Taken
from fleetdesk.commands.leads import EditLead, LogActivity, MoveLead, TagLead
from fleetdesk.models.leads import ActivityKind, Lead, LeadRevision
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import VerdictKind
from tests.unit.commands.bench import MONA, NOON, Bench

LATER = NOON + dt.timedelta(hours=1)


def edit(command_id: str = "edit", **edits: tuple[object, object]) -> EditLead:
    changes = {name: FieldEdit(base=base, new=new) for name, (base, new) in edits.items()}
    return EditLead(id=command_id, issued_at=LATER, lead_id="lead", edits=changes)


def test_a_creation_is_the_first_revision_and_says_nothing_that_the_lead_does_not(bench: Bench) -> None:
    bench.create(last_name="Petit")
    [revision] = bench.revisions()
    assert (revision.number, revision.action, revision.changes) == (1, "leads.create", {})
    assert bench.lead().revision == 1


def test_an_edit_tells_each_field_before_and_after_and_who_from_where(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Old")
    bench.perform(edit(company=("Old", "New"), fleet_size=(None, 7)))
    revision = bench.row(LeadRevision, "edit")
    assert revision.changes == {"company": ["Old", "New"], "fleet_size": [None, 7]}
    assert (revision.row_id, revision.number, revision.action) == ("lead", 2, "leads.edit")
    assert (revision.actor_id, revision.laptop_id, revision.at) == (MONA.person_id, MONA.laptop_id, LATER)


def test_each_revision_begins_where_the_one_before_ended(bench: Bench) -> None:
    bench.create(last_name="Petit", company="A")
    bench.perform(edit("one", company=("A", "B")), edit("two", company=("B", "C")))
    assert [(r.number, r.changes) for r in bench.revisions()[1:]] == [
        (2, {"company": ["A", "B"]}),
        (3, {"company": ["B", "C"]}),
    ]


def test_instants_and_lists_are_told_in_plain_form(bench: Bench) -> None:
    bench.create(last_name="Petit")
    bench.perform(TagLead(id="tag", issued_at=LATER, lead_id="lead", add=("vip",)))
    bench.perform(edit(next_activity_at=(None, "2026-03-05T08:00:00.000000Z")))
    assert bench.row(LeadRevision, "tag").changes == {"tags": [[], ["vip"]]}
    assert bench.row(LeadRevision, "edit").changes == {"next_activity_at": [None, "2026-03-05T08:00:00.000000Z"]}


def test_of_an_edit_in_conflict_only_what_was_set_is_told(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Now")
    verdict = bench.perform(edit(company=("Before", "Mine"), website=(None, "petit.fr")))
    assert verdict.kind is VerdictKind.CONFLICT
    assert bench.row(LeadRevision, "edit").changes == {"website": [None, "petit.fr"]}


def test_what_changes_nothing_leaves_no_revision(bench: Bench) -> None:
    bench.create(last_name="Petit", company="Same")
    bench.perform(edit(company=("Old", "Same")))
    bench.perform(edit("refused", company=("Same", "x" * 301)))
    assert (len(bench.revisions()), bench.lead().revision) == (1, 1)


def test_an_entry_of_the_timeline_is_no_revision(bench: Bench) -> None:
    bench.create(last_name="Petit")
    bench.perform(
        LogActivity(
            id="log",
            issued_at=LATER,
            lead_id="lead",
            activity_id="entry",
            kind=ActivityKind.CALL,
            body="x",
            happened_at=LATER,
        )
    )
    assert len(bench.revisions()) == 1


def test_a_move_and_a_deletion_are_revisions(bench: Bench) -> None:
    bench.create(last_name="Petit")
    move = MoveLead(
        id="move", issued_at=LATER, lead_id="lead", base=Stage.NEW, to=Stage.LOST, reason="No budget", activity_id="e"
    )
    bench.perform(move)
    bench.perform(DeleteLead(id="delete", issued_at=LATER, lead_id="lead", reason="twice"))
    assert bench.row(LeadRevision, "move").changes == {"status": ["new", "lost"], "lost_reason": [None, "No budget"]}
    assert bench.row(LeadRevision, "delete").changes.keys() == {"deleted_at", "deletion_reason"}


def test_a_merge_is_told_in_both_leads(bench: Bench) -> None:
    bench.create("lead", company="A")
    bench.create("other", company="B", phone="+971501234567")
    taken = {"phone": Taken(base=None, new="+971501234567", source="other")}
    bench.perform(MergeLeads(id="merge", issued_at=LATER, lead_id="lead", losers=("other",), taken=taken))
    assert bench.row(LeadRevision, "merge").changes == {"phone": [None, "+971501234567"]}
    assert bench.row(LeadRevision, "merge:other").changes == {"merged_into": [None, "lead"]}


def test_a_command_whose_revision_is_there_already_is_turned_away_whole(bench: Bench) -> None:
    bench.create(last_name="Petit")
    bench.perform(edit(company=(None, "First")))
    verdict = bench.perform(dataclasses.replace(edit(), edits={"company": FieldEdit("First", "Second")}))
    assert (verdict.code, bench.lead().company, bench.lead().revision) == ("exists", "First", 2)


def test_every_field_that_people_set_is_told_of() -> None:
    derived = {"activity_count", "last_activity_at", "stage_changed_at", "created_at", "updated_at", "merge_record"}
    never = {"id", "scope", "import_id", "revision", "pinned", "deleted_by"}
    keys = {name for name in Lead.table().columns.keys() if name.endswith("_key")}
    assert Lead.revised == set(Lead.table().columns.keys()) - derived - never - keys
