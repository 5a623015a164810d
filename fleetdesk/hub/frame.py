"""What happens around every request: an id, a bound on its body, one line in the log, an answer whatever goes wrong.

The log holds no personal data: no body, no query, no message of an error.
"""

from __future__ import annotations

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleetdesk.hub.problems import defect
from fleetdesk.models.ids import new_id

__all__ = ["LARGEST_BODY", "RequestFrame"]

LARGEST_BODY = 16 * 1024 * 1024
_log = logging.getLogger(__name__)


class RequestFrame:
    """ASGI middleware; the request's id is in `request.state.request_id` and in the answer's `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, _bounded(scope, receive), send_named)
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
                    "path": scope["path"],
                    "status": status,
                    "seconds": round(time.monotonic() - began, 4),
                },
            )


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive`, refusing a body that says, or turns out, to be larger than LARGEST_BODY."""
    announced = Headers(scope=scope).get("content-length", "0")
    # Counted all the same: of a body that comes in chunks as well, the announced size says nothing (RFC 9112, 6.3).
    expected, received = int(announced) if announced.isdecimal() else 0, 0

    async def receive_bounded() -> Message:
        nonlocal received
        if expected > LARGEST_BODY:
            raise _too_large()
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY:
            raise _too_large()
        return message

    return receive_bounded


def _too_large() -> HTTPException:
    return HTTPException(413, "The request is larger than any should be")
