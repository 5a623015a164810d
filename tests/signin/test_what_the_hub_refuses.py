"""Forged, stale and foreign tokens before a real hub that believes a real provider: each made of a real one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fleetdesk.hub.issuer_keys import SOONEST_AGAIN
from fleetdesk.models.access import Role
from fleetdesk.models.ids import SystemClock
from fleetdesk.models.schema import SCHEMA_VERSION
from fleetdesk.protocol import Hello
from fleetdesk.sync.signin.flow import sign_in
from fleetdesk.sync.signin.provider import Provider, TokenAnswer
from fleetdesk.sync.signin.tokens import Tokens
from tests.devices import Signing
from tests.hub.support import Hosted
from tests.signin.conftest import believing
from tests.signin.provider import OTHER_CLIENT, STAFF, Browser, RealProvider, SigningKey
from tests.sync.running import RunningHub

pytestmark = pytest.mark.anyio

SALES = f"user_{Role.COMMERCIAL}"
HELLO = Hello(laptop_id="l", app_version="1", schema_version=SCHEMA_VERSION).model_dump()


def status(hub: RunningHub, token: str) -> int:
    """What the hub answers to a greeting with this token."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(
        f"{hub.url}/v1/hello", json=HELLO, headers=headers, auth=Signing(SALES), trust_env=False
    ).status_code


async def signed_in(provider: RealProvider) -> Tokens:
    return await sign_in(provider.client(), browse=Browser(SALES), clock=SystemClock())


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@dataclass(frozen=True)
class Real:
    """A real access token, and the key that it was signed with."""

    token: str
    key: SigningKey

    def signed_anew(self, *, kind: str = "at+jwt", header: dict[str, Any] | None = None, **changed: object) -> str:
        """The same token by the same key, but for what is changed; None leaves a claim out."""
        claims = {name: value for name, value in (claims_of(self.token) | changed).items() if value is not None}
        return self.key.sign(claims, kind=kind, **(header or {}))


@pytest.fixture
def real(provider: RealProvider) -> Real:
    return Real(asyncio.run(signed_in(provider)).access, provider.key)


def test_the_token_that_all_others_are_made_of_is_accepted(hub: RunningHub, real: Real) -> None:
    assert status(hub, real.token) == 200


def test_made_anew_without_a_change_it_is_accepted_too(hub: RunningHub, real: Real) -> None:
    assert status(hub, real.signed_anew()) == 200


def test_it_is_an_access_token_as_the_standard_has_them(real: Real) -> None:
    header, claims = jwt.get_unverified_header(real.token), claims_of(real.token)
    assert header["typ"] == "at+jwt"
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "org_id"} <= claims.keys()


def now() -> int:
    return int(time.time())


def unsigned(real: Real) -> str:
    return jwt.encode(claims_of(real.token), "", algorithm="none", headers={"kid": real.key.id, "typ": "at+jwt"})


def by_the_public_key(real: Real) -> str:
    """HS256 with what everybody may read: the classic confusion. By hand, as the library would refuse to."""
    public = real.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": real.key.id}
    signed = b".".join(base64url(json.dumps(part).encode()) for part in (header, claims_of(real.token)))
    return (signed + b"." + base64url(hmac.digest(public, signed, hashlib.sha256))).decode()


def base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def by_a_stranger_who_names_the_key(real: Real) -> str:
    return SigningKey(real.key.id).sign(claims_of(real.token))


def by_a_key_that_it_brings(real: Real) -> str:
    stranger = SigningKey("brought")
    public = {name: value for name, value in stranger.jwk.items() if name in ("kty", "n", "e")}
    return stranger.sign(claims_of(real.token), jwk=public)


def with_another_subject_under_the_old_signature(real: Real) -> str:
    head, _, signature = real.token.split(".")
    claims = claims_of(real.token) | {"sub": f"user_{Role.SUPER_ADMIN}"}
    return f"{head}.{base64url(json.dumps(claims).encode()).decode()}.{signature}"


