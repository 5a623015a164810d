"""What the table and the JSON say of a target reached, missed, not judged, or a row not measured."""

from __future__ import annotations

import json

from bench.figures import Figure, Result, at_most
from bench.report import Report
from bench.stage import FULL, QUICK

_BESIDE = (Figure("SELECT 1, p50", 0.02, "ms"),)


def result(value: float) -> Result:
    """A row with one figure whose target is 100 ms."""
    return Result("live", "A change", (Figure("p50", value, "ms", at_most(100)),), _BESIDE)


def line_of(table: str, name: str) -> list[str]:
    """The words of the line that tells a figure."""
    return next(line.split() for line in table.splitlines() if line.startswith(f"  {name}"))


def test_a_target_reached_is_told_as_such() -> None:
    report = Report(FULL, judged=True)
    report.add(result(80))
    assert line_of(report.table(), "p50")[-1] == "reached"


def test_a_target_missed_is_told_with_by_how_much() -> None:
    report = Report(FULL, judged=True)
    report.add(result(125))
    assert line_of(report.table(), "p50")[-3:] == ["MISSED", "by", "25%"]


def test_a_smaller_run_is_not_judged() -> None:
    report = Report(QUICK, judged=False)
    report.add(result(125))
    assert "MISSED" not in report.table()


def test_each_row_has_its_calibration_beside_it() -> None:
    report = Report(FULL, judged=True)
    report.add(result(80))
    assert "beside it: SELECT 1, p50 0.02 ms" in report.table()


def test_a_row_that_was_not_measured_is_told_with_the_reason() -> None:
    report = Report(FULL, judged=True)
    report.fail("load", "there is no psql")
    assert "load: NOT MEASURED: there is no psql" in report.table()


def test_machines_read_whether_a_target_was_met() -> None:
    report = Report(FULL, judged=True)
    report.add(result(125))
    assert json.loads(report.json())["results"][0]["figures"][0]["met"] is False
