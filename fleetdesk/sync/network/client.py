"""The laptop's side of every endpoint in `protocol.py`: typed both ways, watched, and bounded in time and memory.

Whatever the other side does, a call here ends: with what the protocol knows, or with an error of `errors.py`.

- `Offline`: nothing came for `silence` seconds, the connection broke, or a stream ended without its end message
- `SignInNeeded`, `NotAllowed`, `OutOfOrder`, `CursorGone`, `UpgradeNeeded`, `Busy`: the hub's own Problem, by its code
- `DeviceRevoked`: this laptop is to forget everything; `BadSignature`, `OutOfTurn`: a request was not taken for its own
- `ProtocolError`: too much, too slow, or nothing that the protocol knows
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Self, TypeVar
from urllib.parse import quote

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from fleetdesk.errors import Offline, ProtocolError
from fleetdesk.protocol import (
    BYTES_ANSWER,
    LOAD_BYTES,
    BytesStanding,
    HandedIn,
    Hello,
    LoadEnd,
    LoadPlan,
    LoadRequest,
    LoadTableRequest,
    Message,
    NewDevice,
    PullEnd,
    PullHead,
    PullRequest,
    PushAnswer,
    PushRequest,
    Registered,
    RemovedChunk,
    RowsChunk,
    TakenIn,
    Welcome,
)
from fleetdesk.sync.network.exchange import Door, Link, Signer, TokenSource
from fleetdesk.sync.network.lines import MOST_HELD, Lines

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from fleetdesk.sync.network.wire import Answer

__all__ = ["HubClient", "Pull", "PullPart"]

PullPart = RemovedChunk | RowsChunk | PullEnd


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull as it streams in: its head, then its parts, the last of which is a PullEnd."""

    head: PullHead
    parts: AsyncIterator[PullPart]


_LARGEST_ANSWER = 4 * 1024 * 1024
_SLICE = 4 * 1024
"""Compressed bytes that are expanded at once: a stream that says the same again and again makes a thousand of each."""
_LARGEST_LOAD = 4 * LOAD_BYTES
"""A load's response ends soon after LOAD_BYTES; one that goes on and on is not the hub's."""
_PULL_MESSAGE: TypeAdapter[PullHead | PullPart] = TypeAdapter(
    Annotated[PullHead | PullPart, Field(discriminator="type")]
)
_PULL_ORDER = {PullHead: 0, RemovedChunk: 1, RowsChunk: 2, PullEnd: 3}
_KEPT = "Nothing was lost here."
_Answer = TypeVar("_Answer", bound=Message)


class HubClient:
    """Speaks to one hub. `transport` is the seam: tests and simulations hand in their own.

    `hub` is https://…, or plain http on loopback (else BadSettings); or it tells the door of this laptop's own hub, or
    raises Offline. `silence`: seconds without a byte before a request
    is given up. `ca_file`: certificates of authorities that are believed besides the known ones. `signer`: see `Link`.
    """

    def __init__(
        self,
        hub: str | Callable[[], Door],
        tokens: TokenSource,
        *,
        transport: AsyncBaseTransport | None = None,
        silence: float = 30.0,
        ca_file: Path | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._link = Link(hub, tokens, transport=transport, silence=silence, ca_file=ca_file, signer=signer)

    async def ready(self) -> None:
        """Return if the hub can serve; raise Offline or Busy if it cannot."""
        async with self._link.request("GET", "/readyz") as answer:
            await answer.read(_LARGEST_ANSWER)

    async def register(self, device: NewDevice) -> Registered:
        """Have the hub take in the key that signs this very request."""
        return await self._ask("/v1/devices", device, Registered)

    async def hello(self, hello: Hello) -> Welcome:
        """Introduce this laptop."""
        return await self._ask("/v1/hello", hello, Welcome)

    async def push(self, request: PushRequest) -> PushAnswer:
        """Offer commands; the receipts are theirs, in their order. Raises OutOfOrder."""
        answer = await self._ask("/v1/push", request, PushAnswer, most=MOST_HELD)
        offered = [(request.first_sequence + place, command.id) for place, command in enumerate(request.commands)]
        if [(receipt.sequence, receipt.command_id) for receipt in answer.receipts] != offered:
            raise ProtocolError("The hub's receipts are not those of the changes that were sent.", kept=_KEPT)
        return answer

    def pull(self, request: PullRequest) -> AbstractAsyncContextManager[Pull]:
        """What changed. Raises CursorGone; a pull that was cut raises Offline after its last whole message."""
        return self._pull(request)

    async def load(self, request: LoadRequest) -> LoadPlan:
        """Ask what there is to load."""
        return await self._ask("/v1/load", request, LoadPlan)

    def load_table(
        self, table: str, request: LoadTableRequest
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes | LoadEnd]]:
        """A table's rows in key order: blocks of whole JSON lines, one array a line, undecoded; at last a LoadEnd.

        A response that was cut raises Offline after its last whole line.
        """
        return self._load_table(table, request)

    def events(self, *, silence: float) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The stream of server-sent events as it comes, for ever; Offline after `silence` seconds without a byte."""
        return self._events(silence)

    async def bytes_standing(self, document_id: str) -> BytesStanding:
        """Ask from where on a document's bytes are to be sent."""
        return await self._bytes("POST", _bytes_path(document_id), b"")

    async def send_bytes(self, document_id: str, place: int, piece: bytes) -> BytesStanding:
        """Send the piece that begins at `place`; the answer says which one is next."""
        return await self._bytes("PUT", f"{_bytes_path(document_id)}/{place}", piece)

    async def get_bytes(self, document_id: str, place: int) -> bytes:
        """A document's bytes from `place` on, as many as one answer holds. ProtocolError where the hub has none."""
        async with self._link.request("GET", f"{_bytes_path(document_id)}/{place}") as answer:
            return await answer.read(BYTES_ANSWER)

    async def hand_in(self, edits: HandedIn) -> TakenIn:
        """Hand in edits of a laptop that was revoked, by its signature alone."""
        return await self._ask("/v1/quarantine", edits, TakenIn, as_device=True)

    async def close(self) -> None:
        """End all connections."""
        await self._link.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(
        self, path: str, question: Message, kind: type[_Answer], *, most: int = _LARGEST_ANSWER, as_device: bool = False
    ) -> _Answer:
        body_sent = question.model_dump_json().encode()
        async with self._link.request("POST", path, body_sent, as_device=as_device) as answer:
            body = await answer.read(most)
        try:
            return kind.model_validate_json(body)
        except ValidationError as error:
            raise _nonsense(kind.__name__) from error

    async def _bytes(self, method: str, path: str, body: bytes) -> BytesStanding:
        async with self._link.request(method, path, body, media_type="application/octet-stream") as answer:
            told = await answer.read(_LARGEST_ANSWER)
        try:
            return BytesStanding.model_validate_json(told)
        except ValidationError as error:
            raise _nonsense(BytesStanding.__name__) from error

    @asynccontextmanager
    async def _pull(self, request: PullRequest) -> AsyncIterator[Pull]:
        async with (
            self._link.request("POST", "/v1/pull", request.model_dump_json().encode()) as answer,
            aclosing(_pull_messages(answer)) as messages,
        ):
            head = await anext(messages)
            assert isinstance(head, PullHead)
            yield Pull(head, _parts(messages))

    @asynccontextmanager
    async def _load_table(self, table: str, request: LoadTableRequest) -> AsyncIterator[AsyncIterator[bytes | LoadEnd]]:
        path = f"/v1/load/{quote(table, safe='')}"
        async with (
            self._link.request("POST", path, request.model_dump_json().encode()) as answer,
            aclosing(_load_blocks(answer)) as blocks,
        ):
            yield blocks

    @asynccontextmanager
    async def _events(self, silence: float) -> AsyncIterator[AsyncIterator[bytes]]:
        async with self._link.request("GET", "/v1/events", silence=silence, endless=True) as answer:
            if answer.media_type != "text/event-stream":
                raise _nonsense("stream of events")
            async with aclosing(answer.pieces()) as pieces:
                yield pieces


