"""The change feed: what is published from anywhere arrives in the GUI thread, once for each burst."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from fleetdesk.models.base import Key
from fleetdesk.models.changes import NOTHING, Changes
from fleetdesk.qt.changes import ChangeFeed
from tests.gui.conftest import settle


def test_a_burst_arrives_as_one(qtbot: QtBot, feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.publish(Changes(frozenset({Key("leads", "1")})))
    feed.publish(Changes(frozenset({Key("leads", "2")}), frozenset({"staff"})))
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [Changes(frozenset({Key("leads", "1"), Key("leads", "2")}), frozenset({"staff"}))]


def test_what_a_thread_publishes_is_heard_in_the_gui_thread(qtbot: QtBot, feed: ChangeFeed) -> None:
    heard: list[bool] = []
    feed.changed.connect(lambda _: heard.append(threading.current_thread() is threading.main_thread()))

    thread = threading.Thread(target=feed.publish, args=(Changes(tables=frozenset({"leads"})),))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [True]


def test_nothing_is_not_told(qtbot: QtBot, feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.publish(NOTHING)
    feed.publish(Changes(tables=frozenset({"leads"})))
    qtbot.waitUntil(lambda: bool(heard))

    assert len(heard) == 1


def test_what_is_held_arrives_as_one_at_its_release(qtbot: QtBot, feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.hold()
    feed.publish(Changes(frozenset({Key("leads", "1")})))
    settle()
    feed.publish(Changes(frozenset({Key("leads", "2")})))
    settle()
    assert heard == []
    feed.release()
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [Changes(frozenset({Key("leads", "1"), Key("leads", "2")}))]


def test_nothing_was_held_and_nothing_is_told(feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.hold()
    feed.release()
    settle()

    assert heard == []


def test_too_many_rows_are_held_as_their_table(qtbot: QtBot, feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.hold()
    feed.publish(Changes(frozenset(Key("leads", str(number)) for number in range(60_000))))
    settle()
    feed.release()
    qtbot.waitUntil(lambda: bool(heard))

    assert heard == [Changes(tables=frozenset({"leads"}))]


def test_what_another_feed_tells_is_passed_on_at_once(feed: ChangeFeed) -> None:
    heard: list[Changes] = []
    feed.changed.connect(heard.append)

    feed.pass_on(Changes(tables=frozenset({"leads"})))
    feed.hold()
    feed.pass_on(Changes(tables=frozenset({"staff"})))

    assert heard == [Changes(tables=frozenset({"leads"}))]
