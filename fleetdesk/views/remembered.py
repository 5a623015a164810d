"""`Remembered`: what screens remember for their person: columns, filters, where they were."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.remembering import Keeper
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.saver import Saver

__all__ = ["Remembered"]


class Remembered:
    """Values of one person on one laptop, by a name that begins with the screen's, such as “leads.columns”.

    A screen reads what it kept with suspicion: an earlier or later FleetDesk may have written it.
    """

    def __init__(self, keeper: Keeper, saver: Saver) -> None:
        self._keeper = keeper
        self._saver = saver
        self._values = dict(keeper.kept)

    def get(self, name: str) -> JsonValue:
        """What is kept under a name; None for nothing."""
        return self._values.get(name)

    def keep(self, name: str, value: JsonValue) -> None:
        """Keep a value; None forgets it."""
        if value == self._values.get(name):
            return
        if value is None:
            del self._values[name]
        else:
            self._values[name] = value
        self._saver.save(("remembered", name), partial(self._keeper.keep, name, value))
