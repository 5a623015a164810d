"""The list of connections: opened, added, changed and removed, by keyboard alone if need be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.direct.keys import DATABASE
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.tab_order import tab_stops
from fleetdesk.settings import LaptopSettings
from fleetdesk.sync.files.vault import MemoryVault, file_keys
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.team.chooser import Chooser
from fleetdesk.team.connection_dialog import ConnectionDialog
from fleetdesk.team.laptop import connection_folder
from fleetdesk.team.listing import DEMO
from fleetdesk.team.removal_dialog import RemovalDialog

NOWHERE = "http://127.0.0.1:9"
TEAM = Connection(name="team", hub_url=NOWHERE, issuer=NOWHERE, client_id="desktop")
OWN = Connection(name="own", kind=ConnectionKind.DIRECT, issuer=NOWHERE, client_id="desktop")
PLACE = "0123456789abcdef"


@pytest.fixture
def settings(tmp_path: Path) -> LaptopSettings:
    return LaptopSettings(data_dir=tmp_path)


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def chooser(qtbot: QtBot, theme: Theme, settings: LaptopSettings, vault: MemoryVault) -> Iterator[Chooser]:
    """The window over two connections."""
    for connection in (TEAM, OWN):
        Connections(settings.data_dir).keep(connection)
    chooser = Chooser(settings, theme, lambda _connection: vault, DEMO)
    qtbot.addWidget(chooser)
    chooser.show()
    idle(qtbot, chooser)
    yield chooser
    chooser.end()


def idle(qtbot: QtBot, chooser: Chooser) -> None:
    qtbot.waitUntil(lambda: not chooser.busy, timeout=30_000)


def dialog_of(chooser: Chooser) -> ConnectionDialog:
    return next(each for each in chooser.findChildren(ConnectionDialog) if each.isVisible())


def kept(settings: LaptopSettings) -> dict[str, Connection]:
    return Connections(settings.data_dir).all()


def test_all_are_listed_and_the_demo_after_them(chooser: Chooser) -> None:
    assert chooser.lines.names == ["own", "team", "demo"]
    assert chooser.lines.marked == OWN


def test_enter_opens_the_marked_one(qtbot: QtBot, chooser: Chooser) -> None:
    qtbot.keyClick(chooser.lines, Qt.Key.Key_Down)
    qtbot.keyClick(chooser.lines, Qt.Key.Key_Return)
    assert (chooser.chosen, chooser.result()) == (TEAM, QDialog.DialogCode.Accepted)


def test_escape_opens_none(qtbot: QtBot, chooser: Chooser) -> None:
    qtbot.keyClick(chooser.lines, Qt.Key.Key_Escape)
    assert (chooser.chosen, chooser.isVisible()) == (None, False)


def test_the_demo_can_be_opened_but_neither_changed_nor_removed(qtbot: QtBot, chooser: Chooser) -> None:
    qtbot.keyClick(chooser.lines, Qt.Key.Key_End)
    assert chooser.lines.marked == DEMO
    assert (chooser.change_button.isEnabled(), chooser.remove_button.isEnabled()) == (False, False)
    for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
        qtbot.keyClick(chooser.lines, key)
    idle(qtbot, chooser)
    assert chooser.findChildren(ConnectionDialog) + chooser.findChildren(RemovalDialog) == []


def test_each_line_says_all_of_it_to_a_screen_reader(chooser: Chooser) -> None:
    said = [chooser.lines.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(chooser.lines.count())]
    assert said[0] == "own, Directly to the database, sign-in at 127.0.0.1:9, Never opened"
    assert said[1] == f"team, A team’s hub, {NOWHERE}, Never opened"


def test_everything_has_a_name_and_can_be_reached_by_tab(chooser: Chooser) -> None:
    stops = list(tab_stops(chooser))
    assert len(stops) == 6
    assert all(stop.accessibleName() for stop in stops)


def test_a_new_one_is_tried_and_kept_only_on_purpose(qtbot: QtBot, chooser: Chooser, settings: LaptopSettings) -> None:
    qtbot.keyClick(chooser.lines, Qt.Key.Key_Insert)
    dialog = dialog_of(chooser)
    dialog.form.set_values({"name": "staging", "hub_url": NOWHERE, "issuer": NOWHERE, "client_id": "desktop"})
    assert dialog.anyway.isHidden()
    dialog.save.click()
    idle(qtbot, chooser)
    assert "The hub cannot be reached. The sign-in service" in dialog.told
    assert "staging" not in kept(settings)

    dialog.anyway.click()
    qtbot.waitUntil(lambda: chooser.lines.marked is not None and chooser.lines.marked.name == "staging", timeout=30_000)
    assert kept(settings)["staging"].hub_url == NOWHERE


def test_what_is_missing_is_said_and_nothing_is_kept(qtbot: QtBot, chooser: Chooser, settings: LaptopSettings) -> None:
    chooser.add()
    dialog = dialog_of(chooser)
    dialog.form.set_values({"name": "staging", "hub_url": NOWHERE})
    dialog.save.click()
    idle(qtbot, chooser)
    assert "lacks its sign-in service and its client id" in dialog.told
    assert dialog.anyway.isHidden()
    dialog.reject()
    assert list(kept(settings)) == ["team", "own"]


def test_a_new_one_takes_no_other_ones_name(qtbot: QtBot, chooser: Chooser) -> None:
    chooser.add()
    dialog = dialog_of(chooser)
    dialog.form.set_values({"name": "team", "hub_url": NOWHERE, "issuer": NOWHERE, "client_id": "other"})
    dialog.save.click()
    idle(qtbot, chooser)
    assert "There is a connection team already" in dialog.told
    dialog.reject()


def test_a_direct_one_needs_its_database_which_is_not_shown(qtbot: QtBot, chooser: Chooser) -> None:
    chooser.add()
    dialog = dialog_of(chooser)
    dialog.form.set_values({"issuer": NOWHERE})
    dialog.kind.set_key(ConnectionKind.DIRECT)
    dialog.kind.chosen.emit(ConnectionKind.DIRECT)
    assert dialog.form.value("issuer") == NOWHERE, "what both kinds need is typed once"
    dialog.form.set_values({"client_id": "desktop"})
    dialog.save.click()
    assert dialog.form.error(DATABASE) == "This is needed."
    secrets = [each for each in dialog.form.findChildren(QLineEdit) if each.echoMode() is QLineEdit.EchoMode.Password]
    assert [each.accessibleName() for each in secrets] == [
        "Address of the database, required",
        "Secret key of the sign-in service",
    ]
    qtbot.keyClicks(secrets[0], "postgresql://hub:s3cret@db.example.com/fleetdesk")
    assert secrets[0].accessibleDescription() == "This is “fleetdesk” on db.example.com, as “hub”."
    dialog.reject()


def test_one_is_changed_part_by_part_and_keeps_its_name(
    qtbot: QtBot, chooser: Chooser, settings: LaptopSettings
) -> None:
    chooser.lines.mark("team")
    qtbot.keyClick(chooser.lines, Qt.Key.Key_F2)
    dialog = dialog_of(chooser)
    assert dialog.form.value("hub_url") == NOWHERE
    dialog.form.set_values({"client_id": "another"})
    dialog.save.click()
    idle(qtbot, chooser)
    dialog.anyway.click()
    qtbot.waitUntil(lambda: kept(settings)["team"].client_id == "another", timeout=30_000)
    idle(qtbot, chooser)
    assert kept(settings)["team"] == TEAM.model_copy(update={"client_id": "another"})


def test_removing_asks_first_and_cancel_has_the_keyboard(
    qtbot: QtBot, chooser: Chooser, settings: LaptopSettings
) -> None:
    question = removal(qtbot, chooser)
    assert "Nothing waits" in question.text
    assert question.remove_all.isHidden()
    qtbot.keyClick(question.focusWidget(), Qt.Key.Key_Return)
    idle(qtbot, chooser)
    assert "team" in kept(settings)


def test_removed_it_leaves_the_list(qtbot: QtBot, chooser: Chooser, settings: LaptopSettings) -> None:
    removal(qtbot, chooser).remove.click()
    qtbot.waitUntil(lambda: chooser.lines.names == ["own", "demo"], timeout=30_000)
    assert list(kept(settings)) == ["own"]


def test_what_was_never_sent_is_told_and_stays(
    qtbot: QtBot, chooser: Chooser, settings: LaptopSettings, vault: MemoryVault
) -> None:
    write_down(settings, vault)
    question = removal(qtbot, chooser)
    assert "1 change" in question.text
    question.remove.click()
    qtbot.waitUntil(lambda: chooser.lines.names == ["own", "demo"], timeout=30_000)
    assert waiting(settings, vault) == 1


def test_it_is_deleted_only_by_a_button_of_its_own(
    qtbot: QtBot, chooser: Chooser, settings: LaptopSettings, vault: MemoryVault
) -> None:
    write_down(settings, vault)
    removal(qtbot, chooser).remove_all.click()
    qtbot.waitUntil(lambda: chooser.lines.names == ["own", "demo"], timeout=30_000)
    assert not connection_folder(settings, TEAM).exists()


def test_one_whose_window_is_open_is_not_removed(
    qtbot: QtBot, chooser: Chooser, settings: LaptopSettings, vault: MemoryVault
) -> None:
    with closing(open_store(settings, vault)):
        chooser.lines.mark("team")
        chooser.remove()
        idle(qtbot, chooser)
        assert "already works" in chooser.told
    assert "team" in kept(settings)


def test_a_broken_list_is_told(qtbot: QtBot, chooser: Chooser, settings: LaptopSettings) -> None:
    (settings.data_dir / "connections.json").write_text("{")
    chooser.read()
    idle(qtbot, chooser)
    assert "cannot be used" in chooser.told


def test_without_any_it_says_what_to_do(
    qtbot: QtBot, theme: Theme, settings: LaptopSettings, vault: MemoryVault
) -> None:
    chooser = Chooser(settings, theme, lambda _connection: vault, DEMO)
    qtbot.addWidget(chooser)
    chooser.show()
    idle(qtbot, chooser)
    assert "There is no connection yet" in chooser.told
    assert chooser.lines.names == ["demo"]
    chooser.end()


@pytest.mark.parametrize("kind", [ConnectionKind.HUB, ConnectionKind.DIRECT])
def test_everything_in_the_form_has_a_name(qtbot: QtBot, chooser: Chooser, kind: ConnectionKind) -> None:
    chooser.lines.mark("team" if kind is ConnectionKind.HUB else "own")
    chooser.change()
    dialog = dialog_of(chooser)
    stops = list(tab_stops(dialog))
    assert all(stop.accessibleName() for stop in stops)
    assert cut(dialog) == []
    dialog.reject()


def cut(dialog: QWidget) -> list[str]:
    """Labels in sight that have less room than their text needs."""
    labels = [label for label in dialog.findChildren(QLabel) if label.isVisible()]
    return [label.text() for label in labels if label.height() < label.heightForWidth(label.width())]


def removal(qtbot: QtBot, chooser: Chooser) -> RemovalDialog:
    """The question about the team's connection."""
    chooser.lines.mark("team")
    qtbot.keyClick(chooser.lines, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bool(chooser.findChildren(RemovalDialog)), timeout=30_000)
    return chooser.findChildren(RemovalDialog)[0]


def open_store(settings: LaptopSettings, vault: MemoryVault) -> LocalStore:
    """The files of somebody who signed in with the team's connection."""
    folder = connection_folder(settings, TEAM) / PLACE
    return LocalStore.open(
        folder,
        keys=file_keys(vault, f"hub.team.{PLACE}"),
        platform=fleet_platform(),
        clock=SystemClock(),
        actor=Actor("person-1", Role.COMMERCIAL),
    )


def write_down(settings: LaptopSettings, vault: MemoryVault) -> None:
    act = CreateLead(id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Bolt"})
    with closing(open_store(settings, vault)) as store:
        assert store.perform(act)[0].settled


def waiting(settings: LaptopSettings, vault: MemoryVault) -> int:
    with closing(open_store(settings, vault)) as store:
        return store.counts().waiting
