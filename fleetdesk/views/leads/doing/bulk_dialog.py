"""`BulkDialog`: one act over many leads: what is asked, how far it is, and what became of each row that was refused."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_bulk import BulkActs
from fleetdesk.commands.pending import BatchDone, CommandDesk, RowRefused
from fleetdesk.models.changes import Changes
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.protocol import VerdictKind
from fleetdesk.qt.dialog import Dialog
from fleetdesk.qt.look.layout import STRETCH, column, panel, row
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tooltip_text, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import message_for
from fleetdesk.qt.tasks import Cancelled
from fleetdesk.qt.widgets.buttons import Button, Kind
from fleetdesk.qt.widgets.field_form import Editor, FieldForm
from fleetdesk.queries.leads import LeadRow, lead_ids, lead_rows
from fleetdesk.views.form_drafts import FormDraft, Typed
from fleetdesk.views.leads.doing.refused_leads import RefusedLeads
from fleetdesk.views.left_acts import LeftAct, forget_act, keep_act
from fleetdesk.views.long_acts import Far, GoesOn, LongAct
from fleetdesk.views.workbench import Workbench, until_sent

__all__ = ["GO_ON", "BulkAct", "BulkDialog"]

GO_ON = "leads.bulk_go_on"
"""The action that goes on with an act which was cut off."""

_WIDTH = 520
_PORTION = 500  # ids in a query

Make = Callable[[BulkActs, LeadRow, str], Command]
"""The command for one lead, with what was filled in."""


@dataclass(frozen=True, slots=True)
class BulkAct:
    """What can be done to many leads: the words, the one field that is filled in, and the command for each lead.

    By `name` it is gone on with after a crash.
    `said` gives the sentence for a number of leads and what was filled in, as people read it.
    """

    name: str
    title: str
    verb: str
    label: str
    field: Callable[[], Editor]
    make: Make
    said: Callable[[int, str], str]
    explanation: str = ""
    dangerous: bool = False
    action: str = ""
    """The action that asks for a text: what was typed is there when it asks again."""


@dataclass(frozen=True, slots=True)
class _Came:
    """What became of the act; each lead that was refused, and why, as a line."""

    done: BatchDone
    refused: tuple[str, ...]


class BulkDialog(Dialog):
    """Asks, then does it row by row. It closes if every row was done; else it names those that were not."""

    def __init__(
        self,
        bench: Workbench,
        act: BulkAct,
        leads: array[int] | Sequence[str],
        parent: QWidget,
        *,
        left: LeftAct | None = None,
    ) -> None:
        """`leads` are the row keys of the leads, or their ids: those of an act that was `left`, to be gone on with."""
        super().__init__(act.title, parent)
        self._bench = bench
        self._act = act
        self._ids: list[str] | None = None
        self._in_haste = False  # it was asked for before it was known which leads are meant
        self._under_way: LongAct | None = None
        self._batch_id = ""
        self._before = left.batch_id if left is not None else ""  # the batch whose rest is done
        self._done: BatchDone | None = None
        self.form = FieldForm()
        self.form.add("value", act.label, act.field(), required=True)
        self._draft = FormDraft(bench.remembered, act.action, act.title) if act.action else None
        if self._draft is not None:
            self._draft.setParent(self)
            self.form.set_values({"value": self._draft.typed.texts.get("value", "")})
            self.form.edited.connect(lambda _name: self._keep())
        self._about = Label(wrap=True, tint=Tint.MUTED)
        self._bar = QProgressBar()
        self._bar.setRange(0, len(leads))
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("How far it is"))
        self.refused = RefusedLeads(bench.theme)
        self._copy = Button(tr("Copy the list"), self.refused.copy)
        self._undo = Button(tr("Undo what was done"), self._undo_all)
        self._cancel = Button(tr("Cancel"), self.reject)
        self._verb = Button(act.verb, self.submit, kind=Kind.DANGER if act.dangerous else Kind.PRIMARY)
        self._verb.setDefault(True)
        self._lay_out()
        bench.changes.changed.connect(self._changed)
        bench.outbox.changed.connect(self._look_at_undo)
        if left is not None:
            self.form.set_values({"value": left.value})
        if not isinstance(leads, array):
            self._know(list(leads))
            return
        bench.readings.run(
            lambda connection: lead_ids(connection, leads), on_success=self._know, owner=self, on_failure=self._fail
        )

    def submit(self) -> None:
        """Do it to every lead, with what is filled in."""
        self._in_haste = self._ids is None
        if self._ids is None:
            return
        value = self.form.value("value").strip()
        if not value:
            self.form.show_errors({"value": tr("Fill this in first.")})
            return
        self._batch_id = new_id()
        left = LeftAct(self._batch_id, GO_ON, self._act.name, value, tuple(self._ids))
        keep_act(self._bench.remembered, left)
        forget_act(self._bench.remembered, self._before)
        self.form.setEnabled(False)
        self._verb.setEnabled(False)
        self._cancel.set_text(tr("Stop here"))
        self._bar.show()
        self._under_way = self._bench.acts.carry_out(
            partial(self._work, self._batch_id, self._ids, value),
            owner=self,
            on_moved=self._moved,
            on_success=self._came,
            on_failure=self._fail,
        )
        self._moved(0)

    def reject(self) -> None:
        """Close; while it is done, end it after the rows that are under way."""
        if self._under_way is not None:
            self._under_way.end()
            self._cancel.setEnabled(False)
        else:
            super().reject()

    def _keep(self) -> None:
        assert self._draft is not None
        text = self.form.value("value")
        self._draft.keep(Typed({"value": text} if text.strip() else {}))

    def _lay_out(self) -> None:
        self.setMinimumWidth(self._bench.theme.pixels(_WIDTH))
        self._about.setText(self._act.explanation)
        unneeded = () if self._act.explanation else (self._about,)
        for part in (*unneeded, self._bar, self.refused, self._copy, self._undo):
            part.hide()
        head = column(Label(self._act.title, size=TextSize.TITLE, wrap=True), self._about, gap=GRID // 2)
        buttons = row(self._undo, self._copy, STRETCH, self._cancel, self._verb, margins=(0, GRID, 0, 0))
        self.setLayout(column(panel(head), self.form, self._bar, self.refused, buttons, gap=2 * GRID, margins=3 * GRID))

    def _said(self, value: str, rows: int) -> str:
        return self._act.said(rows, value)

    # Which leads are meant

    def _know(self, ids: list[str]) -> None:
        self._ids = ids
        if self._in_haste:
            self.submit()

    def _changed(self, changes: Changes) -> None:
        """Another local copy came before it was known which leads are meant: its rows have other numbers."""
        if self._ids is None and self.isVisible() and Lead.__tablename__ in changes.tables:
            self._bench.notifier.warning(
                tr("The list was loaded anew just now."), kept=tr("Nothing was changed."), do=tr("Choose them again.")
            )
            self.reject()

    # In a worker thread

    def _work(self, batch_id: str, ids: list[str], value: str, desk: CommandDesk, go_on: GoesOn[int]) -> _Came:
        acts, said = BulkActs(self._bench.clock.now(), new_id), partial(self._said, value)
        if self._before:
            desk.let_stand(self._before)
        with self._bench.readings.open() as connection:
            commands = (self._act.make(acts, lead, value) for lead in lead_rows(connection, ids))
            done = desk.perform_batch(batch_id, commands, sentence=said, go_on=partial(self._goes_on, go_on))
            return _Came(done, tuple(self._lines(connection, done)))

    def _goes_on(self, go_on: GoesOn[int], rows: int) -> bool:
        """Whether it shall; where FleetDesk ends, and nobody said so, it is cut off, to be gone on with."""
        goes_on, act = go_on(rows), self._under_way
        if not goes_on and act is not None and not act.ending:
            raise Cancelled
        return goes_on

    def _lines(self, connection: Connection, done: BatchDone) -> Iterator[str]:
        """The refused leads by name, a portion at a time: a query takes so many ids and no more."""
        for start in range(0, len(done.refused), _PORTION):
            portion = done.refused[start : start + _PORTION]
            names = self._bench.records.names(connection, {refused.target for refused in portion})
            yield from (f"{isolated(names[refused.target])}: {_why(refused)}" for refused in portion)

    # What became of it

    def _moved(self, rows: int) -> None:
        assert self._under_way is not None
        self._bar.setValue(rows)
        far = Far(self._act.title, rows, self._bar.maximum())
        self._bench.acts.under_way.moved(self._under_way, far, owner=self)

    def _end(self) -> None:
        """Nothing goes on any more, whatever came of it."""
        if self._under_way is not None:
            self._bench.acts.under_way.ended(self._under_way)
            self._under_way = None

    def _came(self, came: _Came) -> None:
        self._end()
        forget_act(self._bench.remembered, self._batch_id)
        self._bench.outbox.refresh()
        if came.done.done and self._draft is not None:
            self._draft.forget()
        done, said = came.done, self._said(self.form.value("value").strip(), came.done.done)
        if done.trouble is not None:
            self._bench.notifier.failed(done.trouble)
        if not done.refused and done.trouble is None:
            undo = partial(_undo, self._bench, done) if done.act is not None else None
            self._bench.acts.tell_done(f"{said}.", undo, done.undo_for)
            self.accept()
            return
        self._show_refused(said, came)

    def _show_refused(self, said: str, came: _Came) -> None:
        self._done = came.done
        left = len(came.done.refused)
        stay = plural(left, tr("%n lead stays as it is:"), tr("%n leads stay as they are:"))
        done = f"{said}. {until_sent(came.done.undo_for)}".strip() if came.done.done else ""
        self._about.setText(f"{done} {stay}".strip())
        self.refused.show_lines(came.refused)
        for part, shown in (
            (self._about, True),
            (self.refused, True),
            (self._copy, True),
            (self.form, False),
            (self._bar, False),
            (self._verb, False),
            (self._undo, came.done.act is not None),
        ):
            part.setVisible(shown)
        self._cancel.setEnabled(True)
        self._cancel.set_text(tr("Close"))
        self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_at_undo(self) -> None:
        """What was sent by now, and cannot be taken back, says so beforehand."""
        stays = self._bench.outbox.stays
        if self._done is not None and stays is not None and stays.act.number == self._done.act:
            self._undo.setEnabled(False)
            self._undo.setToolTip(tooltip_text(stays.act.why_not))

    def _undo_all(self) -> None:
        assert self._done is not None
        _undo(self._bench, self._done)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self._end()
        if self._before:
            self._before = self._batch_id  # the rest is kept under this one by now
        else:
            forget_act(self._bench.remembered, self._batch_id)
        self.form.setEnabled(True)
        self._verb.setEnabled(True)
        self._cancel.setEnabled(True)
        self._cancel.set_text(tr("Cancel"))
        self._bar.hide()
        self._about.setText(message_for(error).text)
        self._about.show()


def _undo(bench: Workbench, past: BatchDone) -> None:
    """Take this act back, whatever was done since."""
    act = past.act
    assert act is not None

    def told(done: BatchDone) -> None:
        bench.outbox.refresh()
        if done.trouble is not None:
            bench.notifier.failed(done.trouble)
        elif done.refused:
            left = plural(len(done.refused), tr("%n lead stays: %1"), tr("%n leads stay, such as: %1"))
            bench.notifier.warning(tr("Not all of it could be undone."), kept=left.replace("%1", _why(done.refused[0])))
        else:
            bench.notifier.success(plural(done.done, tr("%n lead is as before."), tr("%n leads are as before.")))

    def undo(desk: CommandDesk, go_on: GoesOn[Far]) -> BatchDone:
        return desk.undo(act, go_on=lambda rows: go_on(Far(tr("Undoing"), rows, past.done)))

    bench.acts.turn_round(undo, owner=bench.outbox, on_success=told)


def _why(refused: RowRefused) -> str:
    if refused.verdict.kind is VerdictKind.CONFLICT:
        return tr("Someone else changed it meanwhile.")
    return " ".join(part for part in (refused.verdict.reason, refused.verdict.do) if part)
