"""`MergeForm`: leads side by side: which one stays, whose value each field takes, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLayout, QScrollArea, QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.merge_plan import (
    Obstacle,
    Pick,
    Side,
    merge_commands,
    obstacles,
    suggested_source,
    suggested_winner,
)
from fleetdesk.commands.merge_values import Spare, spare_values
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.views.command_dialog import CommandForm
from fleetdesk.views.leads.duplicates.compared import LINES, ComparedLead, Line
from fleetdesk.views.leads.duplicates.merge_head import MergeHead
from fleetdesk.views.leads.duplicates.merge_line import MergeLine
from fleetdesk.views.leads.duplicates.merge_summary import MergeSummary
from fleetdesk.views.leads.fields import PHONES, field_errors, field_text, plain_value
from fleetdesk.views.leads.words import phone_flag
from fleetdesk.views.workbench import Workbench

__all__ = ["MergeForm"]

_NAMES, _LEAD, _RESULT = 104, 176, 208  # pixels that columns have at least
_LOWEST = 200  # pixels of the table
_LEAST = 2
_LEADS, _STAYS, _CHOSEN, _WRITTEN = "leads", "stays", "chosen.", "written."  # what a draft calls its parts


class MergeForm(CommandForm):
    """What nobody chose follows the lead that stays; a value that was chosen, or written, stays so."""

    judged = Signal(bool)  # whether the leads can be merged as they are

    def __init__(
        self,
        bench: Workbench,
        leads: Sequence[ComparedLead],
        *,
        winner: str = "",
        first: Sequence[Command] = (),
        low: bool = False,
    ) -> None:
        """`winner` is the id of the lead that is to stay; `first` is performed before the merge, as one act with it.

        In a `low` window what becomes of them is read below the table, and scrolls with it.
        """
        super().__init__()
        self._bench = bench
        self._leads = tuple(leads)
        self._first = tuple(first)
        self._suggested = self._winner = winner or suggested_winner(self._sides)
        self._compared = " ".join(sorted(lead.side.id for lead in self._leads))
        self._chosen: dict[str, str] = {}  # by line, the lead whose value the person chose
        self._written: dict[str, str] = {}  # by line, what the person wrote instead
        self._left_out: set[str] = set()
        self._heads: dict[str, MergeHead] = {}
        self._lines: list[MergeLine] = []
        self._table = _Table(bench.theme.pixels(_LOWEST))
        self._all = CheckBox(bench.theme, tr("Show what is the same too"))
        self._all.toggled.connect(lambda _on: self._show_lines())
        self._news = Label(tint=Tint.ACCENT, wrap=True)
        self._news.hide()
        self.summary = MergeSummary()
        self._low = low
        self._foot = panel(column(row(self._all, STRETCH), self.summary, gap=GRID + 4))
        lines = column(self._news, self._table, *(() if low else (self._foot,)), gap=GRID + 4)
        lines.setStretchFactor(self._table, 1)
        self.setLayout(column(_Shrinking(lines), gap=0))
        self._build()

    @property
    def leads(self) -> tuple[ComparedLead, ...]:
        """The leads that are compared, as last read."""
        return self._leads

    @property
    def winner(self) -> ComparedLead:
        """The one that is to stay."""
        return next(lead for lead in self._leads if lead.side.id == self._winner)

    @property
    def wanted_width(self) -> int:
        """So many pixels that nothing has to be scrolled from side to side."""
        return self._table.wanted_width

    def begin(self) -> None:
        """Give the keyboard to the first decision: which lead stays."""
        self._heads[self._winner].choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, leads: Sequence[ComparedLead]) -> None:
        """The leads were read again: show them as they are now, and say what is other than it was."""
        leads = tuple(lead for lead in leads if lead.side.id not in self._left_out)
        if not leads or leads == self._leads:
            return
        changed = [lead.title for lead in leads if lead not in self._leads]
        gone = len(self._leads) - len(leads)
        self._news.setText(_news(changed, gone))
        self._news.show()
        self._take(leads)

    # What a dialog asks

    def typed(self) -> Mapping[str, str]:
        """What was chosen and written, with the leads that it is about; nothing while that is what was suggested."""
        chosen = {f"{_CHOSEN}{line}": lead_id for line, lead_id in self._chosen.items()}
        written = {f"{_WRITTEN}{line}": text for line, text in self._written.items()}
        stays = {_STAYS: self._winner} if self._winner != self._suggested else {}
        typed = {**stays, **chosen, **written}
        return {_LEADS: self._compared, **typed} if typed else {}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Choose and write again what was chosen and written for just these leads."""
        if typed.get(_LEADS) != self._compared:
            return
        lines, there = {line.key for line in LINES}, {side.id for side in self._sides}
        self._chosen = {line: lead for line, lead in _beginning(_CHOSEN, typed) if line in lines and lead in there}
        self._written = {line: text for line, text in _beginning(_WRITTEN, typed) if line in lines}
        self._winner = stays if (stays := typed.get(_STAYS, "")) in there else self._suggested
        self._show_picks()
        self.judge()

    def commands(self) -> Sequence[Command] | None:
        """The merge; None while something is wrong, or stands in the way."""
        errors = field_errors(self._written_values())
        self._annotate(errors)
        wrong = next((shown for shown in self._lines if shown.line.key in errors), None)
        if wrong is not None:
            self._begin_at(wrong)
        if wrong is not None or self._obstacles():
            return None
        now = self._bench.clock.now()
        return [*self._first, *merge_commands(self._sides, self._winner, self._picks(), new_id=new_id, issued_at=now)]

    def touched(self) -> bool:
        """Whether the person chose or wrote something."""
        return bool(self._chosen or self._written)

    def show_error(self, field: str, sentence: str) -> bool:
        """Write at a field what is wrong with it."""
        line = next((line for line in self._lines if field in line.line.fields), None)
        if line is None:
            return False
        line.set_visible(visible=True)
        line.say(sentence, wrong=True)
        self._begin_at(line)
        return True

    def _begin_at(self, line: MergeLine) -> None:
        line.begin()
        for stop in line.stops[-1:]:
            self._table.ensureWidgetVisible(stop)

    # What is chosen

    @property
    def _sides(self) -> list[Side]:
        return [lead.side for lead in self._leads]

    def _source(self, line: Line) -> str | None:
        """Whose value a line takes; nobody's where another one was written."""
        if line.key in self._written:
            return None
        return self._chosen.get(line.key) or suggested_source(self._sides, self._winner, line.fields)

    def _picks(self) -> dict[str, Pick]:
        # What the lead that stays gives up itself is written; what another one brings goes with that one again.
        sources = [None, *(side.id for side in self._winner_first[1:])]
        spare = {name: Pick(text, sources[place]) for name, (text, place) in self._spare().placed.items()}
        return {**self._chosen_picks(), **spare}

    @property
    def _winner_first(self) -> list[Side]:
        return sorted(self._sides, key=lambda side: side.id != self._winner)

    def _spare(self) -> Spare:
        """Second addresses and numbers that would be lost, but for lines about which the person chose."""
        taken = {name: pick.value for name, pick in self._chosen_picks().items()}
        spare = spare_values([side.values for side in self._winner_first], taken)
        decided = self._chosen.keys() | self._written.keys()
        return Spare({name: one for name, one in spare.placed.items() if name not in decided}, spare.left)

    def _chosen_picks(self) -> dict[str, Pick]:
        sides = {side.id: side for side in self._sides}
        picks = {name: Pick(value) for name, value in self._written_values().items()}
        for line in LINES:
            source = self._source(line)
            if source is not None:
                picks |= {name: Pick(sides[source].values[name], source) for name in line.fields}
        return picks

    def _written_values(self) -> dict[str, JsonValue]:
        return {name: plain_value(name, text) for name, text in self._written.items()}

    def _obstacles(self) -> list[Obstacle]:
        return obstacles(self._sides, self._winner)

    def _choose(self, line: str, lead_id: str) -> None:
        self._written.pop(line, None)
        self._chosen[line] = lead_id
        self._show_picks()
        self.edited.emit()

    def _write(self, line: str, text: str) -> None:
        self._chosen.pop(line, None)
        self._written[line] = text
        self._show_picks()
        self.edited.emit()

    def _stay(self, lead_id: str) -> None:
        self._winner = lead_id
        self._show_picks()
        self.judge()
        self.edited.emit()

    def _leave_out(self, lead_id: str) -> None:
        self._left_out.add(lead_id)
        self._take(tuple(lead for lead in self._leads if lead.side.id != lead_id))
        self.begin()

    def _take(self, leads: tuple[ComparedLead, ...]) -> None:
        """Compare these leads from now on."""
        self._leads = leads
        there = {lead.side.id for lead in leads}
        self._chosen = {line: source for line, source in self._chosen.items() if source in there}
        if self._winner not in there:
            self._winner = suggested_winner(self._sides)
        self._build()

    # What is shown

    def _build(self) -> None:
        """Make the columns anew, one for each lead."""
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, GRID, GRID)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        widths = ((_NAMES, 0), *((_LEAD, 2) for _ in self._leads), (_RESULT, 3))
        for number, (least, stretch) in enumerate(widths):
            grid.setColumnMinimumWidth(number, self._bench.theme.pixels(least))
            grid.setColumnStretch(number, stretch)
        winners = QButtonGroup(table)
        self._heads = {lead.side.id: self._head(lead, winners) for lead in self._leads}
        result = Label(tr("What it will be"), strong=True)
        for number, head in enumerate((*self._heads.values(), result), start=1):
            grid.addWidget(head, 0, number)
        grid.setAlignment(result, Qt.AlignmentFlag.AlignBottom)
        self._lines = [self._line(line, table) for line in LINES]
        for number, shown in enumerate(self._lines):
            shown.place(grid, 2 * number + 1)
        if self._low:
            self._foot.setParent(self)  # the table that goes would take it along
            table = panel(column(table, self._foot, gap=GRID + 4))
        self._table.setWidget(table)
        self._table.updateGeometry()
        heads = (stop for head in self._heads.values() for stop in head.stops)
        stops = (*heads, *(stop for shown in self._lines for stop in shown.stops), self._all)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        self._show_picks()
        self.judge()

    def _head(self, lead: ComparedLead, winners: QButtonGroup) -> MergeHead:
        head = MergeHead(lead, self._bench.clock.now(), self._bench.theme, winners)
        head.stays.connect(self._stay)
        head.left_out.connect(self._leave_out)
        return head

    def _line(self, line: Line, table: QWidget) -> MergeLine:
        writable = self._bench.records.writable(Lead.__tablename__, line.key)
        shown = MergeLine(line, self._leads, self._bench.theme, writable=writable, parent=table)
        shown.chosen.connect(self._choose)
        shown.written.connect(self._write)
        return shown

    def _show_lines(self) -> None:
        """Lines that nobody has to decide are shown if the person asks for them."""
        spare = self._spare()
        same = [shown for shown in self._lines if shown.same and not shown.empty]
        self._all.setVisible(bool(same))
        for shown in self._lines:
            key = shown.line.key
            wanted = not shown.empty and (not shown.same or self._all.isChecked() or key in self._written)
            wanted = wanted or key in spare.placed or key in spare.left
            shown.set_visible(visible=wanted)

    def _show_picks(self) -> None:
        texts = {lead.side.id: lead for lead in self._leads}
        written = {**{name: text for name, (text, _) in self._spare().placed.items()}, **self._written}
        for shown in self._lines:
            key = shown.line.key
            source = None if key in written else self._source(shown.line)
            shown.show_pick(source, written[key] if source is None else texts[source].texts[key])
        self._show_lines()
        self._annotate(field_errors(self._written_values()))
        self.summary.show_merge(self._leads, self._winner)

    def _annotate(self, errors: Mapping[str, str]) -> None:
        """Write at each line what is wrong with it, or odd about it."""
        picks, left = self._picks(), self._spare().left
        for shown in self._lines:
            key = shown.line.key
            flag = phone_flag(field_text(picks[key].value), field_text(picks["country"].value)) if key in PHONES else ""
            flag = " ".join(filter(None, (flag, _left_text(left.get(key, ())))))
            shown.say(errors.get(key, "") or flag, wrong=key in errors)

    def judge(self) -> None:
        """Say what stands in the way, at the leads that do; and tell whether anything does."""
        found = self._obstacles()
        for lead_id, head in self._heads.items():
            whys = [str(obstacle.why) for obstacle in found if obstacle.lead_id == lead_id]
            head.show_standing(stays=lead_id == self._winner, trouble=" ".join(whys), may_go=len(self._leads) > _LEAST)
        self.summary.show_trouble([str(obstacle.why) for obstacle in found if obstacle.lead_id is None])
        self.judged.emit(not found)


