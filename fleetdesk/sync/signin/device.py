"""This laptop's own key, one for each person's files: made at a sign-in, kept in the vault, told to the hub once."""

from __future__ import annotations

import base64
import binascii
import importlib.metadata
import platform
import secrets

from fleetdesk.protocol import NewDevice
from fleetdesk.signatures import KEY_BYTES, Commitment, DeviceKey
from fleetdesk.sync.files.vault import Vault, device_name

__all__ = ["DeviceShelf", "new_device", "new_seed"]

_LONGEST = 100


def new_seed() -> bytes:
    """A key that nobody has."""
    return secrets.token_bytes(KEY_BYTES)


class DeviceShelf:
    """The place of one device's private key in a vault. Whatever it is asked for, it may raise Unavailable."""

    def __init__(self, vault: Vault, laptop: str) -> None:
        """`laptop` is the name of the files that it belongs to."""
        self._vault = vault
        self._name = device_name(laptop)

    def read(self) -> DeviceKey | None:
        """The key, if there is one."""
        text = self._vault.secret(self._name)
        try:
            return None if text is None else DeviceKey(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            return None

    def made(self) -> DeviceKey:
        """The key, made now unless there is one."""
        return self.read() or self.keep(new_seed())

    def keep(self, seed: bytes) -> DeviceKey:
        """Keep this key from now on."""
        key = DeviceKey(seed)
        self._vault.keep(self._name, base64.b64encode(seed).decode())
        return key

    def forget(self) -> None:
        """Delete it."""
        self._vault.forget(self._name)


def new_device(id_token: str, commitment: Commitment, key: DeviceKey) -> NewDevice:
    """What the hub is told of this laptop: the names by which people know it, and the sign-in that committed to it."""
    return NewDevice(
        id_token=id_token,
        devices=commitment.devices,
        salt=commitment.salt,
        public_key=base64.urlsafe_b64encode(key.public).rstrip(b"=").decode(),
        name=platform.node()[:_LONGEST] or "?",
        system=f"{platform.system()} {platform.release()}"[:_LONGEST],
        app_version=importlib.metadata.version("fleetdesk"),
    )
