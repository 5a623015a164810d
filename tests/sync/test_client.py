"""The client gives what the protocol knows, or an error that says what happened; never a hang, never a full memory."""

from __future__ import annotations

from itertools import repeat

import httpx
import orjson
import pytest
import zstandard

from fleetdesk.errors import (
    BadSettings,
    Busy,
    CursorGone,
    FleetDeskError,
    NoRoom,
    NotAllowed,
    NotStaff,
    Offline,
    OutOfOrder,
    PayloadChanged,
    ProtocolError,
    SignInNeeded,
    UpgradeNeeded,
)
from fleetdesk.protocol import (
    LoadEnd,
    LoadTableRequest,
    ProblemCode,
    PushAnswer,
    PushRequest,
    Receipt,
    RowsChunk,
    Verdict,
    VerdictKind,
    WireCommand,
)
from fleetdesk.sync.network.client import HubClient, PullPart
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.network.lines import MOST_HELD
from tests.sync.answers import (
    END,
    HEAD,
    NOON,
    PULL,
    REMOVED,
    ROWS,
    Body,
    Pieces,
    Trickle,
    answering,
    client_of,
    nested,
    packed,
    problem,
    stranger,
    streamed,
)

pytestmark = pytest.mark.anyio

_TABLE = LoadTableRequest(laptop_id="l1", columns=("id", "scope"))
_COMMAND = WireCommand(id="c1", name="leads.edit", version=1, issued_at=NOON, payload={"lead_id": "a"})
_PUSH = PushRequest(laptop_id="l1", first_sequence=7, confirmed=6, commands=(_COMMAND,))
_APPLIED = Verdict(kind=VerdictKind.APPLIED)


async def _pulled(client: HubClient, parts: list[PullPart]) -> None:
    async with client.pull(PULL) as pull:
        async for part in pull.parts:
            parts.append(part)  # noqa: PERF401 (what came before a failure counts)


async def _loaded(client: HubClient, blocks: list[bytes | LoadEnd]) -> None:
    async with client.load_table("sys_demo_lead", _TABLE) as stream:
        async for block in stream:
            blocks.append(block)  # noqa: PERF401 (what came before a failure counts)


async def _failure_of(answer: Body) -> FleetDeskError:
    async with client_of(answering(answer)) as client:
        with pytest.raises(FleetDeskError) as caught:
            await _pulled(client, [])
    return caught.value


async def test_a_pull_gives_its_head_then_its_parts_in_order() -> None:
    body = streamed(HEAD, REMOVED, ROWS, ROWS, END)
    async with client_of(answering(body)) as client, client.pull(PULL) as pull:
        parts = [part async for part in pull.parts]
    assert [pull.head, *parts] == [HEAD, REMOVED, ROWS, ROWS, END]


async def test_the_token_travels_as_a_bearer() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return stranger(200, streamed(HEAD, END))

    async with client_of(answer) as client:
        await _pulled(client, [])
    assert seen == ["Bearer secret"]


@pytest.mark.parametrize("size", [1, 2, 7, 50])
async def test_a_stream_may_come_in_pieces_of_any_size(size: int) -> None:
    body = streamed(HEAD, REMOVED, ROWS, END)
    parts: list[PullPart] = []
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    async with client_of(answering(Pieces(pieces))) as client:
        await _pulled(client, parts)
    assert parts == [REMOVED, ROWS, END]


async def test_a_stream_may_be_of_several_frames() -> None:
    parts: list[PullPart] = []
    async with client_of(answering(streamed(HEAD) + streamed(ROWS) + streamed(END))) as client:
        await _pulled(client, parts)
    assert parts == [ROWS, END]


async def test_a_pull_cut_at_any_byte_is_offline_after_its_whole_messages() -> None:
    whole = streamed(HEAD) + streamed(REMOVED) + streamed(ROWS) + streamed(END)
    for length in range(len(whole)):
        parts: list[PullPart] = []
        async with client_of(answering(whole[:length])) as client:
            with pytest.raises(Offline):
                await _pulled(client, parts)
        assert parts == [REMOVED, ROWS, END][: len(parts)]
        assert END not in parts or length >= len(whole) - 12


