"""A file under a passphrase, to be carried elsewhere: the key is stretched from it, AES-256-GCM encrypts.

Its first line says what it is, the second how the key is made; both are bound to the content, so that neither can be
changed. Nothing of the content, nor whose it is, can be told without the passphrase.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fleetdesk.errors import BadFile, DiskFull, Invalid
from fleetdesk.models.passphrases import demand_long
from fleetdesk.process.chosen_files import demand_file
from fleetdesk.sync.files.stretching import Stretching

__all__ = ["demand_sealed", "demand_writable", "read_sealed", "write_sealed"]

_FIRST = b"FleetDesk sealed 1\n"
_LARGEST = 512 * 1024 * 1024


def write_sealed(path: Path, content: bytes, passphrase: str) -> None:
    """Write the file, whole or not at all, for its owner only. Raises Invalid for a short passphrase, DiskFull."""
    demand_long(passphrase)
    stretching, nonce = Stretching.new(), secrets.token_bytes(12)
    how = stretching.plain() | {"nonce": b64encode(nonce).decode()}
    head = _FIRST + orjson.dumps(how) + b"\n"
    key = stretching.key(passphrase)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(head + AESGCM(key).encrypt(nonce, content, head))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise DiskFull(
            f"“{path}” cannot be written: {error.strerror}.", kept="Nothing was changed.", do="Choose another place."
        ) from error


def read_sealed(path: Path, passphrase: str) -> bytes:
    """The content. Raises BadFile for a file that is none of these or was changed, Invalid for a wrong passphrase.

    The two cannot be told apart beyond the head: a damaged file is told as a wrong passphrase.
    """
    head, sealed = _parts(path)
    stretching, nonce = _how(path, head)
    try:
        key = stretching.key(passphrase)
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), sealed, head)
    except InvalidTag as error:
        raise Invalid(
            "passphrase",
            f"That is not the passphrase of “{path.name}”, or the file is damaged.",
            kept="Nothing was changed.",
            do="Try again.",
        ) from error
    except ValueError as error:
        raise _no_such_file(path) from error


def demand_sealed(path: Path) -> None:
    """Raise BadFile for what is none of these files, as far as that can be told without the passphrase."""
    _how(path, _parts(path)[0])


def demand_writable(path: Path) -> None:
    """Raise DiskFull where no file can be made, as far as that can be told before it is."""
    if not os.access(path.parent, os.W_OK | os.X_OK) or path.is_dir():
        raise DiskFull(f"“{path}” cannot be written.", kept="Nothing was changed.", do="Choose another place.")


def _parts(path: Path) -> tuple[bytes, bytes]:
    """The two first lines, and what is behind them."""
    whole = _bytes(path)
    end = whole.find(b"\n", len(_FIRST)) + 1
    if not whole.startswith(_FIRST) or not end:
        raise _no_such_file(path)
    return whole[:end], whole[end:]


def _how(path: Path, head: bytes) -> tuple[Stretching, str]:
    """How the key is made, and the nonce."""
    try:
        plain = orjson.loads(head.removeprefix(_FIRST))
    except orjson.JSONDecodeError as error:
        raise _no_such_file(path) from error
    stretching = Stretching.read(plain) if isinstance(plain, dict) else None
    if stretching is None or not isinstance(nonce := plain.get("nonce"), str):
        raise _no_such_file(path)
    return stretching, nonce


def _bytes(path: Path) -> bytes:
    try:
        demand_file(path)
        if path.stat().st_size > _LARGEST:
            raise _no_such_file(path)
        return path.read_bytes()
    except OSError as error:
        raise BadFile(f"“{path}” cannot be read: {error.strerror}.", do="Check the name.") from error


def _no_such_file(path: Path) -> BadFile:
    return BadFile(f"“{path.name}” is no file of FleetDesk's that is under a passphrase.", do="Choose another file.")
