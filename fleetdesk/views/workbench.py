"""`Workbench`: what every screen is given, and the doors through which it reads, acts, and goes to another screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.pending import BatchDone, CommandDesk, Performed
from fleetdesk.commands.platform import Platform
from fleetdesk.models.access import Actor, Permission
from fleetdesk.models.base import Key
from fleetdesk.models.diagnosis import Diagnosis
from fleetdesk.models.ids import Clock
from fleetdesk.models.local_copy import About, FileSizes
from fleetdesk.protocol import Person, Verdict, VerdictKind
from fleetdesk.qt.acting.actions import ActionRegistry
from fleetdesk.qt.alerts import Alerts
from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.minute_hand import MinuteHand
from fleetdesk.qt.notifier import Level, Message, MessageAction, Notifier
from fleetdesk.qt.sync_status import SyncStatusHolder
from fleetdesk.qt.tasks import Cancellation, TaskRunner
from fleetdesk.queries.links import Link
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.documents import Documents
from fleetdesk.views.drafts import Drafts
from fleetdesk.views.long_acts import Far, GoesOn, LongAct, UnderWay
from fleetdesk.views.outbox import OutboxBoard
from fleetdesk.views.records import RecordKind, RecordKinds
from fleetdesk.views.remembered import Place, Remembered
from fleetdesk.views.replica import Readings

__all__ = [
    "DONE",
    "Acts",
    "CommandEditor",
    "Navigator",
    "Page",
    "Screen",
    "SyncControls",
    "Workbench",
    "until_sent",
]

T = TypeVar("T")
P = TypeVar("P")

DONE = "done"  # the key of what was done, or undone: the newest is told, in the place of the one before

CommandEditor = Callable[["Workbench", Command, Verdict, QWidget], CommandDialog | None]
"""A feature's way to change a command that was refused: a form with what the person wanted, None if there is none."""


class SyncControls(Protocol):
    """What a person may ask of the synchronisation. Every call returns at once; the status tells what came of it."""

    @property
    def paused(self) -> bool:
        """Whether the person asked sending to wait; true also while the hub cannot be reached anyway."""
        ...

    def pause(self) -> None:
        """Keep changes here for now."""
        ...

    def resume(self) -> None:
        """Send changes again."""
        ...

    def sync_now(self) -> None:
        """Try now, without waiting for the next turn."""
        ...

    def fetch(self, document_id: str, sha256: str, size: int) -> None:
        """Bring a document's bytes here."""
        ...

    def examine(
        self, on_done: Callable[[Diagnosis], None], on_failure: Callable[[Exception], None], *, owner: QObject
    ) -> bool:
        """Look at everything between here and the hub, and tell what was found while `owner` lives.

        False where synchronisation has ended and nobody can look.
        """
        ...


class Navigator(QObject):
    """Goes to another screen of the same window; the window listens."""

    screen_asked = Signal(str)  # the screen's id
    record_asked = Signal(object)  # the record's Key
    tab_asked = Signal(object)  # the record's Key
    link_asked = Signal(object)  # Link

    def show_screen(self, screen: str) -> None:
        """Show a screen by its id."""
        self.screen_asked.emit(screen)

    def open_record(self, record: Key) -> None:
        """Show the screen that holds a record, with the record open."""
        self.record_asked.emit(record)

    def open_in_tab(self, record: Key) -> None:
        """Open a record in a tab of its own."""
        self.tab_asked.emit(record)

    def open_link(self, link: Link) -> None:
        """Show a screen as a link asks for it: one of its views, or what a query finds."""
        self.link_asked.emit(link)


