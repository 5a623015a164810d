"""What a hub counts of itself: enough to see how it does, nothing of whom it serves, and not for everybody to read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.errors import Busy, TooMany
from fleetdesk.hub.chores import Chore
from fleetdesk.hub.release import THIS
from fleetdesk.hub.service import Hub
from fleetdesk.models.access import Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, LoadRequest, PullRequest, PushRequest
from tests.devices import SigningForBearer
from tests.hub.acts import create, delete, edit, wired
from tests.hub.processes import listening, process
from tests.hub.support import STRANGER, Hosted, Laptop
from tests.hub.support import listening as serving

Labels = dict[str, str]


def figure(hub: Hub, name: str, **labels: str) -> float:
    """One figure as it would be read just now; 0 if it isn't there."""
    for family in text_string_to_metric_families(generate_latest(hub.metrics.registry).decode()):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return 0


def reaches(value: float, hub: Hub, name: str, **labels: str) -> None:
    """Wait until a figure is that: a client may have its answer before the hub has counted it."""
    while figure(hub, name, **labels) != value:
        pass


@pytest.fixture
def hub(hosted: Hosted) -> Hub:
    return hosted.hub()


@pytest.fixture
def client(hub: Hub) -> Iterator[httpx.Client]:
    """Somebody in sales, over a socket."""
    headers = {"Authorization": f"Bearer user_{Role.COMMERCIAL}", "Content-Type": "application/json"}
    signing = SigningForBearer()
    with serving(hub) as url, httpx.Client(base_url=url, headers=headers, auth=signing, timeout=30) as client:
        yield client


HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump_json()


def test_requests_are_counted_by_endpoint_method_and_status(hub: Hub, client: httpx.Client) -> None:
    client.post("/v1/hello", content=HELLO)
    client.post("/v1/hello", content="{}")
    client.post("/v1/load/no_such_table", content="{}")
    reaches(1, hub, "fleetdesk_requests_total", endpoint="/v1/hello", method="POST", status="200")
    reaches(1, hub, "fleetdesk_requests_total", endpoint="/v1/hello", method="POST", status="422")
    reaches(1, hub, "fleetdesk_requests_total", endpoint="/v1/load/{table}", method="POST", status="422")


def test_requests_are_timed(hub: Hub, client: httpx.Client) -> None:
    client.post("/v1/hello", content=HELLO)
    reaches(1, hub, "fleetdesk_request_seconds_count", endpoint="/v1/hello")
    reaches(1, hub, "fleetdesk_request_seconds_bucket", endpoint="/v1/hello", le="+Inf")


def test_what_a_request_chooses_at_will_becomes_no_label(hub: Hub, client: httpx.Client) -> None:
    for number in range(5):
        client.request("MKCALENDAR", f"/secret-{number}?email=sara@example.com")
        client.get(f"/v1/documents/sara-{number}/bytes/{number}")
    text = generate_latest(hub.metrics.registry).decode()
    assert not re.search(r"MKCALENDAR|secret|sara|example", text)
    reaches(5, hub, "fleetdesk_requests_total", endpoint="none", method="other", status="404")


def test_who_listens_is_counted_while_they_do_and_timed_to_the_first_word(hub: Hub, client: httpx.Client) -> None:
    with client.stream("GET", "/v1/events") as events:
        pieces = events.iter_text()  # kept, since the end of it is the end of the stream
        next(pieces)
        assert figure(hub, "fleetdesk_event_streams") == 1
        reaches(1, hub, "fleetdesk_requests_in_flight")
    reaches(0, hub, "fleetdesk_requests_in_flight")
    assert figure(hub, "fleetdesk_event_streams") == 0
    reaches(1, hub, "fleetdesk_request_seconds_bucket", endpoint="/v1/events", le="30.0")


def test_commands_are_counted_by_their_verdict_and_denials_with_them(
    hosted: Hosted, hub: Hub, client: httpx.Client, lead: str
) -> None:
    commands = wired(hosted, edit(lead), edit(lead, base="Other", new="Thing"), create("new"), delete(lead))
    request = PushRequest(laptop_id="l", first_sequence=1, confirmed=0, commands=tuple(commands))
    answer = client.post("/v1/push", content=request.model_dump_json()).json()
    for kind in ("applied", "conflict", "rejected"):
        expected = [receipt["verdict"]["kind"] for receipt in answer["receipts"]].count(kind)
        assert figure(hub, "fleetdesk_commands_total", verdict=kind) == expected


