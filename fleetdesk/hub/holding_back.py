"""Answers that somebody asks too often, held back for a moment: who asks on regardless asks no oftener than that."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HoldBack"]

_MOST_HELD = 1_000
"""Answers that are held back at once. More than that go at once: they must not use up the hub's memory."""


class HoldBack:
    """ASGI middleware around all others, for which the request is over by then.

    A laptop that is told to wait loses nothing by being told so later, and a refusal is made as cheaply as an answer
    can be; but whoever has a thousand a second of them made has the processor for themselves.
    """

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal: list[Message] = []

        async def send_or_keep(message: Message) -> None:
            if refusal or message.get("status") == HTTPStatus.TOO_MANY_REQUESTS:
                refusal.append(message)
            else:
                await send(message)

        await self._app(scope, receive, send_or_keep)
        if refusal:
            await self._hold()
        for message in refusal:
            await send(message)

    async def _hold(self) -> None:
        if self._held >= _MOST_HELD:
            return
        self._held += 1
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._held -= 1
