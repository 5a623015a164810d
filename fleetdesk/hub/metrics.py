"""What a hub process counts and times, in Prometheus' format, for whoever runs it.

No label holds personal data or anything that a request may choose at will: endpoints by their template, methods that
are known, kinds, codes and names of our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, start_http_server
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleetdesk.errors import NOT_ALLOWED, BadSettings
from fleetdesk.protocol import Verdict

__all__ = ["ChoreEnd", "Measured", "Metrics"]

_ENDLESS = "/v1/events"
"""Answers of it last as long as somebody listens: they are timed to their beginning."""
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ChoreEnd = Callable[[str, str], None]
"""Hears how a chore, by its name, ended: done, put_off or failed."""


class Metrics:
    """The figures of one hub process. Safe to tell from any thread."""

    def __init__(self, *, version: str, revision: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        build = Info(
            "fleetdesk_build", "The version of FleetDesk, and the revision it migrates to", registry=self.registry
        )
        build.info({"version": version, "revision": revision})
        requests = Counter(
            "fleetdesk_requests", "Requests that ended", ("endpoint", "method", "status"), registry=self.registry
        )
        seconds = Histogram(
            "fleetdesk_request_seconds",
            "Seconds to the end of an answer; of an event stream, to its beginning",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.count_request = cache(requests.labels)
        """The counter of an endpoint, method and status; Prometheus' own look-up costs as much as all the rest."""
        self.time_request = cache(seconds.labels)
        self.in_flight = Gauge("fleetdesk_requests_in_flight", "Requests under way", registry=self.registry)
        self._commands = Counter(
            "fleetdesk_commands", "Commands of pushes that were answered", ("verdict",), registry=self.registry
        )
        self._pulled = Counter("fleetdesk_pulled_rows", "Rows sent in answer to pulls", registry=self.registry)
        self._denials = Counter("fleetdesk_denials", "Requests and commands that were refused", registry=self.registry)
        self._limited = Counter(
            "fleetdesk_rate_limited",
            "Requests that came too often, by whose limit it was",
            ("by",),
            registry=self.registry,
        )
        self._chores = Counter(
            "fleetdesk_chore_runs", "Rounds of each chore, by how they ended", ("chore", "end"), registry=self.registry
        )
        self._chore_success = Gauge(
            "fleetdesk_chore_last_success_timestamp_seconds",
            "When a chore was last done without a fault",
            ("chore",),
            registry=self.registry,
        )

    def follow(self, name: str, about: str, value: Callable[[], float]) -> None:
        """One figure more, `fleetdesk_NAME`, that is asked for whenever somebody reads."""
        Gauge(f"fleetdesk_{name}", about, registry=self.registry).set_function(value)

    def decided(self, verdicts: Iterable[Verdict]) -> None:
        """A push was answered with these."""
        for verdict in verdicts:
            self._commands.labels(verdict.kind).inc()
            if verdict.code == NOT_ALLOWED:
                self.denied()

    def pulled(self, rows: int) -> None:
        """A pull brought so many rows."""
        self._pulled.inc(rows)

    def denied(self) -> None:
        """Somebody was refused something."""
        self._denials.inc()

    def rate_limited(self, by: str) -> None:
        """A request was turned away for coming too often: by whose limit, a word of ours (`hub.rates`)."""
        self._limited.labels(by).inc()

    def chore_ended(self, chore: str, end: str) -> None:
        """A chore ended so (`ChoreEnd`)."""
        self._chores.labels(chore, end).inc()
        if end == "done":
            self._chore_success.labels(chore).set_to_current_time()

    def serve(self, host: str, port: int) -> tuple[str, Callable[[], None]]:
        """Answer GET /metrics there, on a thread of its own, at a free port for 0.

        Gives the address, and what ends it. Raises BadSettings.
        """
        try:
            server, thread = start_http_server(port, addr=host, registry=self.registry)
        except (OSError, OverflowError) as error:
            raise BadSettings(
                f"Nothing can listen at {host}, port {port}, for the metrics.",
                do="Set FLEETDESK_METRICS_HOST and FLEETDESK_METRICS_PORT to a place that is free.",
            ) from error

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return f"http://{host}:{server.server_port}/metrics", close


class Measured:
    """ASGI middleware around all others: counts and times requests."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, seconds = "none", None

        async def send_measured(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status = str(message["status"])
                if _endpoint(scope) == _ENDLESS:
                    seconds = time.perf_counter() - began
            await send(message)

        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_measured)
        finally:
            self._metrics.in_flight.dec()
            endpoint = _endpoint(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.count_request(endpoint, method, status).inc()
            self._metrics.time_request(endpoint).observe(time.perf_counter() - began if seconds is None else seconds)


def _endpoint(scope: Scope) -> str:
    """The template of the endpoint's path; “none” where the request names none of ours."""
    route = scope.get("route")
    return getattr(route, "path", "none")
