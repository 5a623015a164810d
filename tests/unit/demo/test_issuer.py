"""The demo's tokens: made anew with each start, and in the form of the provider's."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from pathlib import Path

import jwt
import pytest

from fleetdesk.demo.issuer import DemoIssuer
from fleetdesk.errors import SignInNeeded
from fleetdesk.hub.issuer_keys import read_jwks
from fleetdesk.hub.tokens import JwksVerifier
from fleetdesk.models.ids import SystemClock


def _verifier(issuer: DemoIssuer, name: str, folder: Path) -> JwksVerifier:
    keys = folder / "keys.json"
    issuer.write_keys(keys)
    return JwksVerifier(name, partial(read_jwks, str(keys)), SystemClock())


def test_the_hub_recognises_the_person_of_a_token(tmp_path: Path) -> None:
    issuer = DemoIssuer()

    identity = _verifier(issuer, issuer.name, tmp_path).verify(issuer.token("user_demo_x", "platform_commercial"))

    assert identity.subject == "user_demo_x"


def test_a_token_of_an_earlier_start_is_worth_nothing(tmp_path: Path) -> None:
    yesterday, today = DemoIssuer(), DemoIssuer()

    with pytest.raises(SignInNeeded):
        _verifier(today, today.name, tmp_path).verify(yesterday.token("user_demo_x", "platform_commercial"))


def test_the_key_that_signs_is_not_written_down(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    DemoIssuer().write_keys(keys)

    assert {"d", "k", "p", "q"}.isdisjoint(json.loads(keys.read_text())["keys"][0])


def test_a_token_ends_within_the_day() -> None:
    claims = jwt.decode(DemoIssuer().token("u", "platform_finance"), options={"verify_signature": False})

    assert dt.timedelta(seconds=claims["exp"] - claims["iat"]) <= dt.timedelta(hours=12)
