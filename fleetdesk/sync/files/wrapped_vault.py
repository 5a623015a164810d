"""`WrappedVault`: keys and secrets in a file, each wrapped under a key that nobody makes without the PIN or passphrase.

That key is argon2id's of what the person types; where a secret in the keyring stands beside it, HKDF's (RFC 5869) of
both. So neither a copied disk nor an unlocked keyring is enough.

No key is ever in no place: the new file is on the disk before an entry of the keyring that it stands for is deleted,
and the file itself says which entries are still to go.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock, Timeout

from fleetdesk.errors import BadFile, DiskFull, Invalid, Unavailable
from fleetdesk.models.passphrases import Word, demand_long
from fleetdesk.sync.files.attempts import Attempts
from fleetdesk.sync.files.keyring_entries import KeyringEntries
from fleetdesk.sync.files.small_files import delete, replace
from fleetdesk.sync.files.stretching import KEY_BYTES, Stretching

__all__ = ["Kind", "OldEntries", "WrappedVault", "attempts_on", "kind_of"]

_CHECK = "check"  # a key that opens nothing: on it is seen whether what was typed is right
_PURPOSE = b"FleetDesk vault"
_TURN = 20.0  # seconds to wait for another process that writes the file


class Kind(StrEnum):
    """Where the keys of a folder are, as its vault's file says."""

    KEYRING = "keyring"  # in the keyring as they are: what the first versions made
    PIN = "pin"  # in the file, under a secret of the keyring and a PIN
    PASSPHRASE = "passphrase"  # noqa: S105  (in the file, under a passphrase)

    @property
    def word(self) -> Word:
        """What the person types for it."""
        return Word.PASSPHRASE if self is Kind.PASSPHRASE else Word.PIN


@dataclass(frozen=True, slots=True)
class OldEntries:
    """Names of the keys, and of the secrets, that the first versions may have put into the keyring as they are."""

    keys: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


