"""From the browser to the first screen: a real provider and hub, and each time a laptop with nothing on it."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import psycopg

from bench.calibration import hashing, hub_answer, synced_write
from bench.figures import Figure, NotMeasured, Result, median
from bench.stage import Stage
from fleetdesk.demo.dataset.loading import load_dataset
from fleetdesk.demo.postgres import Database
from fleetdesk.hub.migrate import migrate
from fleetdesk.hub_process import HubProcess
from fleetdesk.models.access import Role
from tests.signin.provider import AUDIENCE, CLIENT, STAFF, RealProvider

__all__ = ["sign_in"]

_SEED = 20_261_128


def sign_in(stage: Stage) -> Result:
    """The demo's leads, and one of its sales people, who types a login and agrees without a pause."""
    database = stage.database("bench_sign_in")
    migrate(database.owner.url, hub_role=database.hub.user)
    load_dataset(database.owner.url, now=dt.datetime.now(dt.UTC), seed=_SEED)
    login, leads = _salesperson(database)
    folder = stage.folder / "sign-in"
    folder.mkdir()
    with RealProvider(folder, {login: {"org_id": STAFF}}) as provider:
        hub = HubProcess(
            {
                "FLEETDESK_DATABASE_URL": database.hub.url,
                "FLEETDESK_ISSUER": provider.issuer,
                "FLEETDESK_ISSUER_KEYS": provider.jwks_uri,
                "FLEETDESK_ISSUER_CLIENTS": CLIENT,
                "FLEETDESK_ISSUER_AUDIENCE": AUDIENCE,
                "FLEETDESK_ORGANISATION_ID": STAFF,
            },
            log=folder / "hub.log",
        )
        hub.start()
        try:
            beside = (*hub_answer(hub.url), *hashing(), *synced_write(stage.folder))
            stage.say(f"{stage.size.starts} sign-ins on a new laptop, each a process of its own")
            config = {"url": hub.url, "issuer": provider.issuer, "client": CLIENT, "login": login}
            taken = [_signed_in(folder / f"laptop-{number}", config) for number in range(stage.size.starts)]
        finally:
            hub.stop()
    return Result(
        "sign-in",
        f"From the browser back to FleetDesk, on a new laptop, {leads:,} leads at the hub ({len(taken)} times)",
        (
            Figure("signed in and greeted", median([one["known"] for one in taken]), "s"),
            Figure("the window is painted", median([one["window"] for one in taken]), "s"),
            Figure("the first leads are painted", median([one["first"] for one in taken]), "s"),
            Figure("all rows are here", median([one["complete"] for one in taken]), "s"),
        ),
        beside,
    )


def _signed_in(folder: Path, config: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.sign_in"],
        input=json.dumps({**config, "folder": str(folder)}) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        raise NotMeasured(f"a sign-in failed: {words[-1] if words else 'without a word'}")
    marks: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return marks


def _salesperson(database: Database) -> tuple[str, int]:
    """A login of the data set, and how many leads it sees."""
    with psycopg.connect(database.owner.url) as connection:
        row = connection.execute(
            "SELECT provider_id, (SELECT count(*) FROM sys_demo_lead) FROM adm_users AS person"
            " JOIN adm_members AS member ON member.user_id = person.id"
            " WHERE member.role = %s ORDER BY person.id LIMIT 1",
            [Role.COMMERCIAL],
        ).fetchone()
    assert row is not None
    return str(row[0]), int(row[1])
