"""The identity provider's endpoints, each a function: discovery, exchange, refresh, keys, revocation.

Whatever the provider does, a call ends: with what it was asked for, or with

- `Offline`: it cannot be reached, does not answer, or says itself that it is in trouble
- `Refused`: it says no; the code is the one of the standard (RFC 6749, 5.2)
- `BadSettings`: it is not the provider that was named, or does not know this program
- `ProtocolError`: what it answered is not what the standards say
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import orjson

from fleetdesk.errors import BadSettings, FleetDeskError, Offline, ProtocolError, Refused, SignInNeeded
from fleetdesk.models.addresses import is_loopback
from fleetdesk.sync.network.addresses import checked_address
from fleetdesk.sync.network.ways import certificate_trouble, open_way
from fleetdesk.sync.signin.registration import Registration

__all__ = ["Endpoints", "Provider", "TokenAnswer"]

_WHAT = "a sign-in service"
_DISCOVERY = "/.well-known/openid-configuration"
_UNREGISTERED = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_SHORT = 300.0
"""Seconds that an access token is taken to last where the provider doesn't say (RFC 6749, 5.1, only recommends it)."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What a provider says of itself (OpenID Connect Discovery, 3), as far as it matters here."""

    authorize: str
    token: str
    keys: str
    revoke: str
    """Empty where it has none."""
    scopes: frozenset[str]
    names_itself: bool
    """Whether what the browser brings back names the issuer (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What the token endpoint gave. Empty texts for what it did not give."""

    access: str
    seconds: float
    refresh: str
    id_token: str


class Provider:
    """One provider, as one registered program sees it. `transport` is the seam for tests.

    `patience`: seconds without a byte before a request is given up; the whole of it may take three times that.
    """

    def __init__(
        self,
        registration: Registration,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: float = 10.0,
    ) -> None:
        """Raises BadSettings for an issuer that is no https:// address (plain http is for loopback only)."""
        self.registration = registration
        self._issuer = checked_address(registration.issuer, _WHAT)
        if not registration.client_id:
            raise BadSettings("FleetDesk's own name at the sign-in service (the client id) is missing.")
        self._transport = transport
        self._patience = patience
        self._endpoints: Endpoints | None = None

    async def endpoints(self) -> Endpoints:
        """Where everything is: asked once."""
        if self._endpoints is None:
            self._endpoints = self._read_endpoints(
                _object(await self._ask("GET", self.registration.issuer.rstrip("/") + _DISCOVERY))
            )
        return self._endpoints

    async def keys(self) -> jwt.PyJWKSet:
        """The keys that it signs with now."""
        plain = _object(await self._ask("GET", (await self.endpoints()).keys))
        try:
            return jwt.PyJWKSet.from_dict(dict(plain))
        except jwt.PyJWTError as error:
            raise _nonsense("keys") from error

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenAnswer:
        """The tokens for a code (RFC 6749, 4.1.3; RFC 7636, 4.5)."""
        return await self._tokens(
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        )

    async def refresh(self, token: str) -> TokenAnswer:
        """New tokens for a refresh token (RFC 6749, 6). Raises SignInNeeded where it is worth nothing any more."""
        try:
            return await self._tokens({"grant_type": "refresh_token", "refresh_token": token})
        except Refused as error:
            if error.code != "invalid_grant":
                raise
            raise SignInNeeded(
                "Your session has ended: the sign-in service does not renew it any more.",
                kept="What waits to be sent is kept.",
                do="Sign in again.",
            ) from error

    async def revoke(self, token: str) -> None:
        """Have a refresh token, and what comes of it, accepted no longer (RFC 7009). Refused if it can't be done."""
        endpoint = (await self.endpoints()).revoke
        if not endpoint:
            raise Refused("unsupported", "The sign-in service has no way to end a session from here.")
        await self._ask("POST", endpoint, {"token": token, "token_type_hint": "refresh_token"})

    def _read_endpoints(self, plain: Mapping[str, Any]) -> Endpoints:
        issuer = self.registration.issuer
        if plain.get("issuer") != issuer:
            raise BadSettings(
                f"What answers at {issuer} is another sign-in service, or calls itself by another name.",
                do="Check the address, to the last slash.",
            )
        methods = plain.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise BadSettings(f"The sign-in service {issuer} lacks what FleetDesk needs of one (PKCE with S256).")
        scopes = plain.get("scopes_supported")
        return Endpoints(
            authorize=self._address(plain.get("authorization_endpoint")),
            token=self._address(plain.get("token_endpoint")),
            keys=self._address(plain.get("jwks_uri")),
            revoke=self._address(plain["revocation_endpoint"]) if plain.get("revocation_endpoint") else "",
            scopes=frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset(),
            names_itself=plain.get("authorization_response_iss_parameter_supported") is True,
        )

    def _address(self, text: object) -> str:
        """An endpoint's address. A provider elsewhere must not send us to this machine, nor to plain http."""
        if not isinstance(text, str):
            raise _nonsense("description of itself")
        url = checked_address(text, _WHAT)
        if is_loopback(url.hostname or "") and not is_loopback(self._issuer.hostname or ""):
            raise _nonsense("description of itself")
        return text

    async def _tokens(self, form: Mapping[str, str]) -> TokenAnswer:
        plain = _object(await self._ask("POST", (await self.endpoints()).token, form))
        match plain:
            case {"access_token": str(access), "token_type": str(kind)} if access and kind.lower() == "bearer":
                seconds = plain.get("expires_in")
                return TokenAnswer(
                    access=access,
                    seconds=float(seconds) if isinstance(seconds, int | float) and seconds > 0 else _SHORT,
                    refresh=str(plain.get("refresh_token") or ""),
                    id_token=str(plain.get("id_token") or ""),
                )
        raise _nonsense("answer to a sign-in")

    async def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> bytes:
        """The body of a successful answer. Each request has connections of its own: hours lie between two."""
        data = None if form is None else {**form, "client_id": self.registration.client_id}
        try:
            async with (
                asyncio.timeout(3 * self._patience),
                open_way(
                    url,
                    transport=self._transport,
                    patience=self._patience,
                    ca_file=self.registration.ca_file,
                ) as client,
            ):
                response = await client.request(method, url, data=data, headers={"Accept": "application/json"})
        except (httpx.TransportError, TimeoutError) as error:
            raise _offline(error, url) from error
        except httpx.DecodingError as error:
            raise _nonsense("answer") from error
        if response.is_success:
            return response.content
        raise _refusal(response, self.registration)


