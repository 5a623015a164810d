"""What is done with laptops: the hub registers them, a super admin revokes one, and it hands in what waited there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from fleetdesk.commands.core import APPLIED, MERGED, Command
from fleetdesk.commands.workspace import RowChange, Workspace
from fleetdesk.errors import Invalid, Refused
from fleetdesk.models.access import Actor, Permission, Scope
from fleetdesk.models.base import Key
from fleetdesk.models.devices import LONGEST_REASON, Device
from fleetdesk.protocol import Verdict

__all__ = ["RegisterDevice", "RevokeDevice", "TakeInEdits"]


_UNTOLD: Final[Mapping[str, None]] = dict.fromkeys(
    ("waiting", "lease_until", "revoked_at", "revoked_by", "revocation_reason", "handed_in_at")
)


@dataclass(frozen=True, kw_only=True)
class _DeviceCommand(Command):
    """A command about one laptop."""

    permission: ClassVar[Permission] = Permission.DEVICES_KEEP
    writes: ClassVar[frozenset[str]] = frozenset({Scope.MEMBERS})

    device_id: str

    def target(self) -> Key:
        return Device.key_of(self.device_id)

    def touches(self) -> frozenset[Key]:
        return frozenset({self.target()})

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused("for_good", "What the hub did is not undone here.")


@dataclass(frozen=True, kw_only=True)
class RevokeDevice(_DeviceCommand):
    """Ends a laptop's access for good: it forgets everything at its next contact."""

    name: ClassVar[str] = "devices.revoke"
    permission: ClassVar[Permission] = Permission.DEVICES_REVOKE

    reason: str

    def sentence(self) -> str:
        return "Revoked a laptop"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        if not 0 < len(self.reason.strip()) <= LONGEST_REASON:
            raise Invalid("reason", f"Say why, in at most {LONGEST_REASON} characters.")
        device = db.get(Device, self.device_id)
        if device.revoked_at is not None:
            return MERGED
        device.revoked_at, device.revoked_by = self.issued_at, actor.person_id
        device.revocation_reason = self.reason.strip()
        return APPLIED

    def taking_back(
        self, changes: Mapping[Key, RowChange], *, new_id: Callable[[], str], issued_at: dt.datetime
    ) -> Command:
        raise Refused(
            "for_good", "A revoked laptop stays revoked.", do="Its person signs in there again: it is registered anew."
        )


@dataclass(frozen=True, kw_only=True)
class RegisterDevice(_DeviceCommand):
    """The hub's own: a person signed in on a laptop, for the first time or once more."""

    name: ClassVar[str] = "devices.register"

    person_id: str
    laptop: str
    system: str
    app_version: str

    def creates(self) -> frozenset[Key]:
        return self.touches()

    def sentence(self) -> str:
        return "Registered a laptop"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        told = {"name": self.laptop, "system": self.system, "app_version": self.app_version}
        device = db.find(Device, self.device_id)
        if device is None:
            db.add(
                Device(
                    id=self.device_id,
                    scope=Scope.MEMBERS,
                    person_id=self.person_id,
                    registered_at=self.issued_at,
                    last_contact_at=self.issued_at,
                    **told,
                    **_UNTOLD,
                )
            )
            return APPLIED
        if device.revoked_at is not None or device.person_id != self.person_id:
            raise Refused("device_revoked", "This key is no longer taken.", do="Sign in again.")
        for name, value in told.items():
            setattr(device, name, value)
        return APPLIED


@dataclass(frozen=True, kw_only=True)
class TakeInEdits(_DeviceCommand):
    """The hub's own: a revoked laptop handed in all that waited there, and forgets it now."""

    name: ClassVar[str] = "devices.take_in"

    def sentence(self) -> str:
        return "Took in what waited on a revoked laptop"

    def apply(self, db: Workspace, actor: Actor) -> Verdict:
        device = db.get(Device, self.device_id)
        if device.handed_in_at is not None:
            return MERGED
        device.handed_in_at, device.waiting = self.issued_at, 0
        return APPLIED
