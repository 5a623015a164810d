"""`MergeSummary`: what becomes of stage, tags, timelines and the other leads, before the person confirms."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame

from fleetdesk.commands.merge_plan import suggested_winner
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.views.leads.duplicates.compared import ComparedLead
from fleetdesk.views.leads.words import lead_about, stage_word
from fleetdesk.views.words import number

__all__ = ["MergeSummary"]


class MergeSummary(QFrame):
    """Sentences; what stands in the way of the merge as a whole comes first."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "card")
        self.setAccessibleName(tr("What becomes of them"))
        self._trouble = Label(tint=Tint.DANGER, wrap=True)
        self._advice = Label(tint=Tint.ACCENT, wrap=True)
        self._told = Label(tint=Tint.MUTED, wrap=True)
        self.setLayout(column(self._trouble, self._advice, self._told, gap=GRID // 2, margins=2 * GRID))
        self.show_trouble(())

    def show_trouble(self, sentences: Sequence[str]) -> None:
        """Say what stands in the way of all of them together."""
        self._trouble.setText(" ".join(sentences))
        self._trouble.setVisible(bool(sentences))

    def show_merge(self, leads: Sequence[ComparedLead], winner_id: str) -> None:
        """Say what becomes of the leads if this one stays."""
        winner = next(lead for lead in leads if lead.side.id == winner_id)
        others = [lead for lead in leads if lead.side.id != winner_id]
        advice = _advice(leads, winner)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        sentences = (_stage(winner), _tags(winner, others), _timelines(leads), _farewell(winner, others))
        self._told.setText("\n".join(filter(None, sentences)))


def _advice(leads: Sequence[ComparedLead], winner: ComparedLead) -> str:
    """That another lead came further, which is lost where it does not stay."""
    best = next(lead for lead in leads if lead.side.id == suggested_winner(each.side for each in leads))
    if best.detail.status == winner.detail.status:
        return ""
    text = tr("%1 is %2 already. To keep that, let it be the one that stays.")
    return text.replace("%2", stage_word(best.detail.status)).replace("%1", isolated(best.title))


def _stage(winner: ComparedLead) -> str:
    text = tr("%1 stays %2.").replace("%2", stage_word(winner.detail.status))
    return text.replace("%1", isolated(winner.title))


def _tags(winner: ComparedLead, others: Sequence[ComparedLead]) -> str:
    own = set(winner.detail.tags)
    brought = {tag for lead in others for tag in lead.detail.tags} - own
    if not brought:
        return ""
    return tr("Its tags will be: %1.").replace("%1", ", ".join(isolated(tag) for tag in sorted(own | brought)))


def _timelines(leads: Sequence[ComparedLead]) -> str:
    entries = sum(lead.detail.activity_count for lead in leads)
    if not entries:
        return ""
    return plural(
        entries,
        tr("The timelines are read as one, of %n entry; it stays where it was written."),
        tr("The timelines are read as one, of %n entries; each stays where it was written."),
    )


def _farewell(winner: ComparedLead, others: Sequence[ComparedLead]) -> str:
    if not others:
        return ""
    if len(others) == 1:
        text = tr("%1 leaves the lists, and its page leads here. You can separate them again at any time.")
        return text.replace("%1", lead_about(others[0].detail, winner.detail))
    text = tr("%1 leads leave the lists, and their pages lead here. You can separate them again at any time.")
    return text.replace("%1", number(len(others)))
