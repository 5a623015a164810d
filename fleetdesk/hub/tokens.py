"""Who speaks: the identity provider's access tokens (RFC 9068) and session tokens, verified here and nowhere else.

Each key verifies with the one algorithm that belongs to it, so neither `none` nor a public key used as a shared secret
gets through. An ID token is none of them: it tells a client who signed in, and opens nothing; a laptop registers its
key with one (`hub.devices`). Only the organisation of the platform's staff is let in; which role a person has, the
token doesn't say: that is the hub's own table's matter (`hub.people`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeGuard

import jwt

from fleetdesk.errors import BadSettings, Refused, SignInNeeded
from fleetdesk.hub.issuer_keys import IssuerKeys, read_jwks
from fleetdesk.models.access import ORGANISATION
from fleetdesk.models.ids import Clock
from fleetdesk.settings import HubSettings

__all__ = ["Identity", "JwksVerifier", "OtherOrganisation", "SignIn", "SignedBy", "Verifier"]

LEEWAY = dt.timedelta(seconds=30)
"""How far the issuer's clock and ours may be apart."""

_SIGN_IN_AGE = dt.timedelta(minutes=10)
"""How old an ID token may be that registers a laptop: it was given a moment ago."""
_ACCESS_TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
_PLAIN_TYPES = frozenset({"", "jwt"})
"""Session tokens have one of these, as have ID tokens, and the access tokens of providers that know no RFC 9068."""
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash"})
"""What only ID tokens carry (OpenID Connect Core, 3.1.3.6 and 3.3.2.11): they tell a client who signed in, no more."""
_WHOLE_SECONDS = dt.datetime.max.replace(tzinfo=dt.UTC).timestamp()


@dataclass(frozen=True)
class SignedBy:
    """The device that signed a request, and what it had told of itself before."""

    device_id: str
    app_version: str
    waiting: int | None
    lease_hours: float | None


@dataclass(frozen=True)
class Identity:
    """Whom a token speaks for: the provider's id of the person, and until when; and by which device it came."""

    subject: str
    expires_at: dt.datetime
    device: SignedBy | None = None

    @property
    def counted_as(self) -> str:
        """What is counted as one laptop: the device, or the person where none signed."""
        return self.device.device_id if self.device is not None else self.subject


@dataclass(frozen=True)
class SignIn:
    """What an ID token tells of a sign-in: who signed in, and the nonce that was asked for with it."""

    subject: str
    nonce: str


class OtherOrganisation(Refused):
    """The token is good, and names another organisation, or none: `identity` is whom it speaks for."""

    def __init__(self, what: str, identity: Identity) -> None:
        super().__init__("other_organisation", what, do="Choose the staff organisation when you sign in.")
        self.identity = identity


class Verifier(Protocol):
    """Tells whom a token speaks for."""

    def verify(self, token: str) -> Identity:
        """The token's identity.

        Raises SignInNeeded for a token that proves nothing, OtherOrganisation.
        """
        ...

    def verify_sign_in(self, id_token: str) -> SignIn:
        """What an ID token of a sign-in of the last minutes tells. Raises SignInNeeded for one that proves nothing."""
        ...


