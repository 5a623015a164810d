"""`Windows`: the windows of one person, over one store: they come, go and are remembered together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication

from fleetdesk.models.ids import new_id
from fleetdesk.qt.alerts import Alert
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Look
from fleetdesk.qt.notifier import Level, Message, MessageAction, Pending, Question
from fleetdesk.views.remembered import Place
from fleetdesk.views.shell.memory import ShellMemory, WindowMemory, windows_from, windows_value
from fleetdesk.views.shell.window import MainWindow
from fleetdesk.views.words import far_text
from fleetdesk.views.workbench import Workbench

__all__ = ["Windows"]

_WINDOWS = "shell.windows"  # what stands open, among what is remembered
_CALM = 300  # milliseconds from a change until it is kept
_GRACE = 2_000  # milliseconds within which windows that are closed one after the other were closed together
_BESIDE = 32  # pixels that a new window stands below and beside the one that it was asked from


class Windows(QObject):
    """A message that is no window's own goes to the one that the person turned to last: the front."""

    ended = Signal()  # the last window was closed, and nothing is to go on without one
    counted = Signal()  # a window came or went

    def __init__(
        self,
        bench: Workbench,
        make: Callable[[WindowMemory], MainWindow],
        memory: ShellMemory,
        keep: Callable[[ShellMemory], None],
    ) -> None:
        """`bench` is that of no window; `make` makes a window, `keep` writes down how all looks and stands."""
        super().__init__()
        self._bench = bench
        self._make = make
        self._memory = memory
        self._keep = keep
        self._windows: list[MainWindow] = []
        self._front: MainWindow | None = None
        self._left: dict[str, WindowMemory] = {}  # closed a moment ago, or as the last
        self._then: Callable[[], object] | None = None
        self._ending: MainWindow | None = None  # whose acts are to end before `_then`; None for those of all
        self._look: Look | None = None  # waits until no window has an act under way
        self.outside: Callable[[Alert], bool] = _nowhere
        self._calm = _timer(self, _CALM, self._write)
        self._grace = _timer(self, _GRACE, self._forget_left)
        bench.notifier.posted.connect(self._say)
        bench.notifier.withdrawn.connect(self._withdraw)
        bench.notifier.asked.connect(self._ask)
        bench.alerts.raised.connect(self._tell)
        bench.acts.under_way.changed.connect(self._look_whether_ended)
        bench.theme.set_look(memory.look)
        self._open_remembered()

    @property
    def all(self) -> tuple[MainWindow, ...]:
        """The windows, the oldest first."""
        return tuple(self._windows)

    @property
    def front(self) -> MainWindow | None:
        """The window that the person turned to last; None where all are closed."""
        return self._front

    @property
    def memory(self) -> ShellMemory:
        """How all looks and stands, as written down last."""
        return self._memory

    @property
    def stays(self) -> bool:
        """Whether FleetDesk goes on once the last window is closed: only where there is a way back to it."""
        return self._memory.stays and self.outside is not _nowhere

    def set_stays(self, *, stays: bool) -> None:
        """Go on in the system tray once the last window is closed, or end then."""
        self._memory = replace(self._memory, stays=stays)
        self._calm.start()

    def show(self) -> None:
        """Show the windows."""
        for window in self._windows:
            window.show()

    def come_forward(self) -> MainWindow:
        """Bring the front window before those of other programs; where all were closed, open them again."""
        if self._front is None:
            self._open_remembered()
            self.show()
        assert self._front is not None
        self._front.come_forward()
        return self._front

    def open_another(self) -> None:
        """Open a window that shows what the front one shows, beside it."""
        before = self._front
        memory = WindowMemory(new_id())
        if before is not None:
            tab = before.area.current.memory
            memory = replace(memory, tabs=(replace(tab, id=new_id()),))
            Place(self._bench.remembered, memory.tabs[0].id).begin_as(before.area.current.place)
        window = self._add(memory)
        if before is not None:
            window.resize(before.size())
            window.move(before.x() + _BESIDE, before.y() + _BESIDE)
        window.come_forward()

    def follow(self, alert: Alert) -> None:
        """Go where an alert leads, in front of everything."""
        window = self.come_forward()
        if alert.record is not None:
            window.open_record(alert.record)
        elif alert.link is not None:
            window.open_link(alert.link)
        elif alert.screen:
            window.show_screen(alert.screen)

    def quit(self) -> None:
        """Close all windows; the next start brings all of them back."""
        self.quit_for(lambda: None)

    def quit_for(self, then: Callable[[], None]) -> None:
        """Close all windows, as `quit`; `then` is called once they are gone, unless the person has them stay."""
        if not self._held_up(partial(self.quit_for, then)):
            for window in self.all:
                self._let_go(window)
            self._grace.stop()
            then()
            self.ended.emit()

    def close(self) -> None:
        """Write down how all stands, and end every window now."""
        self._then = self._look = None
        self._write()
        self._end_all()
        for timer in (self._calm, self._grace):
            timer.stop()

    # Windows that come

    def _open_remembered(self) -> None:
        kept = windows_from(self._bench.remembered.get(_WINDOWS), self._memory.places)
        memories = tuple(self._left.values()) or kept or (WindowMemory(new_id()),)
        self._left.clear()
        self._forget_lost_tabs(memories)
        for memory in memories:
            self._add(memory)

    def _add(self, memory: WindowMemory) -> MainWindow:
        window = self._make(memory)
        self._windows.append(window)
        self._front = window
        window.changed.connect(self._calm.start)
        window.activated.connect(partial(self._turned_to, window))
        window.closing.connect(partial(self._asked_to_close, window))
        window.new_asked.connect(self.open_another)
        window.quit_asked.connect(self.quit)
        window.look_asked.connect(self._choose_look)
        self._calm.start()
        self.counted.emit()
        return window

    def _turned_to(self, window: MainWindow) -> None:
        self._front = window

    # Windows that go

    def _asked_to_close(self, window: MainWindow, event: QCloseEvent) -> None:
        last = len(self._windows) == 1
        if self._held_up(window.close, None if last and not self.stays else window):
            event.ignore()
            return
        self._let_go(window)
        if last and not self.stays:
            self.ended.emit()

    def _let_go(self, window: MainWindow) -> None:
        """Take a window away; one that was not the last is forgotten unless the others follow at once."""
        if window not in self._windows:
            return
        memory = window.remember()
        window.hide()
        self._windows.remove(window)
        self._left[memory.id] = memory
        self._front = self._windows[-1] if self._front is window and self._windows else self._front
        if self._windows:
            self._grace.start()
        else:
            self._front = None
            self._grace.stop()
        window.bench.notifier.posted.connect(self._say)  # what it still has to say is said in another one
        window.deleteLater()
        self._calm.start()
        self.counted.emit()

    def _end_all(self) -> None:
        for window in self.all:
            self._let_go(window)
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)

    def _forget_left(self) -> None:
        for memory in self._left.values():
            for tab in memory.tabs:
                Place(self._bench.remembered, tab.id).forget()
        self._left.clear()
        self._calm.start()

    def _forget_lost_tabs(self, memories: tuple[WindowMemory, ...]) -> None:
        """Of tabs that were closed just before a crash, something may be left."""
        known = frozenset(tab.id for memory in memories for tab in memory.tabs)
        for tab in Place.tabs(self._bench.remembered) - known:
            Place(self._bench.remembered, tab).forget()

    def _held_up(self, then: Callable[[], object], window: MainWindow | None = None) -> bool:
        """Whether an act goes on, which would stay half done: the person is asked first.

        One that ends with the `window` that is to be closed; any, where all of FleetDesk is to end.
        """
        far, asked = self._bench.acts.under_way.far_in(window), window or self._front
        if far is None or asked is None:
            return False
        rest = tr("What is not done yet stays as it is. Later, the same action does the rest.")
        if far.whole:
            rest = tr("Nothing of it is kept then: what came in so far is taken out again, which may take a while.")
        question = Question(tr("Close before this is done?"), f"{far_text(far)}. {rest}", tr("Stop and close"))
        asked.bench.notifier.ask(question, partial(self._stop, then, window))
        return True

    def _stop(self, then: Callable[[], object], window: MainWindow | None) -> None:
        """End what goes on after the rows that are under way, and go on then."""
        self._then, self._ending = then, window
        self._bench.acts.under_way.end(window)
        self._look_whether_ended()

    def _look_whether_ended(self) -> None:
        if self._then is not None and self._bench.acts.under_way.far_in(self._ending) is None:
            then, self._then = self._then, None
            then()
        elif self._look is not None and not self._far_in_windows():
            look, self._look = self._look, None
            self._choose_look(look)

    # How it looks

    def _choose_look(self, look: Look) -> None:
        theme, self._look = self._bench.theme, None
        if look.scale == theme.look.scale:
            theme.set_look(look)
            self._calm.start()
        elif self._far_in_windows():
            self._look = look
            do = tr("The size of the text changes as soon as it is done.")
            self._bench.notifier.info(tr("Something still goes on in this window or another one."), do=do)
        else:
            QTimer.singleShot(0, self, partial(self._make_anew, look))

    def _far_in_windows(self) -> bool:
        """Whether an act goes on that would end with a window."""
        return any(self._bench.acts.under_way.far_in(window) is not None for window in self._windows)

    def _make_anew(self, look: Look) -> None:
        """Lengths everywhere follow the size of text: make each window anew, as after a start, in its place."""
        memories = [(window.remember(), window is self._front) for window in self._windows]
        self._end_all()
        self._left.clear()
        self._bench.theme.set_look(look)
        windows = [(self._add(memory), front) for memory, front in memories]
        self.show()
        for window, front in windows:
            if front:
                window.come_forward()

    # What is remembered

    def _write(self) -> None:
        windows = (*self._left.values(), *(window.remember() for window in self._windows))
        self._memory = replace(
            self._memory, look=self._bench.theme.look, places={window.id: window.place for window in windows}
        )
        self._keep(self._memory)
        self._bench.remembered.keep(_WINDOWS, windows_value(windows))

    # What is said

    def _say(self, message: Message) -> None:
        if self._front is not None:
            self._front.bench.notifier.say(message)
        else:
            self.outside(Alert(message.what, " ".join(filter(None, (message.kept, message.do)))))

    def _withdraw(self, key: str) -> None:
        for window in self._windows:
            window.bench.notifier.withdraw(key)

    def _ask(self, pending: Pending) -> None:
        self.come_forward().bench.notifier.ask(pending.question, pending.confirm)

    def _tell(self, alert: Alert) -> None:
        """Tell in the window that is worked in; else outside; where that cannot be, in the front one, which calls."""
        seen = (
            any(window.isVisible() and window.isActiveWindow() for window in self._windows)
            or QApplication.activeModalWidget() is not None
        )
        if (not seen and self.outside(alert)) or not alert.within:
            return
        action = MessageAction(alert.verb, partial(self.follow, alert)) if alert.verb else None
        window = self._front or self.come_forward()
        trigger = window.bench.actions.trigger
        more = tuple(MessageAction(text, partial(trigger, id_)) for text, id_ in alert.more)
        window.bench.notifier.say(
            Message(Level.INFO, alert.what, do=alert.do, action=action, key=alert.key, more=more, stays=alert.stays)
        )
        if not seen:
            QApplication.alert(window)


def _timer(parent: QObject, pause: int, on_timeout: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(pause)
    timer.timeout.connect(on_timeout)
    return timer


def _nowhere(_alert: Alert) -> bool:
    return False
