"""`Journal`: where what happened with a lead is written down, and read; what is being written is kept per lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.qt.availability import Availability
from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.composer import Composer, ComposerKind
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.qt.widgets.timeline import Timeline, TimelineEntry
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.leads.timeline_filter import TimelineFilter
from fleetdesk.views.leads.words import ACTIVITY_ICONS, activity_word
from fleetdesk.views.remembered import Remembered

__all__ = ["Journal", "WhenField"]

_NOW, _OTHER = "now", "other"
_FILTER = "leads.timeline"
_HAPPENED = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING)
"""Kinds of activity that may be written down some time after they happened."""


class WhenField(QWidget):
    """When something happened: now, a while ago, or a day and time."""

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        options = [
            (_NOW, tr("Just now")),
            ("15", tr("15 minutes ago")),
            ("60", tr("An hour ago")),
            (str(24 * 60), tr("This time yesterday")),
            (_OTHER, tr("Another time")),
        ]
        self._choice = ChoiceBox(theme, options, tr("When it happened"))
        self._choice.set_key(_NOW)
        self._choice.chosen.connect(lambda _key: self._choose())
        self._exact = DateTimeField(theme, tr("Day and time"))
        self._exact.hide()
        label = Label(tr("When"), size=TextSize.SMALL, tint=Tint.MUTED)
        self.setLayout(row(label, self._choice, self._exact, STRETCH))

    @property
    def instant(self) -> dt.datetime:
        """The chosen time, in UTC."""
        now = self._clock.now()
        match self._choice.key:
            case key if key == _OTHER:
                return self._exact.instant
            case minutes if minutes.isdecimal():
                return now - dt.timedelta(minutes=int(minutes))
            case _:
                return now

    def reset(self) -> None:
        """Just now."""
        self._choice.set_key(_NOW)
        self._choose()

    def _choose(self) -> None:
        other = self._choice.key == _OTHER
        if other and self._exact.isHidden():
            self._exact.show_instant(self._clock.now())
        self._exact.setVisible(other)


class Journal(QWidget):
    """A composer above a timeline, which can be narrowed."""

    written = Signal(object, str, object)  # ActivityKind, the text, the instant; answer by `kept` or `not_kept`
    narrowed = Signal()

    def __init__(
        self, theme: Theme, clock: Clock, drafts: Drafts, remembered: Remembered, history_button: QWidget
    ) -> None:
        super().__init__()
        self._drafts = drafts
        self._remembered = remembered
        self._under_way: set[tuple[str, str]] = set()  # leads and texts, so that a second Enter adds nothing
        self._lead_id = ""
        self._composer = Composer(_kinds(), theme, tr("Write down what happened"))
        self._when = {kind: WhenField(theme, clock) for kind in _HAPPENED}
        self._now = clock.now
        for kind, field in self._when.items():
            self._composer.add_details(kind, field)
        self._composer.sent.connect(self._send)
        self._composer.draft_changed.connect(lambda _draft: self._keep_draft())
        self.timeline = Timeline(theme, tr("Timeline"), nothing="")
        self.filter = TimelineFilter(theme, history_button)
        self.filter.restore(remembered.get(_FILTER))
        self.filter.changed.connect(self._narrow)
        above = column(self._composer, self.filter, margins=(2 * GRID, 2 * GRID, 2 * GRID, GRID // 2))
        lines = column(above, self.timeline, gap=0)
        lines.setStretchFactor(self.timeline, 1)
        self.setLayout(lines)

    def show_lead(self, lead_id: str, availability: Availability) -> None:
        """Turn to a lead: what was being written about the one before is kept, and comes back with it."""
        if lead_id != self._lead_id:
            self._keep_draft()
            self._lead_id = lead_id
            self._composer.set_draft(self._drafts.about(Lead.key_of(lead_id)) or Draft(ActivityKind.NOTE, ""))
            for field in self._when.values():
                field.reset()
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

    def kept(self, lead_id: str, text: str) -> None:
        """What was written about a lead is kept: its draft goes, unless it says something else by now."""
        self._under_way.discard((lead_id, text))
        if lead_id == self._lead_id and self._composer.draft.text == text:
            self._composer.clear()
            self._keep_draft()
            for field in self._when.values():
                field.reset()
            return
        draft = self._drafts.about(Lead.key_of(lead_id))
        if draft is not None and draft.text == text:
            self._drafts.keep(Lead.key_of(lead_id), replace(draft, text=""))

    def not_kept(self, lead_id: str, text: str) -> None:
        """What was written could not be kept: it stays where it is, to be sent again."""
        self._under_way.discard((lead_id, text))

    def _narrow(self) -> None:
        self._remembered.keep(_FILTER, self.filter.plain())
        self.narrowed.emit()

    def _keep_draft(self) -> None:
        if self._lead_id:
            self._drafts.keep(Lead.key_of(self._lead_id), self._composer.draft)

    def _send(self, draft: Draft) -> None:
        if (self._lead_id, draft.text) in self._under_way:
            return
        self._under_way.add((self._lead_id, draft.text))
        kind = ActivityKind(draft.kind)
        instant = self._when[kind].instant if kind in self._when else self._now()
        self.written.emit(kind, draft.text, instant)


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
