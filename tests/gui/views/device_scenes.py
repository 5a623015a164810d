"""Scenes of the laptops, as super admins see them, in the states that they meet."""

from __future__ import annotations

from collections.abc import Callable

from fleetdesk.models.devices import EditKind
from fleetdesk.models.status import SyncState
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.devices.page import DevicesPage
from fleetdesk.views.devices.revoke_form import RevokeForm
from tests.gui.views.filled import FailingStore, pull
from tests.gui.views.laptops import EMPTIED, LAYLAS, LOCKED, REVOKED, bring_laptops, edit
from tests.gui.views.list_scenes import leads_loading, leads_offline
from tests.gui.views.office import Office
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import low

__all__ = ["DEVICE_SCENES", "devices_page"]


def devices_page(office: Office) -> DevicesPage:
    page = office.window.page("devices")
    assert isinstance(page, DevicesPage)
    return page


def _shown(device_id: str) -> Callable[[Office], None]:
    def scene(office: Office) -> None:
        bring_laptops(office.store)
        office.window.show_screen("devices")
        settle(office)
        devices_page(office).open_record(device_id)
        settle(office)

    return scene


devices = _shown(LAYLAS)


def devices_emptied_in_part(office: Office) -> None:
    why = "More waited on the laptop than the hub keeps of one. What is missing was deleted with the laptop’s data."
    bring_laptops(office.store)
    pull(office.store, edit(6, EditKind.WAITING, "340 edits are missing", {"text": why, "left_out": 340}, 1))
    office.window.show_screen("devices")
    settle(office)
    devices_page(office).open_record(EMPTIED)
    settle(office)


def devices_revoke(office: Office) -> None:
    _shown(LOCKED)(office)
    office.do("devices.revoke")


def devices_revoke_without_a_reason(office: Office) -> None:
    devices_revoke(office)
    settle(office)
    office.dialog(CommandDialog).submit()


def devices_just_revoked(office: Office) -> None:
    devices_revoke(office)
    settle(office)
    dialog = office.dialog(CommandDialog)
    assert isinstance(dialog.form, RevokeForm)
    dialog.form.write("Stolen from the car")
    dialog.submit()


def devices_narrow(office: Office) -> None:
    office.window.resize(1024, 640)
    _shown(EMPTIED)(office)


def devices_none(office: Office) -> None:
    office.window.show_screen("devices")


def devices_nothing(office: Office) -> None:
    devices(office)
    devices_page(office).search.setText("zzzz")


def devices_error(office: Office) -> None:
    assert isinstance(office.store, FailingStore)
    office.store.fails = True
    office.window.show_screen("devices")


def devices_loading(office: Office) -> None:
    leads_loading(office)
    office.window.show_screen("devices")


def devices_not_loaded(office: Office) -> None:
    leads_offline(office)
    office.window.show_screen("devices")


def devices_offline(office: Office) -> None:
    devices(office)
    office.tell(SyncState.OFFLINE)


def devices_revoke_offline(office: Office) -> None:
    """What is revoked without a network waits."""
    office.tell(SyncState.OFFLINE)
    devices_just_revoked(office)


DEVICE_SCENES: dict[str, Callable[[Office], None]] = {
    "devices": devices,
    "devices-locked": _shown(LOCKED),
    "devices-revoked": _shown(REVOKED),
    "devices-emptied": _shown(EMPTIED),
    "devices-emptied-in-part": devices_emptied_in_part,
    "devices-not-told": _shown("device-new"),
    "devices-revoke": devices_revoke,
    "devices-revoke-no-reason": devices_revoke_without_a_reason,
    "devices-just-revoked": devices_just_revoked,
    "devices-narrow": devices_narrow,
    "devices-low": low(_shown(EMPTIED)),
    "devices-none": devices_none,
    "devices-nothing-found": devices_nothing,
    "devices-error": devices_error,
    "devices-loading": devices_loading,
    "devices-not-loaded": devices_not_loaded,
    "devices-offline": devices_offline,
    "devices-just-revoked-offline": devices_revoke_offline,
}
