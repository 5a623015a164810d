"""Where the browser comes back to: one answer, to nobody but this machine, and not for ever."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import httpx
import pytest

from fleetdesk.errors import Unavailable
from fleetdesk.sync.signin.redirect import PATIENCE, listening

pytestmark = pytest.mark.anyio
STATE = "s"
ANSWER = "?code=c&state=s"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program uses."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


async def get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(url, headers=headers)


async def test_it_gives_what_the_browser_brought() -> None:
    async with listening([0], STATE) as listener:
        await get(listener.uri + ANSWER)
        assert await listener.answer(5) == {"code": "c", "state": "s"}


async def test_it_listens_on_this_machine_alone() -> None:
    async with listening([0], STATE) as listener:
        assert listener.uri.startswith("http://127.0.0.1:")


async def test_a_port_that_is_taken_is_passed_over(taken: int) -> None:
    async with listening([taken, 0], STATE) as listener:
        assert f":{taken}/" not in listener.uri


async def test_the_first_free_port_is_used(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    async with listening([taken, free, 0], STATE) as listener:
        assert f":{free}/" in listener.uri


async def test_where_all_are_taken_it_says_so(taken: int) -> None:
    with pytest.raises(Unavailable, match=f"ports .{taken}, {taken}"):
        async with listening([taken, taken], STATE):
            pass


async def test_nobody_who_comes_ends_in_time() -> None:
    async with listening([0], STATE) as listener:
        with pytest.raises(Unavailable, match="Nobody finished"):
            await listener.answer(0.05)


async def test_the_port_is_free_again_afterwards() -> None:
    async with listening([0], STATE) as listener:
        port = int(httpx.URL(listener.uri).port or 0)
    async with listening([port], STATE) as again:
        assert f":{port}/" in again.uri


async def test_cancelled_it_lets_go_of_the_port() -> None:
    uris: list[str] = []

    async def wait() -> None:
        async with listening([0], STATE) as listener:
            uris.append(listener.uri)
            await listener.answer(60)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    with pytest.raises(httpx.ConnectError):
        await get(uris[0] + ANSWER)


async def test_the_first_answer_counts() -> None:
    async with listening([0], STATE) as listener:
        await get(listener.uri + ANSWER)
        await get(listener.uri + "?code=another&state=s")
        assert (await listener.answer(5))["code"] == "c"


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/signed-in/x?code=c"])
async def test_nothing_else_is_there(path: str) -> None:
    async with listening([0], STATE) as listener:
        answer = await get(listener.uri.replace("/signed-in", path))
        assert answer.status_code == 404
        with pytest.raises(Unavailable):
            await listener.answer(0.05)


@pytest.mark.parametrize("query", ["?error=x", "?code=stolen", "?code=c&state=t", "?error=access_denied&state="])
async def test_what_another_page_has_the_browser_load_does_not_end_the_wait(query: str) -> None:
    async with listening([0], STATE) as listener:
        page = await get(listener.uri + query)
        assert (page.status_code, "another sign-in" in page.text) == (400, True)
        await get(listener.uri + ANSWER)
        assert (await listener.answer(5))["code"] == "c"


@pytest.mark.parametrize("query", ["", "?state=s", "?code=c&code=d", "?code=c&state=s&state=t"])
async def test_what_is_no_answer_does_not_end_the_wait(query: str) -> None:
    async with listening([0], STATE) as listener:
        assert (await get(listener.uri + query)).status_code == 400
        with pytest.raises(Unavailable):
            await listener.answer(0.05)


async def test_a_site_that_names_this_address_by_its_own_name_is_not_let_in() -> None:
    async with listening([0], STATE) as listener:
        port = httpx.URL(listener.uri).port
        answer = await get(listener.uri + ANSWER, Host=f"rebound.example.com:{port}")
        assert answer.status_code == 404
        with pytest.raises(Unavailable):
            await listener.answer(0.05)


async def test_a_refusal_is_an_answer_and_the_page_says_so() -> None:
    async with listening([0], STATE) as listener:
        page = await get(listener.uri + "?error=access_denied&state=s")
        assert (await listener.answer(5))["error"] == "access_denied"
        assert "not signed in" in page.text


async def test_the_page_shows_nothing_of_what_came_and_is_not_kept() -> None:
    async with listening([0], STATE) as listener:
        page = await get(listener.uri + "?error=%3Cscript%3Ehello&state=secret-state")
        assert {"secret-state", "hello"} & set(page.text.replace("<", " ").replace(">", " ").split()) == set()
        assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


async def test_a_connection_that_says_nothing_holds_nobody_up() -> None:
    """Browsers open some in advance, and would have the listener wait out its patience with each."""
    async with asyncio.timeout(PATIENCE / 2):
        async with listening([0], STATE) as listener:
            url = httpx.URL(listener.uri)
            _, writer = await asyncio.open_connection(url.host, url.port)
            await get(listener.uri + ANSWER)
            assert (await listener.answer(5))["code"] == "c"
    writer.close()


@pytest.mark.parametrize(
    "sent", [b"POST /signed-in?code=c&state=s HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n"]
)
async def test_what_is_no_request_of_a_browser_is_answered_and_forgotten(sent: bytes) -> None:
    async with listening([0], STATE) as listener:
        url = httpx.URL(listener.uri)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(sent)
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
        with pytest.raises(Unavailable):
            await listener.answer(0.05)


async def test_an_endless_head_is_cut_off() -> None:
    async with listening([0], STATE) as listener:
        url = httpx.URL(listener.uri)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"GET /signed-in?code=c HTTP/1.1\r\n" + b"X: y\r\n" * 20_000)
        with contextlib.suppress(ConnectionError):  # cut while it still sent
            assert await reader.read() == b""
        writer.close()
