"""Coming back with a day's work: edits made offline until all have verdicts and nothing local rests on them."""

from __future__ import annotations

from bench.calibration import hashing, hub_answer, synced_write
from bench.figures import Figure, NotMeasured, Result, at_most, median
from bench.names import prospect_id
from bench.psql import Psql
from bench.record import Prospect
from bench.stage import Stage

__all__ = ["offline"]

_KINDS = ("field", "field", "text")
_OTHERS = 500
"""Rows that other people change meanwhile."""


def offline(stage: Stage) -> Result:
    """So many edits, and twice as many, by turns; the medians of the rounds, and their ratio."""
    size = stage.size
    stage.laptop.ask("offline")
    beside = (*hub_answer(stage.many.url), *synced_write(stage.folder), *hashing())
    once: list[float] = []
    twice: list[float] = []
    verdicts: list[float] = []
    for number in range(size.rounds):
        for edits, seconds in ((size.edits, once), (2 * size.edits, twice)):
            stage.say(f"{edits:,} edits made offline")
            settled = _come_back(stage, edits, seed=1_000 + 10 * number + len(seconds))
            seconds.append(settled["rebased"])
            if seconds is once:
                verdicts.append(settled["verdicts"])
    stage.laptop.ask("online")
    return Result(
        "offline",
        f"{size.edits:,} edits made offline at {size.rows:,} rows until all have verdicts and the replica is rebased",
        (
            Figure("all of it", median(once), "s", at_most(3)),
            Figure("until all have verdicts", median(verdicts), "s"),
            Figure(f"with {2 * size.edits:,} edits", median(twice), "s"),
            Figure("twice as many take", median(twice) / median(once), "×", at_most(2.3)),
        ),
        beside,
    )


def _come_back(stage: Stage, edits: int, seed: int) -> dict[str, float]:
    stage.laptop.ask("perform", count=edits, kinds=_KINDS, seed=seed)
    first = prospect_id(seed * _OTHERS % stage.size.rows)
    with Psql(stage.many.database.owner) as psql:
        psql.run(
            f"UPDATE {Prospect.__tablename__} SET email = reverse(email) WHERE id IN"
            f" (SELECT id FROM {Prospect.__tablename__} WHERE id >= '{first}' ORDER BY id LIMIT {_OTHERS})"
        )
    settled = stage.laptop.ask("settle")
    if settled["inbox"]:
        raise NotMeasured(f"{settled['inbox']} edits were not accepted")
    stage.laptop.ask("offline")
    return settled
