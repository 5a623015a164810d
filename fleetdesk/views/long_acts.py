"""Acts that take a while: how far they are, and the word to them that they shall end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import QMetaObject, QObject, Signal

__all__ = ["Far", "GoesOn", "LongAct", "UnderWay"]

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


@dataclass(frozen=True, slots=True)
class Far:
    """How far an act is: what is done, and to how many of its rows.

    `whole`: none of it counts before all of it does.
    """

    what: str
    rows: int
    of: int
    whole: bool = False


class UnderWay(QObject):
    """The acts that go on behind the screens, for whoever shows them, and for the window that is to be closed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._acts: dict[LongAct, Far] = {}
        self._ends: dict[LongAct, QMetaObject.Connection] = {}  # from the owners
        self._owners: dict[LongAct, QObject] = {}

    @property
    def far(self) -> Far | None:
        """How far the act is that began first; None where nothing goes on."""
        return self.far_in(None)

    def far_in(self, whole: QObject | None) -> Far | None:
        """As `far`, of the acts that end with this window or screen; None stands for all of FleetDesk."""
        return next((self._acts[act] for act in self._acts_in(whole)), None)

    @property
    def row_by_row(self) -> bool:
        """Whether something is being done to many rows, undone, or done again: what is done of it counts already."""
        return any(not far.whole for far in self._acts.values())

    def moved(self, act: LongAct, far: Far, *, owner: QObject | None = None) -> None:
        """An act has come so far; it ends with its owner."""
        if owner is not None and act not in self._acts:
            self._owners[act] = owner
            self._ends[act] = owner.destroyed.connect(partial(self._owner_gone, act))
        self._acts[act] = far
        self.changed.emit()

    def ended(self, act: LongAct) -> None:
        """An act is at its end, whatever came of it."""
        if (end := self._ends.pop(act, None)) is not None:
            QObject.disconnect(end)
            del self._owners[act]
        if self._acts.pop(act, None) is not None:
            self.changed.emit()

    def end(self, whole: QObject | None = None) -> None:
        """Have all of them end where they are, or those in a window; `changed` tells when they have."""
        for act in self._acts_in(whole):
            act.end()

    def _acts_in(self, whole: QObject | None) -> Iterator[LongAct]:
        return (act for act in self._acts if whole is None or _is_part(self._owners.get(act), whole))

    def _owner_gone(self, act: LongAct, _owner: QObject | None = None) -> None:
        """Nobody hears the answer any more."""
        del self._ends[act], self._owners[act]
        self.ended(act)


def _is_part(part: QObject | None, whole: QObject) -> bool:
    while part is not None and part is not whole:
        part = part.parent()
    return part is whole
