"""A file under a passphrase, to be carried elsewhere: argon2id makes the key (RFC 9106), AES-256-GCM encrypts.

Its first line says what it is, the second how the key is made; both are bound to the content, so that neither can be
changed. Nothing of the content, nor whose it is, can be told without the passphrase.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

import orjson
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fleetdesk.errors import BadFile, DiskFull, Invalid

__all__ = ["SHORTEST_PASSPHRASE", "read_sealed", "write_sealed"]

SHORTEST_PASSPHRASE = 12
_FIRST = b"FleetDesk sealed 1\n"
_TIME, _MEMORY_KIB, _LANES = 3, 65_536, 4
"""RFC 9106, section 4, the second recommended choice."""
_MOST_MEMORY_KIB = 1 << 20
_MOST_TIME = 100
_LARGEST = 512 * 1024 * 1024


def write_sealed(path: Path, content: bytes, passphrase: str) -> None:
    """Write the file, whole or not at all, for its owner only. Raises Invalid for a short passphrase, DiskFull."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Invalid("passphrase", f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters.")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    how = {
        "salt": b64encode(salt).decode(),
        "time_cost": _TIME,
        "memory_kib": _MEMORY_KIB,
        "lanes": _LANES,
        "nonce": b64encode(nonce).decode(),
    }
    head = _FIRST + orjson.dumps(how) + b"\n"
    key = _key(passphrase, salt, _TIME, _MEMORY_KIB, _LANES)
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
    whole = _bytes(path)
    first, _, rest = whole.partition(b"\n")
    how, found, sealed = rest.partition(b"\n")
    if first + b"\n" != _FIRST or not found:
        raise _no_such_file(path)
    try:
        plain = orjson.loads(how)
    except orjson.JSONDecodeError as error:
        raise _no_such_file(path) from error
    match plain:
        case {
            "salt": str(salt),
            "time_cost": int(time),
            "memory_kib": int(memory),
            "lanes": int(lanes),
            "nonce": str(nonce),
        } if 0 < time <= _MOST_TIME and 0 < memory <= _MOST_MEMORY_KIB:
            pass
        case _:
            raise _no_such_file(path)
    try:
        key = _key(passphrase, b64decode(salt, validate=True), time, memory, lanes)
        return AESGCM(key).decrypt(b64decode(nonce, validate=True), sealed, first + b"\n" + how + b"\n")
    except InvalidTag as error:
        raise Invalid(
            "passphrase",
            f"That is not the passphrase of “{path.name}”, or the file is damaged.",
            kept="Nothing was changed.",
            do="Try again.",
        ) from error
    except (ValueError, HashingError) as error:
        raise _no_such_file(path) from error


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise _no_such_file(path)
        return path.read_bytes()
    except OSError as error:
        raise BadFile(f"“{path}” cannot be read: {error.strerror}.", do="Check the name.") from error


def _key(passphrase: str, salt: bytes, time: int, memory: int, lanes: int) -> bytes:
    return hash_secret_raw(
        passphrase.encode(), salt, time_cost=time, memory_cost=memory, parallelism=lanes, hash_len=32, type=Type.ID
    )


def _no_such_file(path: Path) -> BadFile:
    return BadFile(f"“{path.name}” is no file of FleetDesk's that is under a passphrase.", do="Choose another file.")
