"""The timeline of a lead: narrowed, paged, with what was pinned and what is to be done on top, through merges."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import Role
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.stages import Stage
from fleetdesk.queries.lead_revisions import RevisionEntry, revisions
from fleetdesk.queries.lead_timeline import ALL_KINDS, Asked, EntryKind, Timeline, TimelineEntry, timeline
from tests.unit.queries.replica import NOON, add_activity, add_lead, add_person, add_revision

HOUR = dt.timedelta(hours=1)


def read(
    replica: Connection, *kinds: EntryKind, person: str | None = None, lead: str = "a", most: int = 100
) -> Timeline:
    return timeline(replica, lead, Asked(frozenset(kinds) or ALL_KINDS, person), most)


def ids(replica: Connection, *kinds: EntryKind, person: str | None = None, lead: str = "a") -> list[str]:
    return [entry.id for entry in read(replica, *kinds, person=person, lead=lead).entries]


def entry(replica: Connection, entry_id: str) -> TimelineEntry:
    shown = read(replica)
    found = (entry for entry in (*shown.pinned, *shown.open_tasks, *shown.entries) if entry.id == entry_id)
    one = next(found)
    assert isinstance(one, TimelineEntry)
    return one


def step(replica: Connection, task: str, number: int, *, done: bool) -> None:
    add_activity(
        replica,
        f"{task}:{number}",
        "a",
        kind=ActivityKind.TASK,
        task_id=task,
        task_step="done" if done else "reopened",
        happened_at=NOON + HOUR * (number + 1),
    )


def test_the_latest_comes_first_and_only_of_this_lead(replica: Connection) -> None:
    add_activity(replica, "1", "a", happened_at=NOON - HOUR)
    add_activity(replica, "2", "a", happened_at=NOON)
    add_activity(replica, "3", "b")
    assert ids(replica) == ["2", "1"]


def test_a_status_change_names_both_stages_and_its_author(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    change = {"kind": ActivityKind.STATUS_CHANGE, "from_status": "new", "to_status": "lost", "body": "no budget"}
    add_activity(replica, "1", "a", author_id="mona", **change)
    shown = entry(replica, "1")
    assert (shown.from_status, shown.to_status, shown.body) == (Stage.NEW, Stage.LOST, "no budget")
    assert shown.author_name == "Mona Saleh"


def test_changes_of_fields_stand_among_the_entries_by_time(replica: Connection) -> None:
    add_person(replica, "mona", "Mona", "Saleh", Role.COMMERCIAL)
    add_activity(replica, "before", "a", happened_at=NOON - HOUR)
    add_revision(replica, "edit", "a", 1, changes={"company": ["Old", "New"]})
    add_activity(replica, "after", "a", happened_at=NOON + HOUR)
    assert ids(replica) == ["after", "edit", "before"]
    change = read(replica).entries[1]
    assert isinstance(change, RevisionEntry)
    assert [(c.field, c.before, c.after) for c in change.changes] == [("company", "Old", "New")]
    assert (change.author_name, change.laptop_id) == ("Mona Saleh", "laptop-1")


def test_a_move_is_told_once(replica: Connection) -> None:
    add_activity(replica, "move", "a", kind=ActivityKind.STATUS_CHANGE, from_status="new", to_status="contacted")
    add_revision(replica, "its revision", "a", 1, action="leads.move", changes={"status": ["new", "contacted"]})
    assert ids(replica) == ["move"]


@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        ([EntryKind.NOTE], ["note"]),
        ([EntryKind.CALL, EntryKind.EMAIL], ["email", "call"]),
        ([EntryKind.MOVE], ["status_change"]),
        ([EntryKind.FIELDS], ["edit"]),
        ([EntryKind.MEETING, EntryKind.FIELDS], ["edit", "meeting"]),
    ],
)
def test_it_is_narrowed_to_kinds(replica: Connection, kinds: list[EntryKind], shown: list[str]) -> None:
    for number, kind in enumerate(ActivityKind):
        if kind is not ActivityKind.TASK:
            add_activity(replica, kind, "a", kind=kind, happened_at=NOON + number * HOUR)
    add_revision(replica, "edit", "a", 1, at=NOON + 20 * HOUR)
    assert ids(replica, *kinds) == shown


def test_it_is_narrowed_to_a_person(replica: Connection) -> None:
    add_activity(replica, "hers", "a", author_id="mona")
    add_activity(replica, "his", "a", author_id="omar")
    add_revision(replica, "her edit", "a", 1, actor_id="mona", at=NOON - HOUR)
    add_revision(replica, "his edit", "a", 2, actor_id="omar", at=NOON - HOUR)
    assert ids(replica, person="mona") == ["hers", "her edit"]


def test_only_so_many_are_read_and_it_says_whether_there_are_more(replica: Connection) -> None:
    for number in range(6):
        add_activity(replica, f"e{number}", "a", happened_at=NOON + number * HOUR)
        add_revision(replica, f"r{number}", "a", number, at=NOON + (number + 0.5) * HOUR)
    first = read(replica, most=5)
    assert ([e.id for e in first.entries], first.more) == (["r5", "e5", "r4", "e4", "r3"], True)
    whole = read(replica, most=12)
    assert (len(whole.entries), whole.more) == (12, False)


def test_what_is_pinned_stands_on_top_alone_in_that_order(replica: Connection) -> None:
    add_lead(replica, "a", pinned=["2", "1"])
    for number in range(4):
        add_activity(replica, str(number), "a", happened_at=NOON + number * HOUR)
    shown = read(replica)
    assert [(e.id, e.pinned) for e in shown.pinned] == [("2", True), ("1", True)]
    assert [e.id for e in shown.entries] == ["3", "0"]


def test_a_pin_that_is_not_asked_for_is_not_shown(replica: Connection) -> None:
    add_lead(replica, "a", pinned=["1"])
    add_activity(replica, "1", "a", kind=ActivityKind.NOTE)
    assert read(replica, EntryKind.CALL).pinned == ()


def test_open_tasks_stand_on_top_the_most_urgent_first(replica: Connection) -> None:
    for task, due in (("someday", None), ("later", NOON + 9 * HOUR), ("soon", NOON + HOUR), ("closed", NOON)):
        add_activity(replica, task, "a", kind=ActivityKind.TASK, due_at=due)
    step(replica, "closed", 0, done=True)
    shown = read(replica)
    assert [task.id for task in shown.open_tasks] == ["soon", "later", "someday"]
    assert [entry.id for entry in shown.entries] == ["closed:0", "closed"]


def test_of_many_open_tasks_the_latest_stand_on_top_and_the_others_in_their_place(replica: Connection) -> None:
    for hour in range(4):
        add_activity(replica, f"task {hour}", "a", kind=ActivityKind.TASK, happened_at=NOON + hour * HOUR)
    shown = read(replica, most=2)
    assert {task.id for task in shown.open_tasks} == {"task 2", "task 3"}
    assert [entry.id for entry in shown.entries] == ["task 1", "task 0"]


def test_a_task_that_was_opened_again_is_open(replica: Connection) -> None:
    add_activity(replica, "task", "a", kind=ActivityKind.TASK, body="Send the list")
    step(replica, "task", 0, done=True)
    assert (entry(replica, "task").open, entry(replica, "task").steps) == (False, 1)
    step(replica, "task", 1, done=False)
    assert (entry(replica, "task").open, entry(replica, "task").steps) == (True, 2)


def test_an_entry_about_a_task_says_which(replica: Connection) -> None:
    add_activity(replica, "task", "a", kind=ActivityKind.TASK, body="Send the list")
    step(replica, "task", 0, done=True)
    about = entry(replica, "task:0")
    assert (about.task_body, about.task_step, about.is_task) == ("Send the list", "done", False)


def test_it_reads_through_to_merged_leads_and_theirs(replica: Connection) -> None:
    for lead, winner in (("b", "a"), ("c", "b"), ("a", None), ("other", None)):
        add_lead(replica, lead, merged_into=winner, pinned=[f"pin of {lead}"])
        add_activity(replica, f"of {lead}", lead)
        add_activity(replica, f"pin of {lead}", lead)
        add_activity(replica, f"task of {lead}", lead, kind=ActivityKind.TASK)
        add_revision(replica, f"edit of {lead}", lead, 1)
    shown = read(replica)
    for prefix, part in (("pin of", shown.pinned), ("task of", shown.open_tasks)):
        assert {entry.id for entry in part} == {f"{prefix} {lead}" for lead in "abc"}
    assert {entry.id for entry in shown.entries} == {f"{what} {lead}" for what in ("of", "edit of") for lead in "abc"}


def test_a_merged_lead_keeps_its_own_timeline(replica: Connection) -> None:
    add_lead(replica, "b", merged_into="a")
    add_lead(replica, "a")
    add_activity(replica, "of a", "a")
    add_activity(replica, "of b", "b")
    assert ids(replica, lead="b") == ["of b"]


def test_a_history_goes_by_number_whatever_time_the_revisions_tell(replica: Connection) -> None:
    add_revision(replica, "made at noon", "a", 1, at=NOON)
    add_revision(replica, "made in the morning, offline", "a", 2, at=NOON - 3 * HOUR)
    assert [entry.number for entry in revisions(replica, "a", 10)] == [2, 1]
    assert [entry.number for entry in revisions(replica, "a", 1)] == [2]
