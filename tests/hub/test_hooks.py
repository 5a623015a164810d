"""Clerk's webhooks have the list of members read, and are believed in nothing else."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from fleetdesk.errors import Refused
from fleetdesk.hub.hooks import ClerkHook
from fleetdesk.hub.service import Hub
from fleetdesk.settings import HubSettings
from tests.hub.support import Hosted, TrustingVerifier, listening

SECRET = "whsec_" + base64.b64encode(b"a secret of some length").decode()
BODY = b'{"type": "organizationMembership.deleted", "data": {"everybody": true}}'
ASKED_FOR = "SELECT begun_at = 'epoch' FROM sys_provider_reading"
JUST_READ = "UPDATE sys_provider_reading SET begun_at = now()"


def signed(now: dt.datetime, *, id: str = "msg_1", body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{id}.{at}.".encode() + body, "sha256")
    return {"svix-id": id, "svix-timestamp": at, "svix-signature": f"v1,{base64.b64encode(digest).decode()}"}


@pytest.fixture
def hook(hosted: Hosted) -> ClerkHook:
    hosted.execute(JUST_READ)
    return ClerkHook(hosted.hub().database, SECRET, hosted.clock)


def is_asked_for(hosted: Hosted) -> bool:
    return hosted.rows(ASKED_FOR) == [(True,)]


def test_an_event_has_the_list_read(hosted: Hosted, hook: ClerkHook) -> None:
    hook.take(signed(hosted.clock.now()), BODY)
    assert is_asked_for(hosted)


def test_one_of_several_signatures_is_enough(hosted: Hosted, hook: ClerkHook) -> None:
    headers = signed(hosted.clock.now())
    headers["svix-signature"] = f"v2,abc v1,x {headers['svix-signature']}"
    hook.take(headers, BODY)
    assert is_asked_for(hosted)


@pytest.mark.parametrize(
    "wrong",
    [
        {"svix-signature": ""},
        {"svix-signature": "v1,"},
        {"svix-signature": "v1,é"},
        {"svix-id": "msg_2"},
        {"svix-id": ""},
        {"svix-timestamp": "1"},
        {"svix-timestamp": "-1"},
        {"svix-timestamp": "٣"},
        {"svix-timestamp": "9" * 400},
    ],
)
def test_what_is_not_signed_is_refused_and_leaves_nothing(
    hosted: Hosted, hook: ClerkHook, wrong: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        hook.take(signed(hosted.clock.now()) | wrong, BODY)
    assert not is_asked_for(hosted)


def test_another_body_or_another_secret_is_refused(hosted: Hosted, hook: ClerkHook) -> None:
    other = "whsec_" + base64.b64encode(b"another secret, as long").decode()
    with pytest.raises(Refused):
        hook.take(signed(hosted.clock.now()), BODY + b" ")
    with pytest.raises(Refused):
        hook.take(signed(hosted.clock.now(), secret=other), BODY)


@pytest.mark.parametrize(("minutes", "good"), [(-4, True), (4, True), (-6, False), (6, False)])
def test_a_signature_is_good_for_five_minutes_either_way(
    hosted: Hosted, hook: ClerkHook, minutes: int, *, good: bool
) -> None:
    headers = signed(hosted.clock.now() + dt.timedelta(minutes=minutes))
    if good:
        hook.take(headers, BODY)
    else:
        with pytest.raises(Refused):
            hook.take(headers, BODY)
    assert is_asked_for(hosted) is good


# ------------------------------------------------------------------------------------------------------ the endpoint


@contextmanager
def endpoint(hosted: Hosted, secret: str) -> Iterator[str]:
    """The endpoint of a hub with that secret, by its address."""
    settings = HubSettings(database_url=hosted.database.hub.url, clerk_webhook_secret=secret)
    hub = Hub(settings, hosted.platform, verifier=TrustingVerifier(hosted.clock), clock=hosted.clock)
    try:
        with listening(hub) as url:
            yield url + "/v1/hooks/clerk"
    finally:
        hub.close()


def test_the_endpoint_takes_what_is_signed_and_turns_away_what_is_not(hosted: Hosted) -> None:
    hosted.execute(JUST_READ)
    headers = signed(hosted.clock.now())
    with endpoint(hosted, SECRET) as url:
        assert httpx.post(url, content=BODY + b" ", headers=headers).status_code == 400
        assert not is_asked_for(hosted)
        assert httpx.post(url, content=BODY, headers=headers).status_code == 200
    assert is_asked_for(hosted)


def test_without_a_secret_there_is_no_such_endpoint(hosted: Hosted) -> None:
    with endpoint(hosted, "") as url:
        assert httpx.post(url, content=BODY, headers=signed(hosted.clock.now())).status_code == 404
