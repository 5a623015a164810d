"""`Holders`: who answers to which keys, and where."""

from __future__ import annotations

from collections.abc import Iterator

from fleetdesk.qt.acting.keys import meet, strokes

__all__ = ["EVERYWHERE", "Holders"]

EVERYWHERE = ""
"""The scope of what can be done on every screen."""


class Holders:
    """Actions by the keys that they hold; a scope is a screen, whose keys meet its own and those for everywhere."""

    def __init__(self) -> None:
        self._held: dict[str, list[tuple[str, str, str]]] = {}  # by their first stroke: keys, scope, action id

    def holding(self, shortcut: str, scope: str) -> Iterator[str]:
        """The ids of those that hold these keys, longer ones that begin so, or the first of them."""
        for keys, where, id_ in self._held.get(_first(shortcut), ()):
            if meet(keys, shortcut) and (EVERYWHERE in (scope, where) or scope == where):
                yield id_

    def take(self, id_: str, shortcut: str, scope: str) -> bool:
        """Hold keys, if nobody else does; no keys at all can always be had."""
        if not shortcut:
            return True
        if any(other != id_ for other in self.holding(shortcut, scope)):
            return False
        self._held.setdefault(_first(shortcut), []).append((shortcut, scope, id_))
        return True

    def release(self, id_: str) -> None:
        """Hold nothing any more."""
        for held in self._held.values():
            held[:] = [holding for holding in held if holding[2] != id_]


def _first(shortcut: str) -> str:
    return strokes(shortcut)[0] if shortcut else ""
