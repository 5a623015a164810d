"""What an examination of a laptop found: `sync.doctor` makes it, the command line and the settings show it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Check", "Comparison", "Diagnosis", "Finding", "render"]


class Finding(StrEnum):
    """How a check ended."""

    WELL = "well"
    NOTE = "note"
    """Nothing wrong, but worth knowing."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It could not be checked."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `detail` is a sentence for people."""

    name: str
    finding: Finding
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One table here and at the hub, in the same snapshot; checksums as 16 hexadecimal digits."""

    table: str
    rows_here: int
    rows_there: int
    checksum_here: str
    checksum_there: str

    @property
    def equal(self) -> bool:
        """Whether both sides hold the same rows."""
        return (self.rows_here, self.checksum_here) == (self.rows_there, self.checksum_there)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was found."""

    made_at: dt.datetime
    versions: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]
    tables: tuple[Comparison, ...]

    @property
    def exit_status(self) -> int:
        """0: all is well. 1: something is wrong. 2: nothing is wrong, but not everything could be checked."""
        findings = {check.finding for check in self.checks}
        if Finding.WRONG in findings:
            return 1
        return 2 if Finding.UNKNOWN in findings else 0


def render(report: Diagnosis) -> str:
    """The report for people, in plain text."""
    lines = [f"FleetDesk doctor, {report.made_at:%Y-%m-%d %H:%M} UTC", "", "Versions"]
    lines += [f"    {name:<20} {version}" for name, version in report.versions]
    lines += ["", "Checks"]
    lines += [f"  {_MARKS[check.finding]} {check.name:<12} {check.detail}" for check in report.checks]
    if report.tables:
        width = max(len(comparison.table) for comparison in report.tables)
        lines += ["", f"{'Tables':<{width + 4}} {'rows here':>12} {'at the hub':>12}  checksum"]
        lines += [_rendered(comparison, width) for comparison in report.tables]
    return "\n".join([*lines, "", _CONCLUSIONS[report.exit_status], ""])


_MARKS = {Finding.WELL: "✓", Finding.NOTE: "·", Finding.WRONG: "✗", Finding.UNKNOWN: "?"}
_CONCLUSIONS = {
    0: "All is well.",
    1: "Something is wrong: see the lines marked ✗.",
    2: "Nothing is wrong as far as could be seen; the lines marked ? could not be checked.",
}


def _rendered(comparison: Comparison, width: int) -> str:
    mark = _MARKS[Finding.WELL if comparison.equal else Finding.WRONG]
    rows = f"{comparison.rows_here:>12,} {comparison.rows_there:>12,}"
    checksums = (
        comparison.checksum_here if comparison.equal else f"{comparison.checksum_here} ≠ {comparison.checksum_there}"
    )
    return f"  {mark} {comparison.table:<{width}} {rows}  {checksums}"
