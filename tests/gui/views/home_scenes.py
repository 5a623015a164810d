"""Scenes of the first screen of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt

from fleetdesk.models.reminders import ReminderSettings
from tests.gui.views.list_scenes import leads_loading, leads_offline, narrow
from tests.gui.views.office import Office
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import low

__all__ = ["HOME_SCENES"]


def home(office: Office) -> None:
    office.window.show_screen("home")


def home_everyones(office: Office) -> None:
    home(office)
    office.do("home.whose")


def home_work(action: str) -> Callable[[Office], None]:
    """Go to some of the work, with its first lead marked."""

    def draw(office: Office) -> None:
        home(office)
        settle(office)
        office.do(action)
        settle(office)
        office.home.table.reveal(0)

    return draw


def home_doing(action: str) -> Callable[[Office], None]:
    """Do something with the first lead that is overdue."""

    def draw(office: Office) -> None:
        home_work("home.overdue")(office)
        office.do(action)

    return draw


def home_nothing(office: Office) -> None:
    home(office)
    office.clock.instant -= dt.timedelta(days=30)
    office.bench.minute.moved.emit()
    office.do("home.overdue")
    settle(office, at_least=1)


def home_bars(office: Office) -> None:
    home(office)
    settle(office)
    office.home.charts.trend.grid[1][-2].setFocus(Qt.FocusReason.TabFocusReason)


def home_failed(office: Office) -> None:
    """The local copy cannot be read any more."""
    office.store.close()
    home(office)


def home_loading(office: Office) -> None:
    leads_loading(office)
    home(office)


def home_offline(office: Office) -> None:
    leads_offline(office)
    home(office)


def reminder(hours: float) -> Callable[[Office], None]:
    """Let the hours pass; what came due is told."""

    def draw(office: Office) -> None:
        home(office)
        reminders = office.desktop.reminders
        assert reminders is not None
        reminders.choose(ReminderSettings(quiet=None))
        office.clock.instant += dt.timedelta(hours=hours)
        reminders.look()

    return draw


def reminder_snooze(office: Office) -> None:
    reminder(16)(office)
    settle(office)
    office.do("reminders.snooze")


def reminder_settings(office: Office) -> None:
    home(office)
    office.do("reminders.settings")


HOME_SCENES: dict[str, Callable[[Office], None]] = {
    "home": home,
    "home-narrow": narrow(home),
    "home-low": low(home),
    "home-everyones": home_everyones,
    "home-today": home_work("home.today"),
    "home-without-next": home_work("home.without_next"),
    "home-rotting": home_work("home.rotting"),
    "home-nothing-overdue": home_nothing,
    "home-bars": home_bars,
    "home-done": home_doing("home.done"),
    "home-log": home_doing("home.log"),
    "home-put-off": home_doing("home.put_off"),
    "home-plan": home_doing("home.plan"),
    "home-not-mine": home,
    "home-read-only": home,
    "home-failed": home_failed,
    "home-loading": home_loading,
    "home-offline": home_offline,
    "home-empty": home,
    "reminder": reminder(16),
    "reminders-many": reminder(30),
    "reminder-snooze": reminder_snooze,
    "reminder-settings": reminder_settings,
}
