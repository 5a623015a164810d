"""Scenes of what is done with many leads at once."""

from __future__ import annotations

from collections.abc import Callable

from fleetdesk.models.status import SyncState
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.views.leads.doing.bulk_dialog import BulkDialog
from tests.gui.views.list_scenes import narrow
from tests.gui.views.office import Office, named
from tests.gui.views.settling import settle

__all__ = ["BULK_SCENES"]


def bulk(office: Office) -> None:
    settle(office)
    office.do("leads.bulk_all")


def chosen_in_sight(office: Office) -> None:
    settle(office)
    office.do("leads.bulk_sight")
    settle(office)
    office.do("leads.bulk_sight")


def bulk_move(office: Office) -> None:
    settle(office)
    office.do("leads.bulk_all")
    office.do("leads.bulk_move")


def bulk_move_stages(office: Office) -> None:
    """With the list of stages open."""
    bulk_move(office)
    settle(office)
    box = named(office.dialog(BulkDialog), "To the stage, required", ChoiceBox)
    box.showPopup()


def bulk_dialog(action: str) -> Callable[[Office], None]:
    """Choose all leads, and ask for something to be done with them."""

    def draw(office: Office) -> None:
        bulk(office)
        office.do(action)

    return draw


def bulk_refused(office: Office) -> None:
    bulk_dialog("leads.bulk_lose")(office)
    settle(office)
    dialog = office.dialog(BulkDialog)
    dialog.form.set_values({"value": "No answer for a year"})
    dialog.submit()


def bulk_waiting(office: Office) -> None:
    """Two batches in the drawer, one of them kept back."""
    for action, value in (("leads.bulk_tag", "autumn"), ("leads.bulk_delete", "Bought list")):
        bulk(office)
        office.do(action)
        settle(office)
        dialog = office.dialog(BulkDialog)
        dialog.form.set_values({"value": value})
        dialog.submit()
        settle(office)
    office.store.pause_batch(office.store.batches()[0].id, paused=True)
    office.tell(SyncState.OFFLINE)
    office.do("window.pending")


BULK_SCENES: dict[str, Callable[[Office], None]] = {
    "bulk": bulk,
    "bulk-sight": chosen_in_sight,
    "bulk-sight-narrow": narrow(chosen_in_sight),
    "bulk-move": bulk_move,
    "bulk-move-stages": bulk_move_stages,
    "bulk-assign": bulk_dialog("leads.bulk_assign"),
    "bulk-refused": bulk_refused,
    "bulk-waiting": bulk_waiting,
}