class Page(QWidget):
    """A screen's widget. `begins_with` gets the keyboard with it (a focus proxy would hide the rest from Tab).

    One screen may be shown in several tabs and windows at once: a page for each, which keeps in `bench.place` where
    the person is in it, and registers its actions in `bench.actions` as if it were alone.
    """

    heading_changed = Signal()  # the page shows something else now, or is called otherwise

    begins_with: QWidget | None = None

    @property
    def heading(self) -> str:
        """What the page shows now (a record's name, a view's), for its tab; empty for the screen's own title."""
        return ""

    @property
    def alone(self) -> str:
        """The id of the record that has the whole page to itself; empty where none has."""
        return ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: hand the keyboard on."""
        if self.begins_with is not None:
            self.begins_with.setFocus(event.reason())

    def open_record(self, record_id: str) -> None:
        """Open one of the screen's records; a screen without records has none to open."""

    def begin(self, record_id: str, action: str) -> None:
        """Open one of the screen's records, and begin what one of its actions begins, once it is there."""
        self.open_record(record_id)

    def open_alone(self, record_id: str) -> None:
        """Open one of the screen's records in a tab of its own, with the whole page for it."""
        self.open_record(record_id)

    def open_link(self, link: Link) -> None:
        """Show a view or a query of the screen's; one that has neither shows itself as it is."""


class Acts:
    """Performs commands through the desk in a worker thread, and tells the person what was refused."""

    def __init__(self, desk: CommandDesk, runner: TaskRunner, notifier: Notifier, under_way: UnderWay) -> None:
        """`notifier` is the window's; `under_way` knows what goes on behind the screens of all windows."""
        self._desk = desk
        self._runner = runner
        self._notifier = notifier
        self.under_way = under_way

    def perform(
        self,
        *commands: Command,
        owner: QObject,
        on_done: Callable[[], None],
        on_refused: Callable[[Verdict], None] | None = None,
        on_failure: Callable[[Exception], None] | None = None,
        said: str = "",
    ) -> None:
        """Apply the commands here as one act, and keep them for the hub: all of them, or none.

        `on_done` where they were taken; else `on_refused` (by default the notifier) with the verdict that says no.
        `on_failure` where nothing could be kept at all. `said` tells the person what was done, beside an Undo that
        takes back just this act.
        """
        refused = on_refused or self.tell_refusal

        def told(performed: Performed) -> None:
            if performed.refusal is not None:
                refused(performed.refusal)
                return
            on_done()
            if performed.conflicts:
                self._tell_partly_set()
            elif said:
                act = performed.act
                self.tell_done(said, None if act is None else partial(self._take_back, act), performed.undo_for)

        self.ask(lambda desk: desk.perform_together(*commands), owner=owner, on_success=told, on_failure=on_failure)

    def submit(self, dialog: CommandDialog, *, said: str | Callable[[], str] = "") -> None:
        """Open a dialog, and perform what it makes: it closes once everything is taken.

        `said` is as for `perform`; one that depends on what is filled in is asked when that is performed.
        """

        def perform(commands: tuple[Command, ...]) -> None:
            self.perform(
                *commands,
                owner=dialog,
                on_done=dialog.accept,
                on_refused=dialog.refuse,
                on_failure=dialog.fail,
                said=said if isinstance(said, str) else said(),
            )

        dialog.made.connect(perform)
        dialog.open()

    def ask(
        self,
        call: Callable[[CommandDesk], T],
        *,
        owner: QObject,
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None] | None = None,
        cancel_key: str | None = None,
    ) -> None:
        """Call the desk in a worker thread."""
        self._runner.run(
            lambda _cancel: call(self._desk),
            on_success=on_success,
            owner=owner,
            on_failure=on_failure,
            cancel_key=cancel_key,
        )

    def carry_out(
        self,
        work: Callable[[CommandDesk, GoesOn[P]], T],
        *,
        owner: QObject,
        on_moved: Callable[[P], None],
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None] | None = None,
    ) -> LongAct:
        """Do in a worker thread what takes a while: `work` tells how far it is, which `on_moved` hears.

        It is asked to end with the act that is given back, or when its owner goes.
        """
        act = LongAct()

        def call(cancel: Cancellation) -> T:
            tell = self._runner.relay(on_moved, owner=owner, cancel=cancel)

            def go_on(far: P) -> bool:
                tell(far)
                return not (act.ending or cancel.cancelled)

            return work(self._desk, go_on)

        self._runner.run(call, owner=owner, on_success=on_success, on_failure=on_failure)
        return act

    def turn_round(
        self, work: Callable[[CommandDesk, GoesOn[Far]], T], *, owner: QObject, on_success: Callable[[T], None]
    ) -> None:
        """Undo or redo behind the screens; `under_way` shows how far it is."""

        def moved(far: Far) -> None:
            self.under_way.moved(act, far, owner=owner)

        def came(result: T) -> None:
            self.under_way.ended(act)
            on_success(result)

        def failed(error: Exception) -> None:
            self.under_way.ended(act)
            self._notifier.failed(error)

        act = self.carry_out(work, owner=owner, on_moved=moved, on_success=came, on_failure=failed)

    def tell_refusal(self, verdict: Verdict) -> None:
        """Say why a command was not taken, or not whole."""
        if verdict.kind is VerdictKind.CONFLICT:
            self._notifier.warning(
                tr("Someone else changed this meanwhile."),
                kept=tr("What they wrote was left as it is."),
                do=tr("Look at the new value, and decide which one is right."),
            )
        else:
            self._notifier.warning(verdict.reason, do=verdict.do)

    def tell_done(self, said: str, undo: Callable[[], None] | None, undo_for: dt.timedelta | None) -> None:
        """Say what was done, beside an Undo, and for how long that works, where it ends (`Performed.undo_for`)."""
        action = None if undo is None else MessageAction(tr("Undo"), undo)
        ends = undo_for if undo is not None else None
        seconds = ends.total_seconds() or None if ends is not None else None
        self._notifier.say(Message(Level.SUCCESS, said, do=until_sent(ends), action=action, key=DONE, seconds=seconds))

    def _take_back(self, act: int) -> None:
        def told(done: BatchDone) -> None:
            if done.refused:
                self.tell_refusal(done.refused[0].verdict)
            else:
                self._notifier.success(tr("It is as before."), key=DONE)

        def undo(desk: CommandDesk, go_on: GoesOn[Far]) -> BatchDone:
            return desk.undo(act, go_on=lambda rows: go_on(Far(tr("Undoing"), rows, 1)))

        self.turn_round(undo, owner=self._notifier, on_success=told)

    def _tell_partly_set(self) -> None:
        self._notifier.warning(
            tr("Someone else changed a part of this meanwhile, and that part was left as it is."),
            kept=tr("The rest of yours is kept."),
            do=tr("Once it was sent, decide about that part in the Inbox."),
        )


