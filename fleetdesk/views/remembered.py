"""`Remembered`: what screens remember for their person: columns, filters, where they were."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.remembering import Keeper
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.saver import Saver

__all__ = ["Place", "Remembered"]

_TAB = "tab."


class Remembered(QObject):
    """Values of one person on one laptop, by a name that begins with the screen's, such as “leads.columns”.

    A screen reads what it kept with suspicion: an earlier or later FleetDesk may have written it.
    """

    changed = Signal(str)  # the name under which something else is kept now

    def __init__(self, keeper: Keeper, saver: Saver) -> None:
        super().__init__()
        self.taken: set[str] = set()
        """Names under which something is being written right now, in whichever window."""
        self._keeper = keeper
        self._saver = saver
        self._values = dict(keeper.kept)
        self._from_before = set(self._values)

    def get(self, name: str) -> JsonValue:
        """What is kept under a name; None for nothing."""
        return self._values.get(name)

    def keep(self, name: str, value: JsonValue, *, within: float = 0.0) -> None:
        """Keep a value, on the disk soon, or `within` so many seconds; None forgets it."""
        if value == self._values.get(name):
            return
        self._from_before.discard(name)
        if value is None:
            del self._values[name]
        else:
            self._values[name] = value
        self._saver.save(("remembered", name), partial(self._keeper.keep, name, value), within=within)
        self.changed.emit(name)

    def is_from_before(self, name: str) -> bool:
        """Whether what is kept under a name was there already when FleetDesk started."""
        return name in self._from_before

    def names(self, beginning: str) -> tuple[str, ...]:
        """The names that something is kept under and that begin so."""
        return tuple(name for name in self._values if name.startswith(beginning))


class Place:
    """What the screens of one tab remember of where the person is in it: the filter, the open record, the scroll.

    The names are those of `Remembered`; the same screen in another tab keeps its own values under them. What holds
    wherever the screen is shown (how wide its columns are) belongs to `Remembered` itself.
    """

    def __init__(self, remembered: Remembered, tab: str) -> None:
        self._remembered = remembered
        self._prefix = f"{_TAB}{tab}."

    @staticmethod
    def tabs(remembered: Remembered) -> frozenset[str]:
        """The tabs of which something is kept."""
        return frozenset(name.removeprefix(_TAB).partition(".")[0] for name in remembered.names(_TAB))

    @staticmethod
    def forget_screens(remembered: Remembered, screens: Collection[str]) -> None:
        """Forget where the person was in these screens, in whichever tab."""
        for name in remembered.names(_TAB):
            _tab, _, kept = name.removeprefix(_TAB).partition(".")
            if kept.partition(".")[0] in screens:
                remembered.keep(name, None)

    def get(self, name: str) -> JsonValue:
        """What this tab keeps under a name; None for nothing."""
        return self._remembered.get(self._prefix + name)

    def keep(self, name: str, value: JsonValue) -> None:
        """Keep a value for this tab; None forgets it."""
        self._remembered.keep(self._prefix + name, value)

    def begin_as(self, other: Place) -> None:
        """Take over what another tab keeps: this one begins where that one is."""
        for name in self._remembered.names(other._prefix):
            self.keep(name.removeprefix(other._prefix), self._remembered.get(name))

    def forget(self) -> None:
        """Forget everything: the tab is gone."""
        for name in self._remembered.names(self._prefix):
            self._remembered.keep(name, None)
