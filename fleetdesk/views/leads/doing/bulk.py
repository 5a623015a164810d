"""`BulkBar`: what can be done with all chosen leads at once; it is there while more than one is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit

from fleetdesk.commands.lead_fields import LONGEST_PROSE, LONGEST_TAG
from fleetdesk.commands.pending import CommandDesk
from fleetdesk.models.access import Permission
from fleetdesk.models.stages import Stage, moves_from
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.text_fields import TextArea, TextField
from fleetdesk.queries.leads import lead_stages
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.doing.bulk_dialog import GO_ON, BulkAct, BulkDialog
from fleetdesk.views.leads.duplicates.actions import merge_chosen
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.leads.words import stage_word
from fleetdesk.views.left_acts import LeftAct, forget_act, left_acts
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["BulkBar"]

_LEAST = 2
_TARGETS = (Stage.CONTACTED, Stage.QUALIFIED, Stage.ONBOARDING)
_NARROW = 900


class BulkBar(QFrame):
    """Says how many leads are chosen, and acts on them. `people` gives those who may own leads.

    It is shown in a place that is there anyhow, so that nothing moves under the mouse when it comes or goes.
    """

    wanted = Signal(bool)  # whether it has something to say

    def __init__(
        self, bench: Workbench, table: LeadTable, *, people: Callable[[], Sequence[StaffPerson]], scope: str
    ) -> None:
        super().__init__()
        self._bench = bench
        self._table = table
        self._people = people
        self._count = Label(strong=True)
        self._acts: Mapping[str, Callable[[int], BulkAct]] = {
            "assign": self._assign,
            "tag": self._tag,
            "move": self._move,
            "lose": self._lose,
            "delete": self._delete,
        }
        self._register(scope)
        words = {
            "assign": tr("Assign"),
            "tag": tr("Tag"),
            "move": tr("Move"),
            "merge": tr("Merge"),
            "lose": tr("Lose"),
            "delete": tr("Delete"),
        }
        self._buttons = [bench.actions.button(f"leads.bulk_{name}", word=word) for name, word in words.items()]
        self._buttons.append(bench.actions.button("leads.export", word=tr("Export")))
        self._all = Button("", partial(bench.actions.trigger, "leads.bulk_all"), kind=Kind.QUIET)
        self.setLayout(row(self._count, self._all, *self._buttons, STRETCH, gap=GRID // 2))
        table.selection.changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is little room, icons without words."""
        super().resizeEvent(event)
        narrow = self.width() < self._bench.theme.pixels(_NARROW)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._buttons:
            button.setToolButtonStyle(style)

    def _register(self, scope: str) -> None:
        action = partial(Action, group=tr("Chosen leads"), scope=scope, keywords="bulk many several selected")

        def do(name: str) -> Callable[[], None]:
            return lambda: self._open(self._acts[name])

        self._bench.actions.register(
            action("leads.bulk_all", tr("Choose all that match"), self._table.choose_all, "Ctrl+A", "", self._has_rows),
            action(
                "leads.bulk_sight", tr("Choose all in sight"), self._choose_sight, "Ctrl+Shift+A", "", self._has_rows
            ),
            action("leads.bulk_none", tr("Choose none"), self._table.selection.clear, "", "", self._can),
            action(
                "leads.bulk_assign",
                tr("Assign all chosen"),
                do("assign"),
                "Shift+A",
                "user-plus",
                self._can,
            ),
            action("leads.bulk_tag", tr("Tag all chosen"), do("tag"), "Shift+G", "tag", self._can),
            action(GO_ON, tr("Go on with what was cut off"), self._go_on, "", "", self._may_go_on),
            merge_chosen(self._bench, self._table, scope),
            action(
                "leads.bulk_move",
                tr("Move all chosen"),
                do("move"),
                "Ctrl+M",
                "arrow-right",
                self._can,
            ),
            action("leads.bulk_lose", tr("Lose all chosen"), do("lose"), "Shift+L", "flag", self._can),
            action("leads.bulk_delete", tr("Delete all chosen"), do("delete"), "", "trash", self._can),
        )

    def _show(self) -> None:
        """Say which are chosen: all that match, those in sight, or so many of them."""
        count, every = self._table.selection.count, self._table.model().rowCount()
        self.wanted.emit(count >= _LEAST)
        if count >= _LEAST:
            self._count.setText(self._chosen(count, every))
            choose = plural(every, tr("Choose all %n"), tr("Choose all %n"))
            self._all.set_text(choose)
            self._all.setVisible(count < every)
        self._bench.actions.refresh()

    def _chosen(self, count: int, every: int) -> str:
        if count == every:
            return plural(every, tr("%n matching lead chosen"), tr("All %n matching leads chosen"))
        if self._table.selection.ranges == (self._table.rows_in_sight(),):
            return plural(count, tr("%n lead in sight chosen"), tr("%n leads in sight chosen"))
        return plural(every, tr("%1 of %n lead chosen"), tr("%1 of %n leads chosen")).replace("%1", number(count))

    def _choose_sight(self) -> None:
        self._table.selection.select_rows(self._table.rows_in_sight())

    def _has_rows(self) -> Availability:
        return ENABLED if self._table.model().rowCount() else WhyNot(tr("The list is empty."))

    def _can(self) -> Availability:
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        if self._table.selection.count < _LEAST:
            return WhyNot(tr("Choose several leads first, with Shift or Ctrl."))
        return ENABLED

    # The acts

    def _assign(self, leads: int) -> BulkAct:
        grant = self._bench.platform.access.grant
        able = [
            (person.id, person.name)
            for person in self._people()
            if person.active and Permission.LEADS_EDIT in grant(person.role).permissions
        ]
        names = dict(able)
        return BulkAct(
            name="assign",
            title=plural(leads, tr("Assign %n lead"), tr("Assign %n leads")),
            verb=tr("Assign"),
            label=tr("Owner"),
            field=partial(ChoiceBox, self._bench.theme, able, tr("Owner")),
            make=lambda acts, lead, owner: acts.assign(lead, owner),
            said=lambda rows, owner: _said(
                rows, tr("Assigned %n lead to %1"), tr("Assigned %n leads to %1"), names.get(owner, owner)
            ),
        )

    def _tag(self, leads: int) -> BulkAct:
        return BulkAct(
            name="tag",
            title=plural(leads, tr("Tag %n lead"), tr("Tag %n leads")),
            verb=tr("Add the tag"),
            label=tr("Tag"),
            field=_tag_field,
            make=lambda acts, lead, tag: acts.tag(lead, add=(tag,)),
            said=lambda rows, tag: _said(rows, tr("Tagged %n lead “%1”"), tr("Tagged %n leads “%1”"), tag),
        )

    def _move(self, leads: int) -> BulkAct:
        names = dict(_offered(_TARGETS))
        return BulkAct(
            name="move",
            title=plural(leads, tr("Move %n lead"), tr("Move %n leads")),
            verb=tr("Move the leads"),
            label=tr("To the stage"),
            field=self._stage_field,
            make=lambda acts, lead, stage: acts.move(lead, Stage(stage)),
            said=lambda rows, stage: _said(
                rows, tr("Moved %n lead to “%1”"), tr("Moved %n leads to “%1”"), names.get(stage, stage).lower()
            ),
            explanation=tr(
                "Those that may not go there stay as they are, and you read why. Once it is sent, a move cannot be"
                " taken back. To onboarding, an email with a link to the form goes to each lead. Validated is not"
                " among them: a super admin confirms the checklist of each lead by itself."
            ),
        )

    def _lose(self, leads: int) -> BulkAct:
        return BulkAct(
            name="lose",
            title=plural(leads, tr("Lose %n lead"), tr("Lose %n leads")),
            verb=tr("Lose the leads"),
            label=tr("Why are they lost?"),
            field=self._reason_field,
            make=lambda acts, lead, reason: acts.move(lead, Stage.LOST, reason),
            said=lambda rows, _reason: _said(rows, tr("Lost %n lead"), tr("Lost %n leads")),
            explanation=tr("Once it is sent, a lost lead can only be reopened as contacted."),
            dangerous=True,
            action="leads.bulk_lose",
        )

    def _delete(self, leads: int) -> BulkAct:
        return BulkAct(
            name="delete",
            title=plural(leads, tr("Delete %n lead"), tr("Delete %n leads")),
            verb=tr("Delete the leads"),
            label=tr("Why are they deleted?"),
            field=self._reason_field,
            make=lambda acts, lead, reason: acts.delete(lead, reason),
            said=lambda rows, _reason: _said(rows, tr("Deleted %n lead"), tr("Deleted %n leads")),
            explanation=tr("They can be restored for ninety days."),
            dangerous=True,
            action="leads.bulk_delete",
        )

    def _open(self, make: Callable[[int], BulkAct]) -> None:
        chosen = self._table.selection
        BulkDialog(self._bench, make(chosen.count), chosen.keys(), self.window()).open()

    # What was cut off

    def _left(self) -> LeftAct | None:
        known = (act for act in left_acts(self._bench.remembered) if act.action == GO_ON and act.what in self._acts)
        return next(known, None)

    def _may_go_on(self) -> Availability:
        return ENABLED if self._left() is not None else WhyNot(tr("No act over many leads was cut off."))

    def _go_on(self) -> None:
        """Ask which leads are still to be done, then whether they shall be."""
        left = self._left()
        if left is not None:
            self._bench.acts.ask(partial(_rest_of, left), owner=self, on_success=partial(self._ask_again, left))

    def _ask_again(self, left: LeftAct, rest: list[str]) -> None:
        bench = self._bench
        if not rest:
            forget_act(bench.remembered, left.batch_id)
            bench.notifier.info(tr("All of these leads are done."))
            return
        BulkDialog(bench, self._acts[left.what](len(rest)), rest, self.window(), left=left).open()

    def _stage_field(self) -> ChoiceBox:
        """The stages to which any of the chosen may go by the rules; all, until it is known where they stand."""
        field = ChoiceBox(self._bench.theme, _offered(_TARGETS), tr("To the stage"))
        keys = self._table.selection.keys()

        def know(found: frozenset[Stage]) -> None:
            reached = {target for stage in found for target in moves_from(stage)}
            ahead = [target for target in _TARGETS if target in reached or target.value == field.key]
            field.offer(_offered(ahead or _TARGETS))

        self._bench.readings.run(lambda connection: lead_stages(connection, keys), on_success=know, owner=field)
        return field

    def _reason_field(self) -> QPlainTextEdit:
        reason = TextArea(longest=LONGEST_PROSE)
        reason.setFixedHeight(self._bench.theme.pixels(10 * GRID))
        return reason


def _offered(stages: Sequence[Stage]) -> list[tuple[str, str]]:
    return [(stage.value, stage_word(stage)) for stage in stages]


def _tag_field() -> QLineEdit:
    return TextField(longest=LONGEST_TAG)


def _rest_of(left: LeftAct, desk: CommandDesk) -> list[str]:
    """The leads that were not done when the act was cut off; where all were, what was done of it stands."""
    cuts = (cut for cut in desk.cut_off() if cut.batch_id == left.batch_id)
    done = frozenset(key.id for cut in cuts for key in cut.targets)
    rest = [id_ for id_ in left.ids if id_ not in done]
    if not rest:
        desk.let_stand(left.batch_id)
    return rest


def _said(rows: int, one: str, many: str, about: str = "") -> str:
    return plural(rows, one, many).replace("%1", isolated(about))
