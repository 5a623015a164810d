"""How often anybody may ask: by address, by person, by device, and tighter where nobody proves who they are.

Each hub process counts by itself, in memory that is bounded whoever comes. What `laptop_id` a request names counts for
nothing here: it is the sender's word alone.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from fleetdesk.errors import TooMany
from fleetdesk.settings import HubSettings

__all__ = ["Allowance", "Rates", "network_of"]

_MINUTE = 60.0
_MOST_KEYS = 20_000
_IPV6_SITE = 64


class Allowance:
    """Lets each key have `per_minute` at once, and as many a minute after that; 0 lets everything pass.

    The generic cell rate algorithm: a key costs one number, the time at which it will have nothing left to pay off. Of
    keys, `most_keys` are remembered; whoever came least recently is forgotten first, and loses their debt.
    """

    def __init__(
        self, per_minute: int, *, most_keys: int = _MOST_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = _MINUTE / per_minute if per_minute > 0 else 0.0
        self._most_keys = most_keys
        self._clock = clock
        self._paid_off = OrderedDict[str, float]()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._paid_off)

    def take(self, key: str) -> float:
        """Take one; 0, or the seconds to wait until there is one, and then nothing was taken."""
        if not self._interval:
            return 0.0
        now = self._clock()
        with self._guard:
            due = max(self._paid_off.get(key, now), now) + self._interval
            wait = due - now - _MINUTE
            # Rounding must not refuse the last one of a minute.
            if wait > self._interval / 2:
                return wait
            self._paid_off[key] = due
            self._paid_off.move_to_end(key)
            if len(self._paid_off) > self._most_keys:
                self._paid_off.popitem(last=False)
        return 0.0


class Rates:
    """The allowances of one hub process. Each method raises TooMany, with the seconds to wait, where one is used up."""

    def __init__(
        self,
        settings: HubSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        limited: Callable[[str], None] = lambda by: None,
    ) -> None:
        """`limited` is told whose allowance it was: address, stranger, person or device."""
        self._allowances = {
            "address": Allowance(settings.requests_per_address, clock=clock),
            "stranger": Allowance(settings.strangers_per_address, clock=clock),
            "person": Allowance(settings.requests_each, clock=clock),
            "device": Allowance(settings.requests_per_device, clock=clock),
        }
        self._limited = limited

    def admit_address(self, address: str | None) -> None:
        """Whoever asks, from this address."""
        self._take("address", network_of(address), "This network asks the hub more often than it may.")

    def admit_stranger(self, address: str | None) -> None:
        """Somebody at this address who proves no session, or no laptop of theirs."""
        self._take("stranger", network_of(address), "This network asks the hub too often without a session.")

    def admit_person(self, subject: str) -> None:
        """A person, whose device signed: a token alone may be a copy."""
        self._take("person", subject, "You ask the hub more often than one person may.")

    def admit_device(self, device_id: str) -> None:
        """A device that signed."""
        self._take("device", device_id, "This laptop asks the hub more often than it may.")

    def _take(self, by: str, key: str, sentence: str) -> None:
        wait = self._allowances[by].take(key)
        if wait:
            self._limited(by)
            raise TooMany(sentence, seconds=wait, do="Wait a moment; FleetDesk asks again by itself.")


@lru_cache(maxsize=1_024)
def network_of(address: str | None) -> str:
    """What is counted as one address: of IPv6 the site's network, of which each machine has billions."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, _IPV6_SITE), strict=False).network_address)