class WrappedVault:
    """Implements `Vault`. Several processes may have it open; threads take turns."""

    @classmethod
    def make(
        cls, path: Path, typed: str, entries: KeyringEntries | None, old: OldEntries | None = None
    ) -> WrappedVault:
        """Make the file: under keyring and PIN, or where there is no keyring under a passphrase.

        `old`: what lies in the keyring as it is, and moves here. Raises Invalid for too short a PIN or passphrase,
        Unavailable where the keyring does not answer or another process was faster, DiskFull; nothing has moved then.
        """
        kind = Kind.PASSPHRASE if entries is None else Kind.PIN
        demand_long(typed, kind.word)
        with _alone(path):
            if kind_of(path) not in (None, Kind.KEYRING):
                raise Unavailable("Another FleetDesk has just chosen a PIN for this data.", do="Try again with that.")
            content = _Content(kind, Stretching.new(), moved=old is not None)
            vault = cls(path, content, _fresh_wrapping(path, content, typed, entries), entries)
            vault._wrap_key(_CHECK, secrets.token_bytes(KEY_BYTES))
            if old is not None:
                vault._take_over(old)
            vault._write()
            attempts_on(path).succeeded()
        vault._delete_left()
        return vault

    @classmethod
    def open(cls, path: Path, typed: str, entries: KeyringEntries | None) -> WrappedVault:
        """Open the file.

        Raises Invalid for a wrong PIN or passphrase, Busy where there were too many, Unavailable where the keyring no
        longer has its part, BadFile for another file.
        """
        content = _demand(path)
        wrapping = _tried(path, content, typed, entries)
        vault = cls(path, content, wrapping, entries)
        vault._delete_left()
        return vault

    def __init__(self, path: Path, content: _Content, wrapping: AESGCM, entries: KeyringEntries | None) -> None:
        """See `make` and `open`."""
        self._path = path
        self._content = content
        self._wrapping = wrapping
        self._entries = entries
        self._turns = threading.RLock()

    @property
    def word(self) -> Word:
        """What opens it."""
        return self._content.kind.word

    def key(self, name: str) -> bytes:
        """See `Vault.key`."""
        with self._turns:
            if name not in self._content.keys:
                with self._writing():
                    if name not in self._content.keys:
                        self._wrap_key(name, self._old_key(name) or secrets.token_bytes(KEY_BYTES))
                self._delete_left()
            return self._unwrapped(name, self._content.keys[name])

    def secret(self, name: str) -> str | None:
        """See `Vault.secret`."""
        with self._turns:
            self._read_again()
            wrapped = self._content.secrets.get(name)
            if wrapped is None:
                return self._old(name)
            return self._unwrapped(_secret(name), wrapped).decode()

    def keep(self, name: str, text: str) -> None:
        """See `Vault.keep`."""
        with self._turns:
            with self._writing():
                self._wrap_secret(name, text)
            self._delete_left()

    def forget(self, name: str) -> None:
        """See `Vault.forget`."""
        with self._turns:
            if not self._path.exists():
                return  # it was destroyed, with all that was in it
            self._read_again()
            if name in self._content.keys or name in self._content.secrets or self._old(name) is not None:
                with self._writing():
                    self._content.keys.pop(name, None)
                    self._content.secrets.pop(name, None)
                    self._leave(name)
                self._delete_left()

    def change(self, typed: str, new: str) -> None:
        """Have everything be under another PIN or passphrase from now on; as a whole or not at all.

        Raises Invalid where `typed` is not the present one or `new` is too short, Busy after too many wrong ones,
        Unavailable, DiskFull.
        """
        demand_long(new, self.word)
        with self._turns:
            with _alone(self._path):
                before = self._read_again()
                _tried(self._path, before, typed, self._entries)
                content = _Content(before.kind, Stretching.new(), moved=before.moved, left=list(before.left))
                wrapping = _fresh_wrapping(self._path, content, new, self._entries)
                after = WrappedVault(self._path, content, wrapping, self._entries)
                for name, wrapped in before.keys.items():
                    after._wrap_key(name, self._unwrapped(name, wrapped))
                for name, wrapped in before.secrets.items():
                    after._wrap_secret(name, self._unwrapped(_secret(name), wrapped).decode())
                if before.entry:
                    content.left.append(before.entry)
                after._write()
                self._content, self._wrapping = content, wrapping
            self._delete_left()

    def destroy(self) -> None:
        """See `Vault.destroy`."""
        with self._turns:
            if self._path.parent.exists():
                with _alone(self._path):
                    delete(self._path)
                    attempts_on(self._path).forget()
            if self._entries is not None:
                for entry in (self._content.entry, *self._content.left):
                    self._entries.forget(entry)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Change what another process may have written meanwhile, a session's tokens every hour, and write it."""
        with _alone(self._path):
            self._read_again()
            yield
            self._write()

    def _read_again(self) -> _Content:
        content = _read(self._path)
        if content is None:  # to write it again would bring back what was destroyed
            raise Unavailable(f"The keys in “{self._path}” were deleted.", do="Start FleetDesk again.")
        if content.stretching.salt != self._content.stretching.salt:
            raise Unavailable(
                f"The {self.word} of this data was changed in another window.",
                kept="Nothing is lost.",
                do="Start FleetDesk again.",
            )
        self._content = content
        return content

    def _write(self) -> None:
        replace(self._path, orjson.dumps(self._content.plain()))

    def _take_over(self, old: OldEntries) -> None:
        for name in old.keys:
            key = self._old_key(name)
            if key is not None:
                self._wrap_key(name, key)
        for name in old.secrets:
            text = self._old(name)
            if text is not None:
                self._wrap_secret(name, text)

    def _old_key(self, name: str) -> bytes | None:
        text = self._old(name)
        return None if text is None else b64decode(text)

    def _old(self, name: str) -> str | None:
        """What the first versions left under that name in the keyring."""
        return self._entries.get(name) if self._entries is not None and self._content.moved else None

    def _wrap_key(self, name: str, key: bytes) -> None:
        self._content.keys[name] = self._wrapped(name, key)
        self._leave(name)

    def _wrap_secret(self, name: str, text: str) -> None:
        self._content.secrets[name] = self._wrapped(_secret(name), text.encode())
        self._leave(name)

    def _leave(self, name: str) -> None:
        """The keyring's entry of that name is to go once the file is written."""
        if self._content.moved and name not in self._content.left and self._old(name) is not None:
            self._content.left.append(name)

    def _delete_left(self) -> None:
        """Delete the keyring's entries in whose place the file on the disk stands; what cannot go now, goes later."""
        if not self._content.left or self._entries is None:
            return
        gone = frozenset(self._content.left)
        with contextlib.suppress(Unavailable):
            for name in gone:
                self._entries.forget(name)
            with self._writing():
                self._content.left = [name for name in self._content.left if name not in gone]

    def _wrapped(self, name: str, content: bytes) -> str:
        nonce = secrets.token_bytes(12)
        return b64encode(nonce + self._wrapping.encrypt(nonce, content, name.encode())).decode()

    def _unwrapped(self, name: str, text: str) -> bytes:
        try:
            return _unwrapped(self._wrapping, name, text)
        except InvalidTag as error:
            raise _unreadable(self._path) from error


def kind_of(path: Path) -> Kind | None:
    """Where that file says that the keys are; None where there is none. Raises BadFile."""
    plain = _load(path)
    return None if plain is None else Kind(str(plain["kind"]))


def attempts_on(path: Path) -> Attempts:
    """The wrong attempts on that file."""
    return Attempts(path.with_suffix(".attempts"))


