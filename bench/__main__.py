"""`python -m bench`: measures, prints the table, writes the JSON. Exit 0 unless a measurement could not be made."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import NotMeasured
from bench.report import Report
from bench.rows import ROWS
from bench.stage import FULL, QUICK, Stage
from fleetdesk.errors import FleetDeskError


def main() -> int:
    """Run what the command line asks for."""
    given = _arguments()
    size = QUICK if given.quick else FULL
    if given.rows is not None:
        size = dataclasses.replace(size, rows=given.rows, few_rows=min(size.few_rows, given.rows))
    report = Report(size, judged=size.rows >= FULL.rows)
    began = time.monotonic()

    def say(step: str) -> None:
        print(f"  {time.monotonic() - began:6.1f} s  {step} …", file=sys.stderr, flush=True)

    with _folder() as folder, Stage(folder, size, say) as stage:
        for name in given.only or ROWS:
            say(name)
            try:
                report.add(ROWS[name](stage))
            except (NotMeasured, FleetDeskError) as error:
                report.fail(name, str(error))
            except Exception as error:  # noqa: BLE001 (one measurement that breaks must not take the others along)
                traceback.print_exc()
                report.fail(name, f"{type(error).__name__}: {error}")
    print(report.table())
    path = given.json or Path("bench-results") / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.json())
    print(f"\nAs JSON: {path}")
    return 1 if report.failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, help=f"hosted rows (default {FULL.rows:,}; fewer are not judged)")
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="NAME", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--json", type=Path, help="where the JSON goes (default: a new file under bench-results/)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.rows:,} rows and few samples: a smoke test")
    return parser.parse_args()


@contextmanager
def _folder() -> Iterator[Path]:
    """A new folder on a disk, which the server's unprivileged user can enter; deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="fleetdesk-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


if __name__ == "__main__":
    sys.exit(main())
