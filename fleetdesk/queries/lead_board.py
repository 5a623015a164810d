"""The board of leads: which stages have a column on it, and what each column asks for."""

from __future__ import annotations

from fleetdesk.models.stages import Stage
from fleetdesk.queries.filters.values import AnyOf, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS

__all__ = ["column_filter", "stages_asked"]

_STATUS = "status"


def stages_asked(asked: Filter) -> tuple[Stage, ...]:
    """The stages in which a lead may match a filter, in the order of the pipeline; perhaps none."""
    stages = tuple(Stage)
    for term in asked.of(_STATUS):
        meant = _meant(term.condition.values if isinstance(term.condition, AnyOf) else ())
        stages = tuple(stage for stage in stages if (stage in meant) is not term.negated)
    return stages


def column_filter(asked: Filter, stage: Stage) -> Filter:
    """The same among the leads of one stage, which the filter allows."""
    return asked.asking(_STATUS, AnyOf((stage.value,)))


def _meant(values: tuple[object, ...]) -> frozenset[str]:
    """The stages that the words of a term stand for."""
    field = LEAD_FIELDS.get(_STATUS)
    assert field is not None
    return frozenset(stage for word in map(str, values) for stage in field.groups.get(word, (word,)))
