"""What the oracle takes for a value that was overwritten unseen, and what it must not."""

from __future__ import annotations

import datetime as dt

from tests.torture.oracle import TABLES, Act, Entry, LaptopFiles, judge

_LEAD, _OTHER = "lead-1", "lead-2"
_OVERWRITTEN = "an edit replaces only the value it was based on"


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


def _edit(*, base: str, new: str, lead: str = _LEAD) -> Entry:
    return Entry({"lead_id": lead, "edits": {"company": {"base": base, "new": new}}}, "settled", "applied")


def _broken(*outbox: Entry) -> list[str]:
    """The promises broken on a day on which “set t1” stood in the lead's company when the last entry's edit came."""
    act = Act("t2", 0, True, "edit", _LEAD, "company", "Company 51")
    laptop = LaptopFiles("platform_commercial", "me", list(outbox), {table: [] for table in TABLES})
    seen: list[tuple[str, str, str, str | None, str | None]] = [("sys_demo_lead", _LEAD, "company", "set t1", "set t2")]
    findings = judge([act], [laptop], {table: [] for table in TABLES}, seen, dt.datetime.now(dt.UTC))
    return [failure.promise for failure in findings.failures]
