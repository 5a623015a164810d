"""The first load, beside the raw pipe of the same rows; and what it leaves in memory."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.calibration import hashing, processor_seconds, synced_write
from bench.dataset import COLUMNS
from bench.figures import Figure, NotMeasured, Result, at_least, at_most
from bench.psql import program
from bench.record import Prospect
from bench.stage import Stage
from fleetdesk.demo.postgres import Dsn

__all__ = ["first_load", "memory"]

_COPY = f"COPY (SELECT {', '.join(COLUMNS)} FROM {Prospect.__tablename__}) TO STDOUT (FORMAT csv, HEADER)"


def first_load(stage: Stage) -> Result:
    """The load's rate against the raw pipe's, one run of which comes before it and one after."""
    login, target = stage.many.database.owner, stage.folder / "raw.db"
    name, pipe, note = _pipe()
    stage.say(f"{name}, for comparison")
    used = processor_seconds()
    before = _timed(pipe, login, target)
    used = processor_seconds() - used
    loaded = stage.first_load
    stage.say(f"{name}, again")
    after = _timed(pipe, login, target)
    if loaded["rows"] < stage.size.rows or not loaded["found"]:
        raise NotMeasured(f"the laptop holds {loaded['rows']:,} rows, and search finds {loaded['found']:,}")
    raw = (before + after) / 2
    return Result(
        "load",
        f"First load of {stage.size.rows:,} rows of {len(COLUMNS)} columns into the encrypted replica",
        (
            Figure(f"rate against {name}", raw / loaded["rows_in"], "×", at_least(0.8)),
            Figure("until all rows are in", loaded["rows_in"], "s"),
            Figure("until search is ready", loaded["search_ready"], "s", at_most(30)),
        ),
        (
            Figure(f"{name}, before", before, "s"),
            Figure(f"{name}, after", after, "s"),
            Figure("its processor time", used, "s"),
            Figure("that of the load and the indexes, all processes", loaded["processor"], "s"),
            *hashing(),
            *synced_write(stage.folder),
        ),
        note,
    )


def memory(stage: Stage) -> Result:
    """What the laptop's process holds after the load, Python and libraries included."""
    loaded = stage.first_load
    return Result(
        "memory",
        f"Memory of the laptop's process after the load of {stage.size.rows:,} rows",
        (
            Figure("after the load", loaded["memory"]["now"], "MB", at_most(300)),
            Figure("at most, during it", loaded["memory"]["peak"], "MB"),
        ),
        (Figure("before the load", loaded["before"]["now"], "MB"),),
    )


_Pipe = Callable[[Dsn, Path], None]


def _pipe() -> tuple[str, _Pipe, str]:
    """What the load is compared with: its name, how it is run, and a remark if it is not what it should be."""
    if shutil.which("sqlite3"):
        return "psql | sqlite3 .import", _psql_into_sqlite, ""
    return (
        "psql | Python's csv and sqlite3",
        _psql_into_python,
        "Another baseline than the target's: there is no sqlite3 on this machine (install the package 'sqlite3').",
    )


def _timed(pipe: _Pipe, login: Dsn, target: Path) -> float:
    target.unlink(missing_ok=True)
    began = time.perf_counter()
    pipe(login, target)
    seconds = time.perf_counter() - began
    target.unlink()
    return seconds


def _psql_into_sqlite(login: Dsn, target: Path) -> None:
    with _copying(login) as psql:
        done = subprocess.run(
            ["sqlite3", target, ".mode csv", f".import /dev/stdin {Prospect.__tablename__}"],
            stdin=psql.stdout,
            check=False,
        )
    if done.returncode or psql.returncode:
        raise NotMeasured("the raw pipe failed")


def _psql_into_python(login: Dsn, target: Path) -> None:
    database = sqlite3.connect(target)
    with _copying(login) as psql, database:
        assert psql.stdout is not None
        rows = csv.reader(line.decode() for line in psql.stdout)
        database.execute(f"CREATE TABLE {Prospect.__tablename__} ({', '.join(next(rows))})")
        marks = ", ".join("?" for _ in COLUMNS)
        database.executemany(f"INSERT INTO {Prospect.__tablename__} VALUES ({marks})", rows)
    database.close()
    if psql.returncode:
        raise NotMeasured("the raw pipe failed")


def _copying(login: Dsn) -> subprocess.Popen[bytes]:
    return subprocess.Popen([program(), "-X", "-q", "-c", _COPY, login.url], stdout=subprocess.PIPE)
