"""Tokens are accepted from the issuer's own keys alone, each by its one algorithm, and for staff alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from fleetdesk.errors import BadSettings, Refused, SignInNeeded
from fleetdesk.hub.tokens import JwksVerifier, SignIn
from fleetdesk.settings import HubSettings

ISSUER = "https://clerk.example.com"
NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
EDWARDS = Ed25519PrivateKey.generate()
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
RIVEST = rsa.generate_private_key(65537, 2048)
JWKS = {
    "keys": [
        json.loads(OKPAlgorithm.to_jwk(EDWARDS.public_key())) | {"kid": "ed"},
        json.loads(ECAlgorithm.to_jwk(ELLIPTIC.public_key())) | {"kid": "ec"},
        json.loads(RSAAlgorithm.to_jwk(RIVEST.public_key())) | {"kid": "rsa", "alg": "RS256"},
    ]
}


class StoppedClock:
    def now(self) -> dt.datetime:
        return NOW


@pytest.fixture
def verifier() -> JwksVerifier:
    return JwksVerifier(ISSUER, lambda: JWKS, StoppedClock())


def seconds(**after: float) -> int:
    return int((NOW + dt.timedelta(**after)).timestamp())


def claims(**values: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever a forger may write
    """The claims of a session token; a value of None leaves the claim out."""
    usual = {
        "iss": ISSUER,
        "sub": "user_1",
        "iat": seconds(),
        "nbf": seconds(),
        "exp": seconds(minutes=1),
        "v": 2,
        "sts": "active",
        "o": {"id": "org_1", "slg": "fleetcore-platform", "rol": "platform_support"},
    }
    return {name: value for name, value in (usual | values).items() if value is not None}


def token(header: dict[str, Any] | None = None, **values: Any) -> str:  # noqa: ANN401
    return jwt.encode(claims(**values), EDWARDS, algorithm="EdDSA", headers={"kid": "ed", **(header or {})})


@pytest.mark.parametrize(
    ("key", "algorithm", "key_id"), [(EDWARDS, "EdDSA", "ed"), (ELLIPTIC, "ES256", "ec"), (RIVEST, "RS256", "rsa")]
)
def test_a_token_signed_by_one_of_the_issuers_keys_names_its_subject(
    verifier: JwksVerifier, key: PrivateKey, algorithm: str, key_id: str
) -> None:
    signed = jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": key_id})
    assert verifier.verify(signed).subject == "user_1"


def test_the_identity_ends_with_its_token(verifier: JwksVerifier) -> None:
    assert verifier.verify(token()).expires_at == NOW + dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "values",
    [
        {"exp": seconds(seconds=-31)},
        {"nbf": seconds(seconds=31)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": float("nan")},
        {"iss": "https://elsewhere.example.com"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "\ud800"},
        {"sts": "pending"},
        {"nonce": "n"},
        {"at_hash": "h"},
    ],
)
def test_a_token_that_proves_nothing_is_turned_away(verifier: JwksVerifier, values: dict[str, Any]) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(token(**values))


@pytest.mark.parametrize("values", [{"exp": seconds(seconds=-29)}, {"nbf": seconds(seconds=29)}])
def test_clocks_may_be_half_a_minute_apart(verifier: JwksVerifier, values: dict[str, Any]) -> None:
    assert verifier.verify(token(**values)).subject == "user_1"


@pytest.mark.parametrize("kind", ["id_token", "secevent+jwt", "logout+jwt"])
def test_a_token_of_another_type_is_turned_away(verifier: JwksVerifier, kind: str) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(token({"typ": kind}))


@pytest.mark.parametrize(
    "organisation", [None, {"slg": "some-client"}, {"id": "org_1"}, {"slg": None}, "fleetcore-platform"]
)
def test_who_is_of_another_organisation_is_no_staff(verifier: JwksVerifier, organisation: object) -> None:
    with pytest.raises(Refused) as refusal:
        verifier.verify(token(o=organisation))
    assert refusal.value.code == "other_organisation"


def test_a_token_without_a_signature_is_turned_away(verifier: JwksVerifier) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(jwt.encode(claims(), "", algorithm="none", headers={"kid": "ed"}))


def test_a_token_whose_signature_was_cut_off_is_turned_away(verifier: JwksVerifier) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(token().rpartition(".")[0] + ".")


@pytest.mark.parametrize(
    "secret",
    [
        EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        RIVEST.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["edwards", "rsa"],
)
def test_a_public_key_is_no_shared_secret(verifier: JwksVerifier, secret: bytes) -> None:
    # By hand: the library would refuse to make such a token.
    signed = b".".join(encoded(part) for part in ({"alg": "HS256", "typ": "JWT", "kid": "rsa"}, claims()))
    forged = signed + b"." + base64url(hmac.digest(secret, signed, hashlib.sha256))
    with pytest.raises(SignInNeeded):
        verifier.verify(forged.decode())


def test_a_key_verifies_with_its_own_algorithm_alone(verifier: JwksVerifier) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(jwt.encode(claims(), RIVEST, algorithm="PS256", headers={"kid": "rsa"}))


@pytest.mark.parametrize("header", [{"kid": "other"}, {"kid": ""}])
def test_a_key_that_is_not_the_issuers_is_not_looked_for(verifier: JwksVerifier, header: dict[str, Any]) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(token(header))


def test_a_stranger_who_names_the_issuers_key_is_turned_away(verifier: JwksVerifier) -> None:
    forged = jwt.encode(claims(), Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "ed"})
    with pytest.raises(SignInNeeded):
        verifier.verify(forged)


def test_a_key_within_the_token_is_not_believed(verifier: JwksVerifier) -> None:
    stranger = Ed25519PrivateKey.generate()
    header = {"kid": "mine", "jwk": json.loads(OKPAlgorithm.to_jwk(stranger.public_key()))}
    with pytest.raises(SignInNeeded):
        verifier.verify(jwt.encode(claims(), stranger, algorithm="EdDSA", headers=header))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "é", "a" * 100_000])
def test_what_is_no_token_is_turned_away(verifier: JwksVerifier, text: str) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(text)


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "s"},
        {"kty": "OKP", "crv": "X25519", "x": "AA", "kid": "x"},
        JWKS["keys"][2] | {"alg": "HS256"},
        {name: value for name, value in JWKS["keys"][0].items() if name != "kid"},
        JWKS["keys"][0] | {"x": "!"},
    ],
)
def test_keys_that_cannot_verify_are_refused_at_the_start(key: dict[str, Any]) -> None:
    with pytest.raises(BadSettings):
        JwksVerifier(ISSUER, lambda: {"keys": [key]}, StoppedClock())


def test_without_an_issuer_there_is_no_verifier(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no issuer"):
        JwksVerifier.of_settings(HubSettings(issuer_keys=str(tmp_path / "keys.json")), StoppedClock())


def test_without_keys_there_is_no_verifier() -> None:
    with pytest.raises(BadSettings, match="no keys"):
        JwksVerifier.of_settings(HubSettings(issuer=ISSUER), StoppedClock())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": []}', '{"keys": 1}', "no json"])
def test_a_file_that_holds_no_keys_is_refused(tmp_path: Path, text: str) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(text)
    settings = HubSettings(issuer=ISSUER, issuer_keys=str(keys), issuer_clients="desktop")
    with pytest.raises(BadSettings, match="keys"):
        JwksVerifier.of_settings(settings, StoppedClock())


@pytest.mark.parametrize("clients", ["", " , "])
def test_without_a_client_there_is_no_verifier(tmp_path: Path, clients: str) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(JWKS))
    settings = HubSettings(issuer=ISSUER, issuer_keys=str(keys), issuer_clients=clients, issuer_audience="hub")
    with pytest.raises(BadSettings, match="which client's"):
        JwksVerifier.of_settings(settings, StoppedClock())


def test_keys_are_read_from_the_file_that_the_settings_name(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(JWKS))
    settings = HubSettings(issuer=ISSUER, issuer_keys=str(keys), issuer_clients="desktop")
    assert JwksVerifier.of_settings(settings, StoppedClock()).verify(token(azp="desktop")).subject == "user_1"


@pytest.mark.parametrize("named", [{"azp": "desktop"}, {"client_id": "desktop"}, {"azp": "other desktop"}])
def test_a_token_that_was_given_to_one_of_the_clients_is_accepted(named: dict[str, Any]) -> None:
    assert choosy().verify(token(**named)).subject == "user_1"


@pytest.mark.parametrize(
    "named", [{}, {"azp": "web site"}, {"client_id": "web site"}, {"azp": ["desktop"]}, {"azp": ""}]
)
def test_a_token_that_was_given_to_another_client_is_turned_away(named: dict[str, Any]) -> None:
    with pytest.raises(SignInNeeded):
        choosy().verify(token(**named))


def test_the_clients_are_those_that_the_settings_name(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(JWKS))
    settings = HubSettings(issuer=ISSUER, issuer_keys=keys.as_uri(), issuer_clients="desktop, tablet")
    verifier = JwksVerifier.of_settings(settings, StoppedClock())
    assert verifier.verify(token(azp="tablet")).subject == "user_1"
    with pytest.raises(SignInNeeded):
        verifier.verify(token(azp="web site"))


CLERKS_ACCESS_TOKEN = {
    "client_id": "desktop",
    "org_id": "org_staff",
    "scope": "openid profile email offline_access user:org:read",
    "jti": "oat_1",
    "o": None,
    "v": None,
    "sts": None,
}
"""What Clerk's access tokens hold in place of what its session tokens hold: the organisation's id, and no audience."""


def test_an_access_token_may_name_the_organisation_by_its_id() -> None:
    assert staffed().verify(token({"typ": "at+jwt"}, **CLERKS_ACCESS_TOKEN)).subject == "user_1"


@pytest.mark.parametrize("organisation", ["org_other", "", ["org_staff"], None])
def test_the_id_of_another_organisation_or_none_is_no_staff(organisation: object) -> None:
    with pytest.raises(Refused) as refusal:
        staffed().verify(token({"typ": "at+jwt"}, **(CLERKS_ACCESS_TOKEN | {"org_id": organisation})))
    assert refusal.value.code == "other_organisation"


def test_a_hub_that_was_not_told_the_organisations_id_takes_none(verifier: JwksVerifier) -> None:
    with pytest.raises(Refused):
        verifier.verify(token({"typ": "at+jwt"}, **CLERKS_ACCESS_TOKEN))


def test_the_slug_of_another_organisation_is_not_made_good_by_an_id() -> None:
    with pytest.raises(Refused):
        staffed().verify(token(o={"slg": "some-client"}, org_id="org_staff"))


@pytest.mark.parametrize("audience", ["https://hub.example.com", ["https://hub.example.com", "https://other.example"]])
def test_a_token_for_the_audience_is_accepted(audience: object) -> None:
    assert heard().verify(token({"typ": "at+jwt"}, aud=audience, azp="desktop")).subject == "user_1"


@pytest.mark.parametrize("audience", [None, "https://other.example", [], {"https://hub.example.com": 1}])
def test_a_token_for_another_audience_is_turned_away(audience: object) -> None:
    with pytest.raises(SignInNeeded):
        heard().verify(token({"typ": "at+jwt"}, aud=audience, azp="desktop"))


@pytest.mark.parametrize("named", [{}, {"azp": "desktop"}, {"client_id": "desktop"}])
def test_a_token_without_a_type_that_is_for_a_client_is_an_id_token(
    verifier: JwksVerifier, named: dict[str, Any]
) -> None:
    with pytest.raises(SignInNeeded):
        verifier.verify(token(aud="desktop", **named))


def test_a_token_without_a_type_may_be_an_access_token_where_it_names_another_audience_than_its_client(
    verifier: JwksVerifier,
) -> None:
    assert verifier.verify(token(aud="account", azp="desktop")).subject == "user_1"


def test_audience_and_organisation_are_those_that_the_settings_name(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(JWKS))
    settings = HubSettings(
        issuer=ISSUER,
        issuer_keys=str(keys),
        issuer_clients="desktop",
        issuer_audience="https://hub",
        organisation_id="org_staff",
    )
    verifier = JwksVerifier.of_settings(settings, StoppedClock())
    assert verifier.verify(token({"typ": "at+jwt"}, aud="https://hub", **CLERKS_ACCESS_TOKEN)).subject == "user_1"
    with pytest.raises(SignInNeeded):
        verifier.verify(token({"typ": "at+jwt"}, aud="https://other", **CLERKS_ACCESS_TOKEN))
    with pytest.raises(Refused):
        verifier.verify(token({"typ": "at+jwt"}, aud="https://hub", **(CLERKS_ACCESS_TOKEN | {"org_id": "org_other"})))


def staffed() -> JwksVerifier:
    """A verifier that knows the staff organisation's id."""
    return JwksVerifier(ISSUER, lambda: JWKS, StoppedClock(), organisation_id="org_staff")


