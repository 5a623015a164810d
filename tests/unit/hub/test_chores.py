"""A chore of the hub is done again and again, whatever went wrong, and as late as somebody asks."""

from __future__ import annotations

import asyncio

import pytest

from fleetdesk.errors import Busy, Unavailable
from fleetdesk.hub.chores import Chore


def pause_after(error: Exception | None) -> float:
    def do() -> None:
        if error is not None:
            raise error

    return asyncio.run(Chore("sweep", do, pause=5.0).once())


@pytest.mark.parametrize("error", [None, Unavailable("Away."), ValueError("a mistake")])
def test_it_is_done_again_after_its_pause(error: Exception | None) -> None:
    assert pause_after(error) == 5.0


@pytest.mark.parametrize(("asked", "pause"), [(30.0, 30.0), (1.0, 5.0)])
def test_who_asks_to_wait_is_waited_for(asked: float, pause: float) -> None:
    assert pause_after(Busy("Too many requests.", seconds=asked)) == pause


@pytest.mark.parametrize("error", [Unavailable("The source is away."), Busy("The source is away.", seconds=1.0)])
def test_the_log_has_in_one_line_why_it_was_put_off(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    pause_after(error)
    [line] = caplog.records
    assert (line.__dict__["chore"], line.__dict__["reason"]) == ("sweep", "The source is away.")