def _refusal(response: httpx.Response, registration: Registration) -> FleetDeskError:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        return Offline(
            f"The sign-in service is in trouble itself (status {response.status_code}).", do="Try again in a moment."
        )
    try:
        plain = _object(response.content)
    except ProtocolError:
        plain = {}
    code = str(plain.get("error", ""))
    if code in _UNREGISTERED:
        return BadSettings(
            f"The sign-in service does not take FleetDesk for “{registration.client_id}” ({code}).",
            do="Have your administrator compare the client id, its redirect addresses and its scopes.",
        )
    if code:
        return Refused(code, f"The sign-in service said no ({code}).", do="Sign in again.")
    return ProtocolError(
        f"What answered at {response.url.host} is no sign-in service (status {response.status_code}).",
        do="Check its address.",
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        plain = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _nonsense("answer") from error
    if not isinstance(plain, dict):
        raise _nonsense("answer")
    return plain


def _nonsense(what: str) -> ProtocolError:
    return ProtocolError(
        f"The sign-in service gave no {what} that the standards know.", do="If this stays, tell your administrator."
    )


def _offline(error: BaseException, url: str) -> Offline:
    host = urlsplit(url).netloc
    if trouble := certificate_trouble(error):
        return Offline(
            f"The certificate of the sign-in service {host} was not accepted: {trouble}.",
            do="Check this machine's clock and the address; if both are right, tell your administrator.",
        )
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    return Offline(
        f"The sign-in service {host} {'did not answer in time' if late else 'cannot be reached'}.",
        do="Try again when the network is back.",
    )