FORGERIES: dict[str, Callable[[Real], str]] = {
    "expired": lambda real: real.signed_anew(exp=now() - 31, iat=now() - 3600),
    "without an end": lambda real: real.signed_anew(exp=None),
    "not yet valid": lambda real: real.signed_anew(nbf=now() + 60),
    "another issuer's": lambda real: real.signed_anew(iss="https://elsewhere.example.com"),
    "the issuer's, with a slash": lambda real: real.signed_anew(iss=claims_of(real.token)["iss"] + "/"),
    "another client's": lambda real: real.signed_anew(client_id=OTHER_CLIENT),
    "no client's": lambda real: real.signed_anew(client_id=None),
    "for another audience": lambda real: real.signed_anew(aud="https://other.example.com"),
    "for no audience": lambda real: real.signed_anew(aud=None),
    "nobody's": lambda real: real.signed_anew(sub=None),
    "alg none": unsigned,
    "HS256 with the public key": by_the_public_key,
    "an unknown key's": lambda real: SigningKey("unknown").sign(claims_of(real.token)),
    "of no key id": lambda real: real.signed_anew(header={"kid": ""}),
    "a stranger's who names the key": by_a_stranger_who_names_the_key,
    "by a key that it brings": by_a_key_that_it_brings,
    "another subject, old signature": with_another_subject_under_the_old_signature,
    "signature cut off": lambda real: real.token.rpartition(".")[0] + ".",
    "a logout token": lambda real: real.signed_anew(kind="logout+jwt"),
    "an ID token by its claims": lambda real: real.signed_anew(nonce="n"),
    "an ID token by its audience": lambda real: real.signed_anew(
        kind="JWT", aud=[claims_of(real.token)["client_id"], claims_of(real.token)["aud"]]
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_is_turned_away(hub: RunningHub, real: Real, forgery: Callable[[Real], str]) -> None:
    assert status(hub, forgery(real)) == 401


class Remembering(Provider):
    """Remembers the ID token, which nobody keeps."""

    id_token = ""

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenAnswer:
        given = await super().exchange(code, verifier, redirect_uri)
        self.id_token = given.id_token
        return given


async def test_an_id_token_is_no_access_token(provider: RealProvider, hub: RunningHub) -> None:
    laptop = Remembering(provider.registration())
    await sign_in(laptop, browse=Browser(SALES), clock=SystemClock())
    assert status(hub, laptop.id_token) == 401


async def test_an_id_token_that_names_the_staff_organisation_is_none_either(
    provider: RealProvider, hub: RunningHub
) -> None:
    claims = {
        "iss": provider.issuer,
        "sub": SALES,
        "aud": "fleetdesk",
        "azp": "fleetdesk",
        "exp": now() + 60,
        "iat": now(),
        "org_id": STAFF,
    }
    assert status(hub, provider.key.sign(claims, kind="JWT")) == 401


def test_a_token_ends_at_its_time(hub: RunningHub, hosted: Hosted, real: Real) -> None:
    hosted.clock.advance(hours=1, seconds=31)
    assert status(hub, real.token) == 401


async def test_another_providers_token_opens_nothing(own_provider: RealProvider, hub: RunningHub) -> None:
    assert status(hub, (await signed_in(own_provider)).access) == 401


async def test_tokens_of_a_key_that_the_provider_has_since_are_accepted(
    own_provider: RealProvider, hosted: Hosted
) -> None:
    with believing(own_provider, hosted) as hub:
        assert status(hub, (await signed_in(own_provider)).access) == 200
        own_provider.rotate()
        hosted.clock.advance(seconds=SOONEST_AGAIN.total_seconds())
        assert status(hub, (await signed_in(own_provider)).access) == 200


async def test_a_withdrawn_key_is_believed_for_an_hour_at_most(own_provider: RealProvider, hosted: Hosted) -> None:
    with believing(own_provider, hosted) as hub:
        stolen = own_provider.rotate()
        hosted.clock.advance(hours=1)
        claims = claims_of((await signed_in(own_provider)).access) | {"exp": now() + 7200}
        assert (status(hub, stolen.sign(claims)), status(hub, own_provider.key.sign(claims))) == (401, 200)


async def test_a_hub_goes_on_while_the_provider_is_down(own_provider: RealProvider, hosted: Hosted) -> None:
    with believing(own_provider, hosted) as hub:
        token = (await signed_in(own_provider)).access
        own_provider.stop()
        hosted.clock.advance(minutes=50)
        assert status(hub, token) == 200
