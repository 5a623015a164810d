"""Pinning entries, closing tasks, and what an entry says beside its text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fleetdesk.commands.core import Command, platform_commands
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MergeLeads
from fleetdesk.commands.lead_timeline import MOST_PINNED, PinEntry, SettleTask
from fleetdesk.commands.leads import LogActivity
from fleetdesk.models.leads import ActivityKind, CallOutcome, LeadActivity, TaskStep
from fleetdesk.protocol import VerdictKind, WireCommand
from tests.unit.commands.bench import NOON, Bench

LATER = NOON + dt.timedelta(hours=1)


def log(entry: str, kind: ActivityKind = ActivityKind.TASK, **values: object) -> LogActivity:
    given: dict[str, Any] = {"lead_id": "lead", "body": "Send the price list", "happened_at": LATER} | values
    return LogActivity(id=f"log {entry}", issued_at=LATER, activity_id=entry, kind=kind, **given)


def pin(entry: str, *, pinned: bool = True, lead: str = "lead") -> PinEntry:
    return PinEntry(id="pin", issued_at=LATER, lead_id=lead, entry_id=entry, pinned=pinned)


def settle(steps: int, *, done: bool, task: str = "task") -> SettleTask:
    return SettleTask(id=f"settle {steps}", issued_at=LATER, lead_id="lead", task_id=task, steps=steps, done=done)


def back(bench: Bench, command: Command) -> Command:
    return command.taking_back(bench.changes, new_id=bench.id, issued_at=LATER)


@pytest.fixture
def lead(bench: Bench) -> Bench:
    """A lead with a task, a note and a call."""
    bench.create()
    bench.perform(log("task"), log("note", ActivityKind.NOTE), log("call", ActivityKind.CALL))
    return bench


class TestPin:
    """Entries on top."""

    def test_entries_stand_on_top_in_the_order_in_which_they_were_pinned(self, lead: Bench) -> None:
        lead.perform(pin("note"))
        lead.perform(pin("call"))
        assert lead.lead().pinned == ["note", "call"]

    def test_the_entry_itself_and_the_time_of_the_last_change_stay_as_they_were(self, lead: Bench) -> None:
        before = (lead.row(LeadActivity, "note").body, lead.lead().updated_at, lead.lead().activity_count)
        lead.perform(pin("note"))
        assert (lead.row(LeadActivity, "note").body, lead.lead().updated_at, lead.lead().activity_count) == before

    def test_an_entry_that_is_pinned_already_is_pinned_once(self, lead: Bench) -> None:
        lead.perform(pin("note"))
        assert lead.perform(pin("note")).kind is VerdictKind.MERGED
        assert lead.lead().pinned == ["note"]

    def test_the_last_pin_leaves_nothing(self, lead: Bench) -> None:
        lead.perform(pin("note"))
        lead.perform(pin("note", pinned=False))
        assert lead.lead().pinned is None

    def test_a_pin_is_taken_back_and_done_again(self, lead: Bench) -> None:
        lead.perform(pin("note"))
        undo = back(lead, pin("note"))
        lead.perform(undo)
        assert lead.lead().pinned is None
        lead.perform(back(lead, undo))
        assert lead.lead().pinned == ["note"]

    def test_only_so_many_are_pinned(self, lead: Bench) -> None:
        for number in range(MOST_PINNED):
            lead.perform(log(f"n{number}", ActivityKind.NOTE))
            lead.perform(pin(f"n{number}"))
        assert lead.perform(pin("note")).code == "many_pins"

    def test_an_entry_of_another_lead_is_not_pinned(self, lead: Bench) -> None:
        lead.create("other")
        lead.perform(log("theirs", ActivityKind.NOTE, lead_id="other"))
        assert lead.perform(pin("theirs")).code == "invalid"

    def test_an_entry_of_a_merged_lead_is_pinned_in_that_one(self, lead: Bench) -> None:
        lead.create("winner")
        lead.perform(MergeLeads(id="m", issued_at=LATER, lead_id="winner", losers=("lead",)))
        assert lead.perform(pin("note")).kind is VerdictKind.APPLIED
        assert (lead.lead().pinned, lead.lead("winner").pinned) == (["note"], None)

    def test_in_a_deleted_lead_nothing_is_pinned(self, lead: Bench) -> None:
        lead.perform(DeleteLead(id="d", issued_at=LATER, lead_id="lead", reason="twice"))
        assert lead.perform(pin("note")).code == "deleted"


class TestTask:
    """A task is open, or done."""

    def test_that_it_is_done_is_an_entry_of_its_own(self, lead: Bench) -> None:
        assert lead.perform(settle(0, done=True)).kind is VerdictKind.APPLIED
        step = lead.row(LeadActivity, "task:0")
        assert (step.task_id, step.task_step, step.author_id, step.body) == ("task", TaskStep.DONE, "mona", "")
        assert (lead.lead().activity_count, lead.lead().last_activity_at) == (4, LATER)

    def test_two_people_who_close_it_close_it_once(self, lead: Bench) -> None:
        lead.perform(settle(0, done=True))
        assert lead.perform(settle(0, done=True)).kind is VerdictKind.MERGED
        assert len(lead.timeline()) == 4

    def test_it_is_opened_and_closed_by_turns(self, lead: Bench) -> None:
        for steps in range(3):
            assert lead.perform(settle(steps, done=steps % 2 == 0)).kind is VerdictKind.APPLIED
        assert [entry.task_step for entry in lead.timeline() if entry.task_id] == ["done", "reopened", "done"]

    @pytest.mark.parametrize(("steps", "done"), [(0, False), (1, True), (-1, False)])
    def test_a_turn_that_is_not_its_own_is_refused(self, lead: Bench, steps: int, done: bool) -> None:
        assert lead.perform(settle(steps, done=done)).code == "invalid"

    def test_a_step_after_one_that_is_not_there_is_refused(self, lead: Bench) -> None:
        assert lead.perform(settle(1, done=False)).code == "missing"

    def test_only_a_task_can_be_done(self, lead: Bench) -> None:
        assert lead.perform(settle(0, done=True, task="note")).code == "invalid"
        lead.perform(settle(0, done=True))
        assert lead.perform(settle(0, done=True, task="task:0")).code == "invalid"

    def test_closing_is_taken_back_by_opening_again(self, lead: Bench) -> None:
        lead.perform(settle(0, done=True))
        assert lead.perform(back(lead, settle(0, done=True))).kind is VerdictKind.APPLIED
        assert lead.row(LeadActivity, "task:1").task_step == TaskStep.REOPENED


def test_a_call_keeps_how_it_went_and_a_task_when_it_is_due(lead: Bench) -> None:
    lead.perform(log("c", ActivityKind.CALL, outcome=CallOutcome.NO_ANSWER), log("t", due_at=LATER))
    assert lead.row(LeadActivity, "c").outcome == "no_answer"
    assert lead.row(LeadActivity, "t").due_at == LATER


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (ActivityKind.NOTE, {"outcome": CallOutcome.REACHED}, "outcome"),
        (ActivityKind.CALL, {"due_at": LATER}, "due_at"),
        (ActivityKind.TASK, {"due_at": dt.datetime(2026, 3, 5)}, "due_at"),  # noqa: DTZ001  # what is refused here
    ],
)
def test_only_calls_have_outcomes_and_only_tasks_due_dates(
    lead: Bench, kind: ActivityKind, values: dict[str, Any], field: str
) -> None:
    assert lead.perform(log("x", kind, **values)).missing == (field,)


def test_an_entry_of_the_first_version_is_still_understood() -> None:
    encoded = platform_commands().encode(log("e", ActivityKind.CALL))
    known = {name: value for name, value in encoded.payload.items() if name not in ("outcome", "due_at")}
    older = WireCommand.model_validate({**encoded.model_dump(), "version": 1, "payload": known})
    assert platform_commands().decode(older) == log("e", ActivityKind.CALL)
