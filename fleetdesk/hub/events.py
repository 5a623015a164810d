"""The live signal: tells each connected laptop, without a word of data, that some of its scopes changed.

One watcher a hub process asks the database's snapshot many times a second, which costs next to nothing while it stands
still; only when it moved is the index on xid asked whose rows changed. Nothing is written, and no writer waits.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql

from fleetdesk.commands.platform import Platform
from fleetdesk.errors import Refused, Unavailable
from fleetdesk.hub.database import Database
from fleetdesk.hub.unseen import UNSEEN_TABLES, unseen
from fleetdesk.models.access import Role, Scope

__all__ = ["GATHERING_SECONDS", "Subscription", "Watcher", "event_stream"]

KEEP_ALIVE_SECONDS = 15.0
GATHERING_SECONDS = 0.5
"""After a word to a listener, others are gathered for so long at least: laptops pull once a second at most."""
_SPREAD = 0.25
"""Share of that time by which it is shorter or longer, by chance: laptops that are woken together drift apart."""
_LONGEST_PAUSE = 5.0
_CHANGED = b"event: changed\ndata:\n\n"
_RIGHTS = b"event: rights\ndata:\n\n"
_STILL_HERE = b": still here\n\n"
_log = logging.getLogger(__name__)
_Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Subscription:
    """One listener: the scopes that it holds, and those of them that changed since it was last told.

    `device_id`: the laptop that listens, if it is known.
    """

    def __init__(self, scopes: frozenset[str], device_id: str = "") -> None:
        self.scopes = scopes
        self.device_id = device_id
        self.ended = False
        self._changed: set[str] = set()
        self._news = asyncio.Event()
        self._urgent = asyncio.Event()

    def tell(self, changed: frozenset[str]) -> None:
        """Note that scopes changed; of concern or not."""
        concerned = self.scopes & changed
        if concerned:
            self._changed |= concerned
            self._news.set()
        if Scope.STAFF in concerned:
            self._urgent.set()

    def end(self) -> None:
        """There will be no more news."""
        self.ended = True
        self._news.set()
        self._urgent.set()

    async def gather(self, seconds: float) -> None:
        """Let so many seconds pass, unless there is news of what the person may see, which nobody waits for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._urgent.wait()

    async def news(self, patience: float) -> frozenset[str]:
        """The scopes that changed; none if nothing did for so many seconds, or it ended."""
        try:
            async with asyncio.timeout(patience):
                await self._news.wait()
        except TimeoutError:
            return frozenset()
        self._news.clear()
        if not self.ended:
            self._urgent.clear()
        changed, self._changed = frozenset(self._changed), set()
        return changed


