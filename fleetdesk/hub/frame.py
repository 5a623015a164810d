"""What happens around every request: an id, how often it may come, one line in the log, an answer whatever goes wrong.

The log holds no personal data: no body, no query, no path but the endpoint's own, no message of an error. The id is
always one of ours; what a request names as its own is not read.
"""

from __future__ import annotations

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleetdesk.errors import TooMany
from fleetdesk.hub.bodies import bounded
from fleetdesk.hub.problems import SECURITY_HEADERS, defect, problem_of
from fleetdesk.hub.rates import Rates
from fleetdesk.models.ids import new_id

__all__ = ["RequestFrame"]

_log = logging.getLogger(__name__)
_HANGING_UP = 499
"""The status, for the log alone, of a request whose client is gone."""


class RequestFrame:
    """ASGI middleware; the request's id is in `request.state.request_id` and in the answer's `X-Request-Id`."""

    def __init__(self, app: ASGIApp, *, rates: Rates) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.monotonic()
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(message, request_id, https=scope["scheme"] == "https")
            await send(message)

        try:
            self._admit(scope)
            await self._app(scope, bounded(scope, receive), send_named)
        except TooMany as error:
            await problem_of(error, request_id)(scope, receive, send_named)
        except ClientDisconnect:
            status = status or _HANGING_UP
        except Exception as error:
            _log.error("request failed", extra={"request_id": request_id}, exc_info=error)
            if status:
                raise  # the answer has begun: it is cut, which the client notices
            await defect(request_id)(scope, receive, send_named)
        finally:
            _log.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": getattr(scope.get("route"), "path", ""),
                    "status": status,
                    "seconds": round(time.monotonic() - began, 4),
                },
            )

    def _admit(self, scope: Scope) -> None:
        """Raise TooMany where the address has used up what it may ask, or may ask without a session."""
        address = scope["client"][0] if scope.get("client") else None
        self._rates.admit_address(address)
        path: str = scope["path"]
        behind_sign_in = path.startswith("/v1/") and not path.startswith("/v1/hooks/")
        if not behind_sign_in or "authorization" not in Headers(scope=scope):
            self._rates.admit_stranger(address)


def _complete(message: Message, request_id: str, *, https: bool) -> None:
    """Give an answer the headers that all have."""
    headers = MutableHeaders(scope=message)
    headers.raw.extend(SECURITY_HEADERS)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Request-Id"] = request_id
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
