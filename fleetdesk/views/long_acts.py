"""`LongAct`: an act that takes a while: how far it is, and the word to it that it shall end."""

from __future__ import annotations

import threading
from typing import Protocol, TypeVar

__all__ = ["GoesOn", "LongAct"]

P_contra = TypeVar("P_contra", contravariant=True)


class GoesOn(Protocol[P_contra]):
    """Told by the work how far it is; False if it shall end."""

    def __call__(self, far: P_contra, /) -> bool: ...


class LongAct:
    """One act under way, as the GUI thread holds it."""

    def __init__(self) -> None:
        self._ending = threading.Event()

    @property
    def ending(self) -> bool:
        """Whether it was asked to end. Safe to use from any thread."""
        return self._ending.is_set()

    def end(self) -> None:
        """Have it end where it can."""
        self._ending.set()
