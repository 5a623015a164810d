"""`ReminderActions`: what can be done about the reminder that was told last, in each window."""

from __future__ import annotations

import datetime as dt
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from fleetdesk.models.access import Permission
from fleetdesk.models.leads import Lead
from fleetdesk.models.mornings import morning_in
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import menu_text, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.queries.next_steps import NextStep
from fleetdesk.views.next_steps.activity import log_activity
from fleetdesk.views.reminders.dialogs import SettingsDialog, TimeDialog
from fleetdesk.views.reminders.service import Reminders
from fleetdesk.views.reminders.words import step_title
from fleetdesk.views.words import day_and_time
from fleetdesk.views.workbench import Workbench

__all__ = ["ReminderActions"]


class ReminderActions(QObject):
    """Registers them with a window's actions; dialogs and the menu stand over the window, once it `attends`."""

    def __init__(self, bench: Workbench, reminders: Reminders) -> None:
        super().__init__()
        self._bench = bench
        self._reminders = reminders
        action = partial(Action, group=tr("Reminders"), keywords="reminder alarm due notification")
        bench.actions.register(
            action(
                "reminders.open", tr("Open what the reminder is about"), self._open, "Ctrl+R, O", "bell", self._told
            ),
            action(
                "reminders.done", tr("Log the reminder's step as done"), self._done, "Ctrl+R, D", "check", self._one
            ),
            action("reminders.snooze", tr("Snooze the reminder"), self._snooze, "Ctrl+R, S", "clock", self._told),
            action("reminders.settings", tr("Choose when reminders come"), self._choose, "", "bell-ringing"),
        )

    def attend(self, window: QWidget) -> None:
        """Stand by a window, as long as it lives. Its screens may show the actions before."""
        self.setParent(window)
        self._window = window

    def _told(self) -> Availability:
        return ENABLED if self._reminders.latest else WhyNot(tr("No reminder waits."))

    def _one(self) -> Availability:
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        if len(self._reminders.latest) > 1:
            return WhyNot(tr("Several next steps are due: look at them at home."))
        return self._told()

    def _open(self) -> None:
        steps = self._reminders.latest
        if len(steps) == 1:
            self._bench.navigator.open_record(Lead.key_of(steps[0].id))
        else:
            self._bench.navigator.show_screen("home")

    def _done(self) -> None:
        [step] = self._reminders.latest
        about = " · ".join(filter(None, (step_title(step), step.company if step.name else None, step.phone)))
        dialog = log_activity(self._bench, step, about, self._window, done=True)
        dialog.accepted.connect(partial(self._reminders.answer, (step,)))

    def _snooze(self) -> None:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(tr("Snooze"))
        now, steps = self._bench.clock.now(), self._reminders.latest
        for text, until in (
            (tr("10 minutes"), now + dt.timedelta(minutes=10)),
            (tr("1 hour"), now + dt.timedelta(hours=1)),
            (tr("Until tomorrow morning"), morning_in(1, now)),
        ):
            entry = f"{menu_text(text)}\t{day_and_time(until, now)}"
            menu.addAction(entry, partial(self._reminders.snooze, steps, until))
        menu.addSeparator()
        menu.addAction(menu_text(tr("Another time…")), partial(self._choose_time, steps))
        menu.setActiveAction(menu.actions()[0])
        # Above the place where messages stand.
        corner = self._window.mapToGlobal(self._window.rect().bottomLeft())
        menu.popup(corner + QPoint(28 * GRID, -menu.sizeHint().height() - 20 * GRID))

    def _choose_time(self, steps: tuple[NextStep, ...]) -> None:
        dialog = TimeDialog(self._bench.theme, self._bench.clock, self._window)
        dialog.chosen.connect(partial(self._reminders.snooze, steps))
        dialog.open()

    def _choose(self) -> None:
        dialog = SettingsDialog(self._bench.theme, self._reminders.settings, self._window)
        dialog.chosen.connect(self._reminders.choose)
        dialog.open()
