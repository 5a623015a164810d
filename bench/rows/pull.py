"""What a pull of 100 changes costs the hub, among many rows and among few: asked by turns, over plain HTTP."""

from __future__ import annotations

import json
import random
import time
from contextlib import ExitStack
from typing import Self

import httpx

from bench.calibration import hashing, hub_answer
from bench.figures import Figure, NotMeasured, Result, at_most, median
from bench.hosted import Service
from bench.names import prospect_id
from bench.psql import Psql
from bench.record import Prospect, bench_platform
from bench.stage import Stage
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import LoadPlan, LoadRequest, PullRequest
from fleetdesk.signatures import DeviceKey
from tests.devices import Signing

__all__ = ["pull"]

_CHANGES = 100


def pull(stage: Stage) -> Result:
    """The median seconds of a pull before each of the two databases, and their ratio."""
    with ExitStack() as held:
        many, few = (held.enter_context(_Puller(service)) for service in (stage.many, stage.few))
        stage.say(f"{stage.size.pulls} pulls of {_CHANGES} changes from each")
        for puller in (many, few):
            puller.change_rows()
        pairs = [(many.pull(), few.pull()) for _ in range(stage.size.pulls)]
    slow, quick = (1000 * median(seconds) for seconds in zip(*pairs, strict=True))
    return Result(
        "pull",
        f"Pulling {_CHANGES} changes with {stage.size.rows:,} hosted rows against with {stage.size.few_rows:,}",
        (
            Figure("ratio", slow / quick, "×", at_most(1.3)),
            Figure(f"with {stage.size.rows:,}", slow, "ms"),
            Figure(f"with {stage.size.few_rows:,}", quick, "ms"),
        ),
        (*hub_answer(stage.many.url), *hashing()),
    )


class _Puller:
    """Pulls the same changes from one hub again and again."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._laptop_id = new_id()
        self._version = bench_platform().schema.version
        access = service.access()
        self._http = httpx.Client(
            base_url=service.url,
            headers={"Authorization": f"Bearer {access['token']}"},
            auth=Signing(key=DeviceKey(bytes.fromhex(access["device"]))),
            trust_env=False,
            timeout=60,
        )
        plan = self._http.post(
            "/v1/load",
            content=LoadRequest(laptop_id=self._laptop_id, schema_version=self._version).model_dump_json(),
            headers=_JSON,
        )
        cursor = LoadPlan.model_validate_json(plan.raise_for_status().content).cursor
        self._request = PullRequest(
            laptop_id=self._laptop_id, cursor=cursor, confirmed=0, schema_version=self._version
        ).model_dump_json()

    def change_rows(self) -> None:
        """Change rows all over the table, each in a transaction of its own."""
        with Psql(self._service.database.owner) as psql:
            for number in random.Random(0).sample(range(self._service.rows), _CHANGES):
                row = f"id = '{prospect_id(number)}'"
                psql.run(f"UPDATE {Prospect.__tablename__} SET fleet_size = fleet_size + 1 WHERE {row}")

    def pull(self) -> float:
        """Seconds from the request to the last byte of the answer."""
        began = time.perf_counter()
        answer = self._http.post("/v1/pull", content=self._request, headers=_JSON).raise_for_status()
        seconds = time.perf_counter() - began
        rows = sum(len(json.loads(line).get("rows", ())) for line in answer.text.splitlines())
        if rows != _CHANGES:
            raise NotMeasured(f"the hub sent {rows} rows in place of {_CHANGES}")
        return seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


_JSON = {"Content-Type": "application/json"}