async def test_a_load_cut_at_any_byte_gives_its_whole_lines_first() -> None:
    rows = [orjson.dumps([f"k{number}", "leads"]) + b"\n" for number in range(5)]
    whole = b"".join(packed(row) for row in rows) + streamed(LoadEnd(more=False))
    for length in range(0, len(whole), 3):
        blocks: list[bytes | LoadEnd] = []
        async with client_of(answering(whole[:length])) as client:
            with pytest.raises(Offline):
                await _loaded(client, blocks)
        assert b"".join(rows).startswith(b"".join(block for block in blocks if isinstance(block, bytes)))


async def test_a_load_gives_lines_and_then_its_end() -> None:
    lines = b'["a","leads"]\n["b","leads"]\n'
    blocks: list[bytes | LoadEnd] = []
    async with client_of(answering(packed(lines + b'{"type":"end","more":true}\n'))) as client:
        await _loaded(client, blocks)
    assert blocks == [lines, LoadEnd(more=True)]


async def test_a_text_that_looks_like_an_end_is_a_row_all_the_same() -> None:
    lines = orjson.dumps(["a", '\n{"type":"end","more":false}']) + b"\n"
    blocks: list[bytes | LoadEnd] = []
    async with client_of(answering(packed(lines) + streamed(LoadEnd(more=False)))) as client:
        await _loaded(client, blocks)
    assert blocks == [lines, LoadEnd(more=False)]


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        (ProblemCode.SIGN_IN, 401, SignInNeeded),
        (ProblemCode.NOT_STAFF, 403, NotStaff),
        (ProblemCode.NOT_ALLOWED, 403, NotAllowed),
        (ProblemCode.OUT_OF_ORDER, 409, OutOfOrder),
        (ProblemCode.PAYLOAD_CHANGED, 409, PayloadChanged),
        (ProblemCode.CURSOR_GONE, 410, CursorGone),
        (ProblemCode.UPGRADE_NEEDED, 426, UpgradeNeeded),
        (ProblemCode.BAD_REQUEST, 400, ProtocolError),
        (ProblemCode.NOT_FOUND, 404, ProtocolError),
        (ProblemCode.TOO_LARGE, 413, ProtocolError),
        (ProblemCode.NO_ROOM, 413, NoRoom),
        (ProblemCode.BUSY, 503, Busy),
        (ProblemCode.RATE_LIMITED, 429, Busy),
        (ProblemCode.UNAVAILABLE, 503, Offline),
        (ProblemCode.DEFECT, 500, ProtocolError),
    ],
)
async def test_every_problem_has_its_error(code: ProblemCode, status: int, expected: type[FleetDeskError]) -> None:
    assert type(await _failure_of(problem(code, status, next_sequence=4))) is expected


async def test_out_of_order_carries_the_number_that_the_hub_expects() -> None:
    failure = await _failure_of(problem(ProblemCode.OUT_OF_ORDER, 409, next_sequence=4))
    assert isinstance(failure, OutOfOrder)
    assert failure.next_sequence == 4


async def test_out_of_order_without_a_number_is_nonsense() -> None:
    assert type(await _failure_of(problem(ProblemCode.OUT_OF_ORDER, 409))) is ProtocolError


@pytest.mark.parametrize(("asked", "waited"), [(2.5, 2.5), (-3.0, 0.0), (1e12, 300.0), (None, 1.0)])
async def test_a_busy_hub_is_given_the_time_that_it_asks_for_within_reason(asked: float | None, waited: float) -> None:
    failure = await _failure_of(problem(ProblemCode.BUSY, 503, retry_after=asked))
    assert isinstance(failure, Busy)
    assert failure.seconds == waited


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (stranger(401), SignInNeeded),
        (stranger(502, b"<html>Bad gateway"), Offline),
        (stranger(503, headers={"Retry-After": "7"}), Busy),
        (stranger(503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), Busy),
        (stranger(504), Offline),
        (stranger(302, headers={"Location": "https://portal.example/login"}), ProtocolError),
        (stranger(404, b"not here"), ProtocolError),
        (stranger(500, b"{}", {"Content-Type": "application/problem+json"}), ProtocolError),
    ],
)
async def test_a_stranger_in_the_hubs_place_is_told_from_the_hub(
    response: httpx.Response, expected: type[FleetDeskError]
) -> None:
    assert type(await _failure_of(response)) is expected


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("silence"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut"),
    ],
)
async def test_a_failing_network_is_offline(error: Exception) -> None:
    assert type(await _failure_of(error)) is Offline


