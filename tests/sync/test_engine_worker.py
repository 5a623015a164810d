"""A blocking call keeps its thread, is never left running behind a cancelled task, and can be cut short."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from fleetdesk.sync.engine.worker import Worker

pytestmark = pytest.mark.anyio


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


class _Job:
    """A call that runs until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.let_go = threading.Event()
        self.ended = False

    def __call__(self) -> None:
        self.began.set()
        self.let_go.wait(30)
        self.ended = True


async def test_a_call_gives_what_the_work_gives(worker: Worker) -> None:
    assert await worker.call(lambda: 42) == 42


async def test_a_call_raises_what_the_work_raises(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        await worker.call(lambda: 1 / 0)


async def test_all_calls_run_in_one_thread_that_is_not_the_loops(worker: Worker) -> None:
    threads = {await worker.call(threading.get_ident) for _ in range(5)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_cancelled_task_waits_for_the_call_that_began(worker: Worker) -> None:
    job = _Job()
    task = asyncio.ensure_future(worker.call(job))
    await asyncio.to_thread(job.began.wait, 30)
    task.cancel()
    asyncio.get_running_loop().call_later(0.05, job.let_go.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert job.ended


async def test_a_call_that_had_not_begun_never_begins(worker: Worker) -> None:
    first, second = _Job(), _Job()
    running = asyncio.ensure_future(worker.call(first))
    await asyncio.to_thread(first.began.wait, 30)
    waiting = asyncio.ensure_future(worker.call(second))
    await asyncio.sleep(0)
    waiting.cancel()
    first.let_go.set()
    await asyncio.gather(running, waiting, return_exceptions=True)
    assert not second.began.is_set()


async def test_a_running_call_is_cut_short_by_its_interrupt() -> None:
    job = _Job()
    interrupted: list[int] = []

    def interrupt(thread_id: int) -> None:
        interrupted.append(thread_id)
        job.let_go.set()

    worker = Worker("test", interrupt=interrupt)
    try:
        thread_id = await worker.call(threading.get_ident)
        task = asyncio.ensure_future(worker.call(job))
        await asyncio.to_thread(job.began.wait, 30)
        task.cancel()
        await asyncio.wait([task])
    finally:
        worker.close()
    assert interrupted == [thread_id]
