"""Figures over leads, each with the filter that opens the rows behind it (SPEC.md section 1).

All can be asked for among the leads of a filter; of that, terms on what a figure is about give way to its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, func

from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.fields import OVERDUE
from fleetdesk.queries.filters.moments import Ago
from fleetdesk.queries.filters.sql import Viewpoint, conditions
from fleetdesk.queries.filters.values import EVERYTHING, AnyOf, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import select_leads, stage_counts
from fleetdesk.queries.replica import without_indexes

__all__ = ["ROTTING_DAYS", "FigureKey", "LeadFigure", "lead_figures", "work_figures"]

ROTTING_DAYS = 30
"""Without activity for so long, an open lead rots."""


class FigureKey(StrEnum):
    """Which figure it is."""

    TOTAL = "total"
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    CONVERTED = "converted"
    CONVERSION_RATE = "conversion_rate"
    OVERDUE = "overdue"
    TODAY = "today"
    WITHOUT_NEXT = "without_next"
    ROTTING = "rotting"


@dataclass(frozen=True, slots=True)
class LeadFigure:
    """One figure: a count, or for the conversion rate a share, None where there is no lead; and the rows behind it."""

    key: FigureKey
    value: int | float | None
    filter: Filter


def lead_figures(
    connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING
) -> dict[FigureKey, LeadFigure]:
    """The six figures of the pipeline among the leads of a filter. Rate: converted ÷ all not deleted."""
    counts = stage_counts(connection, within, viewpoint)
    total = sum(counts.values())
    converted = counts[Stage.CONVERTED]
    figures = [LeadFigure(FigureKey.TOTAL, total, within.without("status"))]
    figures += [
        LeadFigure(FigureKey(stage), counts[stage], within.asking("status", AnyOf((stage.value,))))
        for stage in (Stage.NEW, Stage.CONTACTED, Stage.QUALIFIED, Stage.CONVERTED)
    ]
    rate = converted / total if total else None
    figures.append(LeadFigure(FigureKey.CONVERSION_RATE, rate, figures[-1].filter))
    return {figure.key: figure for figure in figures}


def work_figures(
    connection: Connection, viewpoint: Viewpoint, within: Filter = EVERYTHING
) -> dict[FigureKey, LeadFigure]:
    """What is to be done among the open leads of a filter: next steps overdue, due today or missing; rotting ones."""
    still_open = within.asking("status", AnyOf(("open",)))
    asked = {
        FigureKey.OVERDUE: still_open.asking("next", AnyOf((OVERDUE,))),
        FigureKey.TODAY: still_open.asking("next", AnyOf((Ago(0),))),
        FigureKey.WITHOUT_NEXT: still_open.asking("next", AnyOf((None,))),
        FigureKey.ROTTING: still_open.asking("rotting", AnyOf((ROTTING_DAYS,))),
    }
    counts = _counts(connection, viewpoint, within, asked)
    return {key: LeadFigure(key, counts[key], asked[key]) for key in asked}


def _counts(
    connection: Connection, viewpoint: Viewpoint, within: Filter, asked: Mapping[FigureKey, Filter]
) -> dict[FigureKey, int]:
    """How many leads match each of the filters, which all narrow `within`: counted in one pass."""
    columns = []
    for key, narrower in asked.items():
        wanted = conditions(connection, LEAD_FIELDS, narrower, viewpoint)
        columns.append(func.count().filter(without_indexes(and_(*wanted))).label(key))
    shared = within.without("status", "next", "rotting")
    statement = select_leads(connection, shared, viewpoint, in_one_pass=True).with_only_columns(*columns)
    return dict(zip(asked, connection.execute(statement).one(), strict=True))
