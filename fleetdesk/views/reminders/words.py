"""What a reminder says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fleetdesk.models.leads import Lead
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.queries.next_steps import NextStep
from fleetdesk.views.leads.words import lead_title
from fleetdesk.views.words import day_and_time

__all__ = ["KEY", "alert", "step_title"]

KEY = "reminder"
_NAMED = 3


def step_title(step: NextStep) -> str:
    """The lead that a step is about."""
    return lead_title(step.name, step.company, step.email, step.phone)


def alert(steps: Sequence[NextStep], now: dt.datetime) -> Alert:
    """One reminder, or many gathered into one message."""
    snooze = (tr("Snooze"), "reminders.snooze")
    if len(steps) == 1:
        [step] = steps
        what = tr("%1: %2").replace("%2", isolated(step.next_activity or tr("next step")))
        return Alert(
            what=what.replace("%1", isolated(step_title(step))),
            do=tr("Due: %1.").replace("%1", day_and_time(step.due, now)),
            verb=tr("Open"),
            record=Lead.key_of(step.id),
            key=KEY,
            more=((tr("Done"), "reminders.done"), snooze),
            stays=True,
        )
    named = _NAMED if len(steps) > _NAMED + 1 else len(steps)  # a last one is not “1 more”
    names = ", ".join(isolated(step_title(step)) for step in steps[:named])
    others = len(steps) - named
    if others > 0:
        names = plural(others, tr("%1 and %n more"), tr("%1 and %n more")).replace("%1", names)
    return Alert(
        what=plural(len(steps), tr("%n next step is due"), tr("%n next steps are due")),
        do=f"{names}.",
        verb=tr("Show them"),
        screen="home",
        key=KEY,
        more=(snooze,),
        stays=True,
    )
