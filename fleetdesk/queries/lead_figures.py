"""Figures over leads, each with the filter that opens the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.filters.values import AnyOf, Filter
from fleetdesk.queries.lead_tally import LeadTally, Work, work_filter

__all__ = ["FigureKey", "LeadFigure", "lead_figures", "work_figures"]


class FigureKey(StrEnum):
    """Which of the six figures it is."""

    TOTAL = "total"
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    CONVERSION_RATE = "conversion_rate"


@dataclass(frozen=True, slots=True)
class LeadFigure:
    """One figure: a count, or for the conversion rate a share, None where there is no lead; and the rows behind it."""

    value: int | float | None
    filter: Filter


def lead_figures(tally: LeadTally) -> dict[FigureKey, LeadFigure]:
    """The six figures of the pipeline. Rate: converted ÷ all not deleted."""
    figures = {FigureKey.TOTAL: LeadFigure(tally.leads, tally.within)}
    for stage in (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.CONVERTED):
        asked = tally.within.asking("status", AnyOf((stage.value,)))
        figures[FigureKey(stage)] = LeadFigure(tally.stages[stage].leads, asked)
    converted = tally.stages[Stage.CONVERTED].leads
    rate = converted / tally.leads if tally.leads else None
    figures[FigureKey.CONVERSION_RATE] = LeadFigure(rate, figures[FigureKey.CONVERTED].filter)
    return figures


def work_figures(tally: LeadTally) -> dict[Work, LeadFigure]:
    """What is to be done among the open leads: next steps overdue, due today or missing; rotting ones."""
    still_open = [tally.stages[stage].work for stage in PIPELINE[:-1]]
    return {
        work: LeadFigure(
            sum(counts[work] for counts in still_open), work_filter(tally.within, work, tally.rotting_days)
        )
        for work in Work
    }
