"""`InboxPage`: the changes that the hub did not take, one of them open beside the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from sqlalchemy import Connection

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import CommandDesk, PendingState
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import Question
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.qt.widgets.three_way_field import Side
from fleetdesk.views.change_list import ChangeList, change_line
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.file_dialogs import ask_where
from fleetdesk.views.form_drafts import draft_of_change
from fleetdesk.views.inbox.item import InboxItem, ItemTexts, read_texts, wanted_values
from fleetdesk.views.outbox import ShownChange
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["InboxPage"]

SCOPE = "inbox"
_LIST_WIDTH = 360
_LIST_HEIGHT = 120
_ITEM_WIDTH = 550  # least: the buttons at its foot
_ROOM_BESIDE = 800


class InboxPage(Page):
    """Every change here is kept until the person has decided."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._texts: ItemTexts | None = None
        self._shown_now: ShownChange | None = None
        self._register()
        self._count = Label(tint=Tint.MUTED)
        self.list = ChangeList(bench.theme, tr("Changes that wait for you"))
        self.item = InboxItem(bench.records, bench.actions, bench.theme)
        self._splitter = self._lay_out()
        self._overlay = StateOverlay(bench.theme, self._place(self._splitter))
        self.list.chosen.connect(lambda _id: self._open())
        self.list.opened.connect(lambda _id: self._go_in())
        self.item.decided.connect(bench.actions.refresh)
        bench.outbox.changed.connect(self._show)
        bench.minute.moved.connect(self._show_lines)
        bench.changes.changed.connect(lambda _changes: self._open())  # who changed it may have come just now
        self._show()

    @property
    def current(self) -> ShownChange | None:
        """The change that is open."""
        return next((shown for shown in self._bench.outbox.inbox if shown.id == self.list.current), None)

    def begin(self, record_id: str, action: str) -> None:
        """Go on with what was being written about a change, by its id."""
        if any(shown.id == record_id for shown in self._bench.outbox.inbox):
            self.list.choose(record_id)
            self._bench.actions.trigger(action)
        else:
            self._bench.notifier.info(tr("This change waits here no more."))
            draft_of_change(self._bench.remembered, record_id).forget()

    def _lay_out(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(self.item)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(1, 1)
        self._share(splitter)
        self.list.setMinimumWidth(self._bench.theme.pixels(240))
        self.item.setMinimumWidth(self._bench.theme.pixels(_ITEM_WIDTH))
        return splitter

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is no room beside the list, the change stands below it."""
        super().resizeEvent(event)
        beside = self.width() >= self._bench.theme.pixels(_ROOM_BESIDE)
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted is not self._splitter.orientation():
            self._splitter.setOrientation(wanted)
            self._share(self._splitter)

    def _share(self, splitter: QSplitter) -> None:
        """Give the list what it needs, and the change the rest."""
        beside = splitter.orientation() is Qt.Orientation.Horizontal
        splitter.setSizes([self._bench.theme.pixels(_LIST_WIDTH if beside else _LIST_HEIGHT), 1_000])

    def _place(self, splitter: QSplitter) -> QWidget:
        """Put list and item below the title. Gives what an overlay can cover: a splitter would make a pane of it."""
        head = row(Label(tr("Inbox"), size=TextSize.HEADING), self._count, STRETCH, margins=2 * GRID, gap=GRID + 4)
        body = panel(column(splitter, gap=0))
        lines = column(panel(head, ground="surface"), rule(), body, gap=0)
        lines.setStretchFactor(body, 1)
        self.setLayout(lines)
        self.begins_with = self.list
        return body

    def _register(self) -> None:
        action = partial(Action, group=tr("Inbox"), scope=SCOPE)
        self._bench.actions.register(
            action("inbox.apply", tr("Apply what you chose"), self._resolve, "Ctrl+Return", "check", self._can_apply),
            action("inbox.mine", tr("Keep all mine"), partial(self._choose, Side.MINE), "", "user", self._conflicts),
            action(
                "inbox.theirs", tr("Take all theirs"), partial(self._choose, Side.THEIRS), "", "users", self._conflicts
            ),
            action("inbox.retry", tr("Send it again"), self._retry, "R", "arrows-clockwise", self._refused),
            action("inbox.edit", tr("Change and send"), self._edit, "E", "pencil-simple", self._can_edit),
            action("inbox.open", tr("Open the record"), self._open_record, "O", "arrow-up-right", self._chosen),
            action("inbox.export", tr("Export"), self._export, "X", "export", self._chosen),
            action("inbox.discard", tr("Discard"), self._discard, "Ctrl+Delete", "trash", self._chosen),
        )

    # What is shown

    def _show(self) -> None:
        inbox = self._bench.outbox.inbox
        self._count.setText(plural(len(inbox), tr("%n change needs you"), tr("%n changes need you")))
        self._count.setVisible(bool(inbox))
        self._show_lines()
        self._bring_back_keyboard()
        self._splitter.setVisible(bool(inbox))
        if inbox:
            self._overlay.clear_overlay()
            self._open()
        else:
            self._show_nothing()

    def _show_lines(self) -> None:
        now = self._bench.clock.now()
        self.list.show_lines([change_line(shown, now) for shown in self._bench.outbox.inbox])

    def _bring_back_keyboard(self) -> None:
        """What had the keyboard goes away with a decided change: it must not land on a button of the next one."""
        decided = self._shown_now is not None and self._shown_now.id != self.list.current
        if decided and self.item.isAncestorOf(QApplication.focusWidget() or self):
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_nothing(self) -> None:
        self._texts = self._shown_now = None
        self.item.clear()
        self._overlay.show_overlay(
            Overlay(
                OverlayKind.EMPTY,
                tr("Nothing needs you"),
                tr("Conflicts, and changes that the hub refused, wait here until you decide."),
            )
        )
        self._bench.actions.refresh()

    def _open(self) -> None:
        shown = self.current
        if shown is None:
            self._bench.actions.refresh()
            return
        wanted = wanted_values(self._bench.platform.commands.encode(shown.change.command).payload)

        def read(connection: Connection) -> ItemTexts:
            me, now = self._bench.person.id, self._bench.clock.now()
            return read_texts(connection, self._bench.records, shown, wanted, me=me, now=now)

        self._bench.readings.run(read, on_success=partial(self._texts_came, shown), owner=self, cancel_key="item")

    def _texts_came(self, shown: ShownChange, texts: ItemTexts) -> None:
        if self.current != shown or (self._shown_now == shown and (texts == self._texts or self.item.begun)):
            return
        self._texts, self._shown_now = texts, shown
        self.item.show_item(shown, texts, len(self._bench.outbox.held_under(shown.change)))
        for before, after in pairwise([self.list, *self.item.stops]):
            QWidget.setTabOrder(before, after)
        self._bench.actions.refresh()

    def _go_in(self) -> None:
        if self._shown_now == self.current:
            self.item.begin()

    def _open_record(self) -> None:
        shown = self.current
        if shown is not None:
            self._bench.navigator.open_record(shown.change.target)

    # Whether it can be done

    def _chosen(self) -> Availability:
        return ENABLED if self.current is not None else WhyNot(tr("Choose a change first."))

    def _conflicts(self) -> Availability:
        shown = self.current
        if shown is None or not _is_conflict(shown):
            return WhyNot(tr("Only a conflict has two values to choose from."))
        return ENABLED

    def _can_apply(self) -> Availability:
        conflicts = self._conflicts()
        if conflicts != ENABLED:
            return conflicts
        undecided = self.item.undecided
        if undecided:
            return WhyNot(plural(undecided, tr("Choose for %n more field."), tr("Choose for %n more fields.")))
        return ENABLED

    def _refused(self) -> Availability:
        shown = self.current
        if shown is None:
            return WhyNot(tr("Choose a change first."))
        if shown.change.state is PendingState.HELD:
            return WhyNot(tr("Decide the change that it waits for first."))
        return WhyNot(tr("Choose a value for each field instead.")) if _is_conflict(shown) else ENABLED

    def _can_edit(self) -> Availability:
        shown = self.current
        refused = self._refused()
        if refused == ENABLED and shown is not None and shown.change.command.name not in self._bench.editors:
            return WhyNot(tr("This kind of change has no form: send it again, or discard it."))
        return refused

    # The doing

    def _choose(self, side: Side) -> None:
        self.item.choose_all(side)

    def _resolve(self) -> None:
        mine = self.item.mine()
        self._settle(lambda desk, id_: desk.resolve(id_, mine), tr("The conflict is resolved."))

    def _retry(self) -> None:
        self._settle(lambda desk, id_: desk.retry(id_), tr("It is on its way again."))

    def _settle(self, call: Callable[[CommandDesk, str], Verdict], said: str) -> None:
        shown = self.current
        assert shown is not None

        def settled(verdict: Verdict) -> None:
            self._bench.outbox.refresh()
            if verdict.kind in (VerdictKind.APPLIED, VerdictKind.MERGED):
                self._bench.notifier.success(said, key="inbox")
            else:
                self._bench.acts.tell_refusal(verdict)

        self._bench.acts.ask(lambda desk: call(desk, shown.id), owner=self, on_success=settled)

    def _edit(self) -> None:
        shown = self.current
        assert shown is not None
        assert shown.change.verdict is not None
        editor = self._bench.editors[shown.change.command.name]
        dialog = editor(self._bench, shown.change.command, shown.change.verdict, self)
        if dialog is None:
            self._bench.notifier.info(tr("Nothing in this change can be written anew."), do=tr("Send it again."))
            return
        dialog.made.connect(partial(self._replace, dialog, shown.id))
        dialog.open()

    def _replace(self, dialog: CommandDialog, command_id: str, commands: tuple[Command, ...]) -> None:
        def replaced(verdict: Verdict) -> None:
            self._bench.outbox.refresh()
            if verdict.kind in (VerdictKind.APPLIED, VerdictKind.MERGED):
                dialog.accept()
            else:
                dialog.refuse(verdict)

        self._bench.acts.ask(
            lambda desk: desk.replace(command_id, commands[0]),
            owner=dialog,
            on_success=replaced,
            on_failure=dialog.fail,
        )

    def _discard(self) -> None:
        shown = self.current
        assert shown is not None
        text = tr("“%1” on %2 is given up. What you wrote is lost; export it first if you need it.")
        text = text.replace("%1", shown.change.sentence).replace("%2", isolated(shown.target_name))
        held = len(self._bench.outbox.held_under(shown.change))
        if held:
            text += " " + plural(held, tr("%n change that waits for it goes too."), tr("%n that wait for it go too."))
        question = Question(tr("Discard this change?"), text, tr("Discard the change"), dangerous=True)
        self._bench.notifier.ask(question, partial(self._give_up, shown.id))

    def _give_up(self, command_id: str) -> None:
        self._bench.acts.ask(
            lambda desk: desk.discard(command_id), owner=self, on_success=lambda _changes: self._discarded(command_id)
        )

    def _discarded(self, command_id: str) -> None:
        draft_of_change(self._bench.remembered, command_id).forget()
        self._bench.outbox.refresh()
        self._bench.notifier.success(tr("The change was discarded."), key="inbox")

    def _export(self) -> None:
        ask_where(
            self._bench.remembered,
            self,
            title=tr("Export this change"),
            purpose="change",
            name="",
            filters=[tr("JSON, with everything (*.json)"), tr("Table for Excel (*.csv)")],
            suffix="json",
            on_chosen=self.export_to,
        )

    def export_to(self, path: Path) -> None:
        """Write the open change to a file, in the form that its name says."""
        shown, texts = self.current, self._texts
        if shown is None or texts is None:
            return
        # Late: a window that begins does without files of other programs.
        from fleetdesk.views.inbox.export import is_table, write_json, write_table

        conflicts = [(field.label, field.base, field.mine, field.theirs) for field in texts.conflicts]
        if is_table(path):
            write = partial(write_table, path, shown, texts.wanted, conflicts)
        else:
            write = partial(write_json, path, shown, self._bench.platform.commands)
        said = tr("Exported to %1.").replace("%1", isolated(path.name))
        self._bench.runner.run(
            lambda _cancel: write(), on_success=lambda _nothing: self._bench.notifier.success(said), owner=self
        )


def _is_conflict(shown: ShownChange) -> bool:
    verdict = shown.change.verdict
    return verdict is not None and verdict.kind is VerdictKind.CONFLICT
