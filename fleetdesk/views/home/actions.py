"""`HomeActions`: what can be done on the home screen, as data, and the doing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from fleetdesk.models.access import Permission
from fleetdesk.models.leads import Lead
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import isolated, menu_text, tr
from fleetdesk.queries.lead_tally import Work
from fleetdesk.queries.leads import LeadRow, lead_rows
from fleetdesk.views.home.tabs import work_word
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.next_steps.activity import log_activity
from fleetdesk.views.next_steps.plan import next_step_dialog
from fleetdesk.views.next_steps.steps import later, plan_step
from fleetdesk.views.words import day_and_time
from fleetdesk.views.workbench import Workbench

__all__ = ["ROW_MENU", "SCOPE", "HomeActions"]

SCOPE = "home"
ROW_MENU = ("home.open", "", "home.done", "home.log", "home.put_off", "home.plan")
"""The actions on a lead, an empty one being a line between."""


class HomeActions(QObject):
    """Acts on the lead that `current` gives. Dialogs and menus stand over `window`; `place` is where its row is."""

    def __init__(
        self, bench: Workbench, window: QWidget, *, current: Callable[[], LeadRow | None], place: Callable[[], QPoint]
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._current = current
        self._place = place
        action = partial(Action, group=tr("Lead"), scope=SCOPE)
        bench.actions.register(
            action("home.open", tr("Open the lead"), self.open, "O", "arrow-square-out", self._has_lead),
            action(
                "home.done",
                tr("Log the next step as done"),
                self._done,
                "D",
                "check",
                self._has_step,
                keywords="complete finish log next step",
            ),
            action(
                "home.log",
                tr("Write down what happened"),
                self._log,
                "L",
                "note-pencil",
                self._may_edit,
                keywords="write activity call email",
            ),
            action(
                "home.put_off",
                tr("Put the next step off"),
                self._choose_later,
                "Z",
                "clock-clockwise",
                self._is_dated,
                keywords="snooze later postpone",
            ),
            action("home.plan", tr("Plan the next step"), self._plan, "S", "calendar-blank", self._may_edit),
        )

    def register_work(self, show: Callable[[Work], None]) -> None:
        """One action for each kind of work: 1, 2, 3, 4."""
        self._bench.actions.register(
            *(
                Action(
                    f"home.{work}",
                    tr("Show: %1").replace("%1", work_word(work)),
                    partial(show, work),
                    shortcut=str(place),
                    icon="list",
                    group=tr("Work"),
                    scope=SCOPE,
                )
                for place, work in enumerate(Work, 1)
            )
        )

    # Whether they can be done

    def _has_lead(self) -> Availability:
        return ENABLED if self._current() is not None else WhyNot(tr("Choose a lead first."))

    def _may_edit(self) -> Availability:
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        return self._has_lead()

    def _has_step(self) -> Availability:
        lead = self._current()
        if lead is not None and lead.next_activity is None and lead.next_activity_at is None:
            return WhyNot(tr("This lead has no next step: plan one."))
        return self._may_edit()

    def _is_dated(self) -> Availability:
        lead = self._current()
        if lead is not None and lead.next_activity_at is None:
            return WhyNot(tr("This lead has no next step with a time: plan one."))
        return self._may_edit()

    # The doing

    def open(self) -> None:
        """Open the lead among the leads."""
        self._bench.navigator.open_record(Lead.key_of(self._lead().id))

    def begin(self, lead_id: str, action: str) -> None:
        """Go on writing what was left about a lead, whether or not a list shows it."""

        def came(rows: Sequence[LeadRow]) -> None:
            for lead in rows:
                self._write(lead, done=action == "home.done")

        self._bench.readings.run(lambda connection: list(lead_rows(connection, [lead_id])), on_success=came, owner=self)

    def _done(self) -> None:
        self._write(self._lead(), done=True)

    def _log(self) -> None:
        self._write(self._lead(), done=False)

    def _write(self, lead: LeadRow, *, done: bool) -> None:
        log_activity(self._bench, lead, _about(lead), self._window, done=done)

    def _plan(self) -> None:
        self._bench.acts.submit(next_step_dialog(self._bench, self._lead(), self._window))

    def _choose_later(self) -> None:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(tr("Put off"))
        lead, now = self._lead(), self._bench.clock.now()
        for text, instant in later(now):
            menu.addAction(f"{menu_text(text)}\t{day_and_time(instant, now)}", partial(self._put_off, lead, instant))
        menu.addSeparator()
        menu.addAction(menu_text(tr("Another time…")), self._plan)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self._place())

    def _put_off(self, lead: LeadRow, until: dt.datetime) -> None:
        now = self._bench.clock.now()
        edit = plan_step(lead, lead.next_activity, until, now)
        if edit is not None:
            said = (
                tr("%1: put off to %2.").replace("%1", isolated(_title(lead))).replace("%2", day_and_time(until, now))
            )
            self._bench.acts.perform(edit, owner=self, on_done=lambda: None, said=said)

    def _lead(self) -> LeadRow:
        lead = self._current()
        assert lead is not None, "an action on a lead was done without one"
        return lead


def _title(lead: LeadRow) -> str:
    return lead_title(lead.name, lead.company, lead.email, lead.phone)


def _about(lead: LeadRow) -> str:
    return " · ".join(filter(None, (_title(lead), lead.company if lead.name else None, lead.phone)))
