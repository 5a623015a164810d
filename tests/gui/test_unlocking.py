"""The window before the windows: a PIN or passphrase is asked for, a new one chosen, a mistake told, a wait counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Busy, DiskFull, Invalid
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.unlocking import Behind, UnlockWindow, unlock

RIGHT = "2468ac"


class FakeLock:
    """Opens to a word; what else is typed is wrong, and after that there may be a wait."""

    def __init__(self, wanted: Wanted, *, wait_after: float = 0.0, error: Exception | None = None) -> None:
        self.wanted = wanted
        self._wait_after = wait_after
        self.error = error

    def unlock(self, typed: str) -> str:
        if self.error is not None:
            raise self.error
        if self.wanted.new or typed == RIGHT:
            return f"opened with {typed}"
        self.wanted = replace(self.wanted, wait=self._wait_after)
        raise Invalid(self.wanted.word, "That is not the PIN of this data.", do="Try again.")


Open = Callable[..., UnlockWindow[str]]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Open:
    """Shows the window for a lock."""

    def show(
        lock: FakeLock, behind: Behind | None = None, elsewhere: Callable[[], None] | None = None
    ) -> UnlockWindow[str]:
        theme = Theme(qapp)
        window = UnlockWindow(theme, lock, lock.wanted, behind or Behind("team"), elsewhere=elsewhere)
        qtbot.addWidget(window, before_close_func=lambda _window: window.end())
        window.show()
        return window

    return show


def type_and_enter(window: UnlockWindow[str], *texts: str) -> None:
    for field, text in zip(window.findChildren(QLineEdit), texts, strict=True):
        field.clear()
        QTest.keyClicks(field, text)
    QTest.keyClick(window, Qt.Key.Key_Return)


def words(window: UnlockWindow[str]) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_the_right_pin_opens(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN)))
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: window.result() == QDialog.DialogCode.Accepted)
    assert window.opened == f"opened with {RIGHT}"


def test_a_wrong_one_is_told_and_another_can_be_typed(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN)))
    type_and_enter(window, "wrong")
    qtbot.waitUntil(lambda: "not the PIN" in window.told)
    assert window.isVisible()
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: window.opened is not None)


def test_after_too_many_it_says_how_long_to_wait_and_takes_nothing(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN), wait_after=75))
    type_and_enter(window, "wrong")
    qtbot.waitUntil(lambda: window.waits)
    assert "1 min 15 s" in words(window)
    window.form.type_in(RIGHT)
    window.submit()
    assert window.opened is None


def test_once_the_wait_is_over_it_takes_the_next(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN, wait=0.5)))
    assert window.waits
    qtbot.waitUntil(lambda: not window.waits)
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: window.opened is not None)


def test_a_lock_that_is_too_early_for_is_waited_for(qtbot: QtBot, opened: Open) -> None:
    """Another window may have tried meanwhile."""
    window = opened(FakeLock(Wanted(Word.PIN), error=Busy("too many", seconds=30)))
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: window.waits)
    assert "30 s" in window.told


def test_what_else_goes_wrong_is_told(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN), error=DiskFull("The disk is full.", do="Free some space.")))
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: "The disk is full. Free some space." in window.told)


def test_what_nobody_foresaw_is_told_and_the_window_takes_the_next(qtbot: QtBot, opened: Open) -> None:
    lock = FakeLock(Wanted(Word.PIN), error=ZeroDivisionError())
    window = opened(lock)
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: "Something went wrong inside FleetDesk." in window.told)
    lock.error = None
    type_and_enter(window, RIGHT)
    qtbot.waitUntil(lambda: window.opened is not None)


def test_two_that_differ_are_not_taken(opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PASSPHRASE, new=True)))
    type_and_enter(window, "correct horse battery", "correct horse batterie")
    assert window.isVisible()
    assert "not the same" in window.told


def test_two_alike_are_taken(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PASSPHRASE, new=True)))
    type_and_enter(window, "correct horse battery", "correct horse battery")
    qtbot.waitUntil(lambda: window.opened == "opened with correct horse battery")


def test_a_short_pin_is_not_taken(opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN, new=True)))
    type_and_enter(window, "12345", "12345")
    assert "at least 6" in window.told


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(Word.PASSPHRASE), "under a passphrase alone"),
        (Wanted(Word.PASSPHRASE, new=True), "no keyring"),
        (Wanted(Word.PIN, new=True, moving=True), "stays as it is"),
    ],
)
def test_it_says_how_the_copy_is_kept(opened: Open, wanted: Wanted, said: str) -> None:
    assert said in words(opened(FakeLock(wanted)))


def test_it_says_what_is_behind(opened: Open) -> None:
    behind = Behind("team", ("Mona Sherif’s work is behind this lock.", "3 changes wait to be sent."), locked=True)
    said = words(opened(FakeLock(Wanted(Word.PIN)), behind))
    assert all(text in said for text in ("FleetDesk is locked", *behind.sentences))


def test_another_connection_can_be_chosen(opened: Open) -> None:
    asked: list[None] = []
    window = opened(FakeLock(Wanted(Word.PIN)), elsewhere=lambda: asked.append(None))
    next(button for button in window.findChildren(QPushButton) if button.text() == "Other connection").click()
    assert asked == [None]
    assert window.isVisible()


def test_what_was_typed_does_not_stay_in_the_field(qtbot: QtBot, opened: Open) -> None:
    window = opened(FakeLock(Wanted(Word.PIN)))
    type_and_enter(window, "wrong")
    qtbot.waitUntil(lambda: bool(window.told) and "not the PIN" in window.told)
    assert [field.text() for field in window.findChildren(QLineEdit)] == [""]


class ReadFromADisk(FakeLock):
    """Knows in which threads it was asked."""

    def __init__(self) -> None:
        super().__init__(Wanted(Word.PIN), wait_after=75)
        self.asked_by: set[int] = set()

    def __getattribute__(self, name: str) -> object:
        if name == "wanted":
            self.asked_by.add(threading.get_ident())
        return super().__getattribute__(name)


def test_what_is_to_be_typed_and_how_long_to_wait_is_never_read_in_the_windows_own_thread(qapp: QApplication) -> None:
    lock = ReadFromADisk()
    lock.asked_by.clear()

    def attend(window: UnlockWindow[str]) -> None:
        def quit_once_it_waits() -> None:
            if window.waits:
                window.reject()

        window.form.type_in("wrong")
        window.submit()
        timer = QTimer(window, interval=10)
        timer.timeout.connect(quit_once_it_waits)
        timer.start()

    assert unlock(lock, Behind("team"), attend=attend) is None
    assert threading.get_ident() not in lock.asked_by
    assert lock.asked_by
