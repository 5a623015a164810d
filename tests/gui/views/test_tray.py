"""The system tray: it says what the windows say, tells what is not seen in them, and leads back to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.status import LoadProgress, SyncState, SyncStatus
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.text import outside_text
from fleetdesk.qt.sync_status import SyncIndicator, sync_text
from fleetdesk.views.shell.tray import Tray
from tests.gui.views.filled import NOW, answer
from tests.gui.views.office import Office, texts
from tests.gui.views.sample import STORY


class DesktopIcon(QSystemTrayIcon):
    """An icon in the tray of a desktop that shows messages, noted here."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def showMessage(self, _title: str, text: str, *_how: object) -> None:
        self.messages.append(text)


@pytest.fixture
def icon(office: Office, monkeypatch: pytest.MonkeyPatch) -> DesktopIcon:
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    return DesktopIcon()


@pytest.fixture
def tray(office: Office, icon: DesktopIcon) -> Iterator[Tray]:
    tray = Tray(office.desktop.windows, office.desktop.base, icon)
    yield tray
    tray.end()


def hide(office: Office) -> None:
    for window in office.desktop.windows.all:
        window.hide()


@pytest.mark.parametrize("inbox", [0, 2])
@pytest.mark.parametrize("pending", [0, 1, 12])
@pytest.mark.parametrize("state", SyncState)
def test_status_bar_drawer_and_tray_never_tell_different_states(
    office: Office, tray: Tray, icon: DesktopIcon, state: SyncState, pending: int, inbox: int
) -> None:
    office.desktop.windows.open_another()
    progress = LoadProgress(120, 480) if state is SyncState.LOADING else None
    status = SyncStatus(state, pending, inbox, NOW, progress, "")

    office.status.update(status)

    said = sync_text(status)
    for window in office.desktop.windows.all:
        window.drawer.open_drawer()
        [indicator] = window.status.findChildren(SyncIndicator)
        assert indicator.text() == said
        assert said in texts(window.drawer)
    assert icon.toolTip() == f"FleetDesk · {said}"
    assert icon.contextMenu().actions()[0].text() == said


def test_a_conflict_that_arrives_unseen_is_told_once(
    qtbot: QtBot, office: Office, tray: Tray, icon: DesktopIcon
) -> None:
    office.desktop.windows.open_another()
    hide(office)
    edit = FieldEdit(base="+971 50 660 1122", new="+971 50 660 1199")
    office.store.perform(EditLead(id=new_id(), issued_at=NOW, lead_id=STORY, edits={"phone": edit}))
    conflict = FieldConflict(
        table=Lead.__tablename__, row_id=STORY, field="phone", base=edit.base, mine=edit.new, theirs="+971 4 220 0000"
    )
    answer(office.store, Verdict(kind=VerdictKind.CONFLICT, conflicts=(conflict,)))
    office.tell(SyncState.LIVE)

    qtbot.waitUntil(lambda: bool(icon.messages))

    assert icon.messages == ["1 change needs your decision. It waits in the Inbox; nothing of it is lost."]
    icon.messageClicked.emit()
    assert office.window.area.current.showing.id == "inbox"


def test_what_people_wrote_is_no_markup_in_a_message(office: Office, tray: Tray, icon: DesktopIcon) -> None:
    hide(office)

    office.bench.alerts.tell(Alert("Call <b>Girard & Fils</b>\nback."))

    assert icon.messages == ["Call ‹b›Girard ＆ Fils‹/b› back."]


def test_a_message_has_a_bound() -> None:
    assert len(outside_text("a" * 100_000)) == 300


def test_the_menu_pauses_and_resumes(office: Office, tray: Tray, icon: DesktopIcon) -> None:
    pause = next(entry for entry in icon.contextMenu().actions() if entry.text() == "Pause sending")

    pause.trigger()
    office.tell(SyncState.PAUSED)

    assert office.controls.asked == ["pause"]
    assert pause.text() == "Resume sending"


def test_the_last_window_ends_it_unless_the_person_chose_to_stay(office: Office, tray: Tray) -> None:
    ended: list[bool] = []
    office.desktop.windows.ended.connect(lambda: ended.append(True))
    office.desktop.windows.set_stays(stays=True)

    office.window.close()

    assert ended == []
    assert office.desktop.windows.come_forward().isVisible()
    office.desktop.windows.set_stays(stays=False)
    office.window.close()
    assert ended == [True]


def test_without_a_tray_nothing_stays_behind(office: Office) -> None:
    ended: list[bool] = []
    office.desktop.windows.ended.connect(lambda: ended.append(True))
    office.desktop.windows.set_stays(stays=True)

    office.window.close()

    assert ended == [True]
