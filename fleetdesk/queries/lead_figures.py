"""The six live figures of the pipeline (SPEC.md section 1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.sql import Viewpoint
from fleetdesk.queries.filters.values import EVERYTHING
from fleetdesk.queries.leads import stage_counts

__all__ = ["LeadFigures", "lead_figures"]


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """Counts over all leads not deleted. `conversion_rate` is converted ÷ total, None where there is no lead."""

    total: int
    new: int
    contacted: int
    qualified: int
    converted: int
    conversion_rate: float | None


def lead_figures(connection: Connection, viewpoint: Viewpoint) -> LeadFigures:
    """The six figures as they stand now."""
    counts = stage_counts(connection, EVERYTHING, viewpoint)
    total = sum(counts.values())
    return LeadFigures(
        total=total,
        new=counts[Stage.NEW],
        contacted=counts[Stage.CONTACTED],
        qualified=counts[Stage.QUALIFIED],
        converted=counts[Stage.CONVERTED],
        conversion_rate=counts[Stage.CONVERTED] / total if total else None,
    )
