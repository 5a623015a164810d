"""`Drafts`: what the person is still writing about records, kept while they type; it comes back with its record."""

from __future__ import annotations

from functools import partial

from fleetdesk.models.base import Key
from fleetdesk.models.drafts import Draft, DraftKeeper
from fleetdesk.qt.saver import Saver

__all__ = ["Drafts"]


class Drafts:
    """The drafts of one laptop, as its windows show them; the keeper has them a moment later."""

    def __init__(self, keeper: DraftKeeper, saver: Saver) -> None:
        self._keeper = keeper
        self._saver = saver
        self._drafts = dict(keeper.drafts)

    def about(self, record: Key) -> Draft | None:
        """What was being written about a record."""
        return self._drafts.get(record)

    def keep(self, record: Key, draft: Draft) -> None:
        """Keep what is being written about a record; an empty text forgets it."""
        wanted = draft if draft.text.strip() else None
        if wanted == self._drafts.get(record):
            return
        if wanted is None:
            del self._drafts[record]
        else:
            self._drafts[record] = wanted
        self._saver.save(record, partial(self._keeper.keep_draft, record, wanted))
