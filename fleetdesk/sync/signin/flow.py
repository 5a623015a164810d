"""A sign-in from beginning to end: authorisation code with PKCE in the system's browser (RFC 8252, RFC 7636)."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import secrets
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from fleetdesk.errors import ProtocolError, Refused, Unavailable
from fleetdesk.models.ids import Clock
from fleetdesk.sync.signin.id_tokens import identify
from fleetdesk.sync.signin.provider import Endpoints, Provider
from fleetdesk.sync.signin.redirect import listening
from fleetdesk.sync.signin.registration import Registration, scopes_asked
from fleetdesk.sync.signin.tokens import Tokens

__all__ = ["sign_in", "system_browser"]

_PATIENCE = 300.0
"""Seconds that a person has in the browser: for a second factor, and to find their phone."""
_DECLINED = "access_denied"


def system_browser(url: str) -> None:
    """Show a page in the browser that the person uses. Raises Unavailable where there is none."""
    if not webbrowser.open(url):
        raise Unavailable("There is no browser here to sign in with.", do="Install one, or set a default browser.")


async def sign_in(
    provider: Provider,
    *,
    browse: Callable[[str], None] = system_browser,
    clock: Clock,
    patience: float = _PATIENCE,
    nonce: str = "",
) -> Tokens:
    """Have the person sign in; cancelling the task ends it at once, with nothing kept.

    `browse` shows a page, and is called in a thread. `nonce` goes into the ID token; one at random if none is given.
    Raises Refused where the person or the provider says no,
    Unavailable where nobody answers within `patience` seconds or no port is free, and what `Provider` raises.
    """
    endpoints = await provider.endpoints()
    attempt = _Attempt(nonce=nonce) if nonce else _Attempt()
    async with listening(provider.registration.ports, attempt.state) as listener:
        await asyncio.to_thread(browse, attempt.page(endpoints, provider.registration, listener.uri))
        answer = await listener.answer(patience)
        redirect_uri = listener.uri
    code = attempt.code_of(answer, endpoints, provider.registration.issuer)
    given = await provider.exchange(code, attempt.verifier, redirect_uri)
    person = identify(
        given.id_token,
        await provider.keys(),
        provider.registration,
        clock,
        access=given.access,
        nonce=attempt.nonce,
    )
    return Tokens(
        access=given.access,
        expires_at=clock.now() + dt.timedelta(seconds=given.seconds),
        refresh=given.refresh,
        person=person,
        id_token=given.id_token,
    )


def _random() -> str:
    """256 bits, in the letters that PKCE allows (RFC 7636, 4.1)."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What makes one attempt unlike any other. Never shown, never kept."""

    state: str = field(default_factory=_random, repr=False)
    nonce: str = field(default_factory=_random, repr=False)
    verifier: str = field(default_factory=_random, repr=False)

    def page(self, endpoints: Endpoints, registration: Registration, redirect_uri: str) -> str:
        """The address to show in the browser."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        scopes = scopes_asked(endpoints.scopes)
        asked = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if "offline_access" in scopes:
            asked["prompt"] = "consent"  # which the standard demands for it (OpenID Connect Core, 11)
        return str(httpx.URL(endpoints.authorize).copy_merge_params(asked))

    def code_of(self, answer: Mapping[str, str], endpoints: Endpoints, issuer: str) -> str:
        """The code that the browser brought. Raises Refused, ProtocolError."""
        # RFC 9207: who answered must be who was asked, lest one provider's code be shown to another.
        if answer.get("iss", "" if endpoints.names_itself else issuer) != issuer:
            raise ProtocolError(
                "Another sign-in service answered than the one that was asked.",
                kept="Nothing of it was used.",
                do="Try again; if this stays, tell your administrator.",
            )
        if "error" in answer:
            raise _refusal(answer["error"])
        return answer["code"]


def _refusal(code: str) -> Refused:
    """Only the standard's code is shown: whatever else came with it, anybody can have written."""
    if code == _DECLINED:
        return Refused(code, "You were not signed in: it was declined in the browser.", do="Sign in again.")
    known = code if code.replace("_", "").isalnum() and len(code) < 60 else "unknown"
    return Refused(
        known, f"The sign-in service did not sign you in ({known}).", do="Try again, or ask your administrator."
    )
