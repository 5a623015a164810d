"""The form in which a lead's next step is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.next_steps.fields import NextStepFields
from fleetdesk.views.next_steps.steps import Stepped, plan_step
from fleetdesk.views.workbench import Workbench

__all__ = ["next_step_dialog"]


class _PlanForm(CommandForm):
    """What to do next, and when."""

    def __init__(self, theme: Theme, clock: Clock, lead: Stepped) -> None:
        super().__init__()
        self._clock = clock
        self._step = NextStepFields(theme, clock, label=tr("What is to be done?"))
        dated = lead.next_activity_at is not None or not lead.next_activity
        self._step.show_step(lead.next_activity or "", lead.next_activity_at, dated=dated)
        self._step.know(lead)
        self._step.edited.connect(self.edited)
        self.setLayout(column(self._step))

    def commands(self) -> Sequence[Command] | None:
        """The edit; nothing if that is the next step already."""
        if not (self._step.check() and self._step.agree()):
            return None
        edit = self._edit()
        return () if edit is None else (edit,)

    def touched(self) -> bool:
        """Whether the step shall be another."""
        return self._edit() is not None

    def typed(self) -> Mapping[str, str]:
        """What differs from what was shown."""
        return self._step.typed()

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        self._step.type_in(typed)

    def bases(self) -> Mapping[str, JsonValue]:
        """What was planned when the person began."""
        return self._step.bases

    def rest_on(self, bases: Mapping[str, JsonValue]) -> None:
        """Remember what was planned when the person began."""
        self._step.rest_on(bases)

    def _edit(self) -> EditLead | None:
        return plan_step(self._step.before, self._step.what, self._step.when, self._clock.now())


def next_step_dialog(bench: Workbench, lead: Stepped, parent: QWidget) -> CommandDialog:
    """The form for the next step."""
    title = tr("Next step")
    draft = FormDraft(bench.remembered, "leads.next_step", title, Lead.key_of(lead.id))
    return CommandDialog(title, tr("Save"), _PlanForm(bench.theme, bench.clock, lead), parent, draft=draft)
