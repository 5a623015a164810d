"""What a provider may say of itself and answer, and what becomes of everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from fleetdesk.errors import BadSettings, FleetDeskError, Offline, ProtocolError, Refused, SignInNeeded
from fleetdesk.sync.signin.provider import Provider, TokenAnswer
from fleetdesk.sync.signin.registration import Registration, scopes_asked

pytestmark = pytest.mark.anyio
ISSUER = "https://clerk.example.com"
# Clerk's own, as it documents them.
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/oauth/authorize",
    "token_endpoint": f"{ISSUER}/oauth/token",
    "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
    "revocation_endpoint": f"{ISSUER}/oauth/token/revoke",
    "scopes_supported": ["openid", "profile", "email", "public_metadata", "offline_access", "user:org:read"],
    "code_challenge_methods_supported": ["S256"],
}
TOKENS = {"access_token": "a", "token_type": "Bearer", "expires_in": 86400, "refresh_token": "r", "id_token": "i"}

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def provider(answer: Answer | None = None, said: Mapping[str, object] = {}) -> Provider:
    """A provider that says this of itself, and answers everything else with `answer`."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={k: v for k, v in (METADATA | dict(said)).items() if v is not None})
        assert answer is not None
        return answer(request)

    return Provider(Registration(ISSUER, "desktop"), transport=httpx.MockTransport(respond))


def says(status: int, content: object) -> Answer:
    return lambda _: httpx.Response(status, content=content if isinstance(content, bytes) else json.dumps(content))


async def test_it_is_asked_where_its_endpoints_are() -> None:
    endpoints = await provider().endpoints()
    assert (endpoints.authorize, endpoints.token) == (f"{ISSUER}/oauth/authorize", f"{ISSUER}/oauth/token")


async def test_it_is_asked_once() -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=METADATA)

    one = Provider(Registration(ISSUER, "desktop"), transport=httpx.MockTransport(respond))
    await one.endpoints()
    await one.endpoints()
    assert asked == ["/.well-known/openid-configuration"]


async def test_an_issuer_with_a_path_is_asked_below_it() -> None:
    """OpenID Connect Discovery, 4.1."""
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=METADATA | {"issuer": f"{ISSUER}/realms/staff/"})

    registration = Registration(f"{ISSUER}/realms/staff/", "desktop")
    await Provider(registration, transport=httpx.MockTransport(respond)).endpoints()
    assert asked == ["/realms/staff/.well-known/openid-configuration"]


@pytest.mark.parametrize("issuer", [f"{ISSUER}/", "https://clerk.example.org", "https://CLERK.example.com", None, 1])
async def test_it_has_to_call_itself_what_it_was_called(issuer: object) -> None:
    with pytest.raises(BadSettings, match="another name"):
        await provider(said={"issuer": issuer}).endpoints()


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint"])
@pytest.mark.parametrize("address", ["http://clerk.example.com/x", "http://127.0.0.1:9/x", "file:///etc/passwd", 7])
async def test_no_endpoint_is_where_tls_is_not(endpoint: str, address: object) -> None:
    with pytest.raises(FleetDeskError):
        await provider(said={endpoint: address}).endpoints()


@pytest.mark.parametrize("endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_what_it_needs_must_be_there(endpoint: str) -> None:
    with pytest.raises(ProtocolError):
        await provider(said={endpoint: None}).endpoints()


async def test_without_s256_there_is_no_signing_in() -> None:
    with pytest.raises(BadSettings, match="PKCE"):
        await provider(said={"code_challenge_methods_supported": ["plain"]}).endpoints()


@pytest.mark.parametrize("issuer", ["http://clerk.example.com", "ftp://clerk.example.com", "clerk.example.com", ""])
def test_an_issuer_is_reached_by_tls_only(issuer: str) -> None:
    with pytest.raises(BadSettings):
        Provider(Registration(issuer, "desktop"))


def test_a_program_without_a_name_cannot_sign_in() -> None:
    with pytest.raises(BadSettings, match="client id"):
        Provider(Registration(ISSUER, ""))


def test_clerk_is_asked_for_a_refresh_token_and_the_organisation() -> None:
    offered = frozenset({"openid", "profile", "email", "offline_access", "user:org:read", "private_metadata"})
    assert scopes_asked(offered) == ("openid", "profile", "email", "offline_access", "user:org:read")


def test_a_provider_is_not_asked_for_what_it_does_not_offer() -> None:
    assert scopes_asked(frozenset({"openid"})) == ("openid", "profile", "email")


async def test_a_code_is_exchanged_as_the_standard_says() -> None:
    forms: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        forms.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(200, json=TOKENS)

    await provider(answer).exchange("c", "v", "http://127.0.0.1:1/signed-in")
    assert forms == [
        {
            "grant_type": "authorization_code",
            "code": "c",
            "code_verifier": "v",
            "redirect_uri": "http://127.0.0.1:1/signed-in",
            "client_id": "desktop",
        }
    ]


async def test_tokens_come_with_their_time() -> None:
    assert await provider(says(200, TOKENS)).refresh("r") == TokenAnswer("a", 86400.0, "r", "i")


@pytest.mark.parametrize("seconds", [None, "3600", 0, -1])
async def test_without_a_time_they_last_five_minutes(seconds: object) -> None:
    assert (await provider(says(200, TOKENS | {"expires_in": seconds})).refresh("r")).seconds == 300.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        {},
        TOKENS | {"access_token": 1},
        TOKENS | {"access_token": ""},
        TOKENS | {"token_type": "DPoP"},
        {"access_token": "a"},
    ],
)
async def test_what_is_no_token_is_not_used(content: object) -> None:
    with pytest.raises(ProtocolError):
        await provider(says(200, content)).refresh("r")


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (400, {"error": "invalid_grant"}, SignInNeeded),
        (400, {"error": "invalid_request"}, Refused),
        (400, {"error": "invalid_scope"}, BadSettings),
        (401, {"error": "invalid_client"}, BadSettings),
        (400, {"error": "unauthorized_client"}, BadSettings),
        (400, b"bad", ProtocolError),
        (404, b"<html>", ProtocolError),
        (302, b"", ProtocolError),
        (429, b"", Offline),
        (500, {"error": "server_error"}, Offline),
        (503, b"", Offline),
    ],
)
async def test_a_no_is_told_apart_from_trouble(status: int, content: object, kind: type[FleetDeskError]) -> None:
    with pytest.raises(FleetDeskError) as caught:
        await provider(says(status, content)).refresh("r")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x"), TimeoutError()]
)
async def test_whatever_the_network_does_is_offline(failure: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(Offline):
        await provider(fail).refresh("r")


async def test_what_a_provider_writes_into_an_error_is_not_shown() -> None:
    answer = says(400, {"error": "invalid_request", "error_description": "call 0900"})
    with pytest.raises(Refused) as refusal:
        await provider(answer).refresh("r")
    assert "0900" not in str(refusal.value)


async def test_a_provider_that_revokes_nothing_says_so() -> None:
    with pytest.raises(Refused, match="no way to end"):
        await provider(said={"revocation_endpoint": None}).revoke("r")


async def test_a_token_is_revoked_as_the_standard_says() -> None:
    forms: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        forms.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(200)

    await provider(answer).revoke("r")
    assert forms == [{"token": "r", "token_type_hint": "refresh_token", "client_id": "desktop"}]


@pytest.mark.parametrize("content", [b"", {"keys": []}, {"keys": [{"kty": "RSA"}]}, {}])
async def test_keys_that_are_none_are_not_used(content: object) -> None:
    with pytest.raises(ProtocolError):
        await provider(says(200, content)).keys()
