"""What is told of something that happened beside its text: when it was, and how a call went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import CallOutcome
from fleetdesk.models.types import JsonValue, instant_text
from fleetdesk.qt.flow import lay_along
from fleetdesk.qt.look.layout import row
from fleetdesk.qt.look.text import Label, Tint, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.composer import Details
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.views.leads.words import outcome_word
from fleetdesk.views.next_steps.steps import kept_instant

__all__ = ["CallFields", "OutcomeField", "WhenField"]

_NOW, _OTHER = "now", "other"


class CallFields(Details):
    """When a call was and how it went, side by side where there is room."""

    def __init__(self, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._when, self._outcome = WhenField(theme, clock), OutcomeField(theme)
        for part in (self._when, self._outcome):
            part.edited.connect(self.edited)
        lay_along(self, self._when, self._outcome, gap=GRID)

    @property
    def instant(self) -> dt.datetime:
        """See `WhenField`."""
        return self._when.instant

    @property
    def outcome(self) -> CallOutcome | None:
        """See `OutcomeField`."""
        return self._outcome.outcome

    def values(self) -> Mapping[str, JsonValue]:
        """See `Details`."""
        return {**self._when.values(), **self._outcome.values()}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """See `Details`."""
        self._when.show_values(values)
        self._outcome.show_values(values)


class WhenField(Details):
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
        self._exact.dateTimeChanged.connect(lambda _at: self.edited.emit())
        lay_along(self, self._choice, self._exact)
        self._exact.hide()

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

    def values(self) -> Mapping[str, JsonValue]:
        """The time itself: “an hour ago” would be another one when the draft is taken up."""
        return {} if self._choice.key == _NOW else {"at": instant_text(self.instant)}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """Just now, or the time that was chosen."""
        at = kept_instant(values.get("at"))
        if at is not None:
            self._exact.show_instant(at)
        self._choice.set_key(_NOW if at is None else _OTHER)
        self._exact.setVisible(at is not None)

    def _choose(self) -> None:
        other = self._choice.key == _OTHER
        if other and self._exact.isHidden():
            self._exact.show_instant(self._clock.now())
        self._exact.setVisible(other)
        self.edited.emit()


class OutcomeField(Details):
    """How a call went, if the person says so."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        options = [("", tr("Not said")), *((outcome.value, outcome_word(outcome)) for outcome in CallOutcome)]
        self._choice = ChoiceBox(theme, options, tr("How the call went"))
        self._choice.set_key("")
        self._choice.chosen.connect(lambda _key: self.edited.emit())
        self.setLayout(row(Label(tr("Outcome"), size=TextSize.SMALL, tint=Tint.MUTED), self._choice))

    @property
    def outcome(self) -> CallOutcome | None:
        """What was chosen."""
        return CallOutcome(self._choice.key) if self._choice.key else None

    def values(self) -> Mapping[str, JsonValue]:
        """See `Details`."""
        return {"outcome": self._choice.key} if self._choice.key else {}

    def show_values(self, values: Mapping[str, JsonValue]) -> None:
        """See `Details`."""
        known = values.get("outcome")
        self._choice.set_key(known if isinstance(known, str) and known in set(CallOutcome) else "")