def until_sent(undo_for: dt.timedelta | None) -> str:
    """How long an act can be undone, in words; nothing where that does not end."""
    if undo_for is None:
        return ""
    seconds = round(undo_for.total_seconds())
    if not seconds:
        return tr("Once it is sent, it cannot be undone.")
    many = tr("It can be undone until it is sent, for %n seconds at least.")
    return plural(seconds, tr("It can be undone until it is sent, for %n second at least."), many)


@dataclass(frozen=True)
class Screen:
    """One screen as data. `shortcut` goes there; `records` are the kinds of record that it opens.

    `permission` is None where everybody has it, also whoever is shut out. `editors` are the forms, by command name, in
    which its refused commands can be changed.
    """

    id: str
    title: str
    icon: str
    permission: Permission | None
    page: Callable[[Workbench], Page]
    shortcut: str = ""
    records: tuple[RecordKind, ...] = ()
    editors: Mapping[str, CommandEditor] = field(default_factory=dict)


@dataclass(frozen=True)
class Workbench:
    """Everything that a screen works with, for one person in one window.

    `actions`, `changes` and `place` belong to the tab that the screen is shown in; `acts`, `navigator` and `notifier`
    to its window; the rest is the person's, wherever they work.
    """

    person: Person
    actor: Actor
    platform: Platform
    readings: Readings
    acts: Acts
    sync: SyncControls
    status: SyncStatusHolder
    outbox: OutboxBoard
    documents: Documents
    drafts: Drafts
    remembered: Remembered
    place: Place
    navigator: Navigator
    records: RecordKinds
    editors: Mapping[str, CommandEditor]
    runner: TaskRunner
    changes: ChangeFeed
    actions: ActionRegistry
    notifier: Notifier
    alerts: Alerts
    theme: Theme
    clock: Clock
    minute: MinuteHand
    about: About
    sizes: Callable[[], FileSizes]
    log: Callable[[], tuple[str, ...]]

    def allows(self, permission: Permission) -> bool:
        """Whether the person's role holds a permission, by the same table as everywhere."""
        return self.platform.access.allows(self.actor, permission)
