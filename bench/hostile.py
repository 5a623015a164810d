"""Clients that mean harm, each from a loopback address of its own: they ask as fast as they are answered.

Whoever is cut off connects again. It reads one JSON object a line and answers each with one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import httpx

from fleetdesk.signatures import DeviceKey

_MOST_A_SECOND = 50
"""Requests of one client a second at most: they share the processors with what is measured."""
_HELD = 50
"""Connections that one client holds open."""
_PATH = "/v1/pull"
_TOO_LARGE = b"[" * (1 << 20)


class _Hostile:
    """One client."""

    def __init__(self, url: str, token: str, device: DeviceKey, address: str, answers: Counter[str]) -> None:
        self._url = url
        self._token = token
        self._device = device
        self._address = address
        self._answers = answers

    async def stranger(self) -> None:
        """Asks under a token that nobody signed."""
        await self._flood({"Authorization": "Bearer e30.e30.c2lnbmVk"}, b"{}")

    async def thief(self) -> None:
        """Asks under a stolen token, on a machine that is not the person's."""
        await self._flood({"Authorization": f"Bearer {self._token}"}, b'{"laptop_id":"stolen","cursor":""}')

    async def replayer(self) -> None:
        """Sends a request that it overheard, again and again."""
        body, authorization = b'{"laptop_id":"overheard","cursor":""}', f"Bearer {self._token}"
        signed = self._device.signed(1, method="POST", path=_PATH, query="", body=body, authorization=authorization)
        await self._flood({"Authorization": authorization, "Content-Type": "application/json", **signed}, body)

    async def stuffer(self) -> None:
        """Sends a megabyte of opening brackets, under a stolen token."""
        await self._flood({"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}, _TOO_LARGE)

    async def silent(self) -> None:
        """Holds connections open, and says nothing."""
        await asyncio.gather(*(self._hold(b"") for _ in range(_HELD)))

    async def trickler(self) -> None:
        """Holds connections open, and sends the head of a request a byte a second."""
        head = b"POST /v1/pull HTTP/1.1\r\nHost: hub\r\nX-Filling: " + b"x" * 4096
        await asyncio.gather(*(self._hold(head) for _ in range(_HELD)))

    async def _flood(self, headers: Mapping[str, str], body: bytes) -> None:
        transport = httpx.AsyncHTTPTransport(local_address=self._address)
        async with httpx.AsyncClient(base_url=self._url, transport=transport, trust_env=False, timeout=30) as http:
            while True:
                pause = asyncio.create_task(asyncio.sleep(1 / _MOST_A_SECOND))
                try:
                    answer = await http.post(_PATH, headers=headers, content=body)
                    self._answers[str(answer.status_code)] += 1
                except httpx.TransportError as error:
                    self._answers[type(error).__name__] += 1
                await pause

    async def _hold(self, head: bytes) -> None:
        hub = urlsplit(self._url)
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(hub.hostname, hub.port, local_addr=(self._address, 0))
                ended = asyncio.create_task(reader.read())
                for number in range(len(head)):
                    writer.write(head[number : number + 1])
                    await asyncio.wait({ended}, timeout=1)
                    if ended.done():
                        break
                await ended
                writer.close()
            self._answers["cut off"] += 1
            await asyncio.sleep(1)


_KINDS: tuple[Callable[[_Hostile], Awaitable[None]], ...] = (
    _Hostile.stranger,
    _Hostile.thief,
    _Hostile.replayer,
    _Hostile.stuffer,
    _Hostile.silent,
    _Hostile.trickler,
)


async def main() -> None:
    """Do harm until the pipe closes; each line asked is answered by how often each answer came since the last one."""
    config = json.loads(sys.stdin.readline())
    answers, device = Counter[str](), DeviceKey(bytes.fromhex(config["device"]))
    async with asyncio.TaskGroup() as group:
        running = []
        for number in range(config["count"]):
            url = config["urls"][number // len(_KINDS) % len(config["urls"])]
            client = _Hostile(url, config["token"], device, f"127.0.0.{number + 2}", answers)
            running.append(group.create_task(_awaited(_KINDS[number % len(_KINDS)](client))))
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(dict(answers)), flush=True)
            answers.clear()
        for task in running:
            task.cancel()


async def _awaited(harm: Awaitable[None]) -> None:
    await harm


if __name__ == "__main__":
    asyncio.run(main())
