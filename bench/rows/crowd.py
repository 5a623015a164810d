"""How two hubs bear many laptops at once: alone, and beside clients that mean harm."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg

from bench.calibration import hashing, processor_seconds, trivial_query
from bench.dataset import colleague
from bench.figures import Figure, NotMeasured, Result, at_most, percentile
from bench.hosted import Service
from bench.laptop_process import Asked
from bench.names import prospect_id
from bench.record import Prospect
from bench.stage import Stage

__all__ = ["crowd"]

_HUBS = 2
_PROCESSES = 2
_EVERY = 10.0
"""Seconds between two commands of a laptop."""
_WARM_UP = 15.0
"""Seconds after the last laptop was met in which what begins ends."""
_MEGABYTE = 1 << 20


def crowd(stage: Stage) -> Result:
    """Every laptop holds the rows that all of them edit: each command wakes them all."""
    count, seconds = stage.size.crowd, stage.size.crowd_seconds
    service = stage.crowded(hubs=_HUBS, people=count)
    beside = (*hashing(), *trivial_query(service.database.owner))
    with ExitStack() as held:
        crowds = [held.enter_context(closing(each)) for each in _crowds(stage, service, count)]
        stage.say(f"meeting {count} laptops")
        _ask(crowds, "meet")
        _ask(crowds, "work", seconds=min(_WARM_UP, seconds))
        stage.say(f"{count} laptops at work for {seconds:g} s before {_HUBS} hubs")
        alone = _watched(service, {"laptops": crowds}, seconds)
        config = {**service.access(), "urls": [hub.url for hub in service.hubs], "count": stage.size.hostile}
        harm = held.enter_context(closing(Asked("bench.hostile", stage.folder / "hostile.log", config)))
        _ask(crowds, "work", seconds=min(_WARM_UP, seconds))
        harm.ask("tell")
        stage.say(f"the same beside {stage.size.hostile} hostile clients")
        besieged = _watched(service, {"laptops": crowds, "hostile clients": [harm]}, seconds)
        answers = harm.ask("tell")
    return Result(
        "crowd",
        f"{count} laptops, a command per {_EVERY:g} s and a pull a second at most each, before {_HUBS} hubs",
        (*_told("", alone), *_told("besieged, ", besieged), *_ratios(alone, besieged)),
        beside,
        note=f"Besieged by {stage.size.hostile} clients, who were answered: {_listed(answers)}."
        f"{_failed('', alone)}{_failed(' besieged', besieged)}",
    )


@dataclass(frozen=True)
class _Told:
    """Seconds of each pull and push, the rows that came, failures by their words, and the hubs' megabytes over time.

    `ages`: how old changes were, in seconds, as another laptop had them.
    """

    pulls: list[float]
    pushes: list[float]
    ages: list[float]
    rows: int
    failures: Counter[str]
    megabytes: list[list[float]]
    seconds: float
    processors: dict[str, float]
    """The processor seconds of each kind of process."""


def _crowds(stage: Stage, service: Service, count: int) -> Iterator[Asked]:
    stage.say(f"registering {count} laptops")
    sizes = _fleet_sizes(service, count)
    laptops = [
        {
            **service.access(colleague(number), url=service.hubs[number % _HUBS].url),
            "prospect": prospect_id(number),
            "fleet_size": sizes[prospect_id(number)],
        }
        for number in range(count)
    ]
    for number in range(_PROCESSES):
        config = {"laptops": laptops[number::_PROCESSES], "every": _EVERY}
        yield Asked("bench.crowd", stage.folder / f"crowd-{number}.log", config)


def _fleet_sizes(service: Service, count: int) -> dict[str, int]:
    with psycopg.connect(service.database.owner.url) as raw:
        query = f"SELECT id, fleet_size FROM {Prospect.__tablename__} WHERE id = ANY (%s)"
        return dict(raw.execute(query, [[prospect_id(number) for number in range(count)]]).fetchall())


def _ask(crowds: Sequence[Asked], do: str, **arguments: object) -> list[dict[str, Any]]:
    for each in crowds:
        each.begin(do, **arguments)
    return [each.answer() for each in crowds]


def _watched(service: Service, clients: Mapping[str, Sequence[Asked]], seconds: float) -> _Told:
    began, used = time.perf_counter(), _processors(service, clients)
    with _memory(service) as megabytes:
        answers = _ask(clients["laptops"], "work", seconds=seconds)
    failures = Counter[str]()
    for answer in answers:
        failures.update(answer["failures"])
    return _Told(
        pulls=[each for answer in answers for each in answer["pulls"]],
        pushes=[each for answer in answers for each in answer["pushes"]],
        ages=[each for answer in answers for each in answer["ages"]],
        rows=sum(answer["rows"] for answer in answers),
        failures=failures,
        megabytes=megabytes,
        seconds=time.perf_counter() - began,
        processors={kind: now - used[kind] for kind, now in _processors(service, clients).items()},
    )


def _processors(service: Service, clients: Mapping[str, Sequence[Asked]]) -> dict[str, float]:
    """Processor seconds so far: of the hubs, of their clients, and of all else of ours, nearly all the database's."""
    known = {"hubs": sum(_used(hub.pid) for hub in service.hubs)}
    known |= {kind: sum(_used(each.pid) for each in processes) for kind, processes in clients.items()}
    return known | {"the rest": processor_seconds() - sum(known.values())}


