"""The hosted database as the hub reaches it: one pool of connections, transactions of two kinds, errors by their fault.

Connections hold no state between transactions (no prepared statements, no session settings, no locks of a session), so
that a transaction pooler may stand between, always: there is nothing to be set for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import errors as pg
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from fleetdesk.errors import BadSettings, Busy, Invalid, Unavailable

__all__ = ["Database", "Row", "asked", "cause_of", "driver"]

_T = TypeVar("_T")
_ATTEMPTS = 5
_POOL_SECONDS = 5.0
_PROVEN_SECONDS = 1.0
"""For how long a connection that served is believed to be still there: to ask it each time is one message more."""
Row = tuple[Any, ...]
"""Values of one row of an answer, in the order of the question."""
_CONNECTING: dict[str, Any] = {
    "client_encoding": "UTF8",
    "application_name": "fleetdesk-hub",
    "connect_timeout": 10,
    # A database that is gone without a word (a failover, a firewall) is noticed within half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# A receipt or a laptop that another connection wrote meanwhile is found by the next attempt.
_PASSING = (pg.SerializationFailure, pg.DeadlockDetected, pg.UniqueViolation)
_BUSY = (pg.LockNotAvailable, pg.QueryCanceled, pg.TooManyConnections)


class Database:
    """The database behind `dsn`, with at most `pool_size` connections of this process. Raises BadSettings for none."""

    def __init__(self, dsn: str, *, pool_size: int) -> None:
        if not dsn:
            raise BadSettings("The hub knows no database.", do="Set FLEETDESK_DATABASE_URL.")
        if pool_size < 1:
            raise BadSettings("The hub needs a connection to its database.", do="Set FLEETDESK_POOL_SIZE to 1 or more.")
        self._dsn = dsn
        self.pool_size = pool_size
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_POOL_SECONDS,
            use_native_hstore=False,
            hide_parameters=True,
        )
        _prove_connections(self._engine)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._passing = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot: REPEATABLE READ, READ ONLY."""
        with explained(), self._reading.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes, committed at the end."""
        with explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def passing(self) -> Iterator[Connection]:
        """Each message (`asked`) is a transaction of its own, committed as it is answered: no more is sent for it."""
        with explained(), self._passing.connect() as connection:
            yield connection

    def work(self, do: Callable[[Session], _T]) -> _T:
        """One transaction with mapped records: all of it again where only the hour was wrong (a deadlock, say)."""
        with explained():
            for _ in range(_ATTEMPTS - 1):
                try:
                    return self._once(do)
                except (DBAPIError, psycopg.Error) as error:
                    if not isinstance(cause_of(error), _PASSING):
                        raise
            return self._once(do)

    async def watch(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        """A connection outside the pool, for whoever looks for changes all day."""
        return await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, prepare_threshold=None, **_CONNECTING)

    @property
    def in_use(self) -> int:
        """How many of the pool's connections are lent out."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()

    def close(self) -> None:
        """End all connections."""
        self._engine.dispose()

    def _once(self, do: Callable[[Session], _T]) -> _T:
        with Session(self._engine, autoflush=False, expire_on_commit=False) as session, session.begin():
            return do(session)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._dsn, prepare_threshold=None, **_CONNECTING)


def driver(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's own connection, for COPY, and for what is asked so often that SQLAlchemy's part in it counts."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def asked(connection: Connection, statements: str, values: Mapping[str, object]) -> list[Row]:
    """Put statements, with a semicolon between them, in one message; the rows that the last one gives.

    `values` stand in them as `%(name)s`. What is asked before nearly every request is asked so: each message more
    costs both sides as much as a small question itself.
    """
    cursor = psycopg.ClientCursor(driver(connection))
    cursor.execute(statements, values)
    while cursor.nextset():
        pass
    return cursor.fetchall() if cursor.description else []


def _prove_connections(engine: Engine) -> None:
    """Have a connection that nobody used for a while be asked whether it is still there, and replaced if it is not."""

    def served(_raw: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["served"] = time.monotonic()

    def prove(raw: DBAPIConnection, entry: ConnectionPoolEntry, _lent: object) -> None:
        if time.monotonic() - entry.info.get("served", 0.0) < _PROVEN_SECONDS:
            return
        try:
            engine.dialect.do_ping(raw)
        except psycopg.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", served)
    event.listen(engine, "checkin", served)
    event.listen(engine, "checkout", prove)


@contextmanager
def explained() -> Iterator[None]:
    """What the database says about itself, as an error for people; mistakes of ours pass as they are."""
    try:
        yield
    except PoolExhausted as error:
        raise Busy("The hub has more to do than it can.", seconds=1.0) from error
    except (DBAPIError, psycopg.Error) as error:
        cause = cause_of(error)
        if isinstance(cause, (*_BUSY, pg.SerializationFailure, pg.DeadlockDetected)):
            raise Busy("Someone else is changing the same rows just now.", seconds=1.0) from error
        if isinstance(cause, psycopg.OperationalError):
            raise Unavailable("The hub's database cannot be reached.", do="Try again in a moment.") from error
        if isinstance(cause, psycopg.DataError):
            raise Invalid("request", "The request holds a text that no database can keep.") from error
        raise


def cause_of(error: Exception) -> BaseException | None:
    """What the driver said, whoever passes it on."""
    return error.orig if isinstance(error, DBAPIError) else error
