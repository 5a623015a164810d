"""The results as a table for people and as JSON for machines, with what the machine was and did meanwhile."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from dataclasses import asdict

from bench.figures import Figure, Result
from bench.stage import Size
from fleetdesk.demo.postgres import find_binaries

__all__ = ["Report"]

_WIDTH = 42


class Report:
    """Collects results as they come. `judged`: the run has the size that the targets are meant for."""

    def __init__(self, size: Size, *, judged: bool) -> None:
        self._size = size
        self._judged = judged
        self._began = dt.datetime.now(dt.UTC)
        self._results: list[tuple[Result, float]] = []
        self.failures: dict[str, str] = {}

    def add(self, result: Result) -> None:
        """Keep a result, with the machine's load average just now."""
        self._results.append((result, os.getloadavg()[0]))

    def fail(self, row: str, why: str) -> None:
        """Note that a row could not be measured."""
        self.failures[row] = why

    def table(self) -> str:
        """All rows, each figure beside its target, under each row what the machine did in the same minutes."""
        lines = [f"FleetDesk bench, {self._began:%Y-%m-%d %H:%M} UTC, {_machine()}"]
        if not self._judged:
            lines.append(f"The targets are for a million rows; this run has {self._size.rows:,} and is not judged.")
        for result, load in self._results:
            lines += ["", f"{result.row}: {result.title}"]
            lines += [self._line(figure) for figure in result.figures]
            lines.append(f"  beside it: {_list(result.beside)} · load average {load:.1f}")
            if result.note:
                lines.append(f"  {result.note}")
        lines += [f"\n{row}: NOT MEASURED: {why}" for row, why in self.failures.items()]
        return "\n".join(lines)

    def json(self) -> str:
        """The same for machines."""
        return json.dumps(
            {
                "began_at": self._began.isoformat(),
                "machine": _machine(),
                "size": asdict(self._size),
                "judged": self._judged,
                "results": [self._as_plain(result, load) for result, load in self._results],
                "not_measured": self.failures,
            },
            indent=2,
            ensure_ascii=False,
        )

    def _line(self, figure: Figure) -> str:
        target = str(figure.target) if figure.target else ""
        return f"  {figure.name:<{_WIDTH}}{_amount(figure):>12}   {target:<8}{self._judgement(figure)}".rstrip()

    def _judgement(self, figure: Figure) -> str:
        if figure.target is None or not self._judged:
            return ""
        if figure.target.met_by(figure.value):
            return "reached"
        return "MISSED" + (f" by {figure.target.distance(figure.value):.0%}" if figure.target.limit else "")

    def _as_plain(self, result: Result, load: float) -> dict[str, object]:
        return {
            "row": result.row,
            "title": result.title,
            "figures": [self._figure_as_plain(figure) for figure in result.figures],
            "beside": [self._figure_as_plain(figure) for figure in result.beside],
            "load_average": load,
            "note": result.note,
        }

    def _figure_as_plain(self, figure: Figure) -> dict[str, object]:
        plain: dict[str, object] = {"name": figure.name, "value": figure.value, "unit": figure.unit}
        if figure.target is not None:
            plain["target"] = str(figure.target)
            if self._judged:
                plain["met"] = figure.target.met_by(figure.value)
        return plain


def _amount(figure: Figure) -> str:
    return f"{figure.value:,.2f} {figure.unit}" if figure.value < 100 else f"{figure.value:,.0f} {figure.unit}"


def _list(figures: tuple[Figure, ...]) -> str:
    return " · ".join(f"{figure.name} {_amount(figure)}" for figure in figures)


def _machine() -> str:
    return (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL {find_binaries().version}"
    )