def test_denials_are_counted(hub: Hub, client: httpx.Client) -> None:
    client.post("/v1/hello", content=HELLO, headers={"Authorization": f"Bearer {STRANGER}"})
    request = LoadRequest(laptop_id="l", schema_version=SCHEMA_VERSION, scopes=("audit",))
    client.post("/v1/load", content=request.model_dump_json())
    assert figure(hub, "fleetdesk_denials_total") == 2


def test_pulled_rows_are_counted(hosted: Hosted, hub: Hub, client: httpx.Client) -> None:
    laptop = Laptop(hub)
    laptop.load()
    Laptop(hub).push(create("one"), create("two"))
    request = PullRequest(laptop_id="l", cursor=laptop.cursor, confirmed=0, schema_version=SCHEMA_VERSION)
    client.post("/v1/pull", content=request.model_dump_json())
    pulled = figure(hub, "fleetdesk_pulled_rows_total")
    assert pulled == laptop.pull().count > 0


def test_the_pool_is_told_of(hub: Hub) -> None:
    with hub.database.reading():
        assert figure(hub, "fleetdesk_pool_connections_in_use") == 1
    assert figure(hub, "fleetdesk_pool_connections_in_use") == 0
    assert figure(hub, "fleetdesk_pool_connections") == hub.database.pool_size


def test_chores_are_told_of_by_how_they_ended(hub: Hub) -> None:
    ends = iter([None, Busy("Not now.", seconds=0), RuntimeError()])

    def do() -> None:
        if error := next(ends):
            raise error

    chore = Chore("test", do, pause=0, ended=hub.metrics.chore_ended)
    for _ in range(3):
        asyncio.run(chore.once())
    for end in ("done", "put_off", "failed"):
        assert figure(hub, "fleetdesk_chore_runs_total", chore="test", end=end) == 1
    assert figure(hub, "fleetdesk_chore_last_success_timestamp_seconds", chore="test") > 0


def test_every_chore_of_the_hub_is_followed(hub: Hub) -> None:
    for chore in hub.chores:
        asyncio.run(chore.once())
        assert figure(hub, "fleetdesk_chore_runs_total", chore=chore.name, end="done") == 1


def test_the_watchers_lag_grows_while_it_does_not_look(hub: Hub) -> None:
    first = figure(hub, "fleetdesk_watcher_lag_seconds")
    assert figure(hub, "fleetdesk_watcher_lag_seconds") > first


def test_whose_limit_it_was_is_counted(hosted: Hosted) -> None:
    hub = hosted.hub(strangers_per_address=1)
    hub.rates.admit_stranger("192.0.2.7")
    with pytest.raises(TooMany):
        hub.rates.admit_stranger("192.0.2.7")
    assert figure(hub, "fleetdesk_rate_limited_total", by="stranger") == 1


def test_what_runs_and_how_much_memory_it_has_is_told(hub: Hub) -> None:
    assert figure(hub, "fleetdesk_build_info", version=THIS.version, revision=THIS.newest) == 1
    assert figure(hub, "process_resident_memory_bytes") > 0


def test_they_are_read_at_a_port_of_their_own(settings: dict[str, str], issuer: DemoIssuer, tmp_path: Path) -> None:
    with process(settings | {"FLEETDESK_METRICS_PORT": "0"}, tmp_path / "log") as hub:
        said = listening(hub)
        private, public = httpx.get(said["metrics"]), httpx.get(said["listening"] + "/metrics")
    assert private.headers["Content-Type"].startswith("text/plain")
    assert "fleetdesk_build_info" in private.text
    assert public.status_code == 404


def test_nothing_listens_for_them_unless_asked(settings: dict[str, str], tmp_path: Path) -> None:
    with process(settings, tmp_path / "log") as hub:
        assert "metrics" not in listening(hub)


def test_a_port_that_is_taken_stops_the_start_and_names_the_setting(settings: dict[str, str], tmp_path: Path) -> None:
    with process(settings | {"FLEETDESK_METRICS_PORT": "0"}, tmp_path / "log") as hub:
        port = listening(hub)["metrics"].split(":")[2].split("/")[0]
        with process(settings | {"FLEETDESK_METRICS_PORT": port}, tmp_path / "second") as second:
            assert second.wait(60) == 1
    assert "FLEETDESK_METRICS_PORT" in (tmp_path / "second").read_text()
