"""One command on the laptop, from the call until it is safe on the disk: in quiet, and while a pull is applied."""

from __future__ import annotations

from bench.calibration import hashing, synced_write
from bench.figures import Figure, Result, at_most, percentile
from bench.names import prospect_id
from bench.psql import Psql
from bench.record import Prospect
from bench.stage import Stage

__all__ = ["KINDS", "commands"]

KINDS = ("field", "field", "text", "field", "field", "text", "field", "add", "field", "text")
"""Of ten commands six change a field, three the searched text, and one makes a row."""


def commands(stage: Stage) -> Result:
    """The laptop is offline for the first series; during the second somebody's large change is on its way in."""
    laptop, size = stage.laptop, stage.size
    stage.say(f"{size.commands:,} commands, offline")
    laptop.ask("offline")
    beside = (*synced_write(stage.folder), *hashing())
    quiet = laptop.ask("perform", count=size.commands, kinds=KINDS, seed=1)["seconds"]
    laptop.ask("settle")
    busy: list[float] = []
    rounds = 0
    while len(busy) < size.commands:
        stage.say(f"commands while {size.pulled_rows:,} rows are pulled")
        busy += _beside_a_pull(stage, rounds)
        rounds += 1
    return Result(
        "commands",
        f"One command on the laptop at {size.rows:,} rows ({len(quiet):,} offline, {len(busy):,} beside a pull)",
        (
            Figure("offline: p95", 1000 * percentile(quiet, 95), "ms", at_most(5)),
            Figure("offline: worst", 1000 * max(quiet), "ms", at_most(200)),
            Figure("offline: p50", 1000 * percentile(quiet, 50), "ms"),
            Figure("beside a pull: worst", 1000 * max(busy), "ms", at_most(200)),
            Figure("beside a pull: p95", 1000 * percentile(busy, 95), "ms"),
            Figure("beside a pull: p50", 1000 * percentile(busy, 50), "ms"),
        ),
        beside,
        f"{rounds} pulls of {size.pulled_rows:,} rows each.",
    )


def _beside_a_pull(stage: Stage, number: int) -> list[float]:
    """Commands from the commit of a large change until it is in the replica."""
    laptop, size = stage.laptop, stage.size
    first = number * size.pulled_rows % size.rows
    laptop.ask("pause")
    with Psql(stage.many.database.owner) as psql:
        psql.run("BEGIN")
        psql.run(
            f"UPDATE {Prospect.__tablename__} SET email = reverse(email)"
            f" WHERE id >= '{prospect_id(first)}' AND id < '{prospect_id(first + size.pulled_rows)}'"
        )
        laptop.begin("perform_until_pulled", kinds=KINDS, seed=100 + number)
        psql.run("COMMIT")
    seconds: list[float] = laptop.answer()["seconds"]
    laptop.ask("offline")
    laptop.ask("settle")
    return seconds
