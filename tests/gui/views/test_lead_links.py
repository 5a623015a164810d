"""Links to the list of leads: to one of its views, or to what a query finds."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from fleetdesk.commands.saved_views import DeleteView, SaveView
from fleetdesk.models.ids import new_id
from fleetdesk.models.saved_views import ViewKind, ViewSort, plain_sort
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.links import Link
from tests.gui.views.office import Office


def save_view(office: Office, view_id: str, query: str, *sort: JsonValue, screen: str = "leads") -> None:
    """Save a view of Layla's."""
    values: dict[str, JsonValue] = {
        "name": f"View {view_id}",
        "kind": ViewKind.TABLE,
        "query": query,
        "sort": list(sort),
        "columns": [],
    }
    office.store.perform(
        SaveView(id=new_id(), issued_at=office.clock.now(), view_id=view_id, screen=screen, values=values)
    )


def open_link(qtbot: QtBot, office: Office, link: Link) -> None:
    office.bench.navigator.open_link(link)
    qtbot.waitUntil(office.idle)


def test_a_link_with_a_query_shows_what_it_finds(qtbot: QtBot, office: Office) -> None:
    open_link(qtbot, office, Link("leads", query="status:contacted zaabi"))

    assert office.leads.head.search.text() == "status:contacted zaabi"
    assert office.leads.model.rowCount() == 1


def test_a_link_to_a_view_shows_the_view_in_its_order(qtbot: QtBot, office: Office) -> None:
    save_view(office, "v", "country:FR", *plain_sort((ViewSort(LeadSort.FLEET_SIZE, descending=True),)))

    open_link(qtbot, office, Link("leads", view_id="v"))

    assert office.leads.listing.text == "country:FR"
    assert office.leads.table.sorting == (SortKey(LeadSort.FLEET_SIZE, descending=True),)
    assert 0 < office.leads.model.rowCount() < 40


def test_a_query_beside_a_view_takes_the_place_of_its_own(qtbot: QtBot, office: Office) -> None:
    save_view(office, "v", "country:FR")

    open_link(qtbot, office, Link("leads", view_id="v", query="country:AE"))

    assert office.leads.listing.text == "country:AE"


def test_a_view_that_asks_for_a_field_that_is_gone_shows_the_rest_and_says_so(qtbot: QtBot, office: Office) -> None:
    save_view(office, "v", "country:FR favourite:yes", *plain_sort((ViewSort("favourite"),)))

    open_link(qtbot, office, Link("leads", view_id="v"))

    assert office.leads.listing.text == "country:FR"
    [said] = office.said.texts
    assert said.startswith("Not all of the view “View v” is there any more.")
    assert "There is no field “favourite”." in said
    assert "There is no column “favourite”." in said


def test_a_view_that_is_not_there_is_told_and_the_list_stays(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("zaabi")

    open_link(qtbot, office, Link("leads", view_id="nowhere"))

    assert office.leads.listing.text == "zaabi"
    assert office.said.texts[0].startswith("There is no such view here. The list stays as it was.")


def test_a_view_of_another_screen_is_not_one_of_the_list(qtbot: QtBot, office: Office) -> None:
    save_view(office, "v", "", screen="inbox")

    open_link(qtbot, office, Link("leads", view_id="v"))

    assert office.said.texts[0].startswith("There is no such view here.")


def test_a_view_that_was_deleted_is_told_by_its_name(qtbot: QtBot, office: Office) -> None:
    save_view(office, "v", "country:FR")
    office.store.perform(DeleteView(id=new_id(), issued_at=office.clock.now(), view_id="v"))

    open_link(qtbot, office, Link("leads", view_id="v"))

    assert office.said.texts[0].startswith("The view “View v” was deleted.")
    assert office.leads.model.rowCount() == 40


def test_what_of_a_linked_query_is_not_understood_is_told_and_stays_in_sight(qtbot: QtBot, office: Office) -> None:
    open_link(qtbot, office, Link("leads", query="country:FR flet>20"))

    assert office.leads.head.search.text() == "country:FR flet>20"
    assert "There is no field “flet”." in office.said.texts[0]


def test_a_link_that_asks_for_nothing_leaves_the_list_as_it_is(qtbot: QtBot, office: Office) -> None:
    office.leads.listing.put("zaabi")

    open_link(qtbot, office, Link("leads"))

    assert office.leads.listing.text == "zaabi"
