"""How soon another laptop has what somebody commits by psql: on a quiet system, and beside an open transaction."""

from __future__ import annotations

import random
import time
from itertools import count

from bench.calibration import hub_answer, synced_write, trivial_query
from bench.figures import Figure, NotMeasured, Result, at_most, median, percentile
from bench.names import prospect_id
from bench.psql import Psql
from bench.record import Prospect
from bench.stage import Stage

__all__ = ["live", "open_transaction"]

_TABLE = Prospect.__tablename__
_PAUSES = (1.1, 2.0)
"""Seconds between two changes, drawn anew each time: on a quiet system, and in step with nothing."""


def live(stage: Stage) -> Result:
    """Each change is of another row; the time runs from before psql is told until the replica has committed the row."""
    laptop, rng = stage.laptop, random.Random()
    stage.say(f"{stage.size.changes} changes by psql, one at a time")
    beside = _beside(stage)
    with Psql(stage.many.database.owner) as psql:
        delays = [_delay(stage, psql, prospect_id(number), rng) for number in range(stage.size.changes)]
        last = prospect_id(stage.size.changes - 1)
        if laptop.ask("value", id=last, column="message")["value"] != _words(last):
            raise NotMeasured("the laptop was told of a change, and holds another value")
    return Result(
        "live",
        f"A change committed by psql until another laptop's replica has it ({len(delays)} changes)",
        (
            Figure("p50", 1000 * median(delays), "ms", at_most(100)),
            Figure("p95", 1000 * percentile(delays, 95), "ms", at_most(300)),
            Figure("worst", 1000 * max(delays), "ms"),
        ),
        beside,
    )


def open_transaction(stage: Stage) -> Result:
    """Somebody's transaction wrote a row and stays open; the rows of others come meanwhile, its own at its end."""
    laptop, rng, size = stage.laptop, random.Random(), stage.size
    stage.say(f"changes beside a transaction that stays open for {size.held_seconds:g} s, {size.held_times} times")
    beside = _beside(stage)
    numbers = count(size.rows // 2)
    delays: list[float] = []
    late: list[float] = []
    with Psql(stage.many.database.owner) as psql, Psql(stage.many.database.owner) as holder:
        for _ in range(size.held_times):
            held = prospect_id(next(numbers))
            holder.run("BEGIN")
            holder.run(_change(held))
            deadline = time.monotonic() + size.held_seconds
            while time.monotonic() < deadline:
                delays.append(_delay(stage, psql, prospect_id(next(numbers)), rng))
            time.sleep(rng.uniform(*_PAUSES))
            laptop.ask("expect", id=held)
            began = time.monotonic()
            holder.run("COMMIT")
            late.append(laptop.ask("arrived")["at"] - began)
    return Result(
        "open-transaction",
        f"Pulling while a hosted transaction stays open for {size.held_seconds:g} s ({len(delays)} changes by others)",
        (
            Figure("worst delay of other people's rows", 1000 * max(delays), "ms", at_most(300)),
            Figure("its own rows, once it committed: worst", 1000 * max(late), "ms"),
        ),
        beside,
    )


def _delay(stage: Stage, psql: Psql, id: str, rng: random.Random) -> float:
    time.sleep(rng.uniform(*_PAUSES))
    stage.laptop.ask("expect", id=id)
    began = time.monotonic()
    psql.run(_change(id))
    arrived: float = stage.laptop.ask("arrived")["at"]
    return arrived - began


def _change(id: str) -> str:
    return f"UPDATE {_TABLE} SET message = '{_words(id)}', updated_at = now() WHERE id = '{id}'"


def _words(id: str) -> str:
    return f"changed by hand, {id}"


def _beside(stage: Stage) -> tuple[Figure, ...]:
    service = stage.many
    return (*hub_answer(service.url), *trivial_query(service.database.owner), *synced_write(stage.folder))
