"""The lease: how long a laptop may be worked on without its hub (SPEC.md, 13; DESIGN.md, 7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from fleetdesk.models.types import JsonValue

__all__ = ["Lease"]

_BEHIND = dt.timedelta(days=1)  # time zones, and batteries that are empty, but not a clock that is turned back


@dataclass(frozen=True, slots=True)
class Lease:
    """Runs from the last contact with the hub, by the highest time ever seen: to turn the clock back gains nothing.

    `contact` and `highest` by this machine's clock, `now` as it stood when it was last looked at.
    """

    contact: dt.datetime
    highest: dt.datetime
    now: dt.datetime

    @classmethod
    def begin(cls, now: dt.datetime) -> Lease:
        """The hub was heard now. Whatever a clock that was wrong had shown until then is forgotten."""
        return cls(now, now, now)

    @classmethod
    def read(cls, plain: JsonValue) -> Lease | None:
        """What `plain` wrote; None where it is not that."""
        match plain:
            case {"contact": str(contact), "highest": str(highest), "now": str(now)}:
                try:
                    times = [dt.datetime.fromisoformat(text) for text in (contact, highest, now)]
                except ValueError:
                    return None
                return cls(*times) if all(time.tzinfo for time in times) else None
        return None

    def plain(self) -> dict[str, JsonValue]:
        """For a file."""
        return {name: getattr(self, name).isoformat() for name in ("contact", "highest", "now")}

    def seen(self, now: dt.datetime, passed: dt.timedelta = dt.timedelta()) -> Lease:
        """The clock shows `now`; `passed` went by since it was last looked at, by a clock that nobody sets."""
        return replace(self, highest=max(self.highest + passed, now), now=now)

    def left(self, span: dt.timedelta) -> dt.timedelta:
        """What is left of a lease of that length; nothing or less where it is over.

        It is over too where the clock stands a day and more before the contact: nobody knows how long ago that was.
        """
        if self.now < self.contact - _BEHIND:
            return dt.timedelta()
        return span - (self.highest - self.contact)
