"""The small dialogs of reminders: when they come, and until when one is put off."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.ids import Clock
from fleetdesk.models.mornings import morning_in
from fleetdesk.models.reminders import AHEAD, QuietHours, ReminderSettings
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.date_time_field import DateTimeField

__all__ = ["SettingsDialog", "TimeDialog"]


class SettingsDialog(Dialog):
    """Whether there are reminders, how long before a step, and when there are none."""

    chosen = Signal(object)  # ReminderSettings

    def __init__(self, theme: Theme, settings: ReminderSettings, parent: QWidget) -> None:
        super().__init__(tr("Reminders"), parent)
        self.on = CheckBox(theme, tr("Remind me of next steps"))
        self.ahead = ChoiceBox(theme, [(str(minutes), _ahead(minutes)) for minutes in AHEAD], tr("When"))
        self.hushed = CheckBox(theme, tr("Quiet hours"))
        quiet = settings.quiet or QuietHours()
        self.begin, self.end = _time(theme, quiet.begin, tr("Quiet from")), _time(theme, quiet.end, tr("Quiet until"))
        self.on.setChecked(settings.on)
        self.ahead.set_key(str(settings.ahead))
        self.hushed.setChecked(settings.quiet is not None)
        held = Label(tr("What is due in them comes at their end."), size=TextSize.SMALL, tint=Tint.MUTED)
        save = Button(tr("Save"), self._save, kind=Kind.PRIMARY)
        save.setDefault(True)
        times = row(self.hushed, self.begin, Label("–"), self.end, STRETCH)
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), save, margins=(0, GRID, 0, 0))
        head = Label(tr("Reminders"), size=TextSize.TITLE)
        body = column(self.on, row(self.ahead, STRETCH), times, held, gap=GRID + 4)
        self.setLayout(column(head, body, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(theme.pixels(50 * GRID))
        self.on.toggled.connect(self._follow)
        self.hushed.toggled.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        on = self.on.isChecked()
        self.ahead.setEnabled(on)
        self.hushed.setEnabled(on)
        for field in (self.begin, self.end):
            field.setEnabled(on and self.hushed.isChecked())

    def _save(self) -> None:
        begin, end = (dt.time.fromisoformat(field.key) for field in (self.begin, self.end))
        quiet = QuietHours(begin, end) if self.hushed.isChecked() else None
        self.chosen.emit(ReminderSettings(self.on.isChecked(), int(self.ahead.key), quiet))
        self.accept()


class TimeDialog(Dialog):
    """Until when a reminder is put off."""

    chosen = Signal(object)  # the instant

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget) -> None:
        super().__init__(tr("Snooze until"), parent)
        self._clock = clock
        self.when = DateTimeField(theme, tr("Snooze until"))
        self.when.show_instant(morning_in(1, clock.now()))
        self.trouble = Label(tr("This time has passed already."), tint=Tint.DANGER)
        self.trouble.hide()
        snooze = Button(tr("Snooze"), self._choose, kind=Kind.PRIMARY)
        snooze.setDefault(True)
        buttons = row(STRETCH, Button(tr("Cancel"), self.reject), snooze, margins=(0, GRID, 0, 0))
        head = Label(tr("Snooze until"), size=TextSize.TITLE)
        self.setLayout(column(head, self.when, self.trouble, buttons, gap=2 * GRID, margins=3 * GRID))
        self.setMinimumWidth(theme.pixels(40 * GRID))

    def _choose(self) -> None:
        if self.when.instant <= self._clock.now():
            self.trouble.show()
            return
        self.chosen.emit(self.when.instant)
        self.accept()


def _ahead(minutes: int) -> str:
    if not minutes:
        return tr("When they are due")
    if minutes == 60:
        return tr("An hour before")
    return plural(minutes, tr("%n minute before"), tr("%n minutes before"))


def _time(theme: Theme, value: dt.time, name: str) -> ChoiceBox:
    """Every half hour, and the one that was chosen before."""
    halves = {dt.time(hour, minute) for hour in range(24) for minute in (0, 30)} | {value}
    field = ChoiceBox(theme, [(f"{time:%H:%M}", f"{time:%H:%M}") for time in sorted(halves)], name)
    field.set_key(f"{value:%H:%M}")
    return field
