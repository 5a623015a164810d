"""What the measurements share, made when the first of them asks: the hosted side, and a laptop that has loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.calibration import processor_seconds
from bench.hosted import HostedSide, Service
from bench.laptop_process import Asked, LaptopProcess
from bench.lead_list import build_replica
from bench.lead_store import load_leads
from fleetdesk.demo.postgres import Database

__all__ = ["FULL", "LIST_KEY", "QUICK", "Size", "Stage"]

LIST_KEY = bytes(32)


@dataclass(frozen=True)
class Size:
    """How much is measured. The targets are those of a million rows."""

    rows: int = 1_000_000
    few_rows: int = 10_000
    changes: int = 200
    roles: int = 20
    held_seconds: float = 10.0
    held_times: int = 3
    edits: int = 2_000
    rounds: int = 3
    commands: int = 2_000
    pulled_rows: int = 50_000
    pulls: int = 200
    imported: int = 100_000
    at_once: int = 20_000
    some_rows: int = 100_000
    jumps: int = 300
    words: int = 24
    compared: int = 12
    crowd: int = 200
    crowd_seconds: float = 120.0
    hostile: int = 20
    palettes: int = 20
    starts: int = 5


FULL = Size()
QUICK = Size(
    rows=50_000,
    few_rows=5_000,
    changes=5,
    roles=2,
    held_seconds=3.0,
    held_times=1,
    edits=200,
    rounds=1,
    commands=200,
    pulled_rows=5_000,
    pulls=20,
    imported=5_000,
    at_once=2_000,
    some_rows=5_000,
    jumps=20,
    words=3,
    compared=3,
    crowd=20,
    crowd_seconds=5.0,
    hostile=5,
    palettes=3,
    starts=1,
)


class Stage:
    """Everything runs under `folder`; `say` is told what is being made ready."""

    def __init__(self, folder: Path, size: Size, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.size = size
        self.say = say
        self._hosted = HostedSide(folder)
        self._laptop: LaptopProcess | None = None

    @cached_property
    def many(self) -> Service:
        """The hosted side with all rows."""
        return self._served(self.size.rows)

    @cached_property
    def few(self) -> Service:
        """The hosted side with few rows."""
        return self._served(self.size.few_rows)

    def crowded(self, *, hubs: int, people: int) -> Service:
        """A hosted side with few rows for so many people, each with a prospect, and so many hubs."""
        self.say(f"preparing a hosted database of {self.size.few_rows:,} rows for {people} people")
        return self._hosted.serve(self.size.few_rows, hubs=hubs, colleagues=people)

    @cached_property
    def first_load(self) -> dict[str, Any]:
        """What `bench.laptop` told of its first load of all rows; its memory before and after; the processors' time."""
        service = self.many
        self.say(f"loading {self.size.rows:,} rows into a laptop")
        self._laptop = LaptopProcess(self.folder / "laptop", service)
        before, used = self._laptop.ask("memory"), processor_seconds()
        loaded = self._laptop.ask("load")
        used = processor_seconds() - used
        return {**loaded, "processor": used, "before": before, "memory": self._laptop.ask("memory")}

    @cached_property
    def listed(self) -> Path:
        """A replica of all rows, made without a hub, under the key `LIST_KEY`."""
        path = self.folder / "lists.db"
        self.say(f"making a replica of {self.size.rows:,} leads")
        build_replica(path, LIST_KEY, self.size.rows)
        return path

    @cached_property
    def leads(self) -> Path:
        """A laptop's files with all rows as leads; see `bench.lead_store`."""
        return self._leads(self.size.rows)

    @cached_property
    def some_leads(self) -> Path:
        """The same with fewer."""
        return self._leads(self.size.some_rows)

    @property
    def window(self) -> Asked:
        """A window over all leads, a process of its own; whoever asks for it closes it."""
        return self._window(self.leads)

    @property
    def small_window(self) -> Asked:
        """The same over fewer."""
        return self._window(self.some_leads)

    @property
    def laptop(self) -> LaptopProcess:
        """A laptop that holds all rows and is online."""
        assert self.first_load
        assert self._laptop is not None
        return self._laptop

    def database(self, name: str) -> Database:
        """A new, empty database on the same server."""
        return self._hosted.database(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._laptop is not None:
            self._laptop.close()
        self._hosted.stop()

    def _leads(self, rows: int) -> Path:
        folder = self.folder / f"leads-{rows}"
        if not folder.exists():
            self.say(f"loading {rows:,} leads into a laptop")
            load_leads(folder, rows)
        return folder

    def _window(self, folder: Path) -> Asked:
        self.say("opening a window")
        window = Asked("bench.window", self.folder / "window.log", {"folder": str(folder)})
        window.ask("settle")
        return window

    def _served(self, rows: int) -> Service:
        self.say(f"preparing a hosted database of {rows:,} rows")
        return self._hosted.serve(rows)
