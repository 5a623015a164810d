"""What there is to know of a laptop's files and of the way to its hub, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["About", "FileSizes"]


@dataclass(frozen=True, slots=True)
class About:
    """The connection by its name, the address of its hub, and where the keys of the local files are, as a sentence.

    `kind`: how the hosted side is reached, in words. `lock`: what else locks it, or why it does not, as a sentence.
    """

    connection: str = ""
    hub: str = ""
    keys: str = ""
    kind: str = ""
    lock: str = ""


@dataclass(frozen=True, slots=True)
class FileSizes:
    """Bytes on the disk: of the copy of hosted rows, of what waits or was sent lately, and of documents."""

    replica: int
    outbox: int
    documents: int
