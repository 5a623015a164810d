"""Saved views: listed for who has them, and opened even where they name what is no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from fleetdesk.models.access import Role, Scope, own_scope
from fleetdesk.models.saved_views import SavedView, ViewColumn, ViewKind, ViewSort, plain_columns, plain_sort
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.saved_views import ViewRow, open_view, saved_view, saved_views
from tests.unit.queries.filters.asking import WITHOUT_FLEET
from tests.unit.queries.replica import NOON, add_person, add_row

SORT = (ViewSort(LeadSort.COUNTRY), ViewSort(LeadSort.FLEET_SIZE, descending=True))
COLUMNS = (ViewColumn(LeadSort.NAME, 200), ViewColumn(LeadSort.COUNTRY, 90))


def add_view(replica: Connection, view_id: str, **values: object) -> None:
    usual: dict[str, object] = {
        "scope": own_scope("mona"),
        "owner_id": "mona",
        "screen": "leads",
        "name": view_id,
        "kind": ViewKind.TABLE,
        "query": "status:new fleet>20",
        "sort": plain_sort(SORT),
        "columns": plain_columns(COLUMNS),
        "created_at": NOON,
        "updated_at": NOON,
        "deleted_at": None,
        "deleted_by": None,
        "deletion_reason": None,
    }
    add_row(replica, SavedView(id=view_id, **usual | values))


@pytest.fixture
def view(replica: Connection) -> ViewRow:
    """A view of Mona's."""
    add_view(replica, "v")
    found = saved_view(replica, "v")
    assert found is not None
    return found


def test_the_views_of_a_screen_are_listed_by_name(replica: Connection) -> None:
    for name in ("zoo", "Été", "apples"):
        add_view(replica, name)
    add_view(replica, "elsewhere", screen="tenants")
    add_view(replica, "gone", deleted_at=NOON)
    assert [view.name for view in saved_views(replica, "leads")] == ["apples", "zoo", "Été"]


def test_a_view_says_whose_it_is_and_whether_it_is_shared(replica: Connection) -> None:
    add_person(replica, "ali", "Ali", "Haddad", Role.COMMERCIAL)
    add_view(replica, "v", owner_id="ali", scope=Scope.STAFF)
    [view] = saved_views(replica, "leads")
    assert (view.owner_name, view.shared) == ("Ali Haddad", True)


def test_a_view_that_nobody_has_is_none(replica: Connection) -> None:
    assert saved_view(replica, "never") is None


def test_a_view_is_opened_as_it_was_saved(view: ViewRow) -> None:
    opened = open_view(view, LEAD_FIELDS, tuple(LeadSort))
    assert opened.filter == parse(LEAD_FIELDS, "status:new fleet>20").filter
    assert (opened.sort, opened.columns, opened.warnings) == (SORT, COLUMNS, ())


def test_a_view_opens_without_a_field_that_is_no_more_and_says_so(view: ViewRow) -> None:
    opened = open_view(view, WITHOUT_FLEET, tuple(LeadSort))
    assert opened.filter == parse(LEAD_FIELDS, "status:new").filter
    assert opened.warnings == ("There is no field “fleet”. The view is shown without it.",)


def test_a_view_opens_without_a_column_that_is_no_more_and_says_so_once(view: ViewRow) -> None:
    opened = open_view(view, LEAD_FIELDS, [column for column in LeadSort if column is not LeadSort.COUNTRY])
    assert (opened.sort, opened.columns) == (SORT[1:], COLUMNS[:1])
    assert opened.warnings == ("There is no column “country”. The view is shown without it.",)


def test_a_view_whose_columns_cannot_be_read_opens_without_them_and_says_so(view: ViewRow) -> None:
    opened = open_view(replace(view, columns={"name": 3}), LEAD_FIELDS, tuple(LeadSort))
    assert (opened.sort, opened.columns, len(opened.warnings)) == (SORT, (), 1)
