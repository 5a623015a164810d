"""The public keys of the issuer of tokens (a JWKS, RFC 7517): read from a file or its own address, and read again.

An issuer changes its keys now and then. A token of a key that is not known is reason to look, but no oftener than once
a minute, as anybody may write a token; and once an hour the keys are read in any case, so that one that was withdrawn
is believed no longer. Where they cannot be read again, those that are known stay.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx
import jwt

from fleetdesk.authorities import trust
from fleetdesk.errors import BadSettings, FleetDeskError, Unavailable
from fleetdesk.models.addresses import is_loopback
from fleetdesk.models.ids import Clock

__all__ = ["LONGEST_KNOWN", "SOONEST_AGAIN", "IssuerKeys", "read_jwks"]

SOONEST_AGAIN = dt.timedelta(minutes=1)
LONGEST_KNOWN = dt.timedelta(hours=1)

_ALGORITHMS = {"OKP": ("Ed25519", "EdDSA"), "EC": ("P-256", "ES256"), "RSA": (None, "RS256")}
"""Key type → the curve that it needs, and the algorithm that it verifies with."""
_PATIENCE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class IssuerKeys:
    """The keys that `read` gives, by id; safe to ask from many threads."""

    def __init__(self, read: Callable[[], Mapping[str, Any]], clock: Clock) -> None:
        """Read them. Raises BadSettings, Unavailable."""
        self._read = read
        self._clock = clock
        self._reading = threading.Lock()
        self._keys = _usable(read())
        self._read_at = clock.now()

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, if the issuer has it."""
        self._read_again(SOONEST_AGAIN if key_id not in self._keys else LONGEST_KNOWN)
        return self._keys.get(key_id)

    def _read_again(self, age: dt.timedelta) -> None:
        """Read the keys if they are older than that; whoever else needs them meanwhile waits for the same reading."""
        if self._clock.now() - self._read_at < age:
            return
        with self._reading:
            if self._clock.now() - self._read_at < age:
                return
            self._read_at = self._clock.now()
            try:
                self._keys = _usable(self._read())
            except FleetDeskError as error:
                _log.warning("issuer's keys not read again", extra={"reason": type(error).__name__})


def read_jwks(location: str, *, transport: httpx.BaseTransport | None = None, ca_file: str = "") -> Mapping[str, Any]:
    """The JWKS of a file (a path, or `file://…`) or of an `https://…` address; plain http is for loopback only.

    `ca_file` names authorities that are believed besides the known ones. Raises BadSettings where there is none,
    Unavailable where it cannot be fetched just now.
    """
    url = urlsplit(location)
    if url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname or "")):
        text = _fetched(location, transport, ca_file)
    elif url.scheme in ("", "file"):
        text = _text(Path(url2pathname(url.path) if url.scheme else location))
    else:
        raise BadSettings(f"The issuer's keys cannot be read from {location}.", do="Give a file, or https://….")
    try:
        jwks = json.loads(text)
    except ValueError as error:
        raise BadSettings(f"The issuer's keys in {location} cannot be read.", do="Give a JWKS.") from error
    if not isinstance(jwks, dict):
        raise BadSettings(f"{location} holds no JWKS.", do="It is an object with a list named “keys”.")
    return jwks


def _fetched(url: str, transport: httpx.BaseTransport | None, ca_file: str) -> str:
    trusted = trust(url, Path(ca_file) if ca_file else None)
    try:
        with httpx.Client(transport=transport, timeout=_PATIENCE_SECONDS, **trusted) as client:
            return client.get(url).raise_for_status().text
    except httpx.HTTPError as error:
        raise Unavailable(f"The issuer's keys cannot be fetched from {url}.", do="Try again in a moment.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError) as error:
        raise BadSettings(f"The issuer's keys in {path} cannot be read.", do="Give a JWKS file.") from error


def _usable(jwks: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The keys that verify tokens, by id. Raises BadSettings for none, or one that is broken."""
    entries = jwks.get("keys")
    listed = entries if isinstance(entries, list) else []
    keys = dict(_usable_key(entry) for entry in listed if isinstance(entry, Mapping) and _is_meant(entry))
    if not keys:
        raise BadSettings("The issuer's keys hold none that verifies tokens.", do="Give it Ed25519, P-256 or RSA.")
    return keys


def _is_meant(entry: Mapping[str, Any]) -> bool:
    """Whether it is a public key, and not one that messages are encrypted with."""
    return entry.get("kty") in _ALGORITHMS and entry.get("use", "sig") == "sig"


def _usable_key(entry: Mapping[str, Any]) -> tuple[str, jwt.PyJWK]:
    curve, algorithm = _ALGORITHMS[str(entry["kty"])]
    key_id = entry.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise BadSettings("One of the issuer's keys has no id (`kid`).")
    if (curve is not None and entry.get("crv") != curve) or entry.get("alg", algorithm) != algorithm:
        raise BadSettings(f"The issuer's key {key_id} is of a kind that the hub does not verify with.")
    try:
        return key_id, jwt.PyJWK(dict(entry), algorithm)
    except jwt.PyJWTError as error:
        raise BadSettings(f"The issuer's key {key_id} cannot be read.") from error
