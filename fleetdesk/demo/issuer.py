"""Signs the demo's tokens: a key made at each start, whose public half the demo's hub is given, and nobody else's.

The tokens have the form of the identity provider's session tokens of version 2, so that the hub verifies them as it
will verify those.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fleetdesk.models.access import ORGANISATION
from fleetdesk.models.ids import Clock, SystemClock

__all__ = ["DemoIssuer", "DemoTokens"]

_CLIENT = "fleetdesk-demo"
_LIFETIME = dt.timedelta(hours=12)


class DemoIssuer:
    """An issuer for one start of the demo; its key is never written down."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._key = Ed25519PrivateKey.generate()
        self._key_id = secrets.token_hex(8)
        self.name = f"https://demo.fleetdesk.invalid/{self._key_id}"

    def write_keys(self, path: Path) -> None:
        """Write the public key as a JWKS (RFC 7517), for the hub to read."""
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key = {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self._key_id,
            "x": base64.urlsafe_b64encode(public).rstrip(b"=").decode(),
        }
        path.write_text(json.dumps({"keys": [key]}))

    def settings(self, keys: Path) -> dict[str, str]:
        """What a hub is to be told, so that it believes this issuer; `keys` is where `write_keys` wrote."""
        return {
            "FLEETDESK_ISSUER": self.name,
            "FLEETDESK_ISSUER_KEYS": str(keys),
            "FLEETDESK_ISSUER_CLIENTS": _CLIENT,
        }

    def token(self, provider_id: str, role: str) -> str:
        """A session token for a person of the demo, good for twelve hours."""
        now = self._clock.now()
        claims = {
            "iss": self.name,
            "azp": _CLIENT,
            "sub": provider_id,
            "sid": f"sess_{secrets.token_hex(8)}",
            "iat": now,
            "nbf": now - dt.timedelta(seconds=5),
            "exp": now + _LIFETIME,
            "v": 2,
            "o": {"id": "org_demo", "slg": ORGANISATION, "rol": role},
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._key_id})

    def id_token(self, provider_id: str, nonce: str) -> str:
        """An ID token of a sign-in of that person just now, which asked for this nonce."""
        now = self._clock.now()
        claims = {
            "iss": self.name,
            "aud": _CLIENT,
            "sub": provider_id,
            "iat": now,
            "exp": now + dt.timedelta(minutes=1),
            "nonce": nonce,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._key_id})


@dataclass(frozen=True)
class DemoTokens:
    """One person's tokens for as long as the demo runs: a fresh one for every request."""

    issuer: DemoIssuer
    provider_id: str
    role: str

    async def token(self) -> str:
        """A token that is valid now."""
        return self.issuer.token(self.provider_id, self.role)

    async def after_refusal(self, token: str) -> str | None:
        """None: the next request brings a fresh one in any case."""
        return None

    async def close(self) -> None:
        """Nothing is ever under way."""
