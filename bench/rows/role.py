"""How soon a changed role reaches a connected laptop: until it acts by it, and until the rows are gone, or there."""

from __future__ import annotations

import random
import time

from bench.calibration import hub_answer, synced_write, trivial_query
from bench.dataset import PERSON
from bench.figures import Figure, NotMeasured, Result, at_most, median, percentile
from bench.laptop_process import LaptopProcess
from bench.psql import Psql
from bench.record import ROLE
from bench.stage import Stage
from fleetdesk.models.access import Role

__all__ = ["role"]

_OTHER = Role.FINANCE
_PAUSES = (1.1, 2.0)
"""Seconds between two changes, drawn anew each time: on a quiet system, and in step with nothing."""


def role(stage: Stage) -> Result:
    """By turns a role is taken away and given back by psql, on a laptop that holds some rows of its scope.

    The time runs from before psql is told. A laptop acts by a role from the moment at which the store knows it: the
    windows change, and commands are refused. `gone`: from every table here; `back`: loaded, and searched again.
    """
    service, rng = stage.few, random.Random()
    beside = (*hub_answer(service.url), *trivial_query(service.database.owner), *synced_write(stage.folder))
    laptop = LaptopProcess(stage.folder / "laptop-of-a-role", service)
    known: list[float] = []
    gone: list[float] = []
    back: list[float] = []
    try:
        laptop.ask("load")
        stage.say(f"{2 * stage.size.roles} changes of a role by psql, one at a time")
        with Psql(service.database.owner) as psql:
            for _ in range(stage.size.roles):
                for wanted, until, rows in ((_OTHER, gone, 0), (ROLE, back, service.rows)):
                    time.sleep(rng.uniform(*_PAUSES))
                    laptop.ask("expect_role", role=wanted, rows=rows)
                    began = time.monotonic()
                    psql.run(_change(wanted))
                    met = laptop.ask("role_arrived")
                    known.append(met["known"] - began)
                    until.append(met["rows"] - began)
        held = laptop.ask("count")["rows"]
    finally:
        laptop.close()
    if held != service.rows:
        raise NotMeasured(f"the laptop holds {held:,} rows in the end, not {service.rows:,}")
    return Result(
        "role",
        f"A role changed by psql until a connected laptop has it ({len(known)} changes, {service.rows:,} rows)",
        (
            Figure("acts by it: p50", 1000 * median(known), "ms"),
            Figure("acts by it: p95", 1000 * percentile(known, 95), "ms", at_most(1000)),
            Figure("rows of the lost role gone: p95", 1000 * percentile(gone, 95), "ms"),
            Figure("rows of the gained role there: p95", 1000 * percentile(back, 95), "ms"),
        ),
        beside,
    )


def _change(role: Role) -> str:
    return (
        f"UPDATE adm_members SET role = '{role}', updated_at = now()"
        f" WHERE user_id = (SELECT id FROM adm_users WHERE provider_id = '{PERSON}')"
    )
