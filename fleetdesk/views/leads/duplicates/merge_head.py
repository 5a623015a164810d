"""`MergeHead`: the head of one lead's column: who it is, how far it came, whether it is the one that stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton, QWidget

from fleetdesk.qt.look.layout import STRETCH, column, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tooltip_text, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.views.leads.duplicates.compared import ComparedLead
from fleetdesk.views.leads.words import STAGE_TONES, stage_word
from fleetdesk.views.words import day

__all__ = ["MergeHead"]


class MergeHead(QFrame):
    """Says which lead it is; the person makes it the one that stays, or leaves it out."""

    stays = Signal(str)  # the lead's id
    left_out = Signal(str)

    def __init__(self, lead: ComparedLead, now: dt.datetime, theme: Theme, group: QButtonGroup) -> None:
        super().__init__()
        self._id = lead.side.id
        self.setProperty("ground", "card")
        self.setAccessibleName(lead.title)
        name = Label(isolated(lead.title), strong=True, wrap=True)
        name.setToolTip(tooltip_text(lead.title))
        chip = StatusChip(theme)
        chip.show_status(stage_word(lead.detail.status), STAGE_TONES[lead.detail.status])
        self._leave_out = IconButton(
            theme,
            "x",
            tr("Leave %1 out").replace("%1", lead.title),
            lambda: self.left_out.emit(self._id),
            small=True,
        )
        self.choice = QRadioButton(tr("Stays"))
        self.choice.setAccessibleName(tr("%1 stays").replace("%1", lead.title))
        self.choice.clicked.connect(lambda: self.stays.emit(self._id))
        group.addButton(self.choice)
        self._trouble = Label(size=TextSize.SMALL, tint=Tint.DANGER, wrap=True)
        self._trouble.hide()
        top = row(name, self._leave_out, gap=GRID // 2)
        top.setStretchFactor(name, 1)
        about = Label(_about(lead, now), size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
        foot = row(self.choice, STRETCH, chip, gap=GRID)
        self.setLayout(column(top, about, STRETCH, foot, self._trouble, gap=GRID // 2, margins=GRID + 4))

    @property
    def stops(self) -> Sequence[QWidget]:
        """What takes the keyboard."""
        return (self.choice, self._leave_out)

    def show_standing(self, *, stays: bool, trouble: str, may_go: bool) -> None:
        """Show whether it is the one that stays, what stands in its way, and whether it can be left out."""
        self.choice.setChecked(stays)
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self._leave_out.setVisible(may_go)


def _about(lead: ComparedLead, now: dt.datetime) -> str:
    detail = lead.detail
    entries = plural(detail.activity_count, tr("%n entry"), tr("%n entries"))
    company = isolated(detail.company) if detail.company and detail.company != lead.title else None
    created = tr("created %1").replace("%1", day(detail.created_at, now))
    return " · ".join(filter(None, (company, created, entries)))
