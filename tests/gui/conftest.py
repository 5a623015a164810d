"""What every test of the window stands on: no display, silence enforced, nothing left behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from fleetdesk.qt.changes import ChangeFeed
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.notifier import MessageRecorder, Notifier
from fleetdesk.qt.tasks import TaskRunner

Show = Callable[[QWidget], None]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def modules_are_set_aside() -> None:
    """What importing made stays for ever: looking through it after each test would take most of the time."""
    if not gc.get_freeze_count():  # at the first test, and after one whose desktop let all go
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a thread, a window or a running timer."""
    threads = set(threading.enumerate())
    windows = set(map(id, qapp.topLevelWidgets()))
    yield
    settle()
    left = [thread.name for thread in threading.enumerate() if thread not in threads and not ends(thread)]
    left += [repr(widget) for widget in qapp.topLevelWidgets() if id(widget) not in windows and not widget.parent()]
    left += [repr(timer) for timer in running_timers()]
    assert not left, f"left behind: {left}"


def settle() -> None:
    """Let everything be deleted that waits for it."""
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


def ends(thread: threading.Thread) -> bool:
    """Whether a thread ends by itself: one that said so may need a moment."""
    thread.join(2)
    return not thread.is_alive()


def running_timers() -> list[QTimer]:
    """The timers of our own that still run."""
    return [
        timer
        for timer in gc.get_objects()
        if isinstance(timer, QTimer) and Shiboken.isValid(timer) and timer.isActive()
    ]


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The application's look, light whatever the system says."""
    theme = Theme(qapp)
    theme.set_appearance(Appearance.LIGHT)
    return theme


@pytest.fixture
def notifier(qapp: QApplication) -> Notifier:
    """The mouth of the test's window."""
    return Notifier()


@pytest.fixture
def said(notifier: Notifier) -> MessageRecorder:
    """What the notifier said and asked."""
    return MessageRecorder(notifier)


@pytest.fixture
def runner(notifier: Notifier) -> Iterator[TaskRunner]:
    """A task runner that is stopped at the end."""
    runner = TaskRunner(notifier, threads=2)
    yield runner
    assert runner.stop(), "work did not stop when it was cancelled"


@pytest.fixture
def feed(qapp: QApplication) -> ChangeFeed:
    """The feed of changes."""
    return ChangeFeed()


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Show a widget as a window of its own, with the keyboard in it."""

    def show(widget: QWidget) -> None:
        qtbot.addWidget(widget)
        widget.resize(700, 500)
        widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)

    return show
