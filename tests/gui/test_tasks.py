"""The task runner: results come back to the GUI thread, once, and only to those who still wait."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fleetdesk.errors import Defect, Offline
from fleetdesk.qt.notifier import Level, MessageRecorder
from fleetdesk.qt.tasks import Cancellation, Cancelled, TaskRunner, assert_gui_thread, assert_not_gui_thread
from tests.gui.conftest import settle

FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def until_idle(qtbot: QtBot, runner: TaskRunner) -> None:
    qtbot.waitUntil(lambda: runner.active == 0)


def test_work_runs_elsewhere_and_its_result_arrives_in_the_gui_thread(qtbot: QtBot, runner: TaskRunner) -> None:
    owner = QObject()
    seen: list[tuple[bool, bool]] = []

    def work(cancel: Cancellation) -> bool:
        return threading.current_thread() is threading.main_thread()

    def done(worked_in_gui_thread: bool) -> None:
        seen.append((worked_in_gui_thread, threading.current_thread() is threading.main_thread()))

    runner.run(work, on_success=done, owner=owner)
    until_idle(qtbot, runner)

    assert seen == [(False, True)]


def test_a_failure_goes_to_whoever_asked_for_it(qtbot: QtBot, runner: TaskRunner, said: MessageRecorder) -> None:
    owner = QObject()
    failures: list[Exception] = []

    def work(cancel: Cancellation) -> None:
        raise Offline("The hub cannot be reached.")

    runner.run(work, on_success=lambda _: None, on_failure=failures.append, owner=owner)
    until_idle(qtbot, runner)

    assert [str(failure) for failure in failures] == ["The hub cannot be reached."]
    assert said.messages == []


def test_a_failure_that_nobody_asked_for_is_said_to_the_person(
    qtbot: QtBot, runner: TaskRunner, said: MessageRecorder
) -> None:
    owner = QObject()

    def work(cancel: Cancellation) -> None:
        raise Offline("The hub cannot be reached.", kept="Your changes wait.", do="Go on working.")

    runner.run(work, on_success=lambda _: None, owner=owner)
    until_idle(qtbot, runner)

    assert [(m.level, m.text) for m in said.messages] == [
        (Level.WARNING, "The hub cannot be reached. Your changes wait. Go on working.")
    ]


def test_a_result_is_dropped_when_its_owner_is_gone(qtbot: QtBot, runner: TaskRunner) -> None:
    owner = QObject()
    release = threading.Event()
    results: list[object] = []
    task = runner.run(lambda cancel: release.wait(5), on_success=results.append, owner=owner)

    owner.deleteLater()
    settle()
    release.set()
    other = QObject()
    runner.run(lambda cancel: "after", on_success=results.append, owner=other)
    until_idle(qtbot, runner)
    qtbot.waitUntil(lambda: results == ["after"])

    assert task.cancelled


def test_a_newer_task_with_the_same_key_makes_the_older_one_stop_and_its_result_disappear(
    qtbot: QtBot, runner: TaskRunner
) -> None:
    owner = QObject()
    interrupted = threading.Event()
    results: list[object] = []

    def slow(cancel: Cancellation) -> str:
        with cancel.on_cancel(interrupted.set):
            interrupted.wait(5)
        return "old"

    runner.run(slow, on_success=results.append, owner=owner, cancel_key="search")
    runner.run(lambda cancel: "new", on_success=results.append, owner=owner, cancel_key="search")
    until_idle(qtbot, runner)

    assert results == ["new"]


def test_the_same_key_of_another_owner_supersedes_nothing(qtbot: QtBot, runner: TaskRunner) -> None:
    one, other = QObject(), QObject()
    results: list[object] = []

    runner.run(lambda cancel: "one", on_success=results.append, owner=one, cancel_key="search")
    runner.run(lambda cancel: "other", on_success=results.append, owner=other, cancel_key="search")
    until_idle(qtbot, runner)

    assert sorted(map(str, results)) == ["one", "other"]


def test_an_interrupted_query_is_no_failure(qtbot: QtBot, runner: TaskRunner, said: MessageRecorder) -> None:
    owner = QObject()
    interrupted = threading.Event()

    def query(cancel: Cancellation) -> None:
        with cancel.on_cancel(interrupted.set):
            interrupted.wait(5)
        raise RuntimeError("interrupted")

    runner.run(query, on_success=lambda _: None, owner=owner).cancel()
    until_idle(qtbot, runner)

    assert said.messages == []


def test_a_long_query_on_a_real_database_is_interrupted(qtbot: QtBot, runner: TaskRunner) -> None:
    owner = QObject()
    running = threading.Event()
    ended: list[str] = []

    def query(cancel: Cancellation) -> None:
        connection = sqlite3.connect(":memory:")
        connection.set_progress_handler(running.set, 1000)
        try:
            with cancel.on_cancel(connection.interrupt):
                connection.execute(FOR_EVER).fetchall()
        except sqlite3.OperationalError as error:
            ended.append(str(error))
        finally:
            connection.close()

    task = runner.run(query, on_success=lambda _: None, owner=owner)
    running.wait(5)
    task.cancel()
    until_idle(qtbot, runner)

    assert ended == ["interrupted"]


def test_a_callback_is_not_called_once_its_block_is_left() -> None:
    cancel = Cancellation()
    calls: list[str] = []

    with cancel.on_cancel(lambda: calls.append("interrupted")):
        pass
    cancel.cancel()

    assert calls == []


def test_a_callback_that_comes_after_the_cancelling_is_called_at_once() -> None:
    cancel = Cancellation()
    calls: list[str] = []
    cancel.cancel()

    with cancel.on_cancel(lambda: calls.append("interrupted")):
        assert calls == ["interrupted"]


def test_cancelled_work_stops_between_its_steps() -> None:
    cancel = Cancellation()
    cancel.raise_if_cancelled()
    cancel.cancel()

    with pytest.raises(Cancelled):
        cancel.raise_if_cancelled()


def test_progress_arrives_in_order_and_before_the_result(qtbot: QtBot, runner: TaskRunner) -> None:
    owner = QObject()
    heard: list[object] = []

    def work(cancel: Cancellation) -> str:
        tell = runner.relay(heard.append, owner=owner, cancel=cancel)
        for step in range(3):
            tell(step)
        return "done"

    runner.run(work, on_success=heard.append, owner=owner)
    until_idle(qtbot, runner)

    assert heard == [0, 1, 2, "done"]


def test_stopping_interrupts_work_under_way_and_ends_every_thread(
    qtbot: QtBot, runner: TaskRunner, said: MessageRecorder
) -> None:
    owner = QObject()
    begun, interrupted = threading.Event(), threading.Event()

    def work(cancel: Cancellation) -> None:
        with cancel.on_cancel(interrupted.set):
            begun.set()
            interrupted.wait(60)

    runner.run(work, on_success=lambda _: None, owner=owner)
    begun.wait(5)

    assert runner.stop()
    with pytest.raises(Defect):
        runner.run(work, on_success=lambda _: None, owner=owner)


def test_touching_a_file_on_the_gui_thread_is_a_defect(qtbot: QtBot, runner: TaskRunner) -> None:
    with pytest.raises(Defect):
        assert_not_gui_thread()


def test_touching_a_widget_off_the_gui_thread_is_a_defect(qtbot: QtBot, runner: TaskRunner) -> None:
    owner = QObject()
    failures: list[Exception] = []

    runner.run(lambda cancel: assert_gui_thread(), on_success=lambda _: None, on_failure=failures.append, owner=owner)
    until_idle(qtbot, runner)

    assert [type(failure) for failure in failures] == [Defect]
