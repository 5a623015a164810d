"""An ID token proves who signed in, or nothing at all (OpenID Connect Core, 3.1.3.7)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from fleetdesk.errors import ProtocolError
from fleetdesk.sync.signin.id_tokens import identify
from fleetdesk.sync.signin.registration import Registration
from fleetdesk.sync.signin.tokens import SignedInAs

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
REGISTRATION = Registration("https://id.example.com", "desktop")
ACCESS = "an access token"
RIVEST = rsa.generate_private_key(65537, 2048)
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
EDWARDS = Ed25519PrivateKey.generate()
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey
RSA_KEY = json.loads(RSAAlgorithm.to_jwk(RIVEST.public_key())) | {"kid": "rsa", "alg": "RS256", "use": "sig"}
KEYS = jwt.PyJWKSet.from_dict(
    {
        "keys": [
            RSA_KEY,
            json.loads(ECAlgorithm.to_jwk(ELLIPTIC.public_key())) | {"kid": "ec"},
            json.loads(OKPAlgorithm.to_jwk(EDWARDS.public_key())) | {"kid": "ed"},
        ]
    }
)


class StoppedClock:
    def now(self) -> dt.datetime:
        return NOW


def seconds(**after: float) -> int:
    return int((NOW + dt.timedelta(**after)).timestamp())


def half_hash(text: str, digest: str = "sha256") -> str:
    whole = hashlib.new(digest, text.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()


def token(key: PrivateKey = RIVEST, algorithm: str = "RS256", key_id: str | None = "rsa", **values: object) -> str:
    usual = {
        "iss": "https://id.example.com",
        "sub": "user_1",
        "aud": "desktop",
        "iat": seconds(),
        "exp": seconds(hours=1),
        "nonce": "n",
        "name": "Mona",
        "email": "mona@example.com",
    }
    claims = {name: value for name, value in (usual | values).items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={} if key_id is None else {"kid": key_id})


def identified(
    id_token: str, *, keys: jwt.PyJWKSet = KEYS, nonce: str | None = "n", access: str = ACCESS
) -> SignedInAs:
    return identify(id_token, keys, REGISTRATION, StoppedClock(), access=access, nonce=nonce)


def test_it_names_the_person() -> None:
    assert identified(token()) == SignedInAs("user_1", "Mona", "mona@example.com")


def test_a_person_may_have_neither_name_nor_email() -> None:
    assert identified(token(name=None, email=None)) == SignedInAs("user_1", "", "")


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"), [(RIVEST, "RS256", "rsa"), (ELLIPTIC, "ES256", "ec"), (EDWARDS, "EdDSA", "ed")]
)
def test_it_may_be_signed_by_any_kind_of_public_key(key: PrivateKey, algorithm: str, key_id: str) -> None:
    assert identified(token(key, algorithm, key_id)).subject == "user_1"


def test_it_need_not_name_the_only_key() -> None:
    only = jwt.PyJWKSet.from_dict({"keys": [RSA_KEY]})
    assert identified(token(key_id=None), keys=only).subject == "user_1"


@pytest.mark.parametrize(
    "values",
    [
        {"iss": "https://id.example.com/"},
        {"iss": "https://evil.example.com"},
        {"iss": None},
        {"sub": None},
        {"aud": "web site"},
        {"aud": ["web site"]},
        {"aud": None},
        {"aud": ["desktop", "web site"]},
        {"aud": ["desktop", "web site"], "azp": "web site"},
        {"azp": "web site"},
        {"nonce": "another"},
        {"nonce": "é"},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"exp": "tomorrow"},
        {"exp": seconds(minutes=-5)},
        {"iat": seconds(minutes=6)},
        {"at_hash": half_hash("another access token")},
    ],
)
def test_it_proves_nothing_where_a_claim_is_not_as_it_should_be(values: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        identified(token(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"aud": ["desktop"]},
        {"aud": ["desktop", "web site"], "azp": "desktop"},
        {"exp": seconds(minutes=-4)},
        {"iat": seconds(minutes=4)},
        {"at_hash": half_hash(ACCESS)},
    ],
)
def test_it_is_believed_within_what_the_standard_leaves_open(values: dict[str, Any]) -> None:
    assert identified(token(**values)).subject == "user_1"


def test_the_hash_of_the_access_token_follows_the_key() -> None:
    signed = token(EDWARDS, "EdDSA", "ed", at_hash=half_hash(ACCESS, "sha512"))
    assert identified(signed).subject == "user_1"


def test_one_that_came_with_a_renewal_needs_no_nonce_and_no_clock() -> None:
    assert identified(token(nonce=None, exp=seconds(hours=-9)), nonce=None).subject == "user_1"


@pytest.mark.parametrize(
    "forged",
    [
        jwt.encode(jwt.decode(token(), options={"verify_signature": False}), "", "none", headers={"kid": "rsa"}),
        token(rsa.generate_private_key(65537, 2048)),
        token(key_id="unknown"),
        token(key_id=None),
        token(algorithm="PS256"),
        token().rpartition(".")[0] + ".",
        "",
        "a.b.c",
    ],
    ids=["unsigned", "another key", "unknown key", "no key", "another algorithm", "cut", "empty", "nonsense"],
)
def test_it_proves_nothing_where_the_provider_did_not_sign_it(forged: str) -> None:
    with pytest.raises(ProtocolError, match="not signed"):
        identified(forged)


def test_a_key_that_is_no_public_one_is_not_used() -> None:
    secret = b"s" * 32
    keys = jwt.PyJWKSet.from_dict(
        {"keys": [{"kty": "oct", "kid": "s", "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")}, RSA_KEY]}
    )
    claims = jwt.decode(token(), options={"verify_signature": False})
    with pytest.raises(ProtocolError, match="not signed"):
        identified(jwt.encode(claims, secret, "HS256", headers={"kid": "s"}), keys=keys)


def test_a_public_key_is_no_shared_secret() -> None:
    # Of this kind of key, as the library makes no such token of the others.
    public = EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    claims = jwt.decode(token(), options={"verify_signature": False})
    with pytest.raises(ProtocolError, match="not signed"):
        identified(jwt.encode(claims, public, "HS256", headers={"kid": "ed"}))


def test_a_key_for_encryption_is_not_used() -> None:
    keys = jwt.PyJWKSet.from_dict({"keys": [RSA_KEY | {"use": "enc"}]})
    with pytest.raises(ProtocolError, match="not signed"):
        identified(token(), keys=keys)
