"""Scenes of leads that are the same prospect: the page of duplicates, the merge, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MergeLeads
from fleetdesk.models.ids import new_id
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog
from fleetdesk.views.leads.duplicates.page import DuplicatesPage
from tests.gui.views.filled import FailingStore
from tests.gui.views.list_scenes import leads_loading, leads_offline
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import low
from tests.gui.views.twins import OFFICE, TWIN, bring_twins

__all__ = ["DUPLICATE_SCENES"]


def merge(office: Office) -> None:
    bring_twins(office.store)
    office.leads.open_record(STORY)
    settle(office)
    office.do("leads.merge")


def merge_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    merge(office)


def merge_refused(office: Office) -> None:
    """One of the leads is deleted while the person compares, and two values are written that cannot be."""
    merge(office)
    settle(office)
    form = office.dialog(MergeDialog).form
    for name, text in (("Email", "mariam@"), ("Fleet size", "forty")):
        editor = named(form, f"{name} of the lead that stays", QLineEdit)
        editor.setText(text)
        editor.textEdited.emit(text)
    office.dialog(MergeDialog).submit()
    settle(office)
    office.store.perform(DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=OFFICE, reason="Not a lead"))


def duplicates(office: Office) -> None:
    bring_twins(office.store)
    office.window.show_screen("duplicates")


def duplicates_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    duplicates(office)


def duplicates_apart(office: Office) -> None:
    duplicates(office)
    settle(office)
    office.do("duplicates.apart")
    settle(office)
    page = office.window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.shown.set_key("apart")
    page.shown.chosen.emit("apart")


def duplicates_nothing(office: Office) -> None:
    duplicates(office)
    settle(office)
    page = office.window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.search.setText("zzzz")


def duplicates_none(office: Office) -> None:
    office.window.show_screen("duplicates")


def duplicates_loading(office: Office) -> None:
    duplicates_none(office)
    leads_loading(office)


def duplicates_offline(office: Office) -> None:
    duplicates_none(office)
    leads_offline(office)


def duplicates_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    duplicates_none(office)


def lead_merged(lead_id: str) -> Callable[[Office], None]:
    """A lead that was merged into another, or that other one."""

    def draw(office: Office) -> None:
        bring_twins(office.store)
        now = office.clock.now()
        office.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=(TWIN,)))
        office.leads.open_record(lead_id)

    return draw


DUPLICATE_SCENES: dict[str, Callable[[Office], None]] = {
    "duplicates": duplicates,
    "duplicates-narrow": duplicates_narrow,
    "duplicates-read-only": duplicates,
    "duplicates-apart": duplicates_apart,
    "duplicates-nothing-found": duplicates_nothing,
    "duplicates-none": duplicates_none,
    "duplicates-loading": duplicates_loading,
    "duplicates-offline": duplicates_offline,
    "duplicates-error": duplicates_error,
    "duplicates-low": low(duplicates),
    "merge": merge,
    "merge-narrow": merge_narrow,
    "merge-refused": merge_refused,
    "merge-low": low(merge),
    "lead-merged": lead_merged(TWIN),
    "lead-took-in": lead_merged(STORY),
    "lead-took-in-low": low(lead_merged(STORY)),
}