def _used(pid: int | None) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


@contextmanager
def _memory(service: Service) -> Iterator[list[list[float]]]:
    """The megabytes that each hub has in memory, once a second."""
    processes = [psutil.Process(hub.pid) for hub in service.hubs]
    seen: list[list[float]] = [[] for _ in processes]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1.0):
            for process, megabytes in zip(processes, seen, strict=True):
                megabytes.append(process.memory_info().rss / _MEGABYTE)

    thread = threading.Thread(target=look, name="memory")
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _told(when: str, told: _Told) -> Iterator[Figure]:
    failed = sum(told.failures.values())
    yield Figure(f"{when}pull, p95", 1000 * percentile(told.pulls, 95), "ms", at_most(1000))
    yield Figure(f"{when}pull, p50", 1000 * percentile(told.pulls, 50), "ms")
    yield Figure(f"{when}push, p95", 1000 * percentile(told.pushes, 95), "ms", at_most(1000))
    yield Figure(f"{when}push, p50", 1000 * percentile(told.pushes, 50), "ms")
    yield Figure(f"{when}age of a change at another laptop, p95", percentile(told.ages, 95), "s")
    yield Figure(f"{when}age of a change at another laptop, p50", percentile(told.ages, 50), "s")
    yield Figure(f"{when}failures", failed, "", at_most(0))
    yield Figure(f"{when}memory of a hub, at most", max(map(max, told.megabytes)), "MB", at_most(300))
    yield Figure(f"{when}memory of a hub, growth", max(map(_growth, told.megabytes)), "MB", at_most(5))
    yield Figure(f"{when}pulls", len(told.pulls) / told.seconds, "/s")
    yield Figure(f"{when}pushes", len(told.pushes) / told.seconds, "/s")
    yield Figure(f"{when}rows pulled", told.rows / told.seconds, "/s")
    for kind, used in told.processors.items():
        yield Figure(f"{when}processors, {kind}", used / told.seconds, "")


def _growth(megabytes: list[float]) -> float:
    """From the middle third of the time to the last: what is there in the first may still be filling up."""
    third = len(megabytes) // 3
    if not third:
        raise NotMeasured("the time is too short to see memory grow")
    return statistics.median(megabytes[-third:]) - statistics.median(megabytes[third : 2 * third])


def _ratios(alone: _Told, besieged: _Told) -> Iterator[Figure]:
    for what, before, after in (("pull", alone.pulls, besieged.pulls), ("push", alone.pushes, besieged.pushes)):
        ratio = percentile(after, 95) / percentile(before, 95)
        yield Figure(f"{what}, p95 besieged against alone", ratio, "×", at_most(2))


def _listed(answers: dict[str, Any]) -> str:
    return ", ".join(f"{answer} {count:,}×" for answer, count in sorted(answers.items())) or "not at all"


def _failed(when: str, told: _Told) -> str:
    words = ", ".join(f"“{what}” {count}×" for what, count in told.failures.most_common(3))
    return f" What failed{when}: {words}." if words else ""
