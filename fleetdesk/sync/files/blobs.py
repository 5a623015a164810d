"""The bytes of documents on a laptop: encrypted files, piece by piece, named so that nobody learns what they hold.

A file begins with a random salt; with it each has a key of its own. Then come the pieces, each sealed by AES-256-GCM
with its place, so that none can be changed, moved or left out. A file's name is a keyed digest of what it holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fleetdesk.errors import BadFile, DiskFull
from fleetdesk.models.documents import LARGEST
from fleetdesk.process.chosen_files import demand_file
from fleetdesk.protocol import BYTES_PIECE
from fleetdesk.sync.files.copies import Copies
from fleetdesk.sync.files.room import Room

__all__ = ["Blobs", "TakenIn"]

_SALT = 32
_TAG = 16
_SEALED = BYTES_PIECE + _TAG
_WHOLE, _COMING = ".blob", ".part"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file that was taken in: the SHA-256 of its bytes in hex, and their number."""

    sha256: str
    size: int


class Blobs:
    """Files of bytes by their digest, in one folder. Every call may wait for a disk."""

    def __init__(self, folder: Path, key: bytes, *, room: Room | None = None) -> None:
        """`room`: what the disk has to spare for bytes from the hub; by default, that of the folder's parent."""
        self._folder = folder
        self._key = key
        self._room = room or Room(folder.parent)
        self.copies = Copies(folder)

    def start(self) -> None:
        """Delete what a crash left: copies that were opened, and files that were being taken in."""
        self.copies.forget()
        for file in self._folder.glob("in-*"):
            file.unlink(missing_ok=True)

    def take_in(self, source: Path, heard: Callable[[int], None] = lambda _bytes: None) -> TakenIn:
        """Copy a file in, encrypted and on the disk when this returns; `heard` is told how many bytes have been read.

        Raises BadFile for one that is gone, empty, too large, or changes while it is read; DiskFull.
        """
        with _reading(source) as file:
            before = os.fstat(file.fileno())
            _demand_size(before.st_size)

            def demand_unchanged(taken: TakenIn) -> None:
                after = os.fstat(file.fileno())
                if taken.size != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
                    raise BadFile(
                        f"“{source.name}” was changed while it was read.", do="Wait until it is saved, and try again."
                    )

            return self._keep(_pieces(file), heard, demand_unchanged)

    def take_bytes(self, content: bytes) -> TakenIn:
        """Keep these bytes, encrypted and on the disk. Raises BadFile for none or too many of them, DiskFull."""
        _demand_size(len(content))
        pieces = (content[start : start + BYTES_PIECE] for start in range(0, len(content), BYTES_PIECE))
        return self._keep(pieces, lambda _bytes: None, lambda _taken: None)

    def has(self, sha256: str) -> bool:
        """Whether these bytes are here, whole."""
        return self._path(sha256, _WHOLE).exists()

    def piece(self, sha256: str, place: int) -> bytes:
        """The piece that begins at `place`. Raises BadFile where it is not here, or damaged."""
        with _reading(self._path(sha256, _WHOLE)) as file:
            return self._unseal(file, place // BYTES_PIECE)

    def coming(self, sha256: str) -> int:
        """How many bytes of a file that is being fetched are here: whole pieces alone."""
        try:
            size = self._path(sha256, _COMING).stat().st_size
        except OSError:
            return 0
        return max(0, size - _SALT) // _SEALED * BYTES_PIECE

    def add(self, sha256: str, place: int, content: bytes) -> None:
        """Add bytes behind those that have come. Raises DiskFull, also before the disk is full."""
        self._room.demand(len(content))
        path = self._path(sha256, _COMING)
        with _writing():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place == 0:
                path.unlink(missing_ok=True)
            with path.open("r+b" if path.exists() else "w+b") as file:
                first = place // BYTES_PIECE
                # Half a piece may have been written before a crash: it is written over.
                file.truncate(_SALT + first * _SEALED if first else 0)
                seal = self._sealer(file)
                file.seek(0, os.SEEK_END)
                for number, start in enumerate(range(0, len(content), BYTES_PIECE), start=first):
                    file.write(seal.encrypt(_nonce(number), content[start : start + BYTES_PIECE], None))

    def finish(self, sha256: str) -> None:
        """All bytes have come: keep them if they are of that digest. Raises BadFile, and forgets them, if not."""
        path = self._path(sha256, _COMING)
        digest = hashlib.sha256()
        with _reading(path) as file:
            for piece in self._unsealed(file):
                digest.update(piece)
        if digest.hexdigest() != sha256:
            path.unlink(missing_ok=True)
            raise BadFile("What came is not the document.", do="Try again.")
        with _writing():
            path.replace(self._path(sha256, _WHOLE))

    def open_copy(self, sha256: str, name: str) -> Path:
        """A readable copy, under the document's own name, for the system's programs: see `Copies` for how long.

        Raises BadFile where the bytes are not here or damaged, DiskFull.
        """
        with _writing(), self.copies.writing(name) as copy:
            self.write_out(sha256, copy)
        return Path(copy.name)

    def write_out(self, sha256: str, target: IO[bytes]) -> None:
        """Write a document to an open file. Raises BadFile where the bytes are not here or damaged, also at the end."""
        digest = hashlib.sha256()
        with _reading(self._path(sha256, _WHOLE)) as file:
            for piece in self._unsealed(file):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != sha256:
            raise _damaged()

    def keep_only(self, wanted: Iterable[str], *, older_than: float) -> None:
        """Delete the files of other digests that were written before `older_than` (seconds since the epoch)."""
        names = {self._name(sha256) for sha256 in wanted}
        for file in [*self._folder.glob(f"*{_WHOLE}"), *self._folder.glob(f"*{_COMING}")]:
            with contextlib.suppress(OSError):
                if file.stem not in names and file.stat().st_mtime < older_than:
                    file.unlink()

    # -- helpers -------------------------------------------------------------------------------------------------------

    def _keep(
        self, pieces: Iterator[bytes], heard: Callable[[int], None], demand: Callable[[TakenIn], None]
    ) -> TakenIn:
        """Write pieces under their digest, whole or not at all; `demand` may object before they stand."""
        fresh = self._folder / f"in-{secrets.token_hex(8)}"
        try:
            taken = self._copy_in(pieces, fresh, heard)
            demand(taken)
            with _writing():
                fresh.replace(self._path(taken.sha256, _WHOLE))
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        return taken

    def _copy_in(self, pieces: Iterator[bytes], fresh: Path, heard: Callable[[int], None]) -> TakenIn:
        digest, size = hashlib.sha256(), 0
        # Trouble with the source is told as BadFile before it comes here: what is left is the disk's.
        with _writing():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
                seal = self._sealer(target)
                for number, piece in enumerate(pieces):
                    digest.update(piece)
                    size += len(piece)
                    _demand_size(size)
                    target.write(seal.encrypt(_nonce(number), piece, None))
                    heard(size)
                target.flush()
                os.fsync(target.fileno())
        return TakenIn(digest.hexdigest(), size)

    def _sealer(self, file: BinaryIO) -> AESGCM:
        """What seals the pieces of a file; an empty one gets its salt."""
        file.seek(0)
        salt = file.read(_SALT)
        if not salt:
            salt = secrets.token_bytes(_SALT)
            file.write(salt)
        if len(salt) != _SALT:
            raise _damaged()
        derived = HKDF(SHA256(), 32, salt, b"fleetdesk document").derive(self._key)
        return AESGCM(derived)

    def _unseal(self, file: BinaryIO, number: int) -> bytes:
        seal = self._sealer(file)
        file.seek(_SALT + number * _SEALED)
        sealed = file.read(_SEALED)
        try:
            return seal.decrypt(_nonce(number), sealed, None)
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error

    def _unsealed(self, file: BinaryIO) -> Iterator[bytes]:
        count = -(-(os.fstat(file.fileno()).st_size - _SALT) // _SEALED)
        for number in range(count):
            yield self._unseal(file, number)

    def _path(self, sha256: str, ending: str) -> Path:
        return self._folder / f"{self._name(sha256)}{ending}"

    def _name(self, sha256: str) -> str:
        return hmac.new(self._key, sha256.encode(), hashlib.sha256).hexdigest()[:40]


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := _read(file):
        yield piece


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(BYTES_PIECE)
    except OSError as error:
        raise _unreadable(Path(str(file.name)).name, error) from error


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        demand_file(path)
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(path.name, error) from error
    with file:
        yield file


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskFull(
            "The disk did not take the document: it is full, or may not be written.",
            kept="Nothing was attached.",
            do="Free some space and try again.",
        ) from error


def _demand_size(size: int) -> None:
    if size <= 0:
        raise BadFile("The file is empty.", do="Look whether it was saved whole, and attach it again.")
    if size > LARGEST:
        raise BadFile(
            f"The file has {size / 1024 / 1024:,.1f} MB; at most {LARGEST // 1024 // 1024} MB fit.",
            do="Make it smaller, or attach its parts.",
        )


def _unreadable(name: str, error: Exception) -> BadFile:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return BadFile(f"“{name[:80]}” cannot be read: {why}.", do="Look whether it is still there, and try again.")


def _damaged() -> BadFile:
    return BadFile("The copy of this document on this laptop is damaged.", do="Fetch it again.")
