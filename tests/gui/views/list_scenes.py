"""Scenes of the list of leads: its filter, its views, its columns, in the states that people meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QMenu

from fleetdesk.commands.saved_views import DeleteView, SaveView
from fleetdesk.models.access import Scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.saved_views import SavedView
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.links import Link
from fleetdesk.views.leads.asking.filter_words import field_title
from fleetdesk.views.leads.saved.views_dialog import ViewsDialog
from tests.gui.views.filled import NOW, pull
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle

__all__ = ["LIST_SCENES", "leads_beside", "leads_list", "leads_loading", "leads_offline", "narrow"]

NARROW = (1024, 768)


def leads_list(office: Office) -> None:
    office.leads.table.setFocus()


def leads_beside(office: Office) -> None:
    office.leads.open_record(STORY)


def leads_nothing(office: Office) -> None:
    office.leads.head.search.setText("zzzz")


def leads_nothing_beside(office: Office) -> None:
    """A lead is open, and the search finds nothing: it says that it is not in the list."""
    office.leads.open_record(STORY)
    settle(office)
    office.leads.listing.put("zzzz")


def leads_loading(office: Office) -> None:
    office.status.update(
        SyncStatus(SyncState.LOADING, progress=LoadProgress(rows=1_830, total=5_000, table="sys_demo_lead"))
    )


def leads_offline(office: Office) -> None:
    office.status.update(SyncStatus(SyncState.OFFLINE))


def leads_empty(office: Office) -> None:
    office.tell(SyncState.LIVE)


def leads_search(office: Office) -> None:
    office.leads.head.search.setText("al status:new,contacted")


def leads_filters(office: Office) -> None:
    office.leads.listing.put(
        'al status:open owner:me country:AE,FR -tag:"trade fair" fleet:20.. created:90d.. rotting:30 next:overdue'
    )


def leads_query_wrong(office: Office) -> None:
    """Three pieces that are not understood, and one that is."""
    office.leads.listing.put("status:contactd flet>20 owner:me created:2026-02-30 ")


def leads_query_offers(office: Office) -> None:
    search = office.leads.head.search
    search.setFocus()
    settle(office)
    search.insert("al country:")


def leads_filter_menu(office: Office) -> None:
    office.leads.listing.put("status:new owner:me")
    office.do("leads.filter")


def filter_editor(field: str, query: str = "") -> Callable[[Office], None]:
    """Open the editor of a field's term from the menu."""

    def draw(office: Office) -> None:
        office.leads.listing.put(query)
        office.do("leads.filter")
        settle(office)
        [menu] = office.leads.findChildren(QMenu, "filter-menu")
        entry = next(entry for entry in menu.actions() if entry.text() == field_title(field))
        menu.setActiveAction(entry)
        entry.trigger()
        menu.close()

    return draw


def saved_views(office: Office) -> None:
    """Views of one's own and of others, one of them deleted."""
    for view_id, name, query, shared in (
        ("mine", "My rotting leads", "status:open owner:me rotting:30", False),
        ("france", "France, large fleets", "country:FR fleet:40..", True),
        ("arabic", "متابعة هذا الأسبوع", "next:today..+7d", False),
        ("old", "Trade fair 2025", 'source:"trade fair" created:2025', False),
    ):
        values: dict[str, JsonValue] = {"name": name, "kind": "table", "query": query, "sort": [], "columns": []}
        now = office.clock.now()
        office.store.perform(
            SaveView(id=new_id(), issued_at=now, view_id=view_id, screen="leads", values=values, shared=shared)
        )
    office.store.perform(DeleteView(id=new_id(), issued_at=office.clock.now(), view_id="old"))
    pull(office.store, *shared_views())
    settle(office)


