"""`MergeDialog`: two or more leads become one, field by field; and `open_merge`, by which every screen comes to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_merge import MOST_LOSERS
from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.text import isolated, tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.leads.duplicates.compared import ComparedLead, read_leads
from fleetdesk.views.leads.duplicates.merge_form import MergeForm
from fleetdesk.views.words import number
from fleetdesk.views.workbench import Workbench

__all__ = ["MergeDialog", "open_merge"]

_WIDTH = 800  # pixels of the table at least
_LOW = 640  # pixels of a window in which the table and what is said below it have no room one above the other
_AROUND, _BESIDE = 8 * GRID, 4 * GRID  # what the dialog's own margins take, and what it leaves of its window

Written = Mapping[str, Mapping[str, JsonValue]]
"""Values of leads that stand in a form and are saved with the merge, by the lead's id."""


def open_merge(
    bench: Workbench,
    ids: Sequence[str],
    parent: QWidget,
    *,
    winner: str = "",
    written: Written | None = None,
    first: Sequence[Command] = (),
    on_merged: Callable[[str], None] = lambda _winner: None,
) -> None:
    """Compare the leads with these ids over a window, and merge them if the person says so.

    `winner` is the one that is to stay, if that is known; `first` saves what is `written`, as one act with the merge.
    `on_merged` is told which lead stayed. Where fewer than two are there any more, the person is told so.
    """
    wanted, written = tuple(dict.fromkeys(ids))[: MOST_LOSERS + 2], written or {}

    def came(leads: tuple[ComparedLead, ...]) -> None:
        if len(leads) < 2:
            bench.notifier.info(tr("There are no two leads any more to merge."), key="merge")
            return
        low = parent.window().height() < bench.theme.pixels(_LOW)
        form = MergeForm(bench, leads, winner=winner, first=first, low=low)
        dialog = MergeDialog(bench, form, read, parent)
        dialog.accepted.connect(lambda: on_merged(form.winner.side.id))
        dialog.open()
        form.begin()

    def read(connection: Connection) -> tuple[ComparedLead, ...]:
        return read_leads(connection, bench.records, wanted, written)

    bench.readings.run(read, on_success=came, owner=parent, cancel_key="merge")


class MergeDialog(CommandDialog):
    """Reads its leads again whenever one of them changed; what was chosen stays."""

    def __init__(
        self,
        bench: Workbench,
        form: MergeForm,
        read: Callable[[Connection], tuple[ComparedLead, ...]],
        parent: QWidget,
    ) -> None:
        """`read` gives the leads as they are now."""
        explanation = tr("Choose the lead that stays and whose value each field takes, or write another one.")
        width = min(max(_WIDTH, form.wanted_width) + _AROUND, parent.window().width() - _BESIDE)
        title = tr("Merge leads")
        draft = FormDraft(bench.remembered, "leads.merge", title, Lead.key_of(min(lead.side.id for lead in form.leads)))
        super().__init__(title, tr("Merge"), form, parent, explanation=explanation, width=width, draft=draft)
        self._bench = bench
        self._compared = form
        self._read = read
        form.judged.connect(self._verb.setEnabled)
        form.judge()
        self.made.connect(self._perform)
        bench.changes.changed.connect(self._changed)

    def _perform(self, commands: tuple[Command, ...]) -> None:
        said = tr("%2 leads are one now: %1.").replace("%2", number(len(self._compared.leads)))
        self._bench.acts.perform(
            *commands,
            owner=self,
            on_done=self.accept,
            on_refused=self.refuse,
            on_failure=self.fail,
            said=said.replace("%1", isolated(self._compared.winner.title)),
        )

    def _changed(self, changes: Changes) -> None:
        table = Lead.__tablename__
        mine = changes.ids(table) & {lead.side.id for lead in self._compared.leads}
        if self.isVisible() and (mine or table in changes.tables or changes.touches(User.__tablename__)):
            self._bench.readings.run(self._read, on_success=self._compared.refresh, owner=self, cancel_key="compared")
