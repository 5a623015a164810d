"""`OwnShortcuts`: the keys that a person chose, the same in all windows of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.acting.keys import readable

__all__ = ["OwnShortcuts"]


class OwnShortcuts(QObject):
    """By action id, in Qt's portable form; an empty text is the wish that an action has no keys.

    Which of them can be had is for the `ActionRegistry` of each window to say.
    """

    changed = Signal()

    def __init__(self, kept: JsonValue = None, keep: Callable[[JsonValue], None] | None = None) -> None:
        """`kept` is what was kept before, whoever wrote it; `keep` is told all of it when it changes."""
        super().__init__()
        self._keep = keep
        self._chosen, self._unreadable = _read(kept)

    def get(self, id_: str) -> str | None:
        """The keys chosen for an action; None where the person chose none."""
        return self._chosen.get(id_)

    @property
    def chosen(self) -> Mapping[str, str]:
        """All of them."""
        return dict(self._chosen)

    def choose(self, keys: Mapping[str, str | None]) -> None:
        """Give actions other keys; None gives them back those that they bring."""
        for id_, shortcut in keys.items():
            if shortcut is None:
                self._chosen.pop(id_, None)
            else:
                self._chosen[id_] = shortcut
        self._tell()

    def forget(self) -> None:
        """Give every action back the keys that it brings."""
        self._chosen.clear()
        self._tell()

    def take_unreadable(self) -> int:
        """How many of those kept could not be read. They are told once, by whoever asks first."""
        count, self._unreadable = self._unreadable, 0
        return count

    def _tell(self) -> None:
        if self._keep is not None:
            self._keep(dict(self._chosen) or None)
        self.changed.emit()


def _read(kept: JsonValue) -> tuple[dict[str, str], int]:
    if kept is None:
        return {}, 0
    if not isinstance(kept, dict):
        return {}, 1
    read = {id_: readable(keys) if isinstance(keys, str) else None for id_, keys in kept.items()}
    return {id_: keys for id_, keys in read.items() if keys is not None}, list(read.values()).count(None)