@dataclass
class _Content:
    """What the file holds: how the PIN or passphrase is stretched, what goes with it, and what is wrapped.

    `entry`: the keyring's, with the other half of the key. `moved`: entries of the first versions may still be in the
    keyring. `left`: entries that are to be deleted there.
    """

    kind: Kind
    stretching: Stretching
    keys: dict[str, str] = field(default_factory=dict, repr=False)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    entry: str = ""
    moved: bool = False
    left: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, object]:
        with_keyring = {"entry": self.entry, "moved": self.moved, "left": self.left}
        return {
            "kind": self.kind,
            **self.stretching.plain(),
            **(with_keyring if self.kind is Kind.PIN else {}),
            "keys": self.keys,
            "secrets": self.secrets,
        }


def _secret(name: str) -> str:
    """What binds a wrapped secret to its name; no key is ever bound to the same."""
    return f"secret {name}"


def _unwrapped(wrapping: AESGCM, name: str, text: str) -> bytes:
    whole = b64decode(text)
    return wrapping.decrypt(whole[:12], whole[12:], name.encode())


def _fresh_wrapping(path: Path, content: _Content, typed: str, entries: KeyringEntries | None) -> AESGCM:
    """What wraps a new content; its half in the keyring is made for that."""
    if entries is not None:
        content.entry = f"vault.{secrets.token_hex(8)}"
        entries.keep(content.entry, b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return _wrapping(path, content, typed, _other_half(content, entries))


def _tried(path: Path, content: _Content, typed: str, entries: KeyringEntries | None) -> AESGCM:
    """What unwraps the content, if what was typed is right; it counts as wrong until that is known."""
    other_half = _other_half(content, entries)  # first: a keyring that does not answer makes nothing typed wrong
    with _alone(path):
        attempts_on(path).begin()
    wrapping = _wrapping(path, content, typed, other_half)
    try:
        _unwrapped(wrapping, _CHECK, content.keys[_CHECK])
    except InvalidTag as error:
        name = "PIN" if content.kind is Kind.PIN else "passphrase"
        raise Invalid(content.kind.word, f"That is not the {name} of this data.", do="Try again.") from error
    except KeyError as error:
        raise _unreadable(path) from error
    with contextlib.suppress(DiskFull), _alone(path):  # the count is too high then, and what was typed is right
        attempts_on(path).succeeded()
    return wrapping


def _wrapping(path: Path, content: _Content, typed: str, other_half: bytes | None) -> AESGCM:
    try:
        stretched = content.stretching.key(typed)
    except ValueError as error:
        raise _unreadable(path) from error
    if other_half is None:
        return AESGCM(stretched)
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=other_half, info=_PURPOSE).derive(stretched))


def _other_half(content: _Content, entries: KeyringEntries | None) -> bytes | None:
    """What the keyring has of the key; None where a passphrase alone opens it."""
    if content.kind is Kind.PASSPHRASE:
        return None
    kept = None if entries is None else entries.get(content.entry)
    if kept is None:
        raise Unavailable(
            "The keyring no longer has its half of the key of this data.",
            kept="The data is untouched.",
            do="Start FleetDesk in the desktop session in which it was set up; or restore the keyring.",
        )
    return b64decode(kept)


def _load(path: Path) -> dict[str, object] | None:
    try:
        plain = orjson.loads(path.read_bytes())
        if plain["kind"] in tuple(Kind):
            return dict(plain)
    except FileNotFoundError:
        return None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise _unreadable(path)


def _read(path: Path) -> _Content | None:
    plain = _load(path)
    if plain is None:
        return None
    kind, stretching, keys = Kind(str(plain["kind"])), Stretching.read(plain), plain.get("keys")
    if kind is Kind.KEYRING or stretching is None or not isinstance(keys, dict):
        raise _unreadable(path)
    left = plain.get("left")
    return _Content(
        kind,
        stretching,
        _texts(keys),
        _texts(plain.get("secrets")),  # files of the first days have none
        entry=str(plain.get("entry", "")),
        moved=plain.get("moved") is True,
        left=[str(name) for name in left] if isinstance(left, list) else [],
    )


def _demand(path: Path) -> _Content:
    content = _read(path)
    if content is None:
        raise _unreadable(path)
    return content


def _texts(plain: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in plain.items()} if isinstance(plain, dict) else {}


def _unreadable(path: Path) -> BadFile:
    return BadFile(f"“{path}” does not say where the keys are.", do="Put back the file as it was.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Before other processes, and other threads, that write the file. One thread may be in it twice."""
    lock = FileLock(path.with_suffix(".lock"), timeout=_TURN, is_singleton=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire()
    except Timeout as error:
        raise Unavailable(
            "Another FleetDesk is writing its keys.", kept="Nothing was changed.", do="Try again."
        ) from error
    except OSError as error:
        raise DiskFull(
            f"FleetDesk cannot write to “{path.parent}”: {error.strerror}.",
            kept="Nothing was changed.",
            do="Free some space and try again.",
        ) from error
    try:
        yield
    finally:
        lock.release()
