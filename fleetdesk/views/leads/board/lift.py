"""`Lift`: a card that was taken up, and what each column would say if it were put down there. It draws nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.access import Access, Actor
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.queries.leads import LeadRow
from fleetdesk.views.leads.moves import MoveOption, move_option
from fleetdesk.views.leads.words import field_label, lead_title, stage_word

__all__ = ["Lift", "option_words"]


class Lift(QObject):
    """At most one card is up. The rules are asked once, when it is taken up; asked again, where it is put down."""

    changed = Signal()  # a card was taken up or put down, or is over another column

    def __init__(self, actor: Actor, access: Access, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actor = actor
        self._access = access
        self._lead: LeadRow | None = None
        self._options: Mapping[Stage, MoveOption] = {}
        self._target: Stage | None = None

    @property
    def lead(self) -> LeadRow | None:
        """The lead whose card is up."""
        return self._lead

    @property
    def target(self) -> Stage | None:
        """The stage over whose column the card is; None over none."""
        return self._target

    @property
    def option(self) -> MoveOption | None:
        """What would become of it there; None over its own column, and over none."""
        return None if self._target is None else self._options.get(self._target)

    def option_for(self, stage: Stage) -> MoveOption | None:
        """What would become of it in a column; None for its own, and while no card is up."""
        return self._options.get(stage)

    def take_up(self, lead: LeadRow, stages: Sequence[Stage]) -> None:
        """Take a card up; these are the columns in which it could be put down."""
        self._lead = lead
        self._target = lead.status
        self._options = {
            stage: move_option(lead, stage, self._actor, self._access) for stage in stages if stage is not lead.status
        }
        self.changed.emit()

    def aim(self, target: Stage | None) -> None:
        """Hold the card over another column."""
        if self._lead is not None and target is not self._target:
            self._target = target
            self.changed.emit()

    def put_down(self) -> MoveOption | None:
        """Let go of the card; gives the move that was meant, None for its own column or none."""
        option = self.option
        if self._lead is not None:
            self._lead, self._target, self._options = None, None, {}
            self.changed.emit()
        return option

    def words(self) -> str:
        """Where the card is, in one sentence, as a screen reader says it."""
        if self._lead is None:
            return ""
        lead = self._lead
        title = isolated(lead_title(lead.name, lead.company, lead.email, lead.phone))
        if self._target is None:
            return tr("%1 is over no stage.").replace("%1", title)
        there = tr("%1 over %2.").replace("%1", title).replace("%2", stage_word(self._target))
        option = self.option
        return f"{there} {tr('It stays where it is.') if option is None else option_words(option)}"


def option_words(option: MoveOption) -> str:
    """Whether a card can be put down, and what will be asked for; or why it cannot."""
    if not option.possible:
        return option.why_not
    if option.needs:
        fields = ", ".join(tr(_NEEDS[need]) if need in _NEEDS else field_label(need).lower() for need in option.needs)
        return tr("Asks for: %1.").replace("%1", fields)
    if option.target is Stage.ONBOARDING:
        return tr("Sends the onboarding form.")
    return tr("It can be put down here.")


_NEEDS = {"activity": "what happened", "lost_reason": "the reason", "checklist": "the checklist"}
