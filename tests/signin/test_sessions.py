"""A session at a real provider: renewed in time, by one at a time, and ended here and there."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import Offline, ProtocolError, Refused, SignInNeeded
from fleetdesk.models.access import Actor, Role
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.protocol import Hello
from fleetdesk.sync.engine.engine import SyncEngine
from fleetdesk.sync.files.vault import MemoryVault
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.signin.flow import sign_in
from fleetdesk.sync.signin.provider import Provider, TokenAnswer
from fleetdesk.sync.signin.session import SignedIn
from fleetdesk.sync.signin.tokens import Tokens, TokenShelf
from fleetdesk.sync.store.local_store import LocalStore
from tests.devices import signer_of
from tests.hub.support import HandClock, Hosted, person_id
from tests.signin.conftest import believing
from tests.signin.provider import Browser, RealProvider
from tests.sync.running import KEYS, QUICK, RunningHub

pytestmark = pytest.mark.anyio

SALES = f"user_{Role.COMMERCIAL}"
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION)
LATER = {"minutes": 59, "seconds": 30}
"""When the provider's tokens, which last an hour, have to be renewed, though they have not ended."""


class Network(httpx.AsyncHTTPTransport):
    """The laptop's network, which can be cut: before a request leaves, or before its answer arrives."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self.cut = False
        self.loses_answers = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        answer = await super().handle_async_request(request)
        if self.loses_answers and request.method == "POST":
            await answer.aclose()
            raise httpx.ReadError("lost")
        return answer


class Counting(Provider):
    """The laptop's view of the provider; counts renewals, and may be slow with them."""

    renewals = 0
    pause = 0.0

    async def refresh(self, token: str) -> TokenAnswer:
        self.renewals += 1
        given = await super().refresh(token)
        await asyncio.sleep(self.pause)
        return given


class Laptop:
    """One laptop: its clock, its network, its vault, and the processes that share them."""

    def __init__(self, provider: RealProvider, folder: Path) -> None:
        self.clock = HandClock()
        self.network = Network()
        self.vault = MemoryVault()
        self.provider = Counting(provider.registration(), transport=self.network)
        self.lock = folder / "session.lock"

    @property
    def shelf(self) -> TokenShelf:
        return TokenShelf(self.vault, "team", self.provider.registration)

    def session(self) -> SignedIn:
        """The session, as another process on this laptop finds it."""
        return SignedIn(lambda: self.provider, self.shelf, self.lock, self.clock)

    @property
    def kept(self) -> Tokens | None:
        """What the vault holds."""
        return self.shelf.read()

    async def sign_in(self, login: str = SALES) -> SignedIn:
        session = self.session()
        await session.begin(await self.tokens(login))
        return session

    async def tokens(self, login: str = SALES) -> Tokens:
        return await sign_in(self.provider, browse=Browser(login), clock=self.clock)


@pytest.fixture
def laptop(provider: RealProvider, tmp_path: Path) -> Laptop:
    return Laptop(provider, tmp_path)


async def test_the_next_start_finds_the_session(laptop: Laptop) -> None:
    token = await (await laptop.sign_in()).token()
    assert await laptop.session().token() == token


async def test_the_next_start_knows_who_it_is_without_asking_anybody(laptop: Laptop) -> None:
    await laptop.sign_in()
    laptop.network.cut = True
    person = await laptop.session().person()
    assert person is not None
    assert person.subject == SALES


async def test_where_only_the_refresh_token_could_be_kept_the_next_start_renews(laptop: Laptop) -> None:
    await laptop.sign_in()
    laptop.vault.forget("team.access")
    assert await laptop.session().token()
    assert laptop.provider.renewals == 1


