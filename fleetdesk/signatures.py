"""Signed requests: what a laptop's key signs of each (RFC 9421, with RFC 9530's Content-Digest), and how that is told.

A device is known by the thumbprint of its public key (RFC 7638). Each of its requests has a number of its own, in the
parameter `nonce`, in the place of a time: laptops' clocks are wrong, and numbers tell a replay from what is new.
The form is one of many that the standard allows, and no other is read.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = [
    "DIGEST_HEADER",
    "INPUT_HEADER",
    "KEY_BYTES",
    "LARGEST_NUMBER",
    "SIGNATURE_HEADER",
    "Commitment",
    "DeviceKey",
    "Stamp",
    "commitment_nonce",
    "content_digest",
    "signature_base",
    "thumbprint",
    "verify",
]

DIGEST_HEADER = "Content-Digest"
INPUT_HEADER = "Signature-Input"
SIGNATURE_HEADER = "Signature"
KEY_BYTES = 32
"""Bytes of an Ed25519 key, public or private."""
LARGEST_NUMBER = 2**63 - 1
"""Of a request: what a database counts up to."""

_LABEL = "fleetdesk"
_PARTS = ("@method", "@path", "@query", "content-digest")
_SIGNED_IN = (*_PARTS, "authorization")
_INPUT = re.compile(
    rf'{_LABEL}=(?P<params>\((?P<parts>[^)]*)\);nonce="(?P<number>[1-9][0-9]{{0,18}})"'
    rf';keyid="(?P<device>[A-Za-z0-9_-]{{43}})";alg="ed25519";tag="{_LABEL}")'
)
_SIGNATURE = re.compile(rf"{_LABEL}=:(?P<signature>[A-Za-z0-9+/]{{86}}==):")


class DeviceKey:
    """The private key of one device."""

    def __init__(self, seed: bytes) -> None:
        """`seed` are the private key's 32 bytes (RFC 8032, 5.1.5). Raises ValueError for any other number."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.device_id = thumbprint(self.public)

    def signed(
        self, number: int, *, method: str, path: str, query: str = "", body: bytes, authorization: str | None
    ) -> dict[str, str]:
        """The headers that make a request the device's request of that number.

        `path` and `query` as they are sent, percent-encoded; `authorization` is that header, if the request has one.
        """
        digest = content_digest(body)
        values = _values(method=method, path=path, query=query, digest=digest, authorization=authorization)
        params = _params(values, number, self.device_id)
        signature = self._key.sign(signature_base(values, params))
        return {
            DIGEST_HEADER: digest,
            INPUT_HEADER: f"{_LABEL}={params}",
            SIGNATURE_HEADER: f"{_LABEL}=:{base64.b64encode(signature).decode()}:",
        }


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a request says of its signature: by which device, its number there, and over what."""

    device_id: str
    number: int
    signature: bytes = field(repr=False)
    params: str = field(repr=False)
    with_authorization: bool

    @classmethod
    def read(cls, headers: Mapping[str, str]) -> Self | None:
        """The stamp of a request; None where it has none, or one of another form. `headers` by any case."""
        found = _INPUT.fullmatch(headers.get(INPUT_HEADER, ""))
        signature = _SIGNATURE.fullmatch(headers.get(SIGNATURE_HEADER, ""))
        if found is None or signature is None or int(found["number"]) > LARGEST_NUMBER:
            return None
        if found["parts"] not in (_listed(_SIGNED_IN), _listed(_PARTS)):
            return None
        return cls(
            found["device"],
            int(found["number"]),
            base64.b64decode(signature["signature"]),
            found["params"],
            found["parts"] == _listed(_SIGNED_IN),
        )


def verify(
    stamp: Stamp, public: bytes, *, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> bool:
    """Whether the request is what the holder of that public key signed, to the last byte of its body.

    Of headers that stand there twice it was not: which of them counts is nobody's to guess.
    """
    digest = headers.get(DIGEST_HEADER, "")
    authorization = headers.get("authorization") if stamp.with_authorization else None
    if digest != content_digest(body) or (stamp.with_authorization and authorization is None):
        return False
    values = _values(method=method, path=path, query=query, digest=digest, authorization=authorization)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(stamp.signature, signature_base(values, stamp.params))
    except (InvalidSignature, ValueError):
        return False
    return True


def signature_base(values: Mapping[str, str], params: str) -> bytes:
    """The text that is signed (RFC 9421, 2.5), of components by name, in order, and the signature's parameters."""
    lines = [f'"{name}": {value}' for name, value in values.items()]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode()


def content_digest(body: bytes) -> str:
    """The field Content-Digest of a body (RFC 9530, 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def thumbprint(public: bytes) -> str:
    """The thumbprint of an Ed25519 key's JWK (RFC 7638, 3; RFC 8037, 2): 43 letters of base64url."""
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{_base64url(public)}"}}'
    return _base64url(hashlib.sha256(jwk.encode()).digest())


@dataclass(frozen=True, slots=True)
class Commitment:
    """Devices to which a sign-in commits by its `nonce`: whoever holds the ID token of it can say no other.

    Several, because who will sign in is known only afterwards, and each person on a laptop has a key of their own.
    """

    devices: tuple[str, ...]
    salt: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def nonce(self) -> str:
        """What the sign-in asks the provider to put into the ID token."""
        return commitment_nonce(self.devices, self.salt)


def commitment_nonce(devices: Iterable[str], salt: str) -> str:
    """The nonce that commits to these devices."""
    return _base64url(hashlib.sha256("\n".join([*devices, salt]).encode()).digest())


def _values(*, method: str, path: str, query: str, digest: str, authorization: str | None) -> dict[str, str]:
    values = {"@method": method, "@path": path, "@query": f"?{query}", "content-digest": digest}
    return values if authorization is None else values | {"authorization": authorization}


def _params(values: Mapping[str, str], number: int, device_id: str) -> str:
    return f'({_listed(values)});nonce="{number}";keyid="{device_id}";alg="ed25519";tag="{_LABEL}"'


def _listed(parts: Iterable[str]) -> str:
    return " ".join(f'"{part}"' for part in parts)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
