"""A replica of the platform's own leads, as many as asked for, without a hub: what the lists are measured on.

Names, companies and mailboxes repeat as they do in a sales list: many write from one of a few mail providers, and from
`info@` and its like; stages, owners and sources lean the way they do after a few years of work. Timelines hold the
moves from stage to stage alone.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.names import FIRST, LAST, PLACE, TRADE, WORDS, prospect_id
from fleetdesk.models.access import Role, Scope
from fleetdesk.models.base import Synced
from fleetdesk.models.leads import ActivityKind, Lead, LeadActivity
from fleetdesk.models.normalise import search_key
from fleetdesk.models.schema import platform_schema
from fleetdesk.models.staff import Member, User
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.models.types import canonical_json, instant_text, parse_instant
from fleetdesk.sync.files.cipher import FileKind, Raw, connect
from fleetdesk.sync.files.fts import TextSearch
from fleetdesk.sync.files.replica_schema import column_names, create_indexes, create_tables

__all__ = ["ME", "NOW", "build_replica", "lead_values", "people_values"]

NOW = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
"""The instant at which the list is worked on."""
ME = "owner-0"
"""The person who works on it."""

_OWNERS = 20
_SEED = 20_260_601
_YEARS = dt.timedelta(days=3 * 365)
_STAGES = {
    Stage.NEW: 30,
    Stage.CONTACTED: 22,
    Stage.QUALIFIED: 12,
    Stage.ONBOARDING: 4,
    Stage.VALIDATED: 1,
    Stage.CONVERTED: 9,
    Stage.LOST: 22,
}
_COUNTRIES = {"AE": 54, "FR": 38, "SA": 3, "MA": 2, "BE": 2, "QA": 1}
_SOURCES = {"Website": 36, "Google Ads": 18, "Referral": 14, "Trade show": 10, "LinkedIn": 9, "Phone": 7, "Partner": 6}
_TAGS = ("vip", "airport", "hotels", "corporate", "electric", "season", "multi-city", "price sensitive", "large fleet")
_PROVIDERS = {"gmail.com": 40, "hotmail.com": 10, "yahoo.fr": 6, "outlook.com": 6}
_DESKS = ("info", "contact", "sales", "admin")


def build_replica(path: Path, key: bytes, rows: int) -> None:
    """Make the file with so many leads, indexed as after a load."""
    schema = platform_schema()
    with closing(connect(path, key, FileKind.REPLICA, cache_kib=65_536)) as raw:
        raw.execute("PRAGMA journal_mode = OFF")
        raw.execute("PRAGMA synchronous = OFF")
        create_tables(raw, schema)
        raw.execute("BEGIN")
        for record, values in people_values():
            _add(raw, record, iter([values]))
        _add(raw, Lead, lead_values(rows))
        _add(raw, LeadActivity, _moves(raw))
        raw.execute("COMMIT")
        create_indexes(raw, schema)
        TextSearch(raw, schema).create()
        raw.execute("PRAGMA journal_mode = WAL")


def _add(raw: Raw, record: type[Synced], rows: Iterator[dict[str, object]]) -> None:
    columns = column_names(record)
    raw.executemany(_insert(record.__tablename__, columns), (tuple(map(row.get, columns)) for row in rows))


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def people_values() -> Iterator[tuple[type[Synced], dict[str, object]]]:
    """The owners: each as a record and its stored values; what is not named is empty."""
    moment = instant_text(NOW - _YEARS)
    times: dict[str, object] = {"created_at": moment, "updated_at": moment}
    for number in range(_OWNERS):
        first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
        email = f"{search_key(first)}@fleetcore.example"
        names = {"first_name": first, "last_name": last, "email": email, "email_key": email}
        common = {"scope": Scope.STAFF, "status": "active"} | times
        yield User, {"id": f"owner-{number}", "provider_id": f"user-{number}"} | names | common
        member = {"user_id": f"owner-{number}", "organisation": "fleetcore-platform", "role": Role.COMMERCIAL}
        yield Member, {"id": f"member-{number}"} | member | common


def lead_values(rows: int) -> Iterator[dict[str, object]]:
    """So many leads, each as its stored values; what is not named is empty."""
    rng = random.Random(_SEED)
    key = {word: search_key(word) for word in (*FIRST, *LAST, *TRADE, *PLACE, *WORDS)}

    def one_of(weights: dict[str, int]) -> str:
        return rng.choices(tuple(weights), tuple(weights.values()))[0]

    def moment(earliest: dt.datetime, latest: dt.datetime) -> dt.datetime:
        return earliest + (latest - earliest) * rng.random()

    for number in range(rows):
        first, last, trade, place = rng.choice(FIRST), rng.choice(LAST), rng.choice(TRADE), rng.choice(PLACE)
        message = rng.choices(WORDS, k=rng.randint(4, 30)) if rng.random() < 0.6 else []
        status = one_of({stage.value: share for stage, share in _STAGES.items()})
        created = moment(NOW - _YEARS, NOW)
        touched = status != Stage.NEW or rng.random() < 0.3
        last_activity = moment(created, NOW) if touched else None
        updated = last_activity or created
        planned = touched and rng.random() < 0.4
        provider = one_of({**_PROVIDERS, "": 38})
        mailbox = (
            rng.choice(_DESKS) if not provider and rng.random() < 0.5 else f"{key[first]}.{key[last]}{number % 997}"
        )
        email = f"{mailbox}@{provider or f'{key[last]}-{key[place]}{number % 9_973}.example'}".replace(" ", "")
        phone = f"+9715{rng.randrange(10**8):08d}"
        yield {
            "id": prospect_id(number),
            "scope": Scope.LEADS.value,
            "status": status,
            "first_name": first,
            "last_name": last,
            "email": email,
            "phone": phone,
            "company": f"{last} {trade} {place}",
            "country": one_of(_COUNTRIES),
            "fleet_size": int(2 ** (rng.random() * 8)) if rng.random() < 0.8 else None,
            "message": " ".join(message) or None,
            "source": one_of(_SOURCES),
            "owner_id": f"owner-{rng.randrange(_OWNERS)}" if touched or rng.random() < 0.5 else None,
            "score": rng.randint(1, 99) if touched else None,
            "tags": canonical_json([*sorted(rng.sample(_TAGS, rng.choice((0, 0, 1, 1, 2, 3))))]),
            "next_activity": "Call back" if planned else None,
            "next_activity_at": instant_text(NOW + dt.timedelta(days=rng.gauss(3, 10))) if planned else None,
            "lost_reason": "Too dear" if status == Stage.LOST else None,
            "activity_count": rng.randint(1, 12) if touched else 0,
            "last_activity_at": instant_text(last_activity) if last_activity else None,
            "stage_changed_at": instant_text(updated),
            "created_at": instant_text(created),
            "updated_at": instant_text(updated),
            "email_key": email,
            "phone_key": phone,
            "search_key": " ".join([key[first], key[last], key[last], key[trade], key[place], search_key(mailbox)])
            + "".join(f" {key[word]}" for word in message),
            "deleted_at": instant_text(updated) if rng.random() < 0.01 else None,
        }


def _moves(raw: Raw) -> Iterator[dict[str, object]]:
    """How the leads came to where they stand."""
    rng = random.Random(_SEED)
    stood = raw.execute("SELECT id, owner_id, status, created_at, stage_changed_at FROM sys_demo_lead ORDER BY id")
    for lead_id, owner, status, created, changed in stood.fetchall():
        stage = Stage(status)
        far = PIPELINE.index(stage) if stage in PIPELINE else rng.randrange(3)
        began, ended = parse_instant(created), parse_instant(changed)
        times = sorted(began + (ended - began) * rng.random() for _ in range(far))
        for number, at in enumerate(times):
            yield {
                "id": f"{lead_id}-{number}",
                "scope": Scope.LEADS.value,
                "lead_id": lead_id,
                "kind": ActivityKind.STATUS_CHANGE.value,
                "body": "",
                "author_id": owner,
                "from_status": PIPELINE[number].value,
                "to_status": PIPELINE[number + 1].value,
                "happened_at": instant_text(at),
                "recorded_at": instant_text(at),
            }
