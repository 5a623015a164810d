"""`EntryActions`: what can be done with the entries of the open lead's timeline, by keyboard, mouse and menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_timeline import PinEntry, SettleTask
from fleetdesk.models.ids import new_id
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.widgets.timeline_entry import TimelineEntry as Shown
from fleetdesk.queries.lead_timeline import TimelineEntry
from fleetdesk.views.leads.lead.detail import LeadPane
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["EntryActions"]

_MENU = ("leads.pin_entry", "leads.unpin_entry", "", "leads.close_task", "leads.reopen_task", "", "leads.copy_entry")


class EntryActions(QObject):
    """Acts on the entry that the timeline's keyboard is on."""

    def __init__(self, bench: Workbench, pane: LeadPane, owner: QObject) -> None:
        super().__init__(owner)
        self._bench = bench
        self._pane = pane
        self._timeline = pane.journal.timeline
        action = partial(Action, group=tr("Timeline"), scope=SCOPE)
        bench.actions.register(
            action("leads.timeline", tr("Go to the timeline"), self._go, "Y", "list", self._shown),
            action("leads.narrow_timeline", tr("Narrow the timeline"), self._narrow, "Shift+F", "funnel", self._shown),
            action(
                "leads.widen_timeline",
                tr("Show all of the timeline"),
                pane.journal.filter.clear,
                "",
                "x",
                self._narrowed,
            ),
            action("leads.pin_entry", tr("Pin the entry"), partial(self._pin, True), "P", "push-pin", self._can_pin),
            action(
                "leads.unpin_entry",
                tr("Unpin the entry"),
                partial(self._pin, False),
                "Shift+P",
                "push-pin-slash",
                self._can_unpin,
            ),
            action("leads.close_task", tr("Mark the task as done"), self._settle, "D", "check-square", self._can_close),
            action("leads.reopen_task", tr("Open the task again"), self._settle, "Shift+D", "square", self._can_reopen),
            action("leads.copy_entry", tr("Copy the entry's text"), self._copy, "", "copy", self._has_text),
        )
        self._timeline.current_changed.connect(bench.actions.refresh)
        self._timeline.ticked.connect(self._ticked)
        self._timeline.menu_asked.connect(self._open_menu)

    # Whether they can be done

    def _shown(self) -> Availability:
        return ENABLED if self._pane.lead is not None else WhyNot(tr("Choose a lead first."))

    def _narrowed(self) -> Availability:
        narrow = self._pane.journal.filter.asked.narrows
        return ENABLED if narrow else WhyNot(tr("All of the timeline is shown."))

    def _can_pin(self) -> Availability:
        return self._of_entry(lambda entry: not entry.pinned, tr("This entry is pinned already."))

    def _can_unpin(self) -> Availability:
        return self._of_entry(lambda entry: entry.pinned, tr("This entry is not pinned."))

    def _can_close(self) -> Availability:
        return self._of_entry(lambda entry: entry.open, tr("This is no task that is open."))

    def _can_reopen(self) -> Availability:
        return self._of_entry(lambda entry: entry.is_task and not entry.open, tr("This is no task that is done."))

    def _has_text(self) -> Availability:
        shown = self._timeline.current
        return ENABLED if shown is not None and shown.body else WhyNot(tr("Go to an entry of the timeline first."))

    def _of_entry(self, fits: Callable[[TimelineEntry], bool], why_not: str) -> Availability:
        entry = self._pane.entry
        if entry is None:
            return WhyNot(tr("Go to a written entry of the timeline first."))
        may_edit = self._pane.may_edit()
        return may_edit if may_edit != ENABLED or fits(entry) else WhyNot(why_not)

    # The doing

    def _go(self) -> None:
        self._timeline.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._timeline.current is None and self._timeline.entries:
            self._timeline.setCurrentIndex(self._timeline.model().index(0, 0))

    def _narrow(self) -> None:
        self._pane.journal.filter.take_keyboard()

    def _pin(self, pinned: bool) -> None:
        entry = self._entry()
        self._perform(
            PinEntry(
                id=new_id(), issued_at=self._bench.clock.now(), lead_id=entry.lead_id, entry_id=entry.id, pinned=pinned
            )
        )

    def _settle(self) -> None:
        entry = self._entry()
        command = SettleTask(
            id=new_id(),
            issued_at=self._bench.clock.now(),
            lead_id=entry.lead_id,
            task_id=entry.id,
            steps=entry.steps,
            done=entry.open,
        )
        self._perform(command, said=tr("The task is done.") if entry.open else tr("The task is open again."))

    def _ticked(self, _shown: Shown) -> None:
        """The click has made the entry the current one."""
        entry = self._pane.entry
        if entry is not None:
            self._bench.actions.trigger("leads.close_task" if entry.open else "leads.reopen_task")

    def _copy(self) -> None:
        shown = self._timeline.current
        if shown is not None:
            QGuiApplication.clipboard().setText(shown.body)

    def _open_menu(self, _shown: Shown, at: QPoint) -> None:
        menu = QMenu(self._timeline)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench.actions.fill(menu, _MENU)
        menu.popup(at)

    def _entry(self) -> TimelineEntry:
        entry = self._pane.entry
        assert entry is not None, "an action on an entry was done without one"
        return entry

    def _perform(self, command: Command, said: str = "") -> None:
        self._bench.acts.perform(command, owner=self, on_done=_nothing, said=said)


def _nothing() -> None:
    """What is seen at once needs no more."""