async def test_a_connection_reset_within_the_answer_is_offline() -> None:
    body = streamed(HEAD, ROWS)
    assert type(await _failure_of(Pieces([body, httpx.ReadError("reset")]))) is Offline


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to the hotel's network</html>",
        packed(b"<html>Welcome</html>\n"),
        packed(nested(100_000) + b"\n"),
        packed(b"\xff\xfe\n"),
        packed(b"\n"),
        packed(b'{"type":"tail"}\n'),
        packed(b'{"type":"head","person":7}\n'),
        streamed(ROWS, END),
        streamed(HEAD, HEAD, END),
        streamed(HEAD, ROWS, REMOVED, END),
        streamed(HEAD, END, END),
        streamed(HEAD, END, ROWS),
        streamed(HEAD, RowsChunk(table="t", columns=("id", "scope"), rows=[["only one"]]), END),
    ],
)
async def test_nonsense_in_a_pull_is_a_protocol_error(body: bytes) -> None:
    assert type(await _failure_of(body)) is ProtocolError


async def test_a_small_answer_that_expands_without_end_is_refused() -> None:
    bomb = packed(b'{"type":"head","x":"' + b"a" * (MOST_HELD + 1))
    assert len(bomb) < 64 * 1024
    assert type(await _failure_of(bomb)) is ProtocolError


async def test_a_large_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = compressor.compress(HEAD.model_dump_json().encode() + b"\n") + compressor.flush()
    assert type(await _failure_of(body)) is ProtocolError


async def test_a_load_that_goes_on_and_on_is_refused() -> None:
    block = packed(b'["a","leads"]\n' * 200_000)
    async with client_of(answering(Pieces(repeat(block)))) as client:
        with pytest.raises(ProtocolError):
            await _loaded(client, [])


async def test_a_small_answer_that_is_not_small_is_refused() -> None:
    async with client_of(answering(Pieces(repeat(b" " * 65_536)))) as client:
        with pytest.raises(ProtocolError):
            await client.push(_PUSH)


async def test_an_answer_that_hardly_moves_is_given_up() -> None:
    async with client_of(answering(Trickle()), silence=0.1) as client:
        with pytest.raises(ProtocolError):
            await client.push(_PUSH)


async def test_a_push_gives_the_receipts_of_its_commands() -> None:
    receipt = Receipt(sequence=7, command_id="c1", verdict=_APPLIED)
    answer = PushAnswer(receipts=(receipt,), next_sequence=8, server_time=NOON)
    async with client_of(answering(answer)) as client:
        assert await client.push(_PUSH) == answer


@pytest.mark.parametrize(
    "receipts",
    [
        (),
        (Receipt(sequence=8, command_id="c1", verdict=_APPLIED),),
        (Receipt(sequence=7, command_id="c2", verdict=_APPLIED),),
        (
            Receipt(sequence=7, command_id="c1", verdict=_APPLIED),
            Receipt(sequence=8, command_id="c2", verdict=_APPLIED),
        ),
    ],
)
async def test_receipts_of_other_commands_are_refused(receipts: tuple[Receipt, ...]) -> None:
    answer = PushAnswer(receipts=receipts, next_sequence=8, server_time=NOON)
    async with client_of(answering(answer)) as client:
        with pytest.raises(ProtocolError):
            await client.push(_PUSH)


@pytest.mark.parametrize(
    "url",
    [
        "http://hub.example",
        "ftp://hub.example",
        "hub.example",
        "",
        "https://",
        "https://me:secret@hub.example",
        "http://127.0.0.1.example",
    ],
)
def test_an_address_without_tls_or_sense_is_refused(url: str) -> None:
    with pytest.raises(BadSettings):
        HubClient(url, StaticTokens("secret"))


@pytest.mark.parametrize(
    "url", ["https://hub.example", "http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"]
)
async def test_tls_or_loopback_is_accepted(url: str) -> None:
    async with HubClient(url, StaticTokens("secret")):
        pass
