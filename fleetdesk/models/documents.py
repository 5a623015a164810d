"""Documents: a file's name, size and digest, attached to a record; its bytes travel beside the records."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fleetdesk.errors import Invalid
from fleetdesk.models.base import SoftDeleted, Synced
from fleetdesk.models.types import Choice, Id, Instant, Whole, Words

__all__ = [
    "LARGEST",
    "MEDIA_TYPES",
    "Document",
    "DocumentState",
    "OwnerKind",
    "check_document",
    "media_type_of",
]

LARGEST = 25 * 1024 * 1024
"""Bytes of a file, at most."""
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "heic": "image/heic",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
"""What a file may be, by the ending of its name. None of these is a program."""

_LONGEST_NAME = 200
_MOST_BYTES = 255  # of a name, on the disks that there are
_DIGITS = frozenset("0123456789abcdef")
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class OwnerKind(StrEnum):
    """What a document can be attached to."""

    LEAD = "lead"


class DocumentState(StrEnum):
    """Where the bytes are: still on the laptop of whoever attached it, or at the hub."""

    WAITING = "waiting"
    STORED = "stored"


class Document(SoftDeleted, Synced):
    """One file of a record. It has the record's scope; the hub alone says that it is `stored`."""

    __tablename__ = "doc_documents"

    owner_kind: Mapped[str] = mapped_column(Words)
    owner_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(Words)
    sha256: Mapped[str] = mapped_column(Words)
    size: Mapped[int] = mapped_column(Whole)
    media_type: Mapped[str] = mapped_column(Words)
    state: Mapped[str] = mapped_column(Choice(tuple(DocumentState)))
    added_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    updated_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "owner_id"), Index(None, "state"))

    @property
    def deleted(self) -> bool:
        """Whether it was removed (softly)."""
        return self.deleted_at is not None


def media_type_of(name: str) -> str:
    """What a file of this name is. Raises Invalid (`media_type`) for what cannot be attached."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    try:
        return MEDIA_TYPES[ending]
    except KeyError:
        raise Invalid(
            "media_type",
            f"A file that ends in “.{ending[:20]}” cannot be attached." if ending else "The file's name has no ending.",
            do="Attach a PDF, a picture, a text or an office document.",
        ) from None


def check_document(name: str, sha256: str, size: int, media_type: str) -> None:
    """Raise Invalid, naming the field, unless there can be a document of this name, digest, size and type."""
    _check_name(name)
    if media_type_of(name) != media_type:
        raise Invalid("media_type", "The file is not of the type that its name says.")
    if len(sha256) != 64 or not _DIGITS.issuperset(sha256):
        raise Invalid("sha256", "The file's digest has not the form of one.")
    if size <= 0:
        raise Invalid("size", "The file is empty.", do="Look whether it was saved whole, and attach it again.")
    if size > LARGEST:
        raise Invalid(
            "size",
            f"The file has {size / 1024 / 1024:,.1f} MB; at most {LARGEST // 1024 // 1024} MB fit.",
            do="Make it smaller, or attach its parts.",
        )


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise Invalid("name", f"A file's name has 1 to {_LONGEST_NAME} characters.", do="Rename the file.")
    if len(name.encode(errors="replace")) > _MOST_BYTES:
        raise Invalid("name", "The file's name is too long for a disk to hold it.", do="Rename the file.")
    if name in (".", "..") or any(letter in name for letter in "/\\:\0"):
        raise Invalid("name", "A file's name holds no / \\ or colon.", do="Rename the file.")
    # A name that turns its direction shows “exe.pdf” where it ends in “fdp.exe”.
    if any(unicodedata.category(letter) == "Cc" or unicodedata.bidirectional(letter) in _TURNING for letter in name):
        raise Invalid("name", "The file's name hides a character that nobody sees.", do="Rename the file.")
