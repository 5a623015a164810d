"""What a hub does beside answering: chores, each done again and again, on a thread that no request waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from fleetdesk.errors import Busy, FleetDeskError

__all__ = ["Chore"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    """One of them, and the seconds between its end and its next beginning.

    The log has the first sentence of an error that it raises: one about a person names them by id, or not at all.
    """

    name: str
    do: Callable[[], None]
    pause: float
    ended: Callable[[str, str], None] = lambda name, end: None
    """Hears its name, and how a round of it ended: done, put_off or failed."""

    async def run(self) -> None:
        """Do it until cancelled. A database that is away is waited for; a mistake in a chore ends no hub."""
        while True:
            pause = await self.once()
            await asyncio.sleep(pause)

    async def once(self) -> float:
        """Do it; the seconds until it is to be done again: at least as many as somebody asked to wait."""
        try:
            await asyncio.to_thread(self.do)
            self.ended(self.name, "done")
        except Busy as busy:
            self.ended(self.name, "put_off")
            _log.warning("chore put off", extra={"chore": self.name, "reason": busy.what, "seconds": busy.seconds})
            return max(self.pause, busy.seconds)
        except FleetDeskError as error:
            self.ended(self.name, "put_off")
            _log.warning("chore put off", extra={"chore": self.name, "reason": error.what})
        except Exception:  # noqa: BLE001  # whatever it is, requests are still to be answered
            self.ended(self.name, "failed")
            _log.exception("chore failed", extra={"chore": self.name})
        return self.pause
