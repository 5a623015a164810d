"""This machine's clock against the hub's: how far they are apart."""

from __future__ import annotations

import datetime as dt

from fleetdesk.errors import ProtocolError
from fleetdesk.models.ids import Clock

__all__ = ["TOLERANCE", "ClockWatch", "spoken"]

TOLERANCE = dt.timedelta(minutes=2)
"""Skew that nobody needs to hear of."""


_YEARS = range(2024, 2200)
"""Years that a hub's clock may show: the first one that saw a FleetDesk, and more than anybody needs."""


class ClockWatch:
    """Learns from every time that the hub tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.skew: dt.timedelta | None = None
        """How far this machine is ahead of the hub (negative: behind); None before the first answer."""
        self.contact: dt.datetime | None = None
        """When the hub last told its time, by this machine's clock."""

    def now(self) -> dt.datetime:
        """This machine's time."""
        return self._clock.now()

    def hub_now(self) -> dt.datetime:
        """The hub's time, as far as it is known."""
        return self.now() - (self.skew or dt.timedelta())

    def heard(self, server_time: dt.datetime, *, travelled: float = 0.0) -> None:
        """The hub told its time, in an answer that took `travelled` seconds there and back.

        Raises ProtocolError for a time without a zone, or one that no clock shows.
        """
        if server_time.tzinfo is None:
            raise ProtocolError("The hub told a time without its zone.")
        if server_time.year not in _YEARS:
            raise ProtocolError(f"The hub told the year {server_time.year}: its clock is wrong.")
        self.contact = self.now()
        self.skew = self.contact - (server_time + dt.timedelta(seconds=travelled / 2))

    @property
    def warning(self) -> str:
        """A sentence for the person where the skew is more than `TOLERANCE`; else empty."""
        if self.skew is None or abs(self.skew) <= TOLERANCE:
            return ""
        side = "ahead of" if self.skew > dt.timedelta(0) else "behind"
        return f"This machine's clock is {spoken(abs(self.skew))} {side} the hub's: set it right."


def spoken(span: dt.timedelta) -> str:
    """A span of time in the two largest units that it has: “2 h 5 min”."""
    seconds = round(span.total_seconds())
    parts = [
        f"{count} {unit}"
        for count, unit in (
            (seconds // 86_400, "d"),
            (seconds // 3_600 % 24, "h"),
            (seconds // 60 % 60, "min"),
            (seconds % 60, "s"),
        )
        if count
    ]
    return " ".join(parts[:2]) or "0 s"
