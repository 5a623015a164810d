"""The form in which a lead's next step is planned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.models.ids import Clock
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.steps import Stepped, plan_step
from fleetdesk.views.workbench import Workbench

__all__ = ["next_step_dialog"]


class _PlanForm(CommandForm):
    """What to do next, and when."""

    def __init__(self, theme: Theme, clock: Clock, lead: Stepped) -> None:
        super().__init__()
        self._clock = clock
        self._lead = lead
        self._step = NextStepFields(theme, clock, label=tr("What is to be done?"))
        dated = lead.next_activity_at is not None or not lead.next_activity
        self._step.show_step(lead.next_activity or "", lead.next_activity_at, dated=dated)
        self.setLayout(column(self._step))

    def commands(self) -> Sequence[Command] | None:
        """The edit; nothing if that is the next step already."""
        if not self._step.check():
            return None
        edit = plan_step(self._lead, self._step.what, self._step.when, self._clock.now())
        return () if edit is None else (edit,)

    def touched(self) -> bool:
        """Whether the step shall be another."""
        return plan_step(self._lead, self._step.what, self._step.when, self._clock.now()) is not None


def next_step_dialog(bench: Workbench, lead: Stepped, parent: QWidget) -> CommandDialog:
    """The form for the next step."""
    return CommandDialog(tr("Next step"), tr("Save"), _PlanForm(bench.theme, bench.clock, lead), parent)