class Watcher:
    """Looks for changes every `interval` seconds, and tells the subscriptions.

    At most `wakes_a_second` of them, if there are many: laptops that pull oftener than the hub can answer have their
    rows later, not sooner.
    """

    def __init__(
        self,
        database: Database,
        platform: Platform,
        *,
        interval: float,
        wakes_a_second: float,
        most_per_listener: int = 20,
    ) -> None:
        self._database = database
        self._interval = interval
        self._wakes_a_second = wakes_a_second
        self._tables = frozenset(platform.schema.tables) | {"sys_removal"}
        self._most_per_listener = most_per_listener
        self._subscriptions: dict[Subscription, str] = {}
        self._closed = False
        self._looked_at = time.monotonic()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._subscriptions)

    @property
    def lag(self) -> float:
        """Seconds since it last knew how the database stands."""
        return time.monotonic() - self._looked_at

    def gathering(self) -> float:
        """Seconds for which words to a listener who was just told of something are gathered."""
        fair = self.listeners / self._wakes_a_second if self._wakes_a_second > 0 else 0.0
        spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311  (spreads laptops; guards nothing)
        return max(GATHERING_SECONDS, fair) * spread

    @contextmanager
    def subscribe(self, scopes: frozenset[str], *, listener: str = "", device_id: str = "") -> Iterator[Subscription]:
        """A subscription to the scopes, for as long as the block lasts, or until that device is revoked.

        Of a listener who has too many, the oldest ends: it may be a connection that broke unheard, which nobody misses.
        """
        subscription = Subscription(scopes, device_id)
        self._subscriptions[subscription] = listener
        theirs = [other for other, name in self._subscriptions.items() if name == listener and not other.ended]
        if listener and len(theirs) > self._most_per_listener:
            theirs[0].end()
        if self._closed:
            subscription.end()
        try:
            yield subscription
        finally:
            del self._subscriptions[subscription]

    def close(self) -> None:
        """End all subscriptions, present and future: the process is about to stop."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.end()

    async def run(self) -> None:
        """Watch until cancelled; a database that goes away is waited for."""
        pause = self._interval
        while True:
            try:
                async with await self._database.watch() as connection:
                    pause = self._interval
                    await self._watch(connection)
            except psycopg.Error as error:
                _log.warning("watcher lost the database", extra={"reason": type(error).__name__})
            await asyncio.sleep(pause)
            pause = min(2 * pause + 0.1, _LONGEST_PAUSE)

    async def _watch(self, connection: _Connection) -> None:
        seen = await _snapshot(connection)
        # What happened while nobody watched is unknown: everyone looks. What happens from here on is told.
        self._tell(self._listened_to())
        while True:
            await asyncio.sleep(self._interval)
            now = await _snapshot(connection)
            if now != seen:
                seen, changed, revoked = await self._changed_since(connection, seen)
                self._end_revoked(revoked)
                self._tell(changed)
            self._looked_at = time.monotonic()

    async def _changed_since(self, connection: _Connection, seen: str) -> tuple[str, frozenset[str], frozenset[str]]:
        """The snapshot of the look itself, and of rows that the earlier one had not seen: scopes, revoked devices.

        Most looks find no table with any: each request moves the snapshot, since its number is used up.
        """
        # Devices are of that scope, whoever listens.
        read = self._listened_to() | {Scope.MEMBERS}
        claims = {"role": Role.SYSTEM, "read": ",".join(sorted(read))}
        async with connection.transaction():
            snapshot, tables = await _answer(connection, _LOOK, claims | {"seen": seen})
            news = [table for table in tables if table in self._tables]
            # What came between the two questions may be told twice; what the first one did not see, the next one will.
            scopes, revoked = await _answer(connection, _news(news, seen), {}) if news else ([], [])
        # Who began to listen meanwhile may have pulled before what was not looked for.
        return str(snapshot), frozenset(scopes) | (self._listened_to() - read), frozenset(revoked)

    def _listened_to(self) -> frozenset[str]:
        """The scopes of those who listen now. Who comes later begins with a word of their own."""
        return frozenset[str]().union(*(subscription.scopes for subscription in self._subscriptions))

    def _end_revoked(self, device_ids: frozenset[str]) -> None:
        for subscription in self._subscriptions:
            if subscription.device_id in device_ids:
                subscription.end()

    def _tell(self, changed: frozenset[str]) -> None:
        for subscription in self._subscriptions:
            subscription.tell(changed)


async def event_stream(
    subscription: Subscription,
    *,
    seconds_left: Callable[[], float],
    scopes_now: Callable[[], frozenset[str]],
    gathering: Callable[[], float],
) -> AsyncIterator[bytes]:
    """The server-sent events of one listener, until its session ends (`seconds_left`) or it is no longer staff.

    Begins with one event: whoever connects doesn't know what it missed. `scopes_now` looks the person up again; it may
    wait for the database, and raises Refused for one who was let go, whose stream then ends. Where they hold
    other scopes than before, or none, the event says so: what else changed is pulled when it suits, this at once.
    `gathering` tells for how many seconds after each word others are gathered.
    """
    yield _CHANGED
    await subscription.gather(gathering())
    while not subscription.ended and (left := seconds_left()) > 0:
        changed = await subscription.news(min(KEEP_ALIVE_SECONDS, left))
        if not changed:
            yield _STILL_HERE
            continue
        held = subscription.scopes
        if Scope.STAFF in changed:
            try:
                subscription.scopes = await asyncio.to_thread(scopes_now)
            except Refused:
                subscription.end()
            except Unavailable:
                # The old scopes will do: what they are good for is a word too many, or one that comes with the poll.
                _log.info("scopes not looked up again")
        yield _CHANGED if subscription.scopes == held and not subscription.ended else _RIGHTS
        await subscription.gather(gathering())


_LOOK = (
    "SELECT set_config('fleetdesk.role', %(role)s, true), set_config('fleetdesk.read', %(read)s, true);"
    f" SELECT pg_current_snapshot()::text, {UNSEEN_TABLES}"
)


def _news(tables: Iterable[str], seen: str) -> sql.Composed:
    """The query for the scopes of rows in these tables that the snapshot had not seen, and for devices revoked."""
    parts = [
        sql.SQL("SELECT scope FROM {table} WHERE {unseen}").format(table=sql.Identifier(table), unseen=unseen(seen))
        for table in tables
    ]
    return sql.SQL(
        "SELECT ARRAY(SELECT DISTINCT scope FROM ({}) AS news),"
        " ARRAY(SELECT id FROM sys_device WHERE revoked_at IS NOT NULL AND {})"
    ).format(sql.SQL(" UNION ALL ").join(parts), unseen(seen))


async def _snapshot(connection: _Connection) -> str:
    (snapshot,) = await _answer(connection, "SELECT pg_current_snapshot()::text", {})
    return str(snapshot)


async def _answer(
    connection: _Connection, question: str | sql.Composed, values: Mapping[str, object]
) -> tuple[Any, ...]:
    """The one row that the last of these statements gives, all of them in one message."""
    cursor = psycopg.AsyncClientCursor(connection)
    await cursor.execute(question, values)
    while cursor.nextset():
        pass
    row = await cursor.fetchone()
    assert row is not None, "a SELECT without FROM has one row"
    return row
