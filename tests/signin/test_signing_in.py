"""Signing in at a real provider, and what the hub makes of the token that comes of it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fleetdesk.errors import BadSettings, NotAllowed, NotStaff, Offline, ProtocolError, Refused, Unavailable
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello, Welcome
from fleetdesk.sync.network.client import HubClient
from fleetdesk.sync.network.exchange import StaticTokens
from fleetdesk.sync.signin.flow import sign_in
from fleetdesk.sync.signin.provider import Provider, TokenAnswer
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.sync.signin.tokens import Tokens
from tests.devices import insert_device, signer_of
from tests.hub.support import person_id
from tests.signin.provider import CLIENT, OTHER_CLIENT, Browser, RealProvider
from tests.sync.running import RunningHub

pytestmark = pytest.mark.anyio

SALES = f"user_{Role.COMMERCIAL}"
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION)


async def signed_in(provider: RealProvider, login: str = SALES, client: str = CLIENT) -> Tokens:
    return await sign_in(provider.client(client), browse=Browser(login), clock=SystemClock())


async def greeted(hub: RunningHub, token: str, login: str = SALES) -> Welcome:
    async with HubClient(hub.url, StaticTokens(token), silence=10, signer=signer_of(login)) as client:
        return await client.hello(HELLO)


async def test_who_signed_in_is_the_person_that_the_hub_greets(provider: RealProvider, hub: RunningHub) -> None:
    tokens = await signed_in(provider)
    welcome = await greeted(hub, tokens.access)
    assert (welcome.person.id, welcome.person.role) == (person_id(Role.COMMERCIAL), Role.COMMERCIAL)


async def test_the_laptop_knows_who_signed_in(provider: RealProvider) -> None:
    assert (await signed_in(provider)).person.subject == SALES


async def test_the_session_can_be_renewed(provider: RealProvider) -> None:
    assert (await signed_in(provider)).refresh


async def test_the_page_tells_the_person_to_go_back(provider: RealProvider) -> None:
    browser = Browser(SALES)
    await sign_in(provider.client(), browse=browser, clock=SystemClock())
    assert "Back to FleetDesk" in browser.last_page


async def test_no_two_attempts_have_anything_secret_in_common(provider: RealProvider) -> None:
    browser = Browser(SALES)
    for _ in range(2):
        await sign_in(provider.client(), browse=browser, clock=SystemClock())
    one, other = (parse_qs(urlsplit(url).query) for url in browser.shown)
    assert {name for name in ("state", "nonce", "code_challenge") if one[name] == other[name]} == set()


async def test_the_verifier_itself_is_not_shown_to_the_browser(provider: RealProvider) -> None:
    browser = Browser(SALES)
    await sign_in(provider.client(), browse=browser, clock=SystemClock())
    asked = parse_qs(urlsplit(browser.shown[0]).query)
    assert ("code_verifier" in asked, asked["code_challenge_method"]) == (False, ["S256"])


async def test_who_declines_is_told_so(provider: RealProvider) -> None:
    browser = Browser(SALES, declines=True)
    with pytest.raises(Refused, match="declined") as refusal:
        await sign_in(provider.client(), browse=browser, clock=SystemClock())
    assert (refusal.value.code, "were not signed in" in browser.last_page) == ("access_denied", True)


class Meddling(Browser):
    """A browser in which something changes the address on the way back."""

    def __init__(self, **changed: str) -> None:
        super().__init__(SALES)
        self._changed = changed

    def back(self, url: str) -> str:
        return str(httpx.URL(url).copy_merge_params(self._changed))


async def test_an_answer_to_another_attempt_is_not_used(provider: RealProvider) -> None:
    browser = Meddling(state="another")
    with pytest.raises(Unavailable, match="Nobody finished"):
        await sign_in(provider.client(), browse=browser, clock=SystemClock(), patience=0.2)
    assert "another sign-in" in browser.last_page


async def test_an_answer_of_another_provider_is_not_used(provider: RealProvider) -> None:
    with pytest.raises(ProtocolError, match="Another sign-in service"):
        await sign_in(provider.client(), browse=Meddling(iss="https://evil.example.com"), clock=SystemClock())


class Silent(Browser):
    """A browser that drops a parameter on the way back."""

    def back(self, url: str) -> str:
        return str(httpx.URL(url).copy_remove_param("iss"))


async def test_a_provider_that_names_itself_has_to_do_so(provider: RealProvider) -> None:
    with pytest.raises(ProtocolError, match="Another sign-in service"):
        await sign_in(provider.client(), browse=Silent(SALES), clock=SystemClock())


async def test_a_code_of_nobodys_is_refused(provider: RealProvider) -> None:
    with pytest.raises(Refused, match="invalid_grant"):
        await sign_in(provider.client(), browse=Meddling(code="guessed"), clock=SystemClock())


class Guessing(Provider):
    """Has the code, as a thief who looked over the browser's shoulder, but not the verifier."""

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenAnswer:
        return await super().exchange(code, verifier[:-1] + ("b" if verifier[-1] == "a" else "a"), redirect_uri)


