"""One connection of HTTP/1.1: what is not plainly one request is refused, and who keeps us waiting is hung up on.

The parser is llhttp (httptools), on purpose: it takes no header apart in more than one way. What it lets pass and two
readers might yet understand differently (a doubled header, two requests at once) ends the connection here. Behind
uvicorn's protocol, which knows a time for idle connections alone, each phase of a request has its own: the head, the
body, and the reading of the answer.
"""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from fleetdesk.errors import BadSettings, TooMany
from fleetdesk.hub.bodies import LARGEST_BODY
from fleetdesk.hub.problems import SECURITY_HEADERS, ProblemResponse
from fleetdesk.hub.rates import Rates, network_of
from fleetdesk.models.ids import new_id
from fleetdesk.protocol import Problem, ProblemCode
from fleetdesk.settings import HubSettings

__all__ = ["CarefulProtocol", "Doors", "trusted_proxies"]

_READ_AT_ONCE = 16 * 1024
"""Bytes that are read from a connection at a time: with what uvicorn holds of a body, all that a stranger's costs."""
MOST_HEAD = 32 * 1024
"""Bytes of a request's head, at most: the largest tokens have four thousand."""
MOST_HEADERS = 64
LONGEST_TARGET = 2_048
_MOST_BODY = 2 * LARGEST_BODY
"""Bytes of a body with all that is around its chunks; of one that is refused unread, what is thrown away at most."""
_LEAST_RATE = 4 * 1024
"""Bytes a second below which a connection is no slow network, but somebody who holds us."""
_log = logging.getLogger(__name__)

