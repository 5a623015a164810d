"""What the oracle takes for a broken promise, and what it must not: overwritten values, and counts of activities."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from tests.torture.oracle import TABLES, Act, Entry, LaptopFiles, Row, Value, judge

_LEAD, _OTHER = "lead-1", "lead-2"
_OVERWRITTEN = "an edit replaces only the value it was based on"
_MISCOUNTED = "a lead counts its activities"
_NO_LEAD: Row = dict.fromkeys(("id", "updated_at", "last_activity_at", "activity_count", "merge_record"))


def test_an_edit_of_another_value_than_it_was_based_on_is_found() -> None:
    assert _broken(_edit(base="Company 51", new="set t2")) == [_OVERWRITTEN]


def test_what_an_undo_in_the_same_transaction_brought_back_is_not_missed() -> None:
    undo = _edit(base="set t1", new="Company 51")

    assert _broken(undo, _edit(base="Company 51", new="set t2")) == []


def test_an_undo_elsewhere_excuses_nothing() -> None:
    undo = _edit(base="set t1", new="Company 51", lead=_OTHER)

    assert _broken(undo, _edit(base="Company 51", new="set t2")) == [_OVERWRITTEN]


def test_an_undo_that_was_refused_excuses_nothing() -> None:
    undo = Entry(_edit(base="set t1", new="Company 51").payload, "inbox", "conflict")

    assert _broken(undo, _edit(base="Company 51", new="set t2")) == [_OVERWRITTEN]


def test_what_a_separation_in_the_same_transaction_brought_back_is_not_missed() -> None:
    separation = Entry({"lead_id": _LEAD, "losers": [_OTHER]}, "settled", "applied")

    assert _broken(separation, _edit(base="Company 51", new="set t2")) == []


def test_a_lead_that_counts_more_than_its_timeline_has_is_found() -> None:
    assert _miscounted(_lead(1)) == [_MISCOUNTED]


def test_a_lead_that_counts_less_than_its_timeline_has_is_found() -> None:
    assert _miscounted(_lead(0), entries=1) == [_MISCOUNTED]


def test_a_lead_counts_what_another_brought_that_was_removed_for_good_since() -> None:
    assert _miscounted(_lead(3, brought=2), entries=1) == []


def test_a_lead_counts_no_more_than_the_others_brought() -> None:
    assert _miscounted(_lead(4, brought=2), entries=1) == [_MISCOUNTED]


def _lead(counted: int, *, brought: int | None = None) -> Row:
    record = None if brought is None else json.dumps({"layers": [{"lead": _OTHER, "activities": brought}]})
    return {**_NO_LEAD, "id": _LEAD, "activity_count": counted, "merge_record": record}


def _miscounted(lead: Row, *, entries: int = 0) -> list[str]:
    entry: Row = {"lead_id": _LEAD, "kind": "call", "body": "Rang", "from_status": None, "to_status": None}
    return _promises({"sys_demo_lead": [lead], "sys_demo_lead_activity": [entry] * entries})


def _edit(*, base: str, new: str, lead: str = _LEAD) -> Entry:
    return Entry({"lead_id": lead, "edits": {"company": {"base": base, "new": new}}}, "settled", "applied")


def _broken(*outbox: Entry) -> list[str]:
    """The promises broken on a day on which “set t1” stood in the lead's company when the last entry's edit came."""
    act = Act("t2", 0, True, "edit", _LEAD, "company", "Company 51")
    laptop = LaptopFiles("platform_commercial", "me", list(outbox), {table: [] for table in TABLES})
    return _promises({}, [act], [laptop], [("sys_demo_lead", _LEAD, "company", "set t1", "set t2")])


def _promises(
    hosted: dict[str, list[Row]],
    acts: Sequence[Act] = (),
    laptops: Sequence[LaptopFiles] = (),
    history: Sequence[Value] = (),
) -> list[str]:
    rows = {table: hosted.get(table, []) for table in TABLES}
    findings = judge(list(acts), list(laptops), rows, list(history), dt.datetime.now(dt.UTC))
    return [failure.promise for failure in findings.failures]
