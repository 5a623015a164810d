"""The screen of laptops: what they told, how one is revoked, and what it handed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fleetdesk.commands.devices import RevokeDevice
from fleetdesk.models.devices import Device
from fleetdesk.models.status import SyncState
from fleetdesk.qt.availability import Enabled, WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.devices.revoke_form import RevokeForm
from tests.gui.views.device_scenes import devices_page
from tests.gui.views.filled import StillClock, open_store, pull
from tests.gui.views.laptops import EMPTIED, LAYLAS, LOCKED, REVOKED, Told, bring_laptops, device
from tests.gui.views.lead_pane import performed
from tests.gui.views.list_scenes import leads_offline
from tests.gui.views.office import Office, texts
from tests.gui.views.sample import open_sample

NADIA = "person-nadia"


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Nadia's window, a super admin's, with six laptops in sight."""
    store = open_sample(tmp_path / "nadia", clock, 5, NADIA)
    bring_laptops(store)
    office = Office.open(store, theme, clock, person_id=NADIA, screen="devices")
    qtbot.waitUntil(lambda: office.idle() and devices_page(office).model.rowCount() == 6)
    yield office
    office.close()


def open_device(qtbot: QtBot, office: Office, device_id: str) -> None:
    office.bench.navigator.open_record(Device.key_of(device_id))
    qtbot.waitUntil(lambda: (row := devices_page(office).pane.row) is not None and row.id == device_id)
    qtbot.waitUntil(office.idle)


def cells(office: Office, laptop: str) -> list[str]:
    model = devices_page(office).model
    lines = [model.cells_at(row) for row in range(model.rowCount())]
    return next([cell.text for cell in line] for line in lines if line and line[1].text == laptop)


def why_not(office: Office, action: str) -> str:
    availability = office.bench.actions.availability(action)
    return availability.reason if isinstance(availability, WhyNot) else ""


def test_what_was_never_loaded_is_not_counted(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> None:
    office = Office.open(open_store(tmp_path, clock, NADIA), theme, clock, person_id=NADIA, screen="devices")
    leads_offline(office)
    qtbot.waitUntil(office.idle)
    said = texts(devices_page(office))
    office.close()
    assert "Nothing was loaded yet" in said
    assert "0 laptops" not in said


def test_a_line_says_whose_it_is_and_what_it_told(office: Office) -> None:
    person, _, system, version, _, waiting, lease, standing = cells(office, "MacBook de Camille")
    assert (person, system, version, waiting, lease, standing) == (
        "Camille Laurent",
        "Darwin 24.1",
        "1.4.0",
        "14",
        "Locked",
        "In use",
    )


def test_what_was_not_told_is_left_empty(office: Office) -> None:
    assert cells(office, "nadia-book-with-a-rather-long-host-name")[5:7] == ["", ""]


@pytest.mark.parametrize(("text", "count"), [("layla", 2), ("victor-x1", 1), ("windows", 2), ("zzz", 0)])
def test_laptops_are_found_by_person_name_and_system(qtbot: QtBot, office: Office, text: str, count: int) -> None:
    page = devices_page(office)
    page.search.setText(text)
    qtbot.waitUntil(lambda: office.idle() and page.model.rowCount() == count)


def test_revoked_ones_can_be_listed_alone(qtbot: QtBot, office: Office) -> None:
    page = devices_page(office)
    page.shown.set_key("revoked")
    page.shown.chosen.emit("revoked")
    qtbot.waitUntil(lambda: office.idle() and page.model.rowCount() == 1)


def test_to_revoke_asks_why_and_is_one_command(qtbot: QtBot, office: Office) -> None:
    open_device(qtbot, office, LOCKED)
    office.do("devices.revoke")
    dialog = office.dialog(CommandDialog)
    assert "14 edits wait there. This cannot be undone." in texts(dialog)
    dialog.submit()
    qtbot.waitUntil(lambda: "Say why, in at most 500 characters." in texts(dialog))
    assert isinstance(dialog.form, RevokeForm)
    dialog.form.write("Stolen")
    dialog.submit()
    qtbot.waitUntil(lambda: len(performed(office)) == 1)
    (command,) = performed(office)
    assert isinstance(command, RevokeDevice)
    assert (command.device_id, command.reason) == (LOCKED, "Stolen")
    qtbot.waitUntil(lambda: "Stolen" in devices_page(office).pane.note)


def revoke(office: Office) -> None:
    office.do("devices.revoke")
    dialog = office.dialog(CommandDialog)
    assert isinstance(dialog.form, RevokeForm)
    dialog.form.write("Stolen")
    dialog.submit()


def test_what_is_revoked_without_a_network_is_said_not_to_be_revoked_yet(qtbot: QtBot, office: Office) -> None:
    open_device(qtbot, office, LOCKED)
    office.tell(SyncState.OFFLINE)

    revoke(office)

    qtbot.waitUntil(lambda: "was not sent yet" in devices_page(office).pane.note)
    assert any("MacBook de Camille is not revoked yet" in text for text in office.said.texts)


@pytest.mark.parametrize("device_id", [REVOKED, EMPTIED])
def test_what_is_revoked_is_not_revoked_again(qtbot: QtBot, office: Office, device_id: str) -> None:
    open_device(qtbot, office, device_id)
    assert why_not(office, "devices.revoke") == "It is revoked already."


def test_only_what_handed_something_in_has_a_list_and_a_file(qtbot: QtBot, office: Office) -> None:
    open_device(qtbot, office, LAYLAS)
    assert devices_page(office).pane.edits.isHidden() or not devices_page(office).pane.edits.isVisible()
    assert why_not(office, "devices.export") == "It handed in no edits."
    open_device(qtbot, office, EMPTIED)
    assert office.bench.actions.availability("devices.export") == Enabled()


def test_what_it_handed_in_is_listed_in_words_the_latest_first(qtbot: QtBot, office: Office) -> None:
    open_device(qtbot, office, EMPTIED)
    pane = devices_page(office).pane
    qtbot.waitUntil(lambda: len(pane.edits.entries) == 4)
    assert [(entry.title, entry.badge) for entry in pane.edits.entries] == [
        ("Was writing", "Draft"),
        ("Edited a lead", "Not sent"),
        ("Imported a file of leads", "Not sent"),
        ("Moved a lead to qualified", "Inbox"),
    ]
    assert "new fleet manager" in pane.edits.entries[0].body


def test_the_file_has_all_of_it(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    file = tmp_path / "edits.json"
    devices_page(office).export_to(EMPTIED, file)
    qtbot.waitUntil(file.exists)
    qtbot.waitUntil(office.idle)
    edits = json.loads(file.read_text())
    assert [edit["kind"] for edit in edits] == ["draft", "waiting", "waiting", "inbox"]
    assert edits[1]["payload"] == {"edits": {"company": "Al Noor"}}


def test_what_comes_in_is_seen_at_once(qtbot: QtBot, office: Office) -> None:
    open_device(qtbot, office, LAYLAS)
    pull(office.store, device(LAYLAS, "person-layla", Told(revoked=0.1)))
    qtbot.waitUntil(lambda: devices_page(office).pane.note != "")
