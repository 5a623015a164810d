"""`Action`: something a person can do, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fleetdesk.qt.acting.holders import EVERYWHERE
from fleetdesk.qt.availability import Availability, always

__all__ = ["Action"]


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `text` is a verb and its object, without an ellipsis where no question follows.

    `shortcut` is in Qt's portable form ("Ctrl+K", "G, L" for two keys in turn). `scope` names the screen on which it
    can be done; `keywords` are further words by which the palette finds it; `also` are keys by which people know it
    from elsewhere, or that other keyboards have: only the list of shortcuts shows them. `found_by` is the beginning of
    the text by which it is found, where the rest names a record, which people look for by itself.
    """

    id: str
    text: str
    run: Callable[[], None]
    shortcut: str = ""
    icon: str = ""
    enabled_when: Callable[[], Availability] = always
    group: str = ""
    scope: str = EVERYWHERE
    keywords: str = ""
    also: str = ""
    found_by: str = ""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """All that it answers to."""
        return tuple(keys for keys in (self.shortcut, self.also) if keys)
