"""`GroupPane`: the leads of one group, what each shares with another, and which of them are meant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from fleetdesk.commands.lead_merge import MOST_LOSERS
from fleetdesk.models.ids import Clock
from fleetdesk.models.leads import Lead
from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.widgets.buttons import IconButton, Kind
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.status_chip import StatusChip
from fleetdesk.queries.duplicate_rows import DuplicateRow, GroupLead
from fleetdesk.views.leads.duplicates.words import lead_of_group, shared_text
from fleetdesk.views.leads.words import STAGE_TONES, field_label, stage_word
from fleetdesk.views.words import day
from fleetdesk.views.workbench import Navigator

__all__ = ["SHOWN", "GroupPane"]

SHOWN = MOST_LOSERS + 1
"""Leads of a group that are shown: so many can be merged at once."""
_FIELDS = ("email", "second_email", "phone", "second_phone", "trade_licence")


class GroupPane(QFrame):
    """A card for each lead, ticked at first; what is done with the group is done with those that are ticked."""

    changed = Signal()  # other leads are ticked

    def __init__(self, navigator: Navigator, theme: Theme, clock: Clock) -> None:
        super().__init__()
        self._navigator = navigator
        self._theme = theme
        self._clock = clock
        self._row: DuplicateRow | None = None
        self._leads: tuple[GroupLead, ...] = ()
        self._ticks: dict[str, CheckBox] = {}
        self.setProperty("ground", "surface")
        self.setAccessibleName(tr("Leads of the group"))
        self._title = Label(size=TextSize.TITLE, wrap=True)
        self._reason = Label(tint=Tint.MUTED, wrap=True)
        self._cards = QScrollArea()
        self._cards.setWidgetResizable(True)
        self._cards.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._foot = row(margins=GRID)
        head = column(self._title, self._reason, gap=GRID // 2, margins=(2 * GRID, 2 * GRID, 2 * GRID, GRID))
        lines = column(panel(head), self._cards, rule(), self._foot, gap=0)
        lines.setStretchFactor(self._cards, 1)
        self.setLayout(lines)

    def offer(self, actions: ActionRegistry) -> None:
        """Put buttons below for what can be done with the group."""
        self._foot.addWidget(actions.button("duplicates.merge", with_text=True, kind=Kind.PRIMARY))
        for name in ("apart", "again"):
            self._foot.addWidget(actions.button(f"duplicates.{name}", with_text=True))
        self._foot.addStretch(1)

    @property
    def row(self) -> DuplicateRow | None:
        """The group that is shown."""
        return self._row

    @property
    def ticked(self) -> tuple[str, ...]:
        """The ids of the leads that are meant."""
        return tuple(id_ for id_, tick in self._ticks.items() if tick.isChecked())

    def show_group(self, group: DuplicateRow | None, leads: Sequence[GroupLead]) -> None:
        """Turn to a group, or to none; of the one that is shown already, what was unticked stays so."""
        if (group, tuple(leads)) == (self._row, self._leads):
            return
        same = group is not None and self._row is not None and group.id == self._row.id
        off = {id_ for id_, tick in self._ticks.items() if not tick.isChecked()} if same else set()
        self._row, self._leads = group, tuple(leads)
        self._ticks = {}
        cards: list[QWidget] = [self._card(lead, ticked=lead.id not in off) for lead in leads]
        more = 0 if group is None else group.count - len(cards)
        if more > 0:
            cards.append(Label(plural(more, tr("And %n more lead."), tr("And %n more leads.")), tint=Tint.MUTED))
        self._cards.setWidget(panel(column(*cards, STRETCH, gap=GRID, margins=(2 * GRID, 0, 2 * GRID, 2 * GRID))))
        self._title.setText("" if group is None else _title(group))
        self._reason.setText("" if group is None else "\n".join(shared_text(shared) for shared in group.shared))
        self._reason.setVisible(bool(self._reason.text()))
        self.changed.emit()

    def _card(self, lead: GroupLead, *, ticked: bool) -> QFrame:
        title = lead_of_group(lead)
        tick = CheckBox(self._theme, isolated(title))
        tick.setChecked(ticked)
        tick.toggled.connect(lambda _on: self.changed.emit())
        self._ticks[lead.id] = tick
        chip = StatusChip(self._theme, stage_word(lead.status), STAGE_TONES[lead.status])
        open_lead = partial(self._navigator.open_record, Lead.key_of(lead.id))
        opener = IconButton(self._theme, "arrow-up-right", tr("Open %1").replace("%1", title), open_lead, small=True)
        about = Label(self._about(lead, title), size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
        values = [
            _value(name, value, shared=name in lead.shares)
            for name in _FIELDS
            if isinstance(value := getattr(lead, name), str)
        ]
        head = row(tick, STRETCH, chip, opener, gap=GRID)
        return panel(column(head, about, *values, gap=GRID // 2, margins=(GRID, GRID, GRID, GRID + 4)), ground="card")

    def _about(self, lead: GroupLead, title: str) -> str:
        company = isolated(lead.company) if lead.company and lead.company != title else None
        created = tr("created %1").replace("%1", day(lead.created_at, self._clock.now()))
        entries = plural(lead.activity_count, tr("%n entry"), tr("%n entries"))
        return " · ".join(filter(None, (company, lead.owner_name or tr("no owner"), created, entries)))


def _title(group: DuplicateRow) -> str:
    if group.told_at is not None:
        return plural(group.count, tr("%n lead, told apart"), tr("%n leads that were told apart"))
    return plural(group.count, tr("%n lead"), tr("%n leads that may be one"))


def _value(name: str, value: str, *, shared: bool) -> QWidget:
    """A field with its value; one that another lead has too says so."""
    text = tr("%1: %2").replace("%1", field_label(name)).replace("%2", isolated(value))
    label = Label(text, strong=shared, tint=Tint.PLAIN if shared else Tint.MUTED, wrap=True)
    if not shared:
        return label
    line = row(label, Label(tr("the same"), size=TextSize.SMALL, tint=Tint.ACCENT), gap=GRID)
    line.setStretchFactor(label, 1)
    return panel(line)