def _bytes_path(document_id: str) -> str:
    return f"/v1/documents/{quote(document_id, safe='')}/bytes"


async def _parts(messages: AsyncIterator[PullHead | PullPart]) -> AsyncIterator[PullPart]:
    async for message in messages:
        if not isinstance(message, PullHead):
            yield message


async def _pull_messages(answer: Answer) -> AsyncGenerator[PullHead | PullPart]:
    """One head, any number of chunks with the removed ones first, one end: anything else is a ProtocolError."""
    stage = -1
    async for block in _blocks(answer):
        for line in block.splitlines():
            message = _pull_message(line)
            reached = _PULL_ORDER[type(message)]
            if (stage < 0) != (reached == 0) or reached < stage or stage == _PULL_ORDER[PullEnd]:
                raise ProtocolError("The hub's answer is not in the order that the protocol gives.", kept=_KEPT)
            stage = reached
            yield message
    if stage != _PULL_ORDER[PullEnd]:
        raise _cut()


def _pull_message(line: bytes) -> PullHead | PullPart:
    try:
        message = _PULL_MESSAGE.validate_python(orjson.loads(line))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise _nonsense("message of a pull") from error
    if isinstance(message, RowsChunk):
        width = len(message.columns)
        if any(len(row) != width for row in message.rows):
            raise _nonsense("row")
    return message


async def _load_blocks(answer: Answer) -> AsyncGenerator[bytes | LoadEnd]:
    ended = False
    size = 0
    async for block in _blocks(answer):
        size += len(block)
        if ended or size > _LARGEST_LOAD:
            raise ProtocolError("The hub's answer goes on where it should have ended.", kept=_KEPT)
        last = block.rfind(b"\n", 0, -1) + 1
        if block[last : last + 1] != b"{":
            yield block
            continue
        ended = True
        if last:
            yield block[:last]
        try:
            yield LoadEnd.model_validate_json(block[last:])
        except ValidationError as error:
            raise _nonsense("end of a load") from error
    if not ended:
        raise _cut()


async def _blocks(answer: Answer) -> AsyncIterator[bytes]:
    """Blocks of whole lines. A line that was cut is left out: it will come again."""
    lines = Lines()
    async for piece in answer.pieces():
        for start in range(0, len(piece), _SLICE):
            block = lines.feed(piece[start : start + _SLICE])
            if block:
                yield block


def _nonsense(what: str) -> ProtocolError:
    return ProtocolError(
        f"The hub sent something that is no {what} of this version's protocol.",
        kept=_KEPT,
        do="If this goes on, check the hub's address, and that FleetDesk is up to date.",
    )


def _cut() -> Offline:
    return Offline("The hub's answer broke off.", kept="What had arrived is kept.")
