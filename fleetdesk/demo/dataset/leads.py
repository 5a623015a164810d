"""Five thousand leads of the last year, each with its timeline: more of them lately than at first."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass, field

from fleetdesk.demo.dataset.chance import several, weighted, zone_of
from fleetdesk.demo.dataset.histories import Entry, pursue
from fleetdesk.demo.dataset.prospects import Prospect, Prospects, request
from fleetdesk.demo.dataset.revisions import Revised
from fleetdesk.demo.dataset.staff import SALES
from fleetdesk.models.leads import Lead
from fleetdesk.models.stages import PIPELINE, Stage

__all__ = ["LEADS", "Pipeline", "pipeline"]

LEADS = 5_000
"""How many leads there are, those asked for twice included."""

_DAYS = 365
_SATURDAY = 5
_TWICE = 24
_TWICE_WITHIN_DAYS = 21
_DELETED = 20


@dataclass(frozen=True)
class Pipeline:
    """Leads, the earliest first, their timelines and revisions."""

    leads: list[Lead] = field(default_factory=list)
    activities: list[Entry] = field(default_factory=list)
    revisions: list[Revised] = field(default_factory=list)


def pipeline(rng: random.Random, now: dt.datetime) -> Pipeline:
    """The leads as they stand at `now`: the same for the same generator and instant."""
    made = Pipeline()
    for at, prospect, again in _requests(rng, now):
        lead = request(rng, prospect, at)
        if not again:
            story = pursue(rng, prospect, lead, now)
            made.activities.extend(story.timeline)
            made.revisions.extend(story.revisions)
        lead.score = _score(rng, prospect, lead)
        lead.tags = _tags(rng, prospect, lead)
        lead.rekey()
        made.leads.append(lead)
    for lead in rng.sample(made.leads, _DELETED):
        _delete(rng, lead, now)
    return made


def _requests(rng: random.Random, now: dt.datetime) -> list[tuple[dt.datetime, Prospect, bool]]:
    """Who asked when, the earliest first; and whether they had asked before."""
    prospects = Prospects(rng)
    people = [prospects.someone() for _ in range(LEADS - _TWICE)]
    requests = [(_instant(rng, person.country, now), person, False) for person in people]
    for at, person, _ in rng.sample(requests, _TWICE):
        earliest = max(at, now - dt.timedelta(days=_TWICE_WITHIN_DAYS))
        requests.append((earliest + (now - earliest) * rng.uniform(0.1, 0.9), prospects.again(person), True))
    return sorted(requests, key=lambda asked: asked[0])


def _instant(rng: random.Random, country: str, now: dt.datetime) -> dt.datetime:
    """An instant of the last year: rather lately, on weekdays and by day."""
    today = now.astimezone(zone_of(country)).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        age = rng.random()
        day = today - dt.timedelta(days=int((_DAYS + 1) * age))
        if rng.random() > (1 - 0.55 * age) * (0.4 if day.weekday() >= _SATURDAY else 1):
            continue
        at = day + dt.timedelta(hours=weighted(rng, _HOURS), seconds=rng.uniform(0, 3_600))
        if now - dt.timedelta(days=_DAYS) <= at <= now - dt.timedelta(minutes=4):
            return at.astimezone(dt.UTC)


def _score(rng: random.Random, prospect: Prospect, lead: Lead) -> int | None:
    """How promising the lead is, from 0 to 100; nobody has judged most of the fresh ones."""
    if not lead.activity_count and rng.random() < 0.7:
        return None
    reached = 0 if lead.status == Stage.LOST else PIPELINE.index(Stage(lead.status))
    promise = 8 * math.log2(prospect.company.fleet_size) + 7 * reached + _PROMISE.get(prospect.source, 0)
    return max(1, min(99, round(promise + rng.gauss(6, 8))))


def _tags(rng: random.Random, prospect: Prospect, lead: Lead) -> list[str]:
    tags = {prospect.company.trade} if rng.random() < 0.55 else set()
    if lead.activity_count:
        tags.update(several(rng, _TAGS[prospect.country], 2))
    if prospect.company.fleet_size >= 100:
        tags.add("large fleet")
    return sorted(tags)


def _delete(rng: random.Random, lead: Lead, now: dt.datetime) -> None:
    """Softly, as sales do it, some time after the last that happened."""
    lead.deleted_at = lead.updated_at + (now - lead.updated_at) * rng.uniform(0.05, 0.95)
    lead.updated_at = lead.deleted_at
    lead.deleted_by = rng.choice(SALES[lead.country or "AE"]).person_id
    lead.deletion_reason = rng.choice(_DELETION_REASONS)


_HOURS = (
    dict.fromkeys(range(7), 0.15)
    | dict.fromkeys((7, 8, 19, 20, 21), 1.2)
    | dict.fromkeys(range(9, 19), 3.0)
    | dict.fromkeys((22, 23), 0.5)
)

_PROMISE = {"Referral": 12, "Partner": 10, "Trade show": 6, "Phone": 4, "WhatsApp": 3}

_TAGS = {
    "AE": ("airport", "hotels", "corporate", "arabic", "price sensitive", "electric", "vip", "multi-city", "season"),
    "FR": ("aéroport", "hôtels", "entreprises", "médical", "prix", "électrique", "multi-sites", "plateformes"),
}

_DELETION_REASONS = (
    "Duplicate of another lead",
    "Test of the web form",
    "Asked us to delete their data",
    "Spam",
)
