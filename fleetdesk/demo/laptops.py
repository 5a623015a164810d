"""The demo's laptops: one folder a person, as each person would have on a machine of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import keyring

from fleetdesk.commands.platform import Platform
from fleetdesk.demo.dataset import Persona
from fleetdesk.models.access import Actor
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import Person
from fleetdesk.signatures import DeviceKey
from fleetdesk.sync.files.vault import OpenedVault, Vault, file_keys, open_vault
from fleetdesk.sync.signin.device import DeviceShelf
from fleetdesk.sync.store.local_store import LocalStore

__all__ = ["device_of", "name_of", "open_laptop", "opened_vault", "person_of"]


def opened_vault(folder: Path, ask: Callable[[bool], str]) -> OpenedVault:
    """The vault of the demo's laptops: the desktop's keyring, else a passphrase that `ask` asks for."""
    folder.mkdir(parents=True, exist_ok=True)
    return open_vault(folder, backend=keyring.get_keyring(), ask=ask)


def open_laptop(
    folder: Path, persona: Persona, vault: Vault, platform: Platform, clock: Clock, *, second_thoughts: float = 0.0
) -> LocalStore:
    """Open the persona's laptop, making it the first time. Raises what `LocalStore.open` and the vault raise.

    What nothing takes back once it is sent stays here for so many seconds.
    """
    return LocalStore.open(
        folder / persona.provider_id,
        keys=file_keys(vault, name_of(persona)),
        platform=platform,
        clock=clock,
        actor=Actor(persona.person_id, persona.role),
        second_thoughts=dt.timedelta(seconds=second_thoughts),
    )


def name_of(persona: Persona) -> str:
    """The name under which the vault has the laptop's keys."""
    return f"demo.{persona.provider_id}"


def device_of(persona: Persona, vault: Vault) -> DeviceKey:
    """The key of the persona's laptop, made the first time. Raises what the vault raises."""
    return DeviceShelf(vault, name_of(persona)).made()


def person_of(persona: Persona, platform: Platform) -> Person:
    """The persona as the hub will introduce them."""
    return Person(
        id=persona.person_id,
        name=persona.name,
        email=persona.email,
        role=persona.role,
        scopes=tuple(sorted(platform.access.scopes(persona.role, persona.person_id))),
    )
