"""What a measurement gives: figures with their unit and target, and beside them calibrations of the same minutes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bound", "Figure", "NotMeasured", "Result", "at_least", "at_most", "median", "percentile"]


class NotMeasured(Exception):
    """A measurement could not be made; the text says why. A target missed is no reason to raise it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A target: the figure is to be at most, or at least, `limit`."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether the value reaches the target."""
        return value >= self.limit if self.at_least else value <= self.limit

    def distance(self, value: float) -> float:
        """How far the value is from the target, as a share of the target."""
        return abs(value - self.limit) / self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


def at_most(limit: float) -> Bound:
    """A target that the figure must not exceed."""
    return Bound(limit)


def at_least(limit: float) -> Bound:
    """A target that the figure must reach."""
    return Bound(limit, at_least=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, its unit, and its target if it has one."""

    name: str
    value: float
    unit: str
    target: Bound | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table. `beside` are calibrations made in the same run, next to the measurement."""

    row: str
    title: str
    figures: tuple[Figure, ...]
    beside: tuple[Figure, ...]
    note: str = ""


def median(values: Sequence[float]) -> float:
    """The middle value. Raises NotMeasured where there is none."""
    return percentile(values, 50)


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` per cent of the values do not exceed. Raises NotMeasured where there is none."""
    if not values:
        raise NotMeasured("nothing was measured")
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
