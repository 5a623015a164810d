"""What screens read."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.exc import DBAPIError

from fleetdesk.errors import DiskFull, Unavailable
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import TinyHub

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
COUNT = "SELECT count(*) FROM sys_demo_lead"


def test_a_reading_sees_one_moment(laptop: Laptop, hub: TinyHub) -> None:
    with laptop.store.reading() as connection:
        before = connection.exec_driver_sql(COUNT).scalar_one()
        hosted_lead(hub)
        laptop.pull()
        assert connection.exec_driver_sql(COUNT).scalar_one() == before


def test_the_next_reading_sees_what_came_in(laptop: Laptop, hub: TinyHub) -> None:
    laptop.rows()
    hosted_lead(hub)
    laptop.pull()
    assert len(laptop.leads()) == 1


def test_a_reading_cannot_write(laptop: Laptop) -> None:
    laptop.do(laptop.new_lead())
    with pytest.raises(DiskFull), laptop.store.reading() as connection:
        connection.exec_driver_sql("DELETE FROM sys_demo_lead")
    assert len(laptop.leads()) == 1


def test_a_reading_that_failed_spoils_no_later_one(laptop: Laptop) -> None:
    with pytest.raises(DBAPIError), laptop.store.reading() as connection:
        connection.exec_driver_sql("SELECT no_such_column FROM sys_demo_lead")
    assert laptop.rows() == {}


def test_a_query_that_nobody_wants_any_more_can_be_stopped(laptop: Laptop) -> None:
    begun, outcome = threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            with laptop.store.reading() as connection:
                begun.set()
                connection.exec_driver_sql(ENDLESS)
        except Unavailable as error:
            outcome.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait()
    while thread.is_alive():
        laptop.store.interrupt(thread.ident)
        thread.join(0.01)
    assert len(outcome) == 1


def test_stopping_one_threads_query_leaves_anothers_alone(laptop: Laptop) -> None:
    with laptop.store.reading() as connection:
        laptop.store.interrupt(threading.get_ident() + 1)
        assert connection.exec_driver_sql(COUNT).scalar_one() == 0


def test_several_threads_read_at_once(laptop: Laptop) -> None:
    met = threading.Barrier(4, timeout=10)
    seen: list[int] = []

    def read() -> None:
        with laptop.store.reading() as connection:
            met.wait()
            seen.append(connection.exec_driver_sql(COUNT).scalar_one())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [0, 0, 0, 0]


def test_a_closed_store_cannot_be_read(laptop: Laptop) -> None:
    laptop.store.close()
    with pytest.raises(Unavailable), laptop.store.reading():
        pass
    laptop.reopen()
