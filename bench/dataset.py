"""The bench's rows, the same ones for the same number: made here, copied into the hosted database in many transactions.

Names, companies and messages are as long and as repetitive as those of a sales list; half of the rows have a message.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import psycopg
from sqlalchemy import Connection, create_engine
from sqlalchemy.schema import CreateTable

from bench.names import BEGAN, FIRST, LAST, PLACE, TRADE, WORDS, prospect_id
from bench.record import ROLE, STAGES, Prospect, ProspectRevision
from fleetdesk.demo.postgres import Database
from fleetdesk.hub.hosted import install_sync
from fleetdesk.hub.migrate import migrate
from fleetdesk.models.access import ORGANISATION, Scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.normalise import search_key
from fleetdesk.models.schema import wire_columns

__all__ = ["COLUMNS", "PERSON", "build", "colleague"]

PERSON = "user_bench"
"""The identity provider's id of the person whose laptops the bench has."""
COLUMNS = tuple(column.name for column in wire_columns(Prospect))
_TRANSACTION = 20_000
_SEED = 20_240_501


def colleague(number: int) -> str:
    """The identity provider's id of another person of the same role."""
    return f"{PERSON}_{number}"


def build(database: Database, rows: int, *, colleagues: int = 0) -> None:
    """Migrate the empty database, and put the person, so many colleagues and `rows` prospects in."""
    migrate(database.owner.url, hub_role=database.hub.user)
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.owner.url))
    with engine.begin() as connection:
        _create_tables(connection, database.hub.user)
    engine.dispose()
    with psycopg.connect(database.owner.url) as raw:
        for provider_id in (PERSON, *map(colleague, range(colleagues))):
            _add_person(raw, provider_id)
        _copy(raw, rows)
    with psycopg.connect(database.admin.url, autocommit=True) as raw:
        # What a server that has run for a day has behind it; else it would come in the middle of a measurement.
        raw.execute("VACUUM (ANALYZE)")
        raw.execute("CHECKPOINT")


def _create_tables(connection: Connection, hub_role: str) -> None:
    for record in (Prospect, ProspectRevision):
        connection.execute(CreateTable(record.table()))
        for index in record.table().indexes:
            index.create(connection)
        install_sync(connection, record.__tablename__, hub_role)


def _add_person(raw: psycopg.Connection[tuple[object, ...]], provider_id: str) -> None:
    person_id, email = new_id(), f"{provider_id}@example.com"
    raw.execute(
        "INSERT INTO adm_users (id, scope, provider_id, email, email_key, first_name, last_name, status, created_at,"
        " updated_at) VALUES (%s, %s, %s, %s, %s, 'Bench', '', 'active', now(), now())",
        [person_id, Scope.STAFF, provider_id, email, email],
    )
    raw.execute(
        "INSERT INTO adm_members (id, scope, user_id, organisation, role, status, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, 'active', now(), now())",
        [new_id(), Scope.STAFF, person_id, ORGANISATION, ROLE],
    )


def _copy(raw: psycopg.Connection[tuple[object, ...]], rows: int) -> None:
    made = _rows(rows)
    for start in range(0, rows, _TRANSACTION):
        lines = [next(made) for _ in range(min(_TRANSACTION, rows - start))]
        with raw.cursor().copy(f"COPY {Prospect.__tablename__} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            copy.write("".join(lines))
        raw.commit()


def _rows(rows: int) -> Iterator[str]:
    """Lines in COPY's text form; no word here needs its escapes."""
    rng = random.Random(_SEED)
    key = {word: search_key(word) for word in (*FIRST, *LAST, *TRADE, *PLACE, *WORDS)}
    for number in range(rows):
        words = [rng.choice(FIRST), rng.choice(LAST), rng.choice(TRADE), rng.choice(PLACE)]
        message = rng.choices(WORDS, k=rng.randint(4, 12)) if number % 2 else []
        first, last, trade, place = words
        values = {
            "id": prospect_id(number),
            "scope": Scope.LEADS.value,
            "status": rng.choice(STAGES),
            "name": f"{first} {last}",
            "company": f"{last} {trade} {place}",
            "email": f"{key[first]}.{number}@example.com",
            "phone": f"+9715{rng.randrange(10**8):08d}",
            "fleet_size": str(rng.randint(1, 400)),
            "message": " ".join(message) or r"\N",
            "updated_at": (BEGAN + dt.timedelta(seconds=30 * number)).isoformat(),
            "search_key": " ".join(key[word] for word in (first, last, last, trade, place, *message)),
            "revision": r"\N",
        }
        yield "\t".join(values[column] for column in COLUMNS) + "\n"