async def test_a_stolen_code_is_worth_nothing_without_its_verifier(provider: RealProvider) -> None:
    with pytest.raises(Refused, match="invalid_grant"):
        await sign_in(Guessing(provider.registration()), browse=Browser(SALES), clock=SystemClock())


class Repeating(Provider):
    """Exchanges each code twice, as whoever found it in a log would."""

    first = ""

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenAnswer:
        self.first = (await super().exchange(code, verifier, redirect_uri)).refresh
        return await super().exchange(code, verifier, redirect_uri)


async def test_a_code_is_good_once_and_whoever_replays_it_ends_the_session(provider: RealProvider) -> None:
    twice = Repeating(provider.registration())
    with pytest.raises(Refused, match="invalid_grant"):
        await sign_in(twice, browse=Browser(SALES), clock=SystemClock())
    with pytest.raises(Unavailable, match="session has ended"):
        await provider.client().refresh(twice.first)


async def test_a_client_that_is_not_registered_is_the_settings_fault(provider: RealProvider) -> None:
    stranger = Provider(provider.registration("unregistered"))
    with pytest.raises(BadSettings, match="invalid_client"):
        await stranger.exchange("code", "v" * 43, "http://127.0.0.1/signed-in")


async def test_a_provider_that_is_down_is_told_before_a_browser_opens(own_provider: RealProvider) -> None:
    own_provider.stop()
    browser = Browser(SALES)
    with pytest.raises(Offline, match="cannot be reached"):
        await sign_in(own_provider.client(), browse=browser, clock=SystemClock())
    assert browser.shown == []


async def test_a_provider_of_another_name_is_not_signed_in_at(provider: RealProvider) -> None:
    # The same host and port, one slash more: the standard asks for the very same text.
    registration = Registration(provider.issuer + "/", CLIENT, ports=(0,))
    with pytest.raises(BadSettings, match="another name"):
        await Provider(registration).endpoints()


@pytest.mark.parametrize("login", ["user_elsewhere", "user_alone"])
async def test_who_chose_another_organisation_or_none_is_refused_with_the_reason(
    provider: RealProvider, hub: RunningHub, login: str
) -> None:
    tokens = await signed_in(provider, login)
    with pytest.raises(NotAllowed, match="nly the platform's own staff") as refusal:
        await greeted(hub, tokens.access)
    assert "staff organisation" in refusal.value.do


async def test_who_is_of_the_organisation_but_not_in_the_directory_is_refused(
    provider: RealProvider, hub: RunningHub
) -> None:
    tokens = await signed_in(provider, "user_unknown")
    with hub.hosted.owner() as connection:
        insert_device(connection, "user_unknown", "nobody")
    with pytest.raises(NotStaff, match="on the platform's staff"):
        await greeted(hub, tokens.access, "user_unknown")


async def test_another_clients_token_opens_nothing(provider: RealProvider, hub: RunningHub) -> None:
    tokens = await signed_in(provider, client=OTHER_CLIENT)
    with pytest.raises(Unavailable, match="does not accept this session"):
        await greeted(hub, tokens.access)