def shared_views() -> list[SavedView]:
    """What others share."""
    usual: dict[str, Any] = {
        "scope": Scope.STAFF,
        "screen": "leads",
        "kind": "table",
        "sort": [],
        "columns": [],
        **dict.fromkeys(("created_at", "updated_at"), NOW),
        **dict.fromkeys(("deleted_at", "deleted_by", "deletion_reason")),
    }
    return [
        SavedView(id="omars", owner_id="person-omar", name="Dubai airport", query="tag:airport", **usual),
        SavedView(id="camilles", owner_id="person-camille", name="Nobody's leads", query="owner:none", **usual),
    ]


def leads_view(office: Office) -> None:
    saved_views(office)
    office.bench.navigator.open_link(Link("leads", view_id="france"))


def leads_view_changed(office: Office) -> None:
    leads_view(office)
    settle(office)
    office.leads.head.search.setText("country:FR fleet:40.. status:new")


def leads_view_of_another(office: Office) -> None:
    saved_views(office)
    office.bench.navigator.open_link(Link("leads", view_id="omars"))
    settle(office)
    office.leads.head.search.setText("tag:airport owner:me")


def leads_views_menu(office: Office) -> None:
    leads_view(office)
    settle(office)
    office.do("leads.views")


def leads_views(office: Office) -> None:
    saved_views(office)
    office.do("leads.views_manage")
    settle(office)
    named(office.dialog(ViewsDialog), "Deleted ones", CheckBox).setChecked(True)


def leads_view_save(office: Office) -> None:
    office.leads.listing.put("status:open owner:me")
    office.do("leads.view_save_as")


def leads_columns(office: Office) -> None:
    office.do("leads.columns")


def leads_wide(office: Office) -> None:
    """More columns than there is room for, sorted by three of them."""
    header = office.leads.table.record_header
    for key in ("email", "tags", LeadSort.SCORE, LeadSort.STAGE_SINCE):
        header.show_column(key, shown=True)
    office.leads.listing.sort(
        (SortKey(LeadSort.COUNTRY), SortKey(LeadSort.FLEET_SIZE, descending=True), SortKey(LeadSort.OWNER))
    )
    office.leads.table.setFocus()


def narrow(draw: Callable[[Office], None]) -> Callable[[Office], None]:
    """The same in the narrowest window."""

    def drawn(office: Office) -> None:
        office.window.resize(*NARROW)
        settle(office)
        draw(office)

    return drawn


LIST_SCENES: dict[str, Callable[[Office], None]] = {
    "leads": leads_beside,
    "leads-list": leads_list,
    "leads-nothing-found": leads_nothing,
    "leads-nothing-beside": leads_nothing_beside,
    "leads-loading": leads_loading,
    "leads-offline": leads_offline,
    "leads-empty": leads_empty,
    "leads-list-narrow": narrow(leads_list),
    "leads-search": leads_search,
    "leads-filters": leads_filters,
    "leads-filters-narrow": narrow(leads_filters),
    "leads-query-wrong": leads_query_wrong,
    "leads-query-wrong-narrow": narrow(leads_query_wrong),
    "leads-query-offers": leads_query_offers,
    "leads-view": leads_view,
    "leads-view-changed": leads_view_changed,
    "leads-view-changed-narrow": narrow(leads_view_changed),
    "leads-view-of-another": leads_view_of_another,
    "leads-views-menu": leads_views_menu,
    "leads-views": leads_views,
    "leads-view-save": leads_view_save,
    "leads-columns": leads_columns,
    "leads-columns-narrow": narrow(leads_columns),
    "leads-wide": leads_wide,
    "leads-wide-narrow": narrow(leads_wide),
    "leads-filter-menu": leads_filter_menu,
    "leads-filter-owner": filter_editor("owner", "owner:me,none"),
    "leads-filter-country": filter_editor("country", "country:FR"),
    "leads-filter-tag": filter_editor("tag", "-tag:dubai"),
    "leads-filter-fleet": filter_editor("fleet", "fleet:20..50"),
    "leads-filter-created": filter_editor("created", "created:30d.."),
    "leads-filter-due": filter_editor("next"),
    "leads-filter-rotting": filter_editor("rotting", "rotting:30"),
    "leads-filter-deleted": filter_editor("deleted"),
}
