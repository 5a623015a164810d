"""`PendingPanel`: the waiting changes in the order in which they are sent, and what may be done with each."""

from __future__ import annotations

from operator import itemgetter

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame

from fleetdesk.commands.pending import PendingState
from fleetdesk.models.changes import Changes
from fleetdesk.models.status import SyncStatus
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, Tint, isolated, plural, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.notifier import MessageAction, Question
from fleetdesk.qt.sync_status import sync_text, sync_tooltip
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.state_overlay import Overlay, OverlayKind, StateOverlay
from fleetdesk.views.change_list import ChangeLine, ChangeList, batch_line, change_line
from fleetdesk.views.outbox import ShownChange
from fleetdesk.views.pending.batches import BatchActions
from fleetdesk.views.workbench import Workbench

__all__ = ["PendingPanel"]


class PendingPanel(QFrame):
    """Pause and resume above, the changes below. Opening one shows its record, or the Inbox where it waits there."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._state = Label(strong=True)
        self._meaning = Label(size=TextSize.SMALL, tint=Tint.MUTED, wrap=True)
        self._pause = Button("", self._toggle_pause)
        self._list = ChangeList(bench.theme, tr("Waiting changes, in the order in which they are sent"))
        self._list.opened.connect(self._open)
        self._list.chosen.connect(lambda _id: self._refresh_actions())
        self.batches = BatchActions(bench, lambda: self._list.current, self)
        self._register()
        retry = bench.actions.button("pending.sync_now", with_text=True)
        discard = bench.actions.button("pending.discard", with_text=True)
        head = column(
            row(self._state, STRETCH, self._pause),
            self._meaning,
            gap=GRID // 2,
            margins=(2 * GRID, GRID + 4, 2 * GRID, GRID + 4),
        )
        self._keep = bench.actions.button("pending.pause_batch", word=tr("Keep here"))
        self._let_go = bench.actions.button("pending.resume_batch", word=tr("Send"))
        self._stop = bench.actions.button("pending.stop", word=tr("Stop"))
        for button in (self._let_go, self._stop):
            button.hide()
        foot = row(retry, STRETCH, self._stop, self._keep, self._let_go, discard, margins=GRID, gap=0)
        lines = column(panel(head), rule(), self._list, rule(), foot, gap=0)
        lines.setStretchFactor(self._list, 1)
        self.setLayout(lines)
        self._overlay = StateOverlay(bench.theme, self._list)
        bench.outbox.changed.connect(self._show_changes)
        bench.minute.moved.connect(self._show_changes)
        bench.status.changed.connect(self._show_status)
        bench.acts.under_way.changed.connect(self._refresh_actions)
        self._show_changes()
        self._show_status(bench.status.status)

    def _register(self) -> None:
        group = tr("Waiting changes")
        self._bench.actions.register(
            Action(
                "pending.sync_now",
                tr("Sync now"),
                self._sync_now,
                shortcut="F5",
                icon="arrows-clockwise",
                group=group,
                keywords="send retry try again refresh",
            ),
            Action(
                "pending.pause",
                tr("Pause sending"),
                self._bench.sync.pause,
                icon="pause",
                enabled_when=self._can_pause,
                group=group,
            ),
            Action(
                "pending.resume",
                tr("Resume sending"),
                self._resume,
                icon="play",
                enabled_when=self._can_resume,
                group=group,
            ),
            Action(
                "pending.discard",
                tr("Discard"),
                self._discard,
                icon="trash",
                enabled_when=self._can_discard,
                group=group,
                keywords="waiting change give up",
            ),
        )

    # What is shown

    def _show_changes(self) -> None:
        lines = self._lines()
        self._list.show_lines(lines)
        if lines:
            self._overlay.clear_overlay()
        else:
            self._overlay.show_overlay(
                Overlay(
                    OverlayKind.EMPTY,
                    tr("Nothing waits"),
                    tr("What you do is listed here until the hub has taken it."),
                    icon="check-circle",
                )
            )
        self._refresh_actions()

    def _lines(self) -> list[ChangeLine]:
        """One line for each batch and for each change that is in none, by their places."""
        outbox, now = self._bench.outbox, self._bench.clock.now()
        batches = {batch.id: batch for batch in outbox.batches}
        lines = [(batch.position, batch_line(batch, now)) for batch in batches.values()]
        lines += [
            (shown.change.position, change_line(shown, now))
            for shown in outbox.changes
            if shown.change.command.batch not in batches
        ]
        return [line for _, line in sorted(lines, key=itemgetter(0))]

    def _show_status(self, status: SyncStatus) -> None:
        self._state.setText(sync_text(status))
        self._meaning.setText(sync_tooltip(status, self._bench.clock.now()))
        self._pause.set_text(tr("Resume sending") if self._bench.sync.paused else tr("Pause sending"))
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        """One button keeps the batch here and lets it go again; what goes on can be stopped."""
        batch = self.batches.current
        kept = batch is not None and batch.paused
        self._keep.setHidden(kept)
        self._let_go.setVisible(kept)
        self._stop.setVisible(self._bench.acts.under_way.far is not None)
        self._bench.actions.refresh()

    # What can be done

    @property
    def _current(self) -> ShownChange | None:
        return next((shown for shown in self._bench.outbox.changes if shown.id == self._list.current), None)

    def _can_pause(self) -> Availability:
        return WhyNot(tr("Sending is paused already.")) if self._bench.sync.paused else ENABLED

    def _can_resume(self) -> Availability:
        return ENABLED if self._bench.sync.paused else WhyNot(tr("Sending is not paused."))

    def _can_discard(self) -> Availability:
        shown = self._current
        if self.batches.current is not None:
            return self.batches.can_discard()
        if shown is None:
            return WhyNot(tr("Choose a waiting change first."))
        if shown.change.state is PendingState.SENT:
            return WhyNot(tr("This change is already on its way to the hub."))
        return ENABLED

    def _sync_now(self) -> None:
        self._bench.sync.sync_now()
        if self._bench.sync.paused:
            self._bench.notifier.info(
                tr("Sending is paused."),
                do=tr("What others did is fetched; what you did waits here."),
                action=MessageAction(tr("Resume sending"), self._bench.sync.resume),
                key="sync-paused",
            )

    def _resume(self) -> None:
        self._bench.notifier.withdraw("sync-paused")
        self._bench.sync.resume()

    def _toggle_pause(self) -> None:
        self._bench.actions.trigger("pending.resume" if self._bench.sync.paused else "pending.pause")

    def _open(self, id_: str) -> None:
        batch = self.batches.current
        if batch is not None:
            self.batches.open(batch)
            return
        shown = next(shown for shown in self._bench.outbox.changes if shown.id == id_)
        if shown.change.state is PendingState.INBOX:
            self._bench.navigator.show_screen("inbox")
        else:
            self._bench.navigator.open_record(shown.change.target)

    def _discard(self) -> None:
        if self.batches.current is not None:
            self.batches.discard()
            return
        shown = self._current
        assert shown is not None
        held = len(self._bench.outbox.held_under(shown.change))
        text = tr("“%1” on %2 is taken back here and never sent.")
        text = text.replace("%1", shown.change.sentence).replace("%2", isolated(shown.target_name))
        if held:
            text += " " + plural(
                held, tr("%n change that needs it goes with it."), tr("%n changes that need it go with it.")
            )
        question = Question(tr("Discard this change?"), text, tr("Discard the change"), dangerous=True)
        self._bench.notifier.ask(question, lambda: self._give_up(shown))

    def _give_up(self, shown: ShownChange) -> None:
        self._bench.acts.ask(lambda desk: desk.discard(shown.id), owner=self, on_success=self._discarded)

    def _discarded(self, _changes: Changes) -> None:
        self._bench.outbox.refresh()
        self._bench.notifier.success(tr("The change was discarded."))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: hand the keyboard on to the list."""
        self._list.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Delete discards the current change."""
        if event.key() == Qt.Key.Key_Delete:
            self._bench.actions.trigger("pending.discard")
        else:
            super().keyPressEvent(event)
