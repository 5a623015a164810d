"""`Drafts`: what the person is still writing about records, kept while they type; it comes back with its record."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft, Drafted, DraftKeeper
from fleetdesk.qt.saver import Saver

__all__ = ["Drafts"]

_WITHIN = 0.3  # seconds from a key until it is on the disk; what was sent is forgotten at once, not to be sent twice


class Drafts(QObject):
    """The drafts of one laptop, the same in all its windows; the keeper has them a moment later."""

    changed = Signal(object, object)  # the record's Key, and the Draft that was written, in whichever window

    def __init__(self, keeper: DraftKeeper, saver: Saver) -> None:
        super().__init__()
        self._keeper = keeper
        self._saver = saver
        self._drafts = dict(keeper.drafts)
        self._under_way: set[tuple[Key, str, str]] = set()  # record, kind, text

    @property
    def records(self) -> tuple[Key, ...]:
        """The records about which something is being written."""
        return tuple(record for record, drafted in self._drafts.items() if drafted)

    def about(self, record: Key) -> Drafted:
        """What was being written about a record: a draft of each kind, the one written last at the end."""
        return self._drafts.get(record, ())

    def begin_sending(self, record: Key, draft: Draft) -> bool:
        """Whether it may be sent: not while the same is on its way, from whichever window."""
        entry = (record, draft.kind, draft.text)
        if entry in self._under_way:
            return False
        self._under_way.add(entry)
        return True

    def sending_ended(self, record: Key, draft: Draft) -> None:
        """It was taken, or not: from now on the same may be sent again."""
        self._under_way.discard((record, draft.kind, draft.text))

    def keep(self, record: Key, draft: Draft) -> None:
        """Keep what is being written about a record, in place of the draft of its kind; an empty one forgets that."""
        before = self.about(record)
        others = tuple(other for other in before if other.kind != draft.kind)
        now = others if draft.empty else (*others, draft)
        if now == before:
            return
        self._drafts[record] = now
        write = partial(self._keeper.keep_draft, record, draft)
        self._saver.save(("draft", record, draft.kind), write, within=0.0 if draft.empty else _WITHIN)
        self.changed.emit(record, draft)