class _Shrinking(QWidget):
    """As low as its parts can be: Qt makes what has wrapped texts as high as it would like to be, and scrolls it."""

    def __init__(self, lines: QLayout) -> None:
        super().__init__()
        self.setLayout(lines)

    def hasHeightForWidth(self) -> bool:
        """Qt's."""
        return False


class _Table(QScrollArea):
    """The comparison; where there is less room than it needs, it scrolls, and what stands below stays in sight."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setMinimumHeight(least)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def wanted_width(self) -> int:
        table = self.widget()
        return 0 if table is None else table.minimumSizeHint().width()

    def sizeHint(self) -> QSize:
        """Qt's: all of its height; it is as wide as there is room."""
        table = self.widget()
        return super().sizeHint() if table is None else QSize(0, table.minimumSizeHint().height())


def _left_text(values: Sequence[str]) -> str:
    """What there is no room for: a lead has two of it."""
    text = plural(len(values), tr("%1 stays with its lead: there is room for two."), tr("%1 stay with their leads."))
    return text.replace("%1", ", ".join(map(isolated, values))) if values else ""


def _beginning(part: str, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a draft keeps of one part, without its name."""
    return [(name.removeprefix(part), text) for name, text in typed.items() if name.startswith(part)]


def _news(changed: Sequence[str], gone: int) -> str:
    """What is other than it was when the leads were read first."""
    parts = [tr("%1 was changed just now.").replace("%1", isolated(title)) for title in changed]
    if gone:
        parts.append(plural(gone, tr("%n lead is gone."), tr("%n leads are gone.")))
    return " ".join([*parts, tr("What you chose is kept.")])
