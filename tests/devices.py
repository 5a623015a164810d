"""The laptops of the tests' people: each has one key, which its hub knows, and whatever they ask is signed by it."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from functools import cache
from typing import Any

import httpx
import psycopg

from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.network.signing import DeviceSigner

__all__ = ["Signing", "SigningForBearer", "insert_device", "key_of", "seed_of", "signer_of"]


def seed_of(subject: str) -> bytes:
    """The private key of the laptop of whoever signs in as `subject`, in bytes."""
    return hashlib.sha256(f"the laptop of {subject}".encode()).digest()


@cache
def key_of(subject: str) -> DeviceKey:
    """The same as a key."""
    return DeviceKey(seed_of(subject))


@cache
def signer_of(subject: str) -> DeviceSigner:
    """What signs for them: one in the whole process, as one laptop counts its requests."""
    return DeviceSigner(lambda: key_of(subject))


def insert_device(
    connection: psycopg.Connection[Any], subject: str, person_id: str, key: DeviceKey | None = None
) -> str:
    """Have the hub know that laptop, or one more of theirs with that key, as after a sign-in there; gives its id."""
    key = key or key_of(subject)
    connection.execute(
        "INSERT INTO sys_device (id, scope, person_id, name, system, app_version, registered_at, last_contact_at)"
        " VALUES (%s, 'members', %s, 'a laptop', 'Linux', '1', now(), now())",
        [key.device_id, person_id],
    )
    connection.execute(
        "INSERT INTO sys_device_turn (device_id, subject, public_key, highest, seen, contact_at, app_version)"
        " VALUES (%s, %s, %s, 0, 0::bit(256), now(), '1')",
        [key.device_id, subject, key.public],
    )
    return key.device_id


class Signing(httpx.Auth):
    """Signs plain requests of httpx, by that key, or as the laptop of `subject`."""

    requires_request_body = True

    def __init__(self, subject: str = "", key: DeviceKey | None = None) -> None:
        self._key = key or key_of(subject)
        self._numbers = DeviceSigner(lambda: self._key) if key else signer_of(subject)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        path, _, query = request.url.raw_path.decode().partition("?")
        signed = self._key.signed(
            self._numbers.next_number(),
            method=request.method,
            path=path,
            query=query,
            body=request.content,
            authorization=request.headers.get("Authorization"),
        )
        request.headers.update(signed)
        yield request


class SigningForBearer(httpx.Auth):
    """Signs each request as the laptop of whoever its token, their id, names; leaves one without a token as it is."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        kind, _, subject = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            yield from Signing(subject).auth_flow(request)
        else:
            yield request