_ONCE = frozenset(
    {
        b"authorization",
        b"content-digest",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"expect",
        b"host",
        b"signature",
        b"signature-input",
        b"svix-id",
        b"svix-signature",
        b"svix-timestamp",
        b"transfer-encoding",
        b"x-fleetdesk-run",
        b"x-request-id",
    }
)
"""Headers that somebody acts upon: of two, nobody can say which one was meant."""
_HOST = re.compile(rb"[A-Za-z0-9._~-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


def trusted_proxies(settings: HubSettings) -> list[str]:
    """The proxies that the settings name. Raises BadSettings for what is no address."""
    named = [name.strip() for name in settings.trusted_proxies.split(",") if name.strip()]
    for name in named:
        try:
            ipaddress.ip_network(name, strict=False)
        except ValueError as error:
            raise BadSettings(
                f"FLEETDESK_TRUSTED_PROXIES names “{name}”, which is no address and no network.",
                do="Give addresses or networks (10.0.0.0/8), with commas between.",
            ) from error
    return named


class Phase(enum.Enum):
    """What a connection waits for."""

    HEAD = enum.auto()
    """A request's head, of which something may have come."""
    BODY = enum.auto()
    ANSWER = enum.auto()
    """The request is here as a whole; its answer may be under way, or over."""


@dataclass(eq=False)
class Doors:
    """The connections of one hub process: who waits with an empty hand, and how many come from where."""

    settings: HubSettings
    rates: Rates
    held: Counter[str] = field(default_factory=Counter)
    """Connections by address; those of proxies are not counted, since each may be anybody's."""
    waiting: dict[CarefulProtocol, None] = field(default_factory=dict)
    """Connections from which a whole request is still to come, those first that have waited longest."""

    def __post_init__(self) -> None:
        self._proxies = [ipaddress.ip_network(name, strict=False) for name in trusted_proxies(self.settings)]
        self.count = 0

    def open(self, connection: CarefulProtocol, address: str | None) -> str | None:
        """Let it in, and give the name that it is counted under; None if there is no room for it."""
        key = "" if self._is_proxy(address) else network_of(address)
        if key and self.held[key] >= self.settings.connections_per_address:
            return None
        if self.count >= self.settings.connections:
            oldest = next(iter(self.waiting), None)
            if oldest is None:
                return None
            oldest.hang_up()
        self.count += 1
        self.held[key] += 1
        self.wait_for(connection)
        return key

    def wait_for(self, connection: CarefulProtocol) -> None:
        """A request is to come from it, from now on."""
        self.waiting.pop(connection, None)
        self.waiting[connection] = None

    def close(self, connection: CarefulProtocol, key: str) -> None:
        """It is gone."""
        self.count -= 1
        self.held[key] -= 1
        if not self.held[key]:
            del self.held[key]
        self.waiting.pop(connection, None)

    def hears_out(self, address: str | None) -> bool:
        """Whether who sent what is no request is told so, or has sent so much of it that nobody answers any more."""
        if self._is_proxy(address):
            return True
        try:
            self.rates.admit_stranger(address)
        except TooMany:
            return False
        return True

    def _is_proxy(self, address: str | None) -> bool:
        if not self._proxies:
            return False
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return False
        return any(found in network for network in self._proxies)


class CarefulProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with one request at a time, in one form only, and with an end to every wait."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        doors: Doors,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # uvicorn lets bytes follow a request that was to be the last; here nothing does.
        self.parser.set_dangerous_leniencies(lenient_data_after_close=False)
        self._doors = doors
        self._counted_as: str | None = None
        self._phase = Phase.HEAD
        self._size = 0  # bytes of the head or the body, so far
        self._fields = 0  # those of its headers
        self._since = 0.0  # when the phase began
        self._timer: asyncio.TimerHandle | None = None
        self._reading_timer: asyncio.TimerHandle | None = None
        self._refusal = _MALFORMED

    # ------------------------------------------------------------------------------------------------ connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        # asyncio's own, which it has no setting for: of a thousand connections, each piece would be a quarter of a MB.
        transport.max_size = _READ_AT_ONCE  # type: ignore[attr-defined]
        super().connection_made(transport)
        self._counted_as = self._doors.open(self, self.client[0] if self.client else None)
        if self._counted_as is None:
            _log.warning("connection refused", extra={"reason": "too many"})
            transport.abort()
            return
        self._wait_for(Phase.HEAD, self._doors.settings.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._counted_as is not None:
            self._doors.close(self, self._counted_as)
            self._counted_as = None
        self._wait_no_longer()
        self._unset_keepalive_if_required()
        self._watch_reading_no_longer()
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """End the connection now, whatever is under way."""
        self._doors.waiting.pop(self, None)
        self.transport.abort()

    # ------------------------------------------------------------------------------------------------ what comes in

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        before = self.cycle
        idle = self._phase is Phase.ANSWER and before.response_complete
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._phase is not Phase.ANSWER:
            self._size += len(data)
            if self._phase is Phase.HEAD and self._size > MOST_HEAD:
                self._refuse(_HEAD_TOO_LARGE)
            elif self._size > _MOST_BODY:
                # It was answered long ago, and comes on and on.
                self.hang_up()
        elif idle and self.cycle is before:
            # Empty lines, as if to keep a connection that nobody uses.
            self._refuse(_MALFORMED)
        elif self.cycle.response_complete and self.timeout_keep_alive_task is None:
            # The answer was over before the request was: the rest of that undid what uvicorn waits for.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_message_begin(self) -> None:
        if self._unanswered is not None:
            raise self._fault(_TOO_EARLY)
        if not self.transport.get_write_buffer_size():
            # The answer ahead was read: what is left unread of the next one has a time of its own.
            self._watch_reading_no_longer()
        if self.cycle is not None:  # the time for the first head runs since the connection is there
            self._doors.wait_for(self)
            self._wait_for(Phase.HEAD, self._doors.settings.head_seconds)
        self._fields = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        if len(self.url) + len(url) > LONGEST_TARGET:
            raise self._fault(_TARGET_TOO_LONG)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._phase is not Phase.HEAD:
            # A header behind the body, where whoever decided by the headers has long done so.
            raise self._fault(_MALFORMED)
        self._fields += len(name) + len(value)
        if len(self.headers) >= MOST_HEADERS or self._fields > MOST_HEAD:
            raise self._fault(_HEAD_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        plain = _is_plain(self.url, self.headers, self.parser.get_http_version())
        if not plain or self.parser.should_upgrade():
            raise self._fault(_MALFORMED)
        self._wait_for(Phase.BODY, self._doors.settings.body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._wait_no_longer()
        self._doors.waiting.pop(self, None)
        self._phase = Phase.ANSWER
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn calls where the parser, or one of the methods above, found fault."""
        self._refuse(self._refusal)

    # ------------------------------------------------------------------------------------------------ what goes out

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._watch_reading_no_longer()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._doors.wait_for(self)
        if self.transport.get_write_buffer_size():
            # Closing would wait until it is read, for ever if need be.
            self._watch_reading()

    @property
    def _unanswered(self) -> RequestResponseCycle | None:
        """The request whose answer is not over."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first, whatever uvicorn's type says
        return None if cycle is None or cycle.response_complete else cycle

    def _watch_reading(self) -> None:
        if self._reading_timer is None:
            seconds, unread = self._doors.settings.answer_seconds, self.transport.get_write_buffer_size()
            self._reading_timer = self.loop.call_later(seconds, self._demand_read, unread)

    def _watch_reading_no_longer(self) -> None:
        if self._reading_timer is not None:
            self._reading_timer.cancel()
            self._reading_timer = None

    def _demand_read(self, unread: int) -> None:
        self._reading_timer = None
        left = self.transport.get_write_buffer_size()
        if not left:
            return
        if unread - left < _LEAST_RATE * self._doors.settings.answer_seconds:
            _log.info("connection ended", extra={"reason": "answer not read"})
            self.hang_up()
        else:
            self._watch_reading()

    # ------------------------------------------------------------------------------------------------ ends

    def _wait_for(self, phase: Phase, seconds: float) -> None:
        self._wait_no_longer()
        self._phase, self._size, self._since = phase, 0, self.loop.time()
        self._timer = self.loop.call_later(seconds, self._waited_enough)

    def _wait_no_longer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _waited_enough(self) -> None:
        if self._phase is Phase.BODY:
            allowed = self._doors.settings.body_seconds + self._size / _LEAST_RATE
            left = self._since + allowed - self.loop.time()
            if left > 0:
                self._timer = self.loop.call_later(left, self._waited_enough)
                return
        self._refuse(_TOO_SLOW)

    def _refuse(self, problem: Problem) -> None:
        """Answer with the problem, if nothing was answered yet, and end the connection."""
        self._refusal = _MALFORMED
        unanswered = self._unanswered
        begun = unanswered.response_started if unanswered is not None else self._phase is Phase.BODY
        if begun or not self._doors.hears_out(self.client[0] if self.client else None):
            self.hang_up()
            return
        request_id = new_id()
        _log.info(
            "request refused", extra={"request_id": request_id, "status": problem.status, "reason": problem.title}
        )
        if unanswered is None or self._phase is Phase.BODY:
            self.transport.write(_rendered(problem.model_copy(update={"request_id": request_id})))
        if unanswered is not None:
            # Whoever works on it finds the client gone.
            unanswered.disconnected = True
            unanswered.message_event.set()
        self._wait_no_longer()
        self._unset_keepalive_if_required()
        self._watch_reading()
        self.transport.close()

    def _fault(self, problem: Problem) -> ValueError:
        """What leaves the parser, which ends in an error of its own; the problem is told by `send_400_response`."""
        self._refusal = problem
        return ValueError(problem.title)


def _is_plain(target: bytes, headers: list[tuple[bytes, bytes]], version: str) -> bool:
    """Whether nobody, neither a proxy before us nor anything behind, could take this head for another one."""
    if version not in ("1.0", "1.1") or not target.startswith(b"/") or target.startswith(b"//") or b"#" in target:
        return False
    acted_upon = [(name, value) for name, value in headers if name in _ONCE]
    found = dict(acted_upon)
    if len(found) < len(acted_upon):
        return False
    host = found.get(b"host")
    if (host is None and version == "1.1") or (host is not None and not _HOST.fullmatch(host)):
        return False
    coding = found.get(b"transfer-encoding")
    return coding is None or (coding.lower() == b"chunked" and version == "1.1")


def _rendered(problem: Problem) -> bytes:
    """The problem as an answer that ends its connection."""
    answer = ProblemResponse(problem)
    named = [(b"x-request-id", str(problem.request_id).encode())]
    lines = [name + b": " + value for name, value in [*answer.raw_headers, *SECURITY_HEADERS, *named]]
    head = b"\r\n".join([STATUS_LINE[problem.status].rstrip(), *lines, b"connection: close"])
    return head + b"\r\n\r\n" + bytes(answer.body)


def _problem(status: int, title: str) -> Problem:
    return Problem(code=ProblemCode.BAD_REQUEST, title=title, status=status)


_MALFORMED = _problem(400, "The request is not HTTP as the hub takes it.")
_TOO_EARLY = _problem(400, "A request came before the one ahead of it was answered.")
_TARGET_TOO_LONG = _problem(414, "The request's address is longer than any of the hub's.")
_HEAD_TOO_LARGE = _problem(431, "The request's headers are larger than the hub takes.")
_TOO_SLOW = _problem(408, "The request took longer to arrive than the hub waits.")
