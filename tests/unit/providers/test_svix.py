"""Signatures of webhooks are those of the scheme that Clerk uses."""

from __future__ import annotations

import datetime as dt

import pytest

from fleetdesk.errors import BadSettings, Refused
from fleetdesk.providers.svix import Signatures


def test_the_signature_is_that_of_the_schemes_own_example() -> None:
    headers = {
        "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "svix-timestamp": "1614265330",
        "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    signatures = Signatures("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signatures.demand_signed(headers, b'{"test": 2432232314}', at)
    with pytest.raises(Refused):
        signatures.demand_signed(headers, b'{"test": 2432232315}', at)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "whsec_not base64 at all, but long", "another"])
def test_what_can_be_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(BadSettings):
        Signatures(secret)
