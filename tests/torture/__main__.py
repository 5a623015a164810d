"""`python -m tests.torture --seed N --ops N --replicas N`: runs, or replays, a simulated day; exit 0 if all held."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from tests.torture.plan import Options
from tests.torture.planted import PLANTED
from tests.torture.simulation import run

_SHOWN = 20


def main() -> int:
    """Run one day and print its seed and figures."""
    parser = argparse.ArgumentParser(prog="tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="replays the day of this seed (default: a new one)")
    parser.add_argument("--ops", type=int, default=2_000, help="how many events the day has")
    parser.add_argument("--replicas", type=int, default=3, help="how many laptops")
    parser.add_argument("--planted", choices=sorted(PLANTED), default="", help="build in a bug that must be found")
    parser.add_argument("--keep", type=Path, default=None, help="keep all files in this folder")
    given = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 31) if given.seed is None else given.seed
    print(f"seed {seed}, {given.ops} events, {given.replicas} laptops", flush=True)
    options = Options(seed=seed, ops=given.ops, replicas=given.replicas)
    with tempfile.TemporaryDirectory(prefix="torture-") as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = run(options, folder, planted=given.planted, say=lambda text: print(text, flush=True))
    figures = {
        "seed": seed,
        "held": outcome.held,
        "seconds": round(outcome.seconds, 1),
        "broken": len(outcome.findings.failures),
        "looked at": dict(outcome.findings.looked_at),
        "answers": outcome.answers,
        "happened": dict(outcome.happened),
    }
    print(json.dumps(figures, indent=2))
    # Last, where the end of a long log is all that is looked at.
    for failure in outcome.findings.failures[:_SHOWN]:
        print(f"BROKEN: {failure.promise}: {failure.detail}")
    return 0 if outcome.held else 1


if __name__ == "__main__":
    sys.exit(main())
