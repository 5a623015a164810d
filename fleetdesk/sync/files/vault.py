"""Where keys and a session's tokens are kept: under a secret of the keyring and a PIN, else under a passphrase.

A folder notes which of the two it uses (`vault.json`): a keyring that is out of reach today must not make new keys for
files that have theirs.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from keyring.backend import KeyringBackend

from fleetdesk.errors import BadFile, Unavailable
from fleetdesk.models.passphrases import Wanted, Word
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.files.keyring_entries import KeyringEntries, is_safe
from fleetdesk.sync.files.stretching import KEY_BYTES
from fleetdesk.sync.files.wrapped_vault import Kind, OldEntries, WrappedVault, attempts_on, kind_of

__all__ = [
    "LockedVault",
    "MemoryVault",
    "OldEntries",
    "OpenedVault",
    "Vault",
    "device_name",
    "file_keys",
    "forget_file_keys",
    "has_vault",
    "names_of_keys",
]

_WHERE = {
    Word.PIN: "Keys are under your PIN, together with a secret in the keyring (%1).",
    Word.PASSPHRASE: "Keys are under your passphrase alone: no keyring was found when this copy was made.",
}


class Vault(Protocol):
    """Keeps 32-byte keys, and secret texts that others gave us, each by name."""

    def key(self, name: str) -> bytes:
        """The key of that name, made at random when it is first asked for."""
        ...

    def secret(self, name: str) -> str | None:
        """The text that was kept under that name, if there is one."""
        ...

    def keep(self, name: str, text: str) -> None:
        """Keep a text in the place of what was kept under that name."""
        ...

    def forget(self, name: str) -> None:
        """Delete the key and the text of that name, if there are any."""
        ...

    def destroy(self) -> None:
        """Delete all that is kept: nobody can read any more what was encrypted with it."""
        ...


@dataclass
class MemoryVault:
    """Keys and secrets that end with the process: for tests, and for data that is to be destroyed."""

    _keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    _secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def key(self, name: str) -> bytes:
        return self._keys.setdefault(name, secrets.token_bytes(KEY_BYTES))

    def secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    def keep(self, name: str, text: str) -> None:
        self._secrets[name] = text

    def forget(self, name: str) -> None:
        self._keys.pop(name, None)
        self._secrets.pop(name, None)

    def destroy(self) -> None:
        self._keys.clear()
        self._secrets.clear()


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """The vault that a folder uses, and, in words for the person, where its keys are."""

    vault: WrappedVault
    where: str


class LockedVault:
    """A folder's vault before anybody typed what opens it."""

    def __init__(self, folder: Path, *, backend: KeyringBackend, old: OldEntries | None = None) -> None:
        """`old`: what the first versions may have put into the keyring for this folder.

        Raises Unavailable where the folder's keys need a keyring that is not here, BadFile where the folder has data
        and the file without which it cannot be read is gone.
        """
        self.folder = folder
        self._path = _place(folder)
        self._old = old or OldEntries()
        self._entries = KeyringEntries(backend) if is_safe(backend) else None
        kind = kind_of(self._path)
        if kind in (Kind.KEYRING, Kind.PIN) and self._entries is None:
            raise Unavailable(
                "The keys of this data are in a keyring that cannot be reached from here.",
                kept="The data is untouched.",
                do="Start FleetDesk in the desktop session in which it was set up.",
            )
        if kind in (None, Kind.KEYRING) and any(folder.glob("*/outbox.db")):
            self._demand_old(kind)
            kind = Kind.KEYRING
        self._kind = kind
        if kind is Kind.PASSPHRASE:
            self._entries = None

    @property
    def wanted(self) -> Wanted:
        """What the person is to type now. Reads a small file."""
        word = Word.PASSPHRASE if self._entries is None else Word.PIN
        new = self._kind in (None, Kind.KEYRING)
        return Wanted(word, new=new, moving=self._kind is Kind.KEYRING, wait=attempts_on(self._path).wait)

    def unlock(self, typed: str) -> OpenedVault:
        """Open it, or make it where there is none, which takes a while on purpose.

        Keys of the first versions are moved out of the keyring. Raises what `WrappedVault.make` and `open` raise.
        """
        if self._kind in (None, Kind.KEYRING):
            old = self._old if self._kind is Kind.KEYRING else None
            try:
                vault = WrappedVault.make(self._path, typed, self._entries, old)
            finally:  # another process may have been faster: the next try opens what that one made
                self._kind = kind_of(self._path) or self._kind
        else:
            vault = WrappedVault.open(self._path, typed, self._entries)
        place = "" if self._entries is None else self._entries.place
        return OpenedVault(vault, _WHERE[vault.word].replace("%1", place))

    def _demand_old(self, kind: Kind | None) -> None:
        """Nothing new may take the place of keys that data needs: they must be in the keyring."""
        entries = self._entries
        if entries is not None and any(entries.get(name) is not None for name in self._old.keys):
            return
        if kind is None:
            raise BadFile(
                f"The file “{self._path}” is missing, without which the data beside it cannot be read.",
                kept="The data is untouched.",
                do="Put the file back; or move the whole folder away, and begin anew.",
            )
        raise Unavailable(
            f"The keyring no longer has the keys of the data in “{self._path.parent}”.",
            kept="The data is untouched.",
            do="Restore the keyring; or move the whole folder away, and begin anew.",
        )


def has_vault(folder: Path) -> bool:
    """Whether the folder has a vault already, so that opening it makes none."""
    return _place(folder).exists()


def file_keys(vault: Vault, laptop: str) -> FileKeys:
    """The keys of one laptop folder's files."""
    replica, outbox, documents = (vault.key(name) for name in names_of_keys(laptop))
    return FileKeys(replica=replica, outbox=outbox, documents=documents)


def forget_file_keys(vault: Vault, laptop: str) -> None:
    """Delete the keys of one laptop folder's files, which nobody can read any more then, and its device's."""
    for name in (*names_of_keys(laptop), device_name(laptop)):
        vault.forget(name)


def device_name(laptop: str) -> str:
    """The name under which the vault has the key by which the hub knows these files' device."""
    return f"{laptop}.device"


def names_of_keys(laptop: str) -> tuple[str, str, str]:
    """The names of the keys of one laptop folder's files."""
    return f"{laptop}.replica", f"{laptop}.outbox", f"{laptop}.documents"


def _place(folder: Path) -> Path:
    return folder / "vault.json"
