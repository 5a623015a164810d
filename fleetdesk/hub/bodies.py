"""What a request's body may be: of a size, not packed, and nested no deeper than anything that the protocol knows."""

from __future__ import annotations

import orjson
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from fleetdesk.protocol import BYTES_PIECE

__all__ = ["DEEPEST", "LARGEST_BODY", "SMALL_BODY", "bounded", "is_small", "read_json"]

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a push, or of what a revoked laptop hands in."""
SMALL_BODY = 64 * 1024
"""Bytes of any other message."""
DEEPEST = 32
"""Lists and objects within each other; a command of ours has six."""


def bounded(scope: Scope, receive: Receive) -> Receive:
    """`receive`, refusing a body that says, or turns out, to be larger than its endpoint takes, or that is packed."""
    headers = Headers(scope=scope)
    most = _most(scope["path"])
    announced = headers.get("content-length", "0")
    packed = headers.get("content-encoding", "identity").strip().lower() != "identity"
    # Counted all the same: of a body that comes in chunks as well, the announced size says nothing (RFC 9112, 6.3).
    expected, received = int(announced) if announced.isdecimal() else 0, 0

    async def receive_bounded() -> Message:
        nonlocal received
        if packed:
            raise HTTPException(415, "The hub takes a body as it is, without a content encoding")
        if expected > most:
            raise _too_large()
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise _too_large()
        return message

    return receive_bounded


def is_small(headers: Headers) -> bool:
    """Whether a body says that it is one of those that anybody may send, to be read before it is known who they are."""
    announced = headers.get("content-length", "" if "transfer-encoding" in headers else "0")
    return announced.isdecimal() and int(announced) <= SMALL_BODY


def read_json(body: bytes) -> object:
    """JSON as RFC 8259 has it: without NaN, and without half a character.

    Raises json.JSONDecodeError, HTTPException for what is nested too deep: nobody behind this walks it by recursion.
    """
    value: object = orjson.loads(body)
    level = [value]
    for _ in range(DEEPEST):
        level = [part for whole in level for part in _parts(whole) if type(part) in (dict, list)]
        if not level:
            return value
    raise HTTPException(400, "The request's lists and objects stand too deep within each other")


def _parts(whole: object) -> list[object]:
    if isinstance(whole, dict):
        return list(whole.values())
    return whole if isinstance(whole, list) else []


def _most(path: str) -> int:
    if path in ("/v1/push", "/v1/quarantine"):
        return LARGEST_BODY
    return BYTES_PIECE if path.startswith("/v1/documents/") else SMALL_BODY


def _too_large() -> HTTPException:
    return HTTPException(413, "The request is larger than any should be")
