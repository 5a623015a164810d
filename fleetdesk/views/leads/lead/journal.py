"""`Journal`: where what happened with a lead is written down, and read; what is being written is kept with the lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import ActivityKind, CallOutcome, Lead
from fleetdesk.qt.availability import Availability
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.composer import Composer, ComposerKind
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.leads.lead.entry_details import DueField, NextField, SetStep
from fleetdesk.views.leads.lead.timeline_filter import TimelineFilter
from fleetdesk.views.leads.words import ACTIVITY_ICONS, activity_word
from fleetdesk.views.next_steps.happened import CallFields, WhenField
from fleetdesk.views.next_steps.steps import Stepped
from fleetdesk.views.remembered import Remembered

__all__ = ["Journal", "Written"]

_FILTER = "leads.timeline"
_LEAST_TIMELINE = 72  # pixels: an entry and its day
_HAPPENED = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING)
"""Kinds of activity that may be written down some time after they happened."""
_LEADS_ON = (*_HAPPENED, ActivityKind.NOTE)
"""Kinds of activity with which the next step may be set."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as the person wrote it, and the next step that they set with it."""

    draft: Draft
    happened_at: dt.datetime
    outcome: CallOutcome | None = None
    due_at: dt.datetime | None = None
    step: SetStep | None = None

    @property
    def kind(self) -> ActivityKind:
        """What it is an entry of."""
        return ActivityKind(self.draft.kind)


class Journal(QWidget):
    """A composer above a timeline, which can be narrowed."""

    written = Signal(object)  # Written; answer by `kept` or `not_kept`
    narrowed = Signal()
    pasted = Signal(object)  # QMimeData: files, or a picture

    def __init__(
        self, theme: Theme, clock: Clock, drafts: Drafts, remembered: Remembered, history_button: QWidget
    ) -> None:
        super().__init__()
        self._drafts = drafts
        self._remembered = remembered
        self._lead_id = ""
        self._keeping = False
        self._composer = Composer(_kinds(), theme, tr("Write down what happened"))
        self._call = CallFields(theme, clock)
        self._when: dict[ActivityKind, CallFields | WhenField] = {ActivityKind.CALL: self._call}
        self._when |= {kind: WhenField(theme, clock) for kind in _HAPPENED if kind is not ActivityKind.CALL}
        self._now = clock.now
        self._due = DueField(theme, clock)
        self._next = {kind: NextField(theme, clock) for kind in _LEADS_ON}
        for kind, field in self._when.items():
            self._composer.add_details(kind, field)
        self._composer.add_details(ActivityKind.TASK, self._due)
        for kind, following in self._next.items():
            self._composer.add_details(kind, following)
        self._composer.sent.connect(self._send)
        self._composer.draft_changed.connect(self._keep_draft)
        self._composer.pasted.connect(self.pasted)
        drafts.changed.connect(self._follow)
        self.timeline = Timeline(theme, tr("Timeline"), nothing="")
        self.filter = TimelineFilter(theme, history_button)
        self.filter.restore(remembered.get(_FILTER))
        self.filter.changed.connect(self._narrow)
        self.timeline.setMinimumHeight(theme.pixels(_LEAST_TIMELINE))
        above = column(self._composer, self.filter, margins=(2 * GRID, 2 * GRID, 2 * GRID, GRID // 2))
        lines = column(above, self.timeline, gap=0)
        lines.setStretchFactor(self.timeline, 1)
        self.setLayout(lines)

    def show_lead(self, lead: Stepped | None, availability: Availability) -> None:
        """Turn to a lead, or none: what was being written about the one before is kept, and comes back with it."""
        lead_id = "" if lead is None else lead.id
        if lead is not None:
            for following in self._next.values():
                following.know(lead)
        if lead_id != self._lead_id:
            self._lead_id = lead_id
            self.timeline.begin()
            self._composer.set_drafts(self._drafts.about(Lead.key_of(lead_id)))
        self._composer.set_available(availability)

    def show_entries(self, entries: Sequence[TimelineEntry], *, more: bool) -> None:
        """Show what happened; `more` waits behind it."""
        narrow = self.filter.asked.narrows
        self.timeline.say_nothing(
            tr("Nothing of this kind has happened.") if narrow else tr("Nothing has happened with this lead yet.")
        )
        self.timeline.show_entries(entries, more=more)

    def compose(self, kind: ActivityKind) -> None:
        """Begin to write."""
        self._composer.compose(kind)

    def kept(self, lead_id: str, draft: Draft) -> None:
        """What was written about a lead is kept: its draft goes, unless it says something else by now."""
        record = Lead.key_of(lead_id)
        self._drafts.sending_ended(record, draft)
        if any(left.kind == draft.kind and left.text == draft.text for left in self._drafts.about(record)):
            self._drafts.keep(record, Draft(draft.kind, ""))

    def not_kept(self, lead_id: str, draft: Draft) -> None:
        """What was written could not be kept: it stays where it is, to be sent again."""
        self._drafts.sending_ended(Lead.key_of(lead_id), draft)

    def _narrow(self) -> None:
        self._remembered.keep(_FILTER, self.filter.plain())
        self.narrowed.emit()

    def _keep_draft(self, draft: Draft) -> None:
        if self._lead_id:
            self._keeping = True
            self._drafts.keep(Lead.key_of(self._lead_id), draft)
            self._keeping = False

    def _follow(self, record: Key, draft: Draft) -> None:
        """The same is written in another window too, or was sent."""
        if record == Lead.key_of(self._lead_id) and not self._keeping:
            self._composer.show_draft(draft)

    def _send(self, draft: Draft) -> None:
        kind = ActivityKind(draft.kind)
        following = self._next.get(kind)
        if following is not None and not following.check():
            return
        if not self._drafts.begin_sending(Lead.key_of(self._lead_id), draft):
            return
        self.written.emit(
            Written(
                draft,
                self._when[kind].instant if kind in self._when else self._now(),
                outcome=self._call.outcome if kind is ActivityKind.CALL else None,
                due_at=self._due.due if kind is ActivityKind.TASK else None,
                step=None if following is None else following.step,
            )
        )


def _kinds() -> tuple[ComposerKind, ...]:
    words = {
        ActivityKind.NOTE: (tr("Write a note…"), tr("Add the note")),
        ActivityKind.CALL: (tr("What came of the call?"), tr("Log the call")),
        ActivityKind.EMAIL: (tr("What was the email about?"), tr("Log the email")),
        ActivityKind.MEETING: (tr("What was agreed?"), tr("Log the meeting")),
        ActivityKind.TASK: (tr("What is to be done?"), tr("Add the task")),
    }
    return tuple(
        ComposerKind(kind, activity_word(kind), ACTIVITY_ICONS[kind], asks, verb)
        for kind, (asks, verb) in words.items()
    )