class JwksVerifier:
    """Verifies with the public keys of one issuer, which it asks for anew where a key is not known.

    Where `clients` names any, a token has to be one that was given to them; where `audience` is given, one that is for
    it. `organisation_id` is the issuer's id of the staff organisation, for tokens that name it by that alone.
    """

    def __init__(
        self,
        issuer: str,
        read: Callable[[], Mapping[str, Any]],
        clock: Clock,
        *,
        clients: Collection[str] = (),
        audience: str = "",
        organisation_id: str = "",
    ) -> None:
        """`read` gives the issuer's JWKS. Raises BadSettings where it holds no key to verify with, Unavailable."""
        self._issuer = issuer
        self._clock = clock
        # No set: what a token holds in this claim may be anything.
        self._clients = tuple(clients)
        self._audience = audience
        self._organisation_id = organisation_id
        self._keys = IssuerKeys(read, clock)

    @classmethod
    def of_settings(cls, settings: HubSettings, clock: Clock) -> JwksVerifier:
        """The verifier that the settings name.

        Raises BadSettings where they name no issuer, no keys that can be read, or no client;
        Unavailable.
        """
        if not settings.issuer:
            raise BadSettings("The hub knows no issuer of tokens.", do="Set FLEETDESK_ISSUER.")
        if not settings.issuer_keys:
            raise BadSettings(
                "The hub knows no keys of the issuer.",
                do="Set FLEETDESK_ISSUER_KEYS to the file or address of its JWKS.",
            )
        clients = [name.strip() for name in settings.issuer_clients.split(",") if name.strip()]
        audience = settings.issuer_audience.strip()
        if not clients:  # whatever else signs in at the issuer would have its tokens accepted here
            raise BadSettings(
                "The hub does not know which client's tokens it is to accept.",
                do="Set FLEETDESK_ISSUER_CLIENTS to the client id of FleetDesk at the issuer.",
            )
        return cls(
            settings.issuer,
            partial(read_jwks, settings.issuer_keys, ca_file=settings.issuer_ca_file),
            clock,
            clients=clients,
            audience=audience,
            organisation_id=settings.organisation_id,
        )

    def verify(self, token: str) -> Identity:
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header.get("kid"))
            claims = jwt.decode(token, key, algorithms=[key.algorithm_name], options=_OPTIONS, issuer=self._issuer)
        except jwt.PyJWTError as error:
            raise _turned_away() from error
        # Session tokens name the client as `azp`, OAuth's access tokens (RFC 9068) as `client_id`.
        client = claims.get("azp", claims.get("client_id"))
        audience = _texts(claims.get("aud"))
        if not _opens_doors(str(header.get("typ", "")).lower(), claims, client, audience):
            raise _turned_away()
        if (self._clients and client not in self._clients) or (self._audience and self._audience not in audience):
            raise _turned_away()
        return self._identity(claims)

    def verify_sign_in(self, id_token: str) -> SignIn:
        """As OpenID Connect Core demands of a client (3.1.3.7): it is for one of `clients`, and for no other."""
        try:
            key = self._key(jwt.get_unverified_header(id_token).get("kid"))
            options: Any = {**_OPTIONS, "require": ["exp", "iat", "iss", "sub", "aud", "nonce"]}
            claims = jwt.decode(id_token, key, algorithms=[key.algorithm_name], options=options, issuer=self._issuer)
        except jwt.PyJWTError as error:
            raise _turned_away() from error
        audience, now = _texts(claims["aud"]), self._clock.now()
        ours = len(audience) == 1 and audience[0] in self._clients and claims.get("azp", audience[0]) == audience[0]
        began, ends = _instant(claims["iat"]), _instant(claims["exp"])
        fresh = began - LEEWAY <= now <= began + _SIGN_IN_AGE and now < ends + LEEWAY
        subject, nonce = claims["sub"], claims["nonce"]
        if not (ours and fresh and isinstance(subject, str) and isinstance(nonce, str)):
            raise _turned_away()
        return SignIn(subject, nonce)

    def _key(self, key_id: object) -> jwt.PyJWK:
        key = self._keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise jwt.InvalidKeyError("signed by a key that is not the issuer's")
        return key

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        now = self._clock.now()
        expires_at = _instant(claims["exp"])
        not_before = _instant(claims["nbf"]) if "nbf" in claims else now
        subject = claims["sub"]
        if not _is_name(subject) or expires_at + LEEWAY <= now or not_before - LEEWAY > now:
            raise _turned_away()
        # Version 2 of the provider's session tokens; `pending` is a session that still owes a second factor.
        if claims.get("sts", "active") != "active":
            raise _turned_away()
        identity = Identity(subject, expires_at)
        self._demand_staff(claims, identity)
        return identity

    def _demand_staff(self, claims: Mapping[str, Any], identity: Identity) -> None:
        """Session tokens name the organisation by its slug, Clerk's access tokens by its id alone."""
        named = claims.get("o")
        if isinstance(named, Mapping):
            ours = named.get("slg") == ORGANISATION
        elif claims.get("org_id"):
            ours = bool(self._organisation_id) and claims["org_id"] == self._organisation_id
        else:
            raise OtherOrganisation(
                "You signed in without an organisation, and only the platform's own staff can work here.", identity
            )
        if not ours:
            raise OtherOrganisation("Only the platform's own staff can sign in here.", identity)


# Times are compared here, with our clock and both leeways; PyJWT would look at the machine's.
_OPTIONS: Any = {
    "require": ["exp", "iss", "sub"],
    "verify_aud": False,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


def _opens_doors(kind: str, claims: Mapping[str, Any], client: object, audience: Collection[str]) -> bool:
    """Whether a token of that type is meant for a hub at all.

    An ID token may look like any other, but it is always for the client that asked for it (OpenID Connect Core, 2).
    """
    if _ID_TOKEN_CLAIMS & claims.keys():
        return False
    if kind in _ACCESS_TOKEN_TYPES:
        return True
    return kind in _PLAIN_TYPES and (not audience or (isinstance(client, str) and client not in audience))


def _turned_away() -> SignInNeeded:
    """One answer for all reasons: which of them it was helps nobody but a forger."""
    return SignInNeeded("The hub does not accept this session.", do="Sign in again.")


def _texts(value: object) -> tuple[str, ...]:
    """What `aud` holds: one text, a list of them, or nothing."""
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in listed if isinstance(text, str))


def _instant(value: object) -> dt.datetime:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _WHOLE_SECONDS:
        raise _turned_away()
    return dt.datetime.fromtimestamp(value, dt.UTC)


def _is_name(subject: object) -> TypeGuard[str]:
    """Whether it can name a person: a text, of whole characters, that is not empty."""
    if not isinstance(subject, str) or not subject:
        return False
    try:
        subject.encode()
    except UnicodeEncodeError:
        return False
    return True
