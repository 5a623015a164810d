"""Several windows of one person: each for itself, all of them telling the same, remembered together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.models.leads import Lead
from fleetdesk.models.status import SyncState
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.notifier import MessageRecorder
from fleetdesk.qt.toasts import Toast
from fleetdesk.views.long_acts import Far, LongAct
from fleetdesk.views.shell.memory import ShellMemory, windows_from
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.shell.windows import Windows
from tests.gui.views.filled import StillClock, open_store
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def windows(office: Office) -> Windows:
    return office.desktop.windows


@pytest.fixture
def two(qtbot: QtBot, office: Office) -> tuple[MainWindow, MainWindow]:
    """The office with a second window, which is in front."""
    qtbot.keyClick(office.window, Qt.Key.Key_N, CTRL | SHIFT)
    one, other = windows(office).all
    qtbot.waitUntil(lambda: office.idle() and office.leads.model.rowCount() == 40)
    return one, other


Two = tuple[MainWindow, MainWindow]


def tells_outside(office: Office) -> list[Alert]:
    """What is told outside of the windows from now on, as by a system tray."""
    told: list[Alert] = []

    def outside(alert: Alert) -> bool:
        told.append(alert)
        return True

    windows(office).outside = outside
    return told


def toasts(window: MainWindow) -> list[str]:
    return [toast.message.what for toast in window.findChildren(Toast) if toast.isVisible()]


def test_each_window_shows_what_it_is_asked_for(two: Two) -> None:
    one, other = two

    other.show_screen("inbox")

    assert one.area.current.showing.id == "leads"
    assert one.windowTitle() == "Leads – FleetDesk"
    assert other.windowTitle() == "Inbox – FleetDesk"


def test_keys_act_in_the_window_that_has_the_keyboard(qtbot: QtBot, office: Office, two: Two) -> None:
    one, other = two
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)

    qtbot.keyClick(one, Qt.Key.Key_G)
    qtbot.keyClick(one, Qt.Key.Key_I)

    assert [window.area.current.showing.id for window in (one, other)] == ["inbox", "leads"]
    assert windows(office).front is one


def test_what_is_said_in_one_window_is_not_said_in_the_other(two: Two) -> None:
    one, other = two

    other.bench.notifier.success("The lead was created.")

    assert (toasts(one), toasts(other)) == ([], ["The lead was created."])


def test_what_concerns_no_window_is_said_once_in_front(office: Office, two: Two) -> None:
    one, other = two

    office.desktop.base.notifier.warning("The disk is nearly full.")

    assert (toasts(one), toasts(other)) == ([], ["The disk is nearly full."])


def test_an_alert_is_told_once_in_the_window_that_is_worked_in(qtbot: QtBot, office: Office, two: Two) -> None:
    one, other = two
    told = tells_outside(office)

    office.bench.alerts.tell(Alert("Call Omar back.", verb="Open the lead", record=Lead.key_of(STORY)))

    assert (toasts(one), toasts(other), told) == ([], ["Call Omar back."], [])
    other.toasts.run_newest_action()
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.leads.pane.lead.id == STORY)


def test_an_alert_is_told_outside_while_no_window_is_worked_in(office: Office, two: Two) -> None:
    told = tells_outside(office)
    for window in two:
        window.hide()

    alert = Alert("Call Omar back.", key="reminder")
    office.bench.alerts.tell(alert)

    assert told == [alert]
    assert not any(toasts(window) for window in two)


def test_an_alert_that_cannot_be_told_outside_waits_in_the_front_window(office: Office, two: Two) -> None:
    for window in two:
        window.hide()

    office.bench.alerts.tell(Alert("Call Omar back."))

    assert [message.what for message in two[1].toasts.messages] == ["Call Omar back."]


def test_closing_one_leaves_the_other(qtbot: QtBot, office: Office, two: Two) -> None:
    one, _other = two
    ended = []
    windows(office).ended.connect(lambda: ended.append(True))

    qtbot.keyClick(office.window, Qt.Key.Key_W, CTRL | SHIFT)

    qtbot.waitUntil(lambda: windows(office).all == (one,))
    assert windows(office).front is one
    assert not ended
    office.tell(SyncState.OFFLINE)
    office.bench.minute.moved.emit()
    office.bench.theme.changed.emit()
    office.bench.outbox.changed.emit()


def test_closing_the_last_ends_it(office: Office) -> None:
    ended = []
    windows(office).ended.connect(lambda: ended.append(True))

    office.window.close()

    assert ended == [True]


def test_what_a_closed_window_still_had_to_say_is_said_in_the_other(office: Office, two: Two) -> None:
    one, other = two
    mouth = other.bench.notifier
    other.close()

    mouth.success("Undone: edited company.")

    assert toasts(one) == ["Undone: edited company."]


def test_all_windows_come_back_after_all_were_closed(office: Office, two: Two) -> None:
    two[0].show_screen("inbox")
    two[1].bench.actions.trigger("tab.new")
    two[1].drawer.open_drawer()

    windows(office).quit()

    kept = windows_from(remembered(office), {})
    assert [len(window.tabs) for window in kept] == [1, 2]
    assert [window.tabs[0].screen for window in kept] == ["inbox", "leads"]
    assert [window.drawer for window in kept] == [False, True]


def remembered(office: Office) -> JsonValue:
    windows(office).close()
    return office.desktop.base.remembered.get("shell.windows")


def test_what_stands_open_is_kept_a_moment_after_it_changes(qtbot: QtBot, office: Office, two: Two) -> None:
    two[1].show_screen("inbox")

    qtbot.waitUntil(lambda: "inbox" in str(office.store.kept.get("shell.windows")))


def test_a_window_that_was_closed_alone_does_not_come_back(qtbot: QtBot, office: Office, two: Two) -> None:
    two[1].close()

    qtbot.waitUntil(lambda: len(windows_from(office.store.kept.get("shell.windows"), {})) == 1)


def test_the_windows_come_back_where_they_were(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    clock = StillClock()
    first = Office.open(open_store(tmp_path / "laptop", clock), theme, clock)
    windows(first).open_another()
    first.window.setGeometry(0, 0, 1024, 655)
    first.window.show_screen("inbox")
    first.close()

    again = Office.open(open_store(tmp_path / "laptop", clock), theme, clock, memory=first.desktop.windows.memory)
    qtbot.waitUntil(again.idle)

    assert [window.area.current.showing.id for window in windows(again).all] == ["leads", "inbox"]
    assert (again.window.width(), again.window.height()) == (1024, 655)
    again.close()
    theme.set_appearance(Appearance.LIGHT)


@pytest.mark.parametrize("action", ["look.larger", "look.smaller"])
def test_another_size_of_text_makes_the_windows_anew_in_their_places(
    qtbot: QtBot, office: Office, two: Two, theme: Theme, action: str
) -> None:
    two[1].show_screen("inbox")
    before = theme.look.scale

    two[1].bench.actions.trigger(action)

    qtbot.waitUntil(lambda: theme.look.scale != before)
    assert [window.area.current.showing.id for window in windows(office).all] == ["leads", "inbox"]
    assert not set(two) & set(windows(office).all)
    office.do("look.usual")
    qtbot.waitUntil(lambda: theme.look.scale == before)


def import_in(office: Office, window: MainWindow) -> LongAct:
    """An import that goes on behind the screens of a window."""
    act, wizard = LongAct(), QWidget(window)
    office.bench.acts.under_way.moved(act, Far("Importing", 200, 1_000, whole=True), owner=wizard)
    return act


def test_closing_the_window_of_an_import_asks_first_though_another_stays(office: Office, two: Two) -> None:
    one, other = two
    act = import_in(office, one)
    said = MessageRecorder(one.bench.notifier)

    one.close()

    assert windows(office).all == two
    assert "Importing: 200 of 1,000 rows" in said.pending[0].question.text
    other.close()
    assert windows(office).all == (one,)
    said.confirm()
    assert act.ending
    assert windows(office).all == (one,)
    office.bench.acts.under_way.ended(act)
    assert windows(office).all == ()


def test_where_the_tray_stays_closing_the_last_window_asks_about_its_import(office: Office) -> None:
    window, act = office.window, import_in(office, office.window)
    tells_outside(office)
    windows(office).set_stays(stays=True)

    window.close()

    assert windows(office).all == (window,)
    assert len(office.said.pending) == 1
    office.bench.acts.under_way.ended(act)


def test_another_size_of_text_waits_until_an_import_is_done(
    qtbot: QtBot, office: Office, two: Two, theme: Theme
) -> None:
    act, before = import_in(office, two[0]), theme.look.scale

    two[1].bench.actions.trigger("look.larger")
    qtbot.wait(20)

    assert (windows(office).all, theme.look.scale) == (two, before)
    assert toasts(two[1]) == ["Something still goes on in this window or another one."]
    office.bench.acts.under_way.ended(act)
    qtbot.waitUntil(lambda: theme.look.scale != before)
    assert not act.ending


@pytest.fixture(autouse=True)
def usual_look(theme: Theme) -> Iterator[None]:
    yield
    theme.set_look(ShellMemory().look)
    theme.set_appearance(Appearance.LIGHT)
