"""Where keys and a session's tokens are kept: in the operating system's keyring, else under a passphrase.

A folder notes which of the two it uses (`vault.json`): a keyring that is out of reach today must not make new keys for
files that have theirs. Keyring backends that keep secrets readable are refused.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import keyring.errors
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from fleetdesk.errors import BadFile, DiskFull, Invalid, Unavailable
from fleetdesk.models.passphrases import demand_long
from fleetdesk.sync.files.cipher import FileKeys
from fleetdesk.sync.files.stretching import KEY_BYTES, Stretching

__all__ = [
    "KeyringVault",
    "MemoryVault",
    "OpenedVault",
    "PassphraseVault",
    "Vault",
    "device_name",
    "file_keys",
    "forget_file_keys",
    "has_vault",
    "open_vault",
]

_SERVICE = "FleetDesk"
_SAFE_BACKENDS = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "Windows", "kwallet", "libsecret", "macOS")
)
"""The operating systems' own. Others keep secrets in files, some of them in plain text."""
_KEYRING, _PASSPHRASE = "keyring", "passphrase"


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
        """Delete the text, or the key, of that name, if there is one."""
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
        self._secrets.pop(name, None)
        self._keys.pop(name, None)


class KeyringVault:
    """Keys and secrets in the operating system's keyring. Whatever it is asked for, it may raise Unavailable."""

    def __init__(self, backend: KeyringBackend) -> None:
        """Use this backend. Raises Unavailable for one that does not keep secrets secret."""
        if not is_safe(backend):
            raise Unavailable(f"“{backend.name}” is no keyring that keeps keys secret.", do="Use a passphrase instead.")
        self._backend = backend

    def key(self, name: str) -> bytes:
        text = self.secret(name)
        if text is None:
            text = b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            self.keep(name, text)
        return b64decode(text)

    def secret(self, name: str) -> str | None:
        with _answering():
            return self._backend.get_password(_SERVICE, name)

    def keep(self, name: str, text: str) -> None:
        with _answering():
            self._backend.set_password(_SERVICE, name, text)
            if self._backend.get_password(_SERVICE, name) != text:
                raise Unavailable("The keyring did not keep what was given to it.")

    def forget(self, name: str) -> None:
        with _answering():
            if self._backend.get_password(_SERVICE, name) is not None:
                self._backend.delete_password(_SERVICE, name)


class PassphraseVault:
    """Keys and secrets in a file, each wrapped (AES-256-GCM) under a key that argon2id makes of the passphrase."""

    def __init__(self, path: Path, passphrase: str) -> None:
        """Open the file, or make it. Raises Invalid for a wrong or too short passphrase, BadFile for another file."""
        self._path = path
        self._content = _read(path) or _Content(Stretching.new())
        if not self._content.keys:
            demand_long(passphrase)
        try:
            self._wrapping = AESGCM(self._content.stretching.key(passphrase))
        except ValueError as error:
            raise _unreadable(path) from error
        self.key("check")

    def key(self, name: str) -> bytes:
        if name not in self._content.keys:
            self._read_again()
            self._content.keys.setdefault(name, self._wrapped(name, secrets.token_bytes(KEY_BYTES)))
            _write(self._path, self._content.plain())
        return self._unwrapped(name, self._content.keys[name])

    def secret(self, name: str) -> str | None:
        self._read_again()
        wrapped = self._content.secrets.get(name)
        return None if wrapped is None else self._unwrapped(_secret(name), wrapped).decode()

    def keep(self, name: str, text: str) -> None:
        self._read_again()
        self._content.secrets[name] = self._wrapped(_secret(name), text.encode())
        _write(self._path, self._content.plain())

    def forget(self, name: str) -> None:
        self._read_again()
        known = [self._content.secrets.pop(name, None), self._content.keys.pop(name, None)]
        if any(known):
            _write(self._path, self._content.plain())

    def _read_again(self) -> None:
        """Another process may have written it meanwhile: a session's tokens change every hour."""
        self._content = _read(self._path) or self._content

    def _wrapped(self, name: str, content: bytes) -> str:
        nonce = secrets.token_bytes(12)
        return b64encode(nonce + self._wrapping.encrypt(nonce, content, name.encode())).decode()

    def _unwrapped(self, name: str, text: str) -> bytes:
        whole = b64decode(text)
        try:
            return self._wrapping.decrypt(whole[:12], whole[12:], name.encode())
        except InvalidTag as error:
            raise Invalid("passphrase", "That is not the passphrase of this data.", do="Try again.") from error


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """The vault that a folder uses, and, in words for the person, where its keys are."""

    vault: Vault
    where: str


