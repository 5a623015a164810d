"""ID tokens: who signed in, verified as OpenID Connect Core demands of a client (3.1.3.7, and 12.2 for a renewed one).

The signature is verified as well, though the token comes by TLS from the provider itself.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from fleetdesk.errors import ProtocolError
from fleetdesk.models.ids import Clock
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.sync.signin.tokens import SignedInAs

__all__ = ["identify"]

LEEWAY = dt.timedelta(minutes=5)
"""How far the provider's clock and this machine's may be apart."""

_PUBLIC = ("RSA", "EC", "OKP")
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def identify(
    token: str,
    keys: jwt.PyJWKSet,
    registration: Registration,
    clock: Clock,
    *,
    access: str,
    nonce: str | None,
) -> SignedInAs:
    """Whom the ID token names. `access` came with it; `nonce` is None for one that came with a refresh.

    That one is not held against this machine's clock, which may have gone wrong since: the provider gave it just now.
    Raises ProtocolError for a token that proves nothing, saying where the trouble is as far as a person can help it.
    """
    try:
        key = _key(keys, jwt.get_unverified_header(token).get("kid"))
        claims = jwt.decode(token, key, algorithms=[key.algorithm_name], options=_OPTIONS, issuer=registration.issuer)
    except jwt.PyJWTError as error:
        raise _forged("it is not signed by it") from error
    _demand_ours(claims, registration.client_id)
    if nonce is not None:
        _demand_now(claims, clock)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _forged("it answers another sign-in")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access, key.algorithm_name):
        raise _forged("it belongs to another session")
    return SignedInAs(str(claims["sub"]), str(claims.get("name") or ""), str(claims.get("email") or ""))


def _key(keys: jwt.PyJWKSet, key_id: object) -> jwt.PyJWK:
    """The key that the token names; the only one there is where it names none. It verifies with its one algorithm."""
    fitting = [
        key
        for key in keys.keys
        if key.key_type in _PUBLIC and key.public_key_use in (None, "sig") and key_id in (None, key.key_id)
    ]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError("signed by no key of the provider's")
    return fitting[0]


def _demand_ours(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if client_id not in audience or claims.get("azp", client_id) != client_id:
        raise _forged("it was made for another program")
    if len(audience) > 1 and "azp" not in claims:
        raise _forged("it was made for several programs")


def _demand_now(claims: Mapping[str, Any], clock: Clock) -> None:
    now = clock.now().timestamp()
    ends, began = claims["exp"], claims["iat"]
    if not isinstance(ends, int | float) or not isinstance(began, int | float):
        raise _forged("its times are none")
    leeway = LEEWAY.total_seconds()
    if ends + leeway <= now or began - leeway > now:
        raise ProtocolError(
            "The sign-in service's answer is of another time than this machine's clock shows.",
            do="Set the clock right, then sign in again.",
        )


def _half_hash(access: str, algorithm: str) -> str:
    """`at_hash` (OpenID Connect Core, 3.1.3.6). Ed25519 hashes with SHA-512."""
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(access.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


# Audience and times are looked at here, the latter with our clock; PyJWT would look at the machine's.
_OPTIONS: Any = {
    "require": ["iss", "sub", "aud", "exp", "iat"],
    "verify_aud": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


def _forged(why: str) -> ProtocolError:
    return ProtocolError(
        f"What came back does not prove who signed in: {why}.",
        kept="Nothing of it was used.",
        do="Sign in again; if this stays, tell your administrator.",
    )
