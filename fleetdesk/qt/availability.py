"""Whether something can be done now, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ENABLED", "Availability", "Enabled", "WhyNot", "always"]


@dataclass(frozen=True, slots=True)
class Enabled:
    """The action can be done now."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The action cannot be done now; `reason` is one sentence for the person."""

    reason: str


Availability = Enabled | WhyNot
ENABLED = Enabled()


def always() -> Availability:
    """For actions that can be done at any time."""
    return ENABLED