def heard() -> JwksVerifier:
    """A verifier that knows what its tokens have to be for."""
    return JwksVerifier(ISSUER, lambda: JWKS, StoppedClock(), audience="https://hub.example.com")


def choosy() -> JwksVerifier:
    """A verifier that knows its clients."""
    return JwksVerifier(ISSUER, lambda: JWKS, StoppedClock(), clients=["desktop", "other desktop"])


def encoded(part: dict[str, Any]) -> bytes:
    return base64url(json.dumps(part).encode())


def base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


# ------------------------------------------------------------------------------- ID tokens, by which laptops register


def id_token(**values: Any) -> str:  # noqa: ANN401
    """An ID token of a sign-in just now; a value of None leaves the claim out."""
    usual = {
        "iss": ISSUER,
        "sub": "user_1",
        "aud": "desktop",
        "iat": seconds(),
        "exp": seconds(minutes=1),
        "nonce": "commits",
    }
    given = {name: value for name, value in (usual | values).items() if value is not None}
    return jwt.encode(given, EDWARDS, algorithm="EdDSA", headers={"kid": "ed"})


@pytest.mark.parametrize("values", [{}, {"aud": ["desktop"]}, {"azp": "desktop"}, {"iat": seconds(minutes=-9)}])
def test_an_id_token_tells_who_signed_in_and_with_which_nonce(values: dict[str, Any]) -> None:
    assert choosy().verify_sign_in(id_token(**values)) == SignIn("user_1", "commits")