def open_vault(folder: Path, *, backend: KeyringBackend, ask: Callable[[bool], str]) -> OpenedVault:
    """The folder's vault: the keyring if there is a safe one at the first start, else a passphrase.

    `ask` asks the person for the passphrase; its argument says whether a new one is chosen. Raises Unavailable where
    the folder's keys are in a keyring that is not here, Invalid for a wrong passphrase, BadFile where the folder has
    data, and the file that the passphrase opens is gone.
    """
    path = _place(folder)
    kind = _kind(path)
    if kind is None and is_safe(backend):
        kind = _KEYRING
        _write(path, {"kind": kind})
    if kind is None:
        if any(folder.glob("*/outbox.db")):
            raise BadFile(
                f"The file “{path}” is missing, without which the data beside it cannot be read.",
                kept="The data is untouched.",
                do="Put the file back; or move the whole folder away, and begin anew.",
            )
        return OpenedVault(PassphraseVault(path, ask(True)), "No keyring was found: keys are under a passphrase.")
    if kind == _PASSPHRASE:
        return OpenedVault(PassphraseVault(path, ask(False)), "Keys are under a passphrase.")
    if not is_safe(backend):
        raise Unavailable(
            "The keys of this data are in a keyring that cannot be reached from here.",
            kept="The data is untouched.",
            do="Start FleetDesk in the desktop session in which it was set up.",
        )
    return OpenedVault(KeyringVault(backend), f"Keys are in the keyring ({backend.name}).")


def has_vault(folder: Path) -> bool:
    """Whether the folder has a vault already, so that opening it makes none."""
    return _place(folder).exists()


def file_keys(vault: Vault, laptop: str) -> FileKeys:
    """The keys of one laptop folder's files."""
    replica, outbox, documents = (vault.key(name) for name in _names_of_keys(laptop))
    return FileKeys(replica=replica, outbox=outbox, documents=documents)


def forget_file_keys(vault: Vault, laptop: str) -> None:
    """Delete the keys of one laptop folder's files, which nobody can read any more then, and its device's."""
    for name in (*_names_of_keys(laptop), device_name(laptop)):
        vault.forget(name)


def device_name(laptop: str) -> str:
    """The name under which the vault has the key by which the hub knows these files' device."""
    return f"{laptop}.device"


def _names_of_keys(laptop: str) -> tuple[str, str, str]:
    return f"{laptop}.replica", f"{laptop}.outbox", f"{laptop}.documents"


def _place(folder: Path) -> Path:
    return folder / "vault.json"


def is_safe(backend: KeyringBackend) -> bool:
    """Whether a keyring backend keeps secrets secret: the operating system's own, alone or chained."""
    if isinstance(backend, ChainerBackend):
        chained: list[KeyringBackend] = backend.backends
        return bool(chained) and all(is_safe(each) for each in chained)
    return type(backend).__module__ in _SAFE_BACKENDS


@dataclass
class _Content:
    """What a passphrase's file holds: how the passphrase is stretched, and the wrapped keys."""

    stretching: Stretching
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def plain(self) -> dict[str, object]:
        return {
            "kind": _PASSPHRASE,
            **self.stretching.plain(),
            "keys": self.keys,
            "secrets": self.secrets,
        }


def _secret(name: str) -> str:
    """What binds a wrapped secret to its name; no key is ever bound to the same."""
    return f"secret {name}"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (keyring.errors.KeyringError, RuntimeError) as error:
        raise Unavailable(
            f"The keyring does not answer: {error}.", kept="Nothing was changed.", do="Unlock it, then start again."
        ) from error


def _load(path: Path) -> dict[str, object] | None:
    try:
        plain = orjson.loads(path.read_bytes())
        if plain["kind"] in (_KEYRING, _PASSPHRASE):
            return dict(plain)
    except FileNotFoundError:
        return None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise _unreadable(path)


def _kind(path: Path) -> str | None:
    plain = _load(path)
    return None if plain is None else str(plain["kind"])


def _read(path: Path) -> _Content | None:
    plain = _load(path)
    if plain is None:
        return None
    stretching, keys = Stretching.read(plain), plain.get("keys")
    if plain.get("kind") != _PASSPHRASE or stretching is None or not isinstance(keys, dict):
        raise _unreadable(path)
    return _Content(stretching, _texts(keys), _texts(plain.get("secrets")))  # files of the first days have no secrets


def _texts(plain: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in plain.items()} if isinstance(plain, dict) else {}


def _unreadable(path: Path) -> BadFile:
    return BadFile(f"“{path}” does not say where the keys are.", do="Put back the file as it was.")


def _write(path: Path, plain: dict[str, object]) -> None:
    """Replace the file, readable by its owner only, as a whole or not at all."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(orjson.dumps(plain))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise DiskFull(f"The keys cannot be kept: {error.strerror}.", do="Free some space and try again.") from error
