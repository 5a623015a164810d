"""A file of leads: checked row by row, imported until all of it is in the replica, exported, and taken back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bench.calibration import hashing, synced_write
from bench.figures import Figure, NotMeasured, Result, at_least, at_most, percentile
from bench.lead_file import COLUMNS, write_leads
from bench.stage import Stage
from fleetdesk.commands.leads import CreateLead
from fleetdesk.commands.pending import to_the_end
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.ids import SystemClock, new_id
from fleetdesk.queries.filters.sql import NO_ONE
from fleetdesk.queries.lead_export import keys_of_query
from fleetdesk.queries.lead_imports import past_imports
from fleetdesk.queries.leads import LeadQuery
from fleetdesk.reports.lead_export import export_leads
from fleetdesk.reports.lead_import import run_import
from fleetdesk.reports.lead_revert import run_revert
from fleetdesk.sync.store.local_store import FileKeys, LocalStore

__all__ = ["importing"]

T = TypeVar("T")
_NOW_AND_THEN = 0.25
"""Seconds between two acts of a person's."""
_TICK = 0.002
"""Seconds that a waiting thread sleeps: what it oversleeps is how long a window would be held up."""


@dataclass(frozen=True)
class _Timed:
    seconds: float
    held_up: float


def importing(stage: Stage) -> Result:
    """Everything happens in a worker thread, while another one looks how long it is kept from running."""
    size, folder = stage.size.imported, stage.folder
    stage.say(f"writing files of {size:,} leads")
    plain, book = folder / "leads.csv", folder / "leads.xlsx"
    write_leads(plain, book, size)
    with closing(_laptop(folder / "importing")) as store, store.reading() as replica:
        beside = (*hashing(), *synced_write(folder))
        stage.say(f"import: checking {size:,} rows")
        checked = _timed(lambda: run_import(plain, store, replica, clock=SystemClock(), dry_run=True).created, size)
        book_checked = _timed(lambda: run_import(book, store, replica, clock=SystemClock(), dry_run=True).created, size)
        stage.say(f"import: importing {size:,} rows")
        with _Beside(store) as person:
            imported = _timed(lambda: run_import(plain, store, replica, clock=SystemClock()).created, size)
    with closing(_laptop(folder / "importing")) as store, store.reading() as replica:
        stage.say(f"import: exporting {size:,} leads")
        keys = keys_of_query(replica, LeadQuery(), NO_ONE)
        exported = _timed(lambda: export_leads(replica, keys, folder / "out.xlsx"), len(keys))
        stage.say(f"import: taking {size:,} leads back")
        [past] = past_imports(replica)
        clock = SystemClock()
        reverted = _timed(lambda: run_revert(past, store, replica, clock=clock, go_on=to_the_end).leads, size)
    return Result(
        "import",
        f"A file of {size:,} leads in {len(COLUMNS)} columns",
        (
            Figure("check of a CSV file", size / checked.seconds, "rows/s", at_least(5_000)),
            Figure("check of an XLSX file", size / book_checked.seconds, "rows/s"),
            Figure("import until all is in the replica", size / imported.seconds, "rows/s", at_least(2_000)),
            Figure("another thread held up by the check", 1000 * checked.held_up, "ms", at_most(50)),
            Figure("another thread held up by the import", 1000 * imported.held_up, "ms", at_most(50)),
            Figure("an act of the person's beside the import, p95", percentile(person.waits, 95), "ms", at_most(200)),
            Figure("an act of the person's beside the import, at most", max(person.waits), "ms"),
            Figure("export to XLSX, all columns", size / exported.seconds, "rows/s"),
            Figure("taking the import back", size / reverted.seconds, "rows/s"),
        ),
        beside,
    )


class _Beside:
    """A person who makes a lead now and then, and how many milliseconds each time took."""

    def __init__(self, store: LocalStore) -> None:
        self.waits: list[float] = []
        self._store = store
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._act)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _act(self) -> None:
        while not self._ended.wait(_NOW_AND_THEN):
            began = time.perf_counter()
            lead = CreateLead(
                id=new_id(), issued_at=SystemClock().now(), lead_id=new_id(), values={"company": "Beside it"}
            )
            self._store.perform_together(lead)
            self.waits.append(1000 * (time.perf_counter() - began))


def _laptop(folder: Path) -> LocalStore:
    return LocalStore.open(
        folder,
        keys=FileKeys(replica=bytes(32), outbox=bytes(32), documents=bytes(32)),
        platform=fleet_platform(),
        clock=SystemClock(),
        actor=Actor("bench", Role.COMMERCIAL),
    )


def _timed(work: Callable[[], int], expected: int) -> _Timed:
    """How long it takes in a thread of its own, and how long this one was kept from running at most."""
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.append(work()))
    held_up, began = 0.0, time.perf_counter()
    thread.start()
    while thread.is_alive():
        before = time.perf_counter()
        time.sleep(_TICK)
        held_up = max(held_up, time.perf_counter() - before - _TICK)
    seconds = time.perf_counter() - began
    if done != [expected]:
        raise NotMeasured(f"{done} leads came of it, where {expected:,} were expected")
    return _Timed(seconds, held_up)
