"""What a saved view keeps of the list: what the list shows now as a view would keep it, and how the two differ."""

from __future__ import annotations

from dataclasses import dataclass

from fleetdesk.commands.core import FieldEdit
from fleetdesk.models.saved_views import ViewColumn, ViewKind, ViewSort, plain_columns, plain_sort
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.queries.filters.grammar import written
from fleetdesk.queries.filters.values import Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.saved_views import OpenedView, ViewRow, open_view
from fleetdesk.views.leads.asking.filters import FIRST_SORTING
from fleetdesk.views.leads.columns import COLUMN_KEYS

__all__ = ["ViewState", "opened", "state_of"]


@dataclass(frozen=True, slots=True)
class ViewState:
    """What is shown and how: all that a view keeps under its name. No columns: whichever the person has."""

    filter: Filter
    sorting: Sorting
    columns: tuple[ViewColumn, ...]
    kind: ViewKind

    def differs(self, kept: ViewState) -> bool:
        """Whether it is another than the one that is kept; without columns there, those do not count."""
        same = (self.filter, self.sorting, self.kind) == (kept.filter, kept.sorting, kept.kind)
        return not same or (bool(kept.columns) and self.columns != kept.columns)

    def values(self) -> dict[str, JsonValue]:
        """The fields of a view that keeps it, but for its name."""
        return {
            "kind": str(self.kind),
            "query": written(self.filter),
            "sort": plain_sort([ViewSort(str(key.column), key.descending) for key in self.sorting]),
            "columns": plain_columns(self.columns),
        }

    def edits(self, view: ViewRow) -> dict[str, FieldEdit]:
        """What has to be set in a view for it to keep this, each based on what the person's copy has."""
        before: dict[str, JsonValue] = {
            "kind": str(view.kind),
            "query": view.query,
            "sort": view.sort,
            "columns": view.columns,
        }
        return {
            field: FieldEdit(base=before[field], new=value)
            for field, value in self.values().items()
            if value != before[field]
        }


def opened(view: ViewRow) -> OpenedView:
    """A view as the list of leads can show it."""
    return open_view(view, LEAD_FIELDS, COLUMN_KEYS, orders=frozenset(LeadSort))


def state_of(view: ViewRow) -> ViewState:
    """What the list shows while a view is open and nothing was changed since."""
    found = opened(view)
    sorting = tuple(SortKey(by.key, by.descending) for by in found.sort) or FIRST_SORTING
    return ViewState(found.filter, sorting, found.columns, view.kind)
