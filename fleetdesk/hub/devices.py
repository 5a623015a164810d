"""Laptops by their keys: which are registered, whether a request is truly theirs, and that none comes twice.

A request is its device's if its key signed it (`signatures`), and new if its number was not used. A window over the
numbers, as in RFC 4303 (3.4.3), tells: one row a device, which any hub before the database moves on by one statement.
It is committed before the request is handled, and not waited for on the disk: a database that crashes forgets the last
half second of numbers, no more.

A key is registered by a sign-in of a moment ago that committed to it: whoever stole a token cannot make one.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import threading
from dataclasses import dataclass, field

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from starlette.datastructures import Headers

from fleetdesk.commands.devices import RegisterDevice
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import BadSignature, DeviceRevoked, DeviceUnknown, OutOfTurn, Refused
from fleetdesk.hub.claims import Claims, ask_as, set_claims
from fleetdesk.hub.database import Database, asked
from fleetdesk.hub.own_acts import act
from fleetdesk.hub.people import recognise
from fleetdesk.hub.tokens import Identity, SignedBy, Verifier
from fleetdesk.models.access import Role, Scope
from fleetdesk.models.ids import Clock, new_id
from fleetdesk.protocol import NewDevice, Registered, VerdictKind
from fleetdesk.signatures import (
    DIGEST_HEADER,
    INPUT_HEADER,
    KEY_BYTES,
    SIGNATURE_HEADER,
    Stamp,
    commitment_nonce,
    thumbprint,
    verify,
)

__all__ = ["DEVICE_KEEPER", "MOST_DEVICES", "Devices", "SignedRequest"]

DEVICE_KEEPER = Claims(role=Role.SYSTEM, read=frozenset({Scope.MEMBERS}), write=frozenset({Scope.MEMBERS}))
"""What the hub needs to see and write about devices."""
WINDOW = 256
"""Numbers below the highest of a device's that may still come: its requests overtake each other."""
CONTACT_AGE = dt.timedelta(minutes=5)
"""How old the contact that super admins see may become while a laptop is there."""
MOST_DEVICES = 30
"""Devices of one person that are not revoked, at most: each new folder of theirs, after a reload say, is one."""
_MOST_KNOWN = 10_000
_ONCE = ("authorization", DIGEST_HEADER, INPUT_HEADER, SIGNATURE_HEADER)


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came: `path` and `query` percent-encoded, the whole body."""

    method: str
    path: str
    query: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def stamp(self) -> Stamp:
        """What it says of its signature. Raises DeviceUnknown where it says nothing, BadSignature for nonsense."""
        if INPUT_HEADER not in self.headers:
            raise DeviceUnknown("This FleetDesk has not introduced itself to the hub by a key of its own yet.")
        stamp = Stamp.read(self.headers)
        # Of a header that stands there twice, one may have been signed, and the other be obeyed.
        if stamp is None or any(len(self.headers.getlist(name)) > 1 for name in _ONCE):
            raise _forged()
        return stamp

    def signed_by(self, stamp: Stamp, public: bytes) -> bool:
        """Whether the holder of that key signed it."""
        return verify(
            stamp,
            public,
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.headers,
            body=self.body,
        )


@dataclass(frozen=True)
class _Known:
    """What never changes of a device."""

    subject: str
    public_key: bytes


class Devices:
    """Registers devices and admits their requests. Safe to ask from many threads."""

    def __init__(self, database: Database, platform: Platform, verifier: Verifier, clock: Clock) -> None:
        self._database = database
        self._platform = platform
        self._verifier = verifier
        self._clock = clock
        self._guard = threading.Lock()
        self._met: dict[str, _Known] = {}

    def register(self, message: NewDevice, identity: Identity, request: SignedRequest) -> Registered:
        """Take in the key that signed this request.

        Raises SignInNeeded for an ID token that is none of a moment ago, BadSignature where it did not commit to the
        key or is another person's, Refused where the person has too many, DeviceRevoked, OutOfTurn, NotStaff,
        Unavailable.
        """
        stamp, public = request.stamp(), _key_of(message.public_key)
        device_id = thumbprint(public)
        if stamp.device_id != device_id or not stamp.with_authorization or not request.signed_by(stamp, public):
            raise _forged()
        signed_in = self._verifier.verify_sign_in(message.id_token)
        committed = signed_in.nonce == commitment_nonce(message.devices, message.salt)
        if signed_in.subject != identity.subject or not committed or device_id not in message.devices:
            raise BadSignature("The sign-in was not for this laptop.", do="Sign in again.")

        def write(session: Session) -> None:
            connection = session.connection()
            person = recognise(connection, identity, self._platform.access)
            set_claims(connection, DEVICE_KEEPER)
            known = connection.execute(_REVOKED, {"device": device_id}).one_or_none()
            if known is not None and known.revoked_at is not None:
                raise _revoked()
            if known is None and connection.execute(_THEIRS, {"person": person.id}).scalar_one() >= MOST_DEVICES:
                raise Refused(
                    "too_many_devices",
                    f"You have {MOST_DEVICES} laptops registered, and cannot have more.",
                    do="Ask a super admin to revoke those that you no longer use.",
                )
            now = self._clock.now()
            told = {"device": device_id, "subject": identity.subject, "key": public, "now": now}
            told |= {"number": stamp.number, "app_version": message.app_version}
            met = connection.execute(_MEET, told).rowcount
            if not met and not asked(connection, _TURN, self._turn_of(stamp)):
                raise _out_of_turn(connection, stamp)
            command = RegisterDevice(
                id=new_id(),
                issued_at=now,
                device_id=device_id,
                person_id=person.id,
                laptop=message.name,
                system=message.system,
                app_version=message.app_version,
            )
            if act(session, self._platform, command, self._clock).kind is VerdictKind.REJECTED:
                raise _forged()

        self._database.work(write)
        return Registered(device_id=device_id)

    def admit(self, identity: Identity, request: SignedRequest) -> Identity:
        """The identity, with the device that signed the request, which comes for the first time.

        Raises DeviceUnknown, DeviceRevoked, OutOfTurn, BadSignature (also for another person's device), Unavailable.
        """
        stamp = request.stamp()
        known = self._known(stamp.device_id)
        if known.subject != identity.subject or not stamp.with_authorization:
            raise _forged()
        return Identity(identity.subject, identity.expires_at, self._admit(stamp, known, request))

    def demand_own(self, identity: Identity, request: SignedRequest) -> None:
        """Raise what refuses a request that names no device of that person. Whether it signed, is not looked at."""
        if self._known(request.stamp().device_id).subject != identity.subject:
            raise _forged()

    def admit_revoked(self, request: SignedRequest) -> str:
        """The id of the revoked device that signed the request, whose person may have no session any more.

        Raises DeviceUnknown, OutOfTurn, BadSignature (also for a device that is not revoked), Unavailable.
        """
        stamp = request.stamp()
        known = self._known(stamp.device_id)
        if stamp.with_authorization:
            raise _forged()
        try:
            self._admit(stamp, known, request)
        except DeviceRevoked:
            return stamp.device_id
        raise _not_revoked()

    def demand_revoked(self, request: SignedRequest) -> None:
        """Raise what refuses a request that names no revoked device. Whether that one signed it, is not looked at."""
        device_id = request.stamp().device_id
        self._known(device_id)
        if self.stands(device_id):
            raise _not_revoked()

    def stands(self, device_id: str) -> bool:
        """Whether the device is known and not revoked. Raises Unavailable."""
        with self._database.reading() as connection:
            set_claims(connection, DEVICE_KEEPER)
            found = connection.execute(_REVOKED, {"device": device_id}).one_or_none()
        return found is not None and found.revoked_at is None

    def heard(
        self,
        device: SignedBy | None,
        *,
        app_version: str | None = None,
        waiting: int | None = None,
        lease_hours: float | None = None,
    ) -> None:
        """Note what a device tells of itself, where that is new; None: not told. Raises Unavailable."""
        if device is None:
            return
        told = {
            "app_version": device.app_version if app_version is None else app_version,
            "waiting": device.waiting if waiting is None else waiting,
            "lease_hours": device.lease_hours if lease_hours is None else lease_hours,
        }
        if told == {"app_version": device.app_version, "waiting": device.waiting, "lease_hours": device.lease_hours}:
            return
        with self._database.passing() as connection:
            asked(connection, f"{_IN_PASSING}; {_TOLD}", told | {"device": device.device_id})

    def tell_contacts(self) -> None:
        """Show super admins what devices told meanwhile: all in one go, so that their laptops hear of it once.

        Raises Busy, Unavailable: it is told later.
        """
        with self._database.writing() as connection:
            set_claims(connection, DEVICE_KEEPER)
            connection.execute(_TELL, {"old": CONTACT_AGE})

    def _known(self, device_id: str) -> _Known:
        found = self._met.get(device_id)
        if found is not None:
            return found
        with self._database.reading() as connection:
            set_claims(connection, DEVICE_KEEPER)
            row = connection.execute(_KNOWN, {"device": device_id}).one_or_none()
        if row is None:
            raise _unknown()
        known = _Known(row.subject, bytes(row.public_key))
        with self._guard:
            if len(self._met) >= _MOST_KNOWN:
                self._met.clear()
            self._met[device_id] = known
        return known

    def _admit(self, stamp: Stamp, known: _Known, request: SignedRequest) -> SignedBy:
        if not request.signed_by(stamp, known.public_key):
            raise _forged()
        with self._database.passing() as connection:
            turn = asked(connection, f"{_IN_PASSING}; {_TURN}", self._turn_of(stamp))
            if not turn:
                raise _out_of_turn(connection, stamp)
        [(app_version, waiting, lease_hours, revoked_at)] = turn
        if revoked_at is not None:
            raise _revoked()
        return SignedBy(stamp.device_id, app_version, waiting, lease_hours)

    def _turn_of(self, stamp: Stamp) -> dict[str, object]:
        return {"device": stamp.device_id, "number": stamp.number, "now": self._clock.now()}


def _out_of_turn(connection: Connection, stamp: Stamp) -> OutOfTurn | DeviceUnknown | DeviceRevoked:
    """Why the database did not give a request its turn."""
    found = ask_as(connection, DEVICE_KEEPER, _STANDING, {"device": stamp.device_id})
    if not found:
        return _unknown()
    [(highest, revoked_at)] = found
    return _revoked() if revoked_at is not None else OutOfTurn(highest + 1)


def _key_of(text: str) -> bytes:
    """The public key behind its base64url. Raises BadSignature for nothing of the kind."""
    try:
        key = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _forged() from error
    if len(key) != KEY_BYTES:
        raise _forged()
    return key


def _unknown() -> DeviceUnknown:
    return DeviceUnknown("The hub does not know this laptop.")


def _not_revoked() -> BadSignature:
    return BadSignature("Only a laptop that was revoked hands in what waits there.")


def _revoked() -> DeviceRevoked:
    return DeviceRevoked("This laptop's access was ended by a super admin.")


def _forged() -> BadSignature:
    """One answer for all reasons: which of them it was helps nobody but a forger."""
    return BadSignature("The request is not what the laptop signed.")


# DEVICE_KEEPER's claims, and a commit that nobody waits for, in one go: this comes before every request.
_IN_PASSING = (
    f"SELECT set_config('fleetdesk.role', '{Role.SYSTEM}', true),"
    f" set_config('fleetdesk.read', '{Scope.MEMBERS}', true), set_config('fleetdesk.write', '{Scope.MEMBERS}', true),"
    " set_config('synchronous_commit', 'off', true)"
)
_KNOWN = text("SELECT subject, public_key FROM sys_device_turn WHERE device_id = :device")
_REVOKED = text("SELECT revoked_at FROM sys_device WHERE id = :device")
_THEIRS = text("SELECT count(*) FROM sys_device WHERE person_id = :person AND revoked_at IS NULL")
_STANDING = (
    "SELECT highest, (SELECT revoked_at FROM sys_device WHERE id = device_id) FROM sys_device_turn"
    " WHERE device_id = %(device)s"
)
_MEET = text(
    "INSERT INTO sys_device_turn (device_id, subject, public_key, highest, seen, contact_at, app_version)"
    f" VALUES (:device, :subject, :key, :number, set_bit(CAST(0 AS bit({WINDOW})), 0, 1), :now, :app_version)"
    " ON CONFLICT (device_id) DO NOTHING"
)
# `seen` begins with the highest number, and goes down from there. A bit is asked for only where there is one.
_TURN = f"""
    UPDATE sys_device_turn SET
        seen = CASE WHEN %(number)s > highest
            THEN set_bit(seen >> CAST(least(%(number)s - highest, {WINDOW}) AS int), 0, 1)
            ELSE set_bit(seen, CAST(highest - %(number)s AS int), 1)
        END,
        highest = greatest(highest, %(number)s),
        contact_at = greatest(contact_at, %(now)s)
    WHERE device_id = %(device)s AND CASE
        WHEN %(number)s > highest THEN true
        WHEN highest - %(number)s >= {WINDOW} THEN false
        ELSE get_bit(seen, CAST(highest - %(number)s AS int)) = 0
    END
    RETURNING app_version, waiting, lease_hours, (SELECT revoked_at FROM sys_device WHERE id = device_id)
"""
_TOLD = (
    "UPDATE sys_device_turn SET app_version = %(app_version)s, waiting = %(waiting)s, lease_hours = %(lease_hours)s"
    " WHERE device_id = %(device)s"
)
_TELL = text(
    """
    UPDATE sys_device AS device SET
        last_contact_at = turn.contact_at,
        app_version = turn.app_version,
        waiting = coalesce(turn.waiting, device.waiting),
        lease_until = turn.contact_at + turn.lease_hours * interval '1 hour'
    FROM sys_device_turn AS turn
    WHERE turn.device_id = device.id AND device.revoked_at IS NULL AND (
        turn.contact_at > device.last_contact_at + :old
        OR turn.app_version <> device.app_version
        OR turn.waiting IS DISTINCT FROM device.waiting
        OR (turn.lease_hours IS NULL) <> (device.lease_until IS NULL)
        OR turn.contact_at + turn.lease_hours * interval '1 hour' NOT BETWEEN
            device.lease_until - CAST(:old AS interval) AND device.lease_until + CAST(:old AS interval)
    )
    """
)