@pytest.mark.parametrize(
    "values",
    [
        {"aud": "web site"},
        {"aud": ["desktop", "web site"]},
        {"aud": None},
        {"azp": "web site"},
        {"iss": "https://elsewhere.example.com"},
        {"iat": seconds(minutes=-11)},
        {"iat": seconds(minutes=2)},
        {"iat": None},
        {"exp": seconds(minutes=-1)},
        {"nonce": None},
        {"nonce": 7},
        {"sub": None},
    ],
)
def test_an_id_token_of_another_client_time_or_issuer_proves_nothing(values: dict[str, Any]) -> None:
    with pytest.raises(SignInNeeded):
        choosy().verify_sign_in(id_token(**values))


def test_an_access_token_is_no_sign_in() -> None:
    with pytest.raises(SignInNeeded):
        choosy().verify_sign_in(token(azp="desktop"))


def test_an_id_token_that_somebody_else_signed_proves_nothing() -> None:
    forged = jwt.encode(
        {"iss": ISSUER, "sub": "user_1", "aud": "desktop", "iat": seconds(), "exp": seconds(minutes=1), "nonce": "n"},
        Ed25519PrivateKey.generate(),
        algorithm="EdDSA",
        headers={"kid": "ed"},
    )
    with pytest.raises(SignInNeeded):
        choosy().verify_sign_in(forged)