async def test_a_token_that_lasts_is_given_without_asking_anybody(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.network.cut = True
    laptop.clock.advance(minutes=58)
    assert await session.token()


async def test_a_token_is_renewed_before_it_ends(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    first = await session.token()
    laptop.clock.advance(**LATER)
    assert await session.token() != first


async def test_a_renewal_rotates_the_refresh_token(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    first = laptop.kept
    laptop.clock.advance(**LATER)
    await session.token()
    assert first is not None
    assert laptop.kept is not None
    assert laptop.kept.refresh != first.refresh


async def test_a_session_is_renewed_again_and_again(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    for _ in range(3):
        laptop.clock.advance(hours=1)
        await session.token()
    assert laptop.provider.renewals == 3


async def test_many_who_need_a_token_at_once_renew_it_once(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.clock.advance(hours=1)
    tokens = await asyncio.gather(*(session.token() for _ in range(20)))
    assert (len(set(tokens)), laptop.provider.renewals) == (1, 1)


async def test_two_processes_renew_it_once(laptop: Laptop) -> None:
    window = await laptop.sign_in()
    command_line = laptop.session()
    await command_line.token()
    laptop.provider.pause = 0.3
    laptop.clock.advance(hours=1)
    tokens = await asyncio.gather(window.token(), command_line.token())
    assert (len(set(tokens)), laptop.provider.renewals) == (1, 1)


async def test_whoever_gives_up_does_not_cut_off_a_renewal(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    first = laptop.kept
    laptop.provider.pause = 0.3
    laptop.clock.advance(hours=1)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await session.token()
    await session.close()
    assert laptop.kept != first


async def test_a_client_that_is_closed_does_not_cut_it_off_either(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    first = laptop.kept
    laptop.provider.pause = 0.3
    laptop.clock.advance(hours=1)
    async with HubClient("http://127.0.0.1:1", session) as client:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.ready()
    assert laptop.kept != first


async def test_a_refresh_token_that_somebody_used_ends_the_session(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    assert laptop.kept is not None
    await laptop.provider.refresh(laptop.kept.refresh)  # by a thief, who copied the vault
    laptop.clock.advance(hours=1)
    with pytest.raises(SignInNeeded, match="session has ended") as needed:
        await session.token()
    assert (needed.value.do, "is kept" in needed.value.kept) == ("Sign in again.", True)


async def test_what_a_thief_made_of_it_ends_too(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    assert laptop.kept is not None
    stolen = await laptop.provider.refresh(laptop.kept.refresh)
    laptop.clock.advance(hours=1)
    with pytest.raises(SignInNeeded):
        await session.token()
    with pytest.raises(SignInNeeded):
        await laptop.provider.refresh(stolen.refresh)


async def test_a_session_that_has_ended_is_not_asked_for_again(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    assert laptop.kept is not None
    await laptop.provider.refresh(laptop.kept.refresh)
    laptop.clock.advance(hours=1)
    for _ in range(3):
        with pytest.raises(SignInNeeded, match="session has ended"):
            await session.token()
    assert laptop.provider.renewals == 2


async def test_a_lost_answer_leads_to_a_new_sign_in_and_no_further(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.clock.advance(hours=1)
    laptop.network.loses_answers = True
    with pytest.raises(Offline):
        await session.token()
    laptop.network.loses_answers = False
    with pytest.raises(SignInNeeded, match="session has ended"):
        await session.token()
    await session.begin(await laptop.tokens())
    assert await session.token()


async def test_without_a_network_the_session_is_kept(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.clock.advance(hours=1)
    laptop.network.cut = True
    with pytest.raises(Offline):
        await session.token()
    laptop.network.cut = False
    assert await session.token()


async def test_a_token_is_used_to_its_end_while_it_cannot_be_renewed(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.clock.advance(**LATER)
    laptop.network.cut = True
    assert await session.token()


async def test_a_session_survives_a_change_of_the_providers_keys(
    own_provider: RealProvider, hosted: Hosted, tmp_path: Path
) -> None:
    laptop = Laptop(own_provider, tmp_path)
    session = await laptop.sign_in()
    with believing(own_provider, hosted) as hub:
        own_provider.rotate()
        hosted.clock.advance(minutes=1)
        laptop.clock.advance(hours=1)
        async with HubClient(hub.url, session, signer=signer_of(SALES)) as client:
            assert (await client.hello(HELLO)).person.id == person_id(Role.COMMERCIAL)
    assert laptop.provider.renewals == 1


async def test_a_clock_that_went_wrong_meanwhile_does_not_end_a_session(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.clock.advance(days=300)
    assert await session.token()


async def test_who_signs_in_with_a_wrong_clock_is_told_so(laptop: Laptop) -> None:
    laptop.clock.advance(days=-300)
    with pytest.raises(ProtocolError, match="clock"):
        await laptop.tokens()


async def test_nobody_signed_in_is_told_so(laptop: Laptop) -> None:
    with pytest.raises(SignInNeeded, match="not signed in"):
        await laptop.session().token()


async def test_another_persons_sign_in_does_not_take_over(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    with pytest.raises(Refused, match="another person"):
        await session.begin(await laptop.tokens(f"user_{Role.FINANCE}"))
    assert laptop.kept is not None
    assert laptop.kept.person.subject == SALES


class Mistaken(Counting):
    """Renews a session as another person's, by a mistake at the provider."""

    instead = ""

    async def refresh(self, token: str) -> TokenAnswer:
        return await super().refresh(self.instead or token)


async def test_a_session_that_is_renewed_as_another_persons_is_over(provider: RealProvider, laptop: Laptop) -> None:
    laptop.provider = mistaken = Mistaken(provider.registration())
    session = await laptop.sign_in()
    mistaken.instead = (await laptop.tokens(f"user_{Role.FINANCE}")).refresh
    laptop.clock.advance(hours=1)
    with pytest.raises(SignInNeeded, match="another person"):
        await session.token()
    assert laptop.kept is None


# ----------------------------------------------------------------------------------------------------- before the hub


@pytest.fixture
async def stale(laptop: Laptop) -> AsyncIterator[SignedIn]:
    """A session whose token is worth nothing any more, though it should last."""
    fresh = await laptop.tokens()
    session = laptop.session()
    await session.begin(Tokens("no token", fresh.expires_at, fresh.refresh, fresh.person))
    yield session
    await session.close()


async def test_a_token_that_the_hub_refuses_is_renewed_once(laptop: Laptop, stale: SignedIn, hub: RunningHub) -> None:
    async with HubClient(hub.url, stale, signer=signer_of(SALES)) as client:
        assert (await client.hello(HELLO)).person.id == person_id(Role.COMMERCIAL)
    assert laptop.provider.renewals == 1


async def test_a_hub_that_refuses_the_renewed_one_too_is_believed(
    laptop: Laptop, stale: SignedIn, own_provider: RealProvider, hosted: Hosted
) -> None:
    with believing(own_provider, hosted) as stranger:  # it does not believe the provider that signs
        async with HubClient(stranger.url, stale, signer=signer_of(SALES)) as client:
            for _ in range(3):
                with pytest.raises(SignInNeeded, match="does not accept"):
                    await client.hello(HELLO)
    assert laptop.provider.renewals == 1


async def test_a_running_laptop_goes_on_while_the_provider_is_down(
    own_provider: RealProvider, hosted: Hosted, tmp_path: Path
) -> None:
    laptop = Laptop(own_provider, tmp_path)
    session = await laptop.sign_in()
    platform = fleet_platform()
    actor = Actor(person_id(Role.COMMERCIAL), Role.COMMERCIAL)
    (tmp_path / "laptop").mkdir()
    store = LocalStore.open(tmp_path / "laptop", keys=KEYS, platform=platform, clock=laptop.clock, actor=actor)
    live = asyncio.Event()

    def report(status: SyncStatus) -> None:
        (live.set if status.state is SyncState.LIVE else live.clear)()

    with believing(own_provider, hosted) as hub, contextlib.closing(store):
        async with HubClient(hub.url, session, silence=5, signer=signer_of(SALES)) as client:
            engine = SyncEngine(
                store,
                client,
                settings=QUICK,
                schema_version=SCHEMA_VERSION,
                clock=laptop.clock,
                rng=random.Random(1),
                report=report,
            )
            running = asyncio.create_task(engine.run())
            await live.wait()
            own_provider.stop()
            hub.stop()
            while live.is_set():  # noqa: ASYNC110  # the status is told by a callback
                await asyncio.sleep(0.01)
            hub.start()
            await live.wait()
            engine.stop()
            await running


async def test_a_session_that_ended_is_gone_on_with_after_a_new_sign_in_elsewhere(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    assert laptop.kept is not None
    await laptop.provider.refresh(laptop.kept.refresh)
    laptop.clock.advance(hours=1)
    with pytest.raises(SignInNeeded):
        await session.token()
    await laptop.session().begin(await laptop.tokens())
    assert await session.token()


async def test_what_one_person_does_is_never_sent_as_another(laptop: Laptop) -> None:
    """In another process somebody signs out, and another person in; the window of the first is still open."""
    window = await laptop.sign_in()
    await laptop.session().sign_out()
    await laptop.sign_in(f"user_{Role.FINANCE}")
    laptop.clock.advance(hours=1)
    for _ in range(2):
        with pytest.raises(SignInNeeded, match="Another person"):
            await window.token()
    assert laptop.kept is not None
    assert laptop.kept.person.subject == f"user_{Role.FINANCE}"


async def test_a_session_for_one_person_takes_no_others_tokens(laptop: Laptop) -> None:
    finance = await laptop.tokens(f"user_{Role.FINANCE}")
    await laptop.sign_in()
    session = SignedIn(lambda: laptop.provider, laptop.shelf, laptop.lock, laptop.clock, person=finance.person)
    with pytest.raises(SignInNeeded, match="Another person"):
        await session.token()


# ------------------------------------------------------------------------------------------------------------ sign-out


async def test_signing_out_ends_the_session_at_the_provider(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    kept = laptop.kept
    assert kept is not None
    farewell = await session.sign_out()
    with pytest.raises(SignInNeeded):
        await laptop.provider.refresh(kept.refresh)
    assert farewell.notice == ""


async def test_signing_out_leaves_nothing_in_the_vault(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    await session.sign_out()
    assert laptop.vault == MemoryVault()


async def test_who_signed_out_has_to_sign_in(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    await session.sign_out()
    with pytest.raises(SignInNeeded, match="signed out"):
        await session.token()


async def test_another_process_hears_of_a_sign_out_when_it_renews(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    window = laptop.session()
    await window.token()
    await session.sign_out()
    laptop.clock.advance(hours=1)
    with pytest.raises(SignInNeeded, match="signed out"):
        await window.token()


async def test_signing_out_offline_says_that_the_provider_was_not_told(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    laptop.network.cut = True
    farewell = await session.sign_out()
    assert "was not told" in farewell.notice
    assert laptop.vault == MemoryVault()


async def test_after_a_sign_out_another_person_may_sign_in(laptop: Laptop) -> None:
    session = await laptop.sign_in()
    await session.sign_out()
    await session.begin(await laptop.tokens(f"user_{Role.FINANCE}"))
    assert await session.token()
