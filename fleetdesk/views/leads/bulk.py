"""`BulkBar`: what can be done with all chosen leads at once; it is there while more than one is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit

from fleetdesk.commands.lead_fields import LONGEST_TAG
from fleetdesk.models.access import Permission
from fleetdesk.models.stages import Stage
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.bulk_dialog import BulkAct, BulkDialog
from fleetdesk.views.leads.duplicates.actions import merge_chosen
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.workbench import Workbench

__all__ = ["BulkBar"]

_LEAST = 2


class BulkBar(QFrame):
    """Says how many leads are chosen, and acts on them. `people` gives those who may own leads."""

    def __init__(
        self, bench: Workbench, table: LeadTable, *, people: Callable[[], Sequence[StaffPerson]], scope: str
    ) -> None:
        super().__init__()
        self._bench = bench
        self._table = table
        self._people = people
        self._count = Label(strong=True)
        self._register(scope)
        names = ("all", "assign", "tag", "merge", "lose", "delete")
        buttons = [bench.actions.button(f"leads.bulk_{name}", with_text=True) for name in names]
        self.setLayout(row(self._count, *buttons, STRETCH, margins=(2 * GRID, GRID, 2 * GRID, GRID)))
        table.selection.changed.connect(self._show)
        self._show()

    def _register(self, scope: str) -> None:
        action = partial(Action, group=tr("Chosen leads"), scope=scope, keywords="bulk many several selected")
        self._bench.actions.register(
            action(
                "leads.bulk_all", tr("Choose all"), self._table.selectAll, "Ctrl+A", "selection-all", self._has_rows
            ),
            action("leads.bulk_assign", tr("Assign all chosen"), self._assign, "Shift+A", "user-plus", self._can),
            action("leads.bulk_tag", tr("Tag all chosen"), self._tag, "Shift+G", "tag", self._can),
            merge_chosen(self._bench, self._table, scope),
            action("leads.bulk_lose", tr("Lose all chosen"), self._lose, "Shift+L", "flag", self._can),
            action("leads.bulk_delete", tr("Delete all chosen"), self._delete, "", "trash", self._can),
        )

    def _show(self) -> None:
        count = self._table.selection.count
        self.setVisible(count >= _LEAST)
        self._count.setText(plural(count, tr("%n lead chosen"), tr("%n leads chosen")))
        self._bench.actions.refresh()

    def _has_rows(self) -> Availability:
        return ENABLED if self._table.model().rowCount() else WhyNot(tr("The list is empty."))

    def _can(self) -> Availability:
        if not self._bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        if self._table.selection.count < _LEAST:
            return WhyNot(tr("Choose several leads first, with Shift or Ctrl."))
        return ENABLED

    # The acts

    def _assign(self) -> None:
        grant = self._bench.platform.access.grant
        able = [
            (person.id, person.name)
            for person in self._people()
            if person.active and Permission.LEADS_EDIT in grant(person.role).permissions
        ]
        names = dict(able)
        self._open(
            BulkAct(
                title=self._titled(tr("Assign %n lead"), tr("Assign %n leads")),
                verb=tr("Assign"),
                label=tr("Owner"),
                field=partial(ChoiceBox, self._bench.theme, able, tr("Owner")),
                make=lambda acts, lead, owner: acts.assign(lead, owner),
                said=lambda rows, owner: _said(
                    rows, tr("Assigned %n lead to %1"), tr("Assigned %n leads to %1"), names.get(owner, owner)
                ),
            )
        )

    def _tag(self) -> None:
        self._open(
            BulkAct(
                title=self._titled(tr("Tag %n lead"), tr("Tag %n leads")),
                verb=tr("Add the tag"),
                label=tr("Tag"),
                field=_tag_field,
                make=lambda acts, lead, tag: acts.tag(lead, add=(tag,)),
                said=lambda rows, tag: _said(rows, tr("Tagged %n lead “%1”"), tr("Tagged %n leads “%1”"), tag),
            )
        )

    def _lose(self) -> None:
        self._open(
            BulkAct(
                title=self._titled(tr("Lose %n lead"), tr("Lose %n leads")),
                verb=tr("Lose the leads"),
                label=tr("Why are they lost?"),
                field=self._reason_field,
                make=lambda acts, lead, reason: acts.move(lead, Stage.LOST, reason),
                said=lambda rows, _reason: _said(rows, tr("Lost %n lead"), tr("Lost %n leads")),
                explanation=tr("Once it is sent, a lost lead can only be reopened as contacted."),
                dangerous=True,
            )
        )

    def _delete(self) -> None:
        self._open(
            BulkAct(
                title=self._titled(tr("Delete %n lead"), tr("Delete %n leads")),
                verb=tr("Delete the leads"),
                label=tr("Why are they deleted?"),
                field=self._reason_field,
                make=lambda acts, lead, reason: acts.delete(lead, reason),
                said=lambda rows, _reason: _said(rows, tr("Deleted %n lead"), tr("Deleted %n leads")),
                explanation=tr("They can be restored for ninety days."),
                dangerous=True,
            )
        )

    def _open(self, act: BulkAct) -> None:
        BulkDialog(self._bench, act, self._table.selection.keys(), self.window()).open()

    def _titled(self, one: str, many: str) -> str:
        return plural(self._table.selection.count, one, many)

    def _reason_field(self) -> QPlainTextEdit:
        reason = QPlainTextEdit()
        reason.setFixedHeight(self._bench.theme.pixels(10 * GRID))
        return reason


def _tag_field() -> QLineEdit:
    field = QLineEdit()
    field.setMaxLength(LONGEST_TAG)
    return field


def _said(rows: int, one: str, many: str, about: str = "") -> str:
    return plural(rows, one, many).replace("%1", isolated(about))
