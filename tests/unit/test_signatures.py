"""Signed requests: the standards' own examples, and that nothing of a request can be changed under its signature."""

from __future__ import annotations

import base64
import dataclasses
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from fleetdesk.signatures import (
    INPUT_HEADER,
    LARGEST_NUMBER,
    SIGNATURE_HEADER,
    Commitment,
    DeviceKey,
    Stamp,
    content_digest,
    signature_base,
    thumbprint,
    verify,
)

KEY = DeviceKey(bytes(range(32)))
ASKED: dict[str, Any] = {
    "method": "POST",
    "path": "/v1/push",
    "query": "a=1",
    "body": b"{}",
    "authorization": "Bearer token",
}


def signed(number: int = 7, key: DeviceKey = KEY, **changed: Any) -> dict[str, str]:  # noqa: ANN401
    """The headers of a signed request, by their names in small letters, as a hub has them."""
    asked = ASKED | changed
    headers = {name.lower(): value for name, value in key.signed(number, **asked).items()}
    return headers if asked["authorization"] is None else headers | {"authorization": asked["authorization"]}


class Headers(dict[str, str]):
    """Found by any case."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        return super().get(name.lower(), default)


def stamp_of(headers: dict[str, str]) -> Stamp | None:
    return Stamp.read(Headers(headers))


def holds(headers: dict[str, str], **changed: Any) -> bool:  # noqa: ANN401
    """Whether a hub takes a request with these headers, and otherwise as ASKED but for what is changed."""
    asked = ASKED | changed
    stamp = stamp_of(headers)
    assert stamp is not None
    return verify(
        stamp,
        KEY.public,
        method=asked["method"],
        path=asked["path"],
        query=asked["query"],
        headers=Headers(headers),
        body=asked["body"],
    )


def test_the_base_is_that_of_the_standards_example() -> None:
    """RFC 9421, B.2.6: whose signature has to verify."""
    params = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    values = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "@method": "POST",
        "@path": "/foo",
        "@authority": "example.com",
        "content-type": "application/json",
        "content-length": "18",
    }
    private = load_der_private_key(
        base64.b64decode("MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"), None
    )
    signature: bytes = private.sign(signature_base(values, params))  # type: ignore[union-attr,call-arg]
    assert base64.b64encode(signature).decode() == (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )


def test_a_digest_is_that_of_the_standards_example() -> None:
    """RFC 9530, as RFC 9421 quotes it in B.2."""
    assert content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def test_a_thumbprint_is_that_of_the_standards_example() -> None:
    """RFC 8037, A.3."""
    public = base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("authorization", ["Bearer token", None])
def test_what_was_signed_holds(authorization: str | None) -> None:
    assert holds(signed(authorization=authorization))


@pytest.mark.parametrize(
    "changed", [{"method": "PUT"}, {"path": "/v1/pull"}, {"query": ""}, {"body": b"{ }"}, {"body": b""}]
)
def test_nothing_of_a_request_can_be_changed(changed: dict[str, Any]) -> None:
    assert not holds(signed(), **changed)


@pytest.mark.parametrize("changed", [{"authorization": "Bearer stolen"}, {"content-digest": content_digest(b"x")}])
def test_no_header_that_is_covered_can_be_changed(changed: dict[str, str]) -> None:
    assert not holds(signed() | changed)


def test_neither_the_token_nor_the_digest_can_be_taken_away() -> None:
    for name in ("authorization", "content-digest"):
        headers = signed()
        del headers[name]
        assert not holds(headers)


def test_the_body_is_compared_and_not_only_its_digests_signature() -> None:
    headers = signed(body=b"one")
    assert not holds(headers, body=b"two")


def test_a_signature_for_another_number_is_none() -> None:
    headers = signed(7)
    headers["signature-input"] = signed(8)["signature-input"]
    assert not holds(headers)


def test_another_key_signs_for_itself_alone() -> None:
    other = DeviceKey(bytes(32))
    stamp = stamp_of(signed(key=other))
    assert stamp is not None
    assert stamp.device_id == other.device_id
    assert not holds(signed(key=other))


def test_a_stamp_tells_device_and_number() -> None:
    stamp = stamp_of(signed(41))
    assert stamp is not None
    assert (stamp.device_id, stamp.number, stamp.with_authorization) == (KEY.device_id, 41, True)


@pytest.mark.parametrize(
    ("header", "old", "new"),
    [
        (INPUT_HEADER, "ed25519", "hmac-sha256"),
        (INPUT_HEADER, 'tag="fleetdesk"', 'tag="other"'),
        (INPUT_HEADER, '"content-digest" ', ""),
        (INPUT_HEADER, '"@method" "@path"', '"@path" "@method"'),
        (INPUT_HEADER, 'nonce="7"', 'nonce="07"'),
        (INPUT_HEADER, 'nonce="7"', 'nonce="-7"'),
        (INPUT_HEADER, 'nonce="7"', f'nonce="{LARGEST_NUMBER + 1}"'),
        (INPUT_HEADER, 'nonce="7"', 'nonce="7";created=1'),
        (INPUT_HEADER, "fleetdesk=(", "other=()  , fleetdesk=("),
        (SIGNATURE_HEADER, "==:", "==:, other=:AA==:"),
        (SIGNATURE_HEADER, "fleetdesk=:", "fleetdesk=:!"),
    ],
)
def test_no_other_form_is_read(header: str, old: str, new: str) -> None:
    headers = signed()
    assert old in headers[header.lower()]
    headers[header.lower()] = headers[header.lower()].replace(old, new)
    assert stamp_of(headers) is None


def test_a_sign_in_commits_to_its_devices_in_their_order() -> None:
    commitment = Commitment(("a", "b"), "salt")
    nonces = {
        commitment.nonce,
        dataclasses.replace(commitment, salt="pepper").nonce,
        dataclasses.replace(commitment, devices=("b", "a")).nonce,
        dataclasses.replace(commitment, devices=("a",)).nonce,
    }
    assert len(nonces) == 4


def test_no_two_sign_ins_have_a_salt_in_common() -> None:
    assert Commitment(("a",)).salt != Commitment(("a",)).salt
