"""Keeps everybody out but the program that started the hub: other programs of the machine can reach its port, too."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from fleetdesk.hub.problems import ProblemResponse
from fleetdesk.protocol import RUN_HEADER, Problem, ProblemCode

__all__ = ["RunSecret"]


class RunSecret:
    """ASGI middleware: refuses a request that does not show the secret, before anything of it is looked at."""

    def __init__(self, app: ASGIApp, *, secret: str) -> None:
        self._app = app
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._shown(scope):
            await self._app(scope, receive, send)
            return
        problem = Problem(
            code=ProblemCode.NOT_ALLOWED,
            title="This hub answers the FleetDesk that started it, and nobody else.",
            status=403,
            request_id=scope["state"]["request_id"],
        )
        await ProblemResponse(problem)(scope, receive, send)

    def _shown(self, scope: Scope) -> bool:
        shown = Headers(scope=scope).get(RUN_HEADER, "")
        return secrets.compare_digest(shown.encode(), self._secret)
