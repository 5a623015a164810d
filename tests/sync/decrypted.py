"""What one who has its keys finds in a laptop's files: every page is decrypted, those of logs and free ones too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fleetdesk.sync.files.cipher import PAGE_SIZE, FileKeys

__all__ = ["files_with", "stands_in"]

_IV_BYTES, _RESERVED = 16, 80
"""SQLCipher 4 ends each page with the initialisation vector and a 64-byte HMAC
(https://www.zetetic.net/sqlcipher/design/)."""


def stands_in(path: Path, word: str, key: bytes) -> bool:
    """Whether a database or its log holds the word once decrypted."""
    log = path.with_name(path.name + "-wal")
    pages = [*_pages(path.read_bytes(), key), *_logged_pages(log.read_bytes() if log.exists() else b"", key)]
    return any(word.encode() in page for page in pages)


def files_with(folder: Path, word: str, keys: FileKeys) -> set[str]:
    """What kinds of files under a folder hold the word: replica and outbox decrypted, all of them as they are."""
    found = set[str]()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        kind = path.name.partition("-")[0].partition(".")[0]
        key = {"replica": keys.replica, "outbox": keys.outbox}.get(kind)
        clear = word.encode() in path.read_bytes() or word in path.name
        if clear or (path.suffix == ".db" and key is not None and stands_in(path, word, key)):
            found.add(kind if not clear else f"{kind}, in clear")
    return found


def _pages(whole: bytes, key: bytes) -> Iterator[bytes]:
    for start in range(0, len(whole), PAGE_SIZE):
        page = whole[start : start + PAGE_SIZE]
        # The first page begins with the salt, in clear.
        yield _decrypted(page[16:] if start == 0 else page, key)


def _logged_pages(log: bytes, key: bytes) -> Iterator[bytes]:
    header, frame = 32, 24
    for start in range(header, len(log), frame + PAGE_SIZE):
        page = log[start + frame : start + frame + PAGE_SIZE]
        yield _decrypted(page, key)
        yield _decrypted(page[16:], key)


def _decrypted(page: bytes, key: bytes) -> bytes:
    if len(page) <= _RESERVED:
        return b""
    vector = page[-_RESERVED:][:_IV_BYTES]
    decryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
    return decryptor.update(page[:-_RESERVED]) + decryptor.finalize()
