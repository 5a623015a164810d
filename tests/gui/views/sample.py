"""A believable list of leads for the pictures and the tests of the screens: the same at every call."""

from __future__ import annotations

import atexit
import datetime as dt
import random
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import ME, NOW, STAFF, Filling, StillClock, load, open_store

__all__ = ["STORY", "open_sample", "sample"]

STORY = "lead-00000"
"""The lead with the longest story; it is the latest changed, so that it stands on top."""

_PEOPLE = (
    ("Fatima", "Al Mansoori", "Al Noor Transport", "AE", "+971 50 123 4567"),
    ("Éléonore", "Lefèvre", "Taxis Bleus de Lyon", "FR", "+33 6 12 34 56 78"),
    ("محمد", "الهاشمي", "شركة الخليج للنقل", "AE", "+971 55 987 6543"),
    ("Omar", "Belkacem", "VTC Méditerranée", "FR", "+33 7 81 22 90 11"),
    ("Aisha", "Rahman", "Desert Rides LLC", "AE", "+971 52 444 1200"),
    ("Jean-Baptiste", "Moreau", "Navettes du Rhône", "FR", "+33 4 72 00 11 22"),
    ("خالد", "السويدي", "النخبة للسيارات", "AE", "+971 56 300 2211"),
    ("Priya", "Nair", "Marina Limousine", "AE", "+971 50 777 8812"),
    ("Camille", "Dubois", "Paris Chauffeurs", "FR", "+33 6 70 14 55 02"),
    ("Youssef", "El Amrani", "Atlas Mobilité", "FR", "+33 6 44 10 98 76"),
    ("Hessa", "Al Ketbi", "Oasis Car Rental", "AE", "+971 58 212 9090"),
    ("Thomas", "Girard", "Girard & Fils", "FR", "+33 6 01 02 03 04"),
)
_STAGES = (
    *(Stage.NEW,) * 6,
    *(Stage.CONTACTED,) * 5,
    *(Stage.QUALIFIED,) * 4,
    *(Stage.ONBOARDING,) * 2,
    Stage.VALIDATED,
    Stage.CONVERTED,
    *(Stage.LOST,) * 2,
)
_STEPS = ("Call back about the price", "Send the onboarding form", "Demo at their office", None, None)
_TAGS = ((), ("dubai",), ("electric", "airport"), (), ("trade fair",))


def sample(count: int = 400) -> Filling:
    """So many leads with their timelines."""
    filling, chance = Filling(), random.Random(7)
    _story(filling)
    for number in range(1, count):
        _lead(filling, number, chance)
    return filling


def open_sample(folder: Path, clock: StillClock, count: int = 400, person_id: str = ME) -> LocalStore:
    """A store of someone's with the sample in it: a copy of one that was loaded before."""
    shutil.copytree(_loaded(count, person_id), folder, dirs_exist_ok=True)
    return open_store(folder, clock, person_id)


@cache
def _loaded(count: int, person_id: str) -> Path:
    """The folder of a store that holds the sample; it goes with the process."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    store = open_store(Path(folder.name), StillClock(), person_id)
    load(store, sample(count), person_id)
    store.close()
    return Path(folder.name)


def _lead(filling: Filling, number: int, chance: random.Random) -> Lead:
    first, last, company, country, phone = _PEOPLE[number % len(_PEOPLE)]
    stage = _STAGES[0] if number < 3 else chance.choice(_STAGES)
    changed = NOW - dt.timedelta(minutes=9 * number * number // 4 + 7)
    step = chance.choice(_STEPS)
    lead = filling.lead(
        f"lead-{number:05}",
        status=stage,
        first_name=first,
        last_name=last,
        company=company if number < 12 else f"{company} {number // 12 + 1}",
        country=country,
        email=f"contact{number}@example.com",
        phone=phone,
        fleet_size=chance.choice((4, 12, 18, 40, 75, 120, 260, None)),
        source=chance.choice(("web site", "trade fair", "referral")),
        owner_id=chance.choice((*list(STAFF)[:3], None)),
        score=chance.randrange(20, 95, 5),
        tags=list(chance.choice(_TAGS)),
        next_activity=step,
        next_activity_at=NOW + dt.timedelta(hours=chance.randrange(-40, 200)) if step else None,
        lost_reason="Chose another supplier" if stage is Stage.LOST else None,
        created_at=changed - dt.timedelta(days=20),
        updated_at=changed,
        stage_changed_at=changed,
    )
    if stage is not Stage.NEW:
        filling.activity(lead, ActivityKind.CALL, "Left a message; calls back on Monday.", changed)
    if stage in PIPELINE[PIPELINE.index(Stage.QUALIFIED) :]:
        move: dict[str, object] = {"from_status": Stage.CONTACTED, "to_status": Stage.QUALIFIED}
        filling.activity(lead, ActivityKind.STATUS_CHANGE, "", changed - dt.timedelta(days=number % 9), **move)
    return lead


def _story(filling: Filling) -> None:
    lead = filling.lead(
        STORY,
        status=Stage.CONTACTED,
        first_name="Mariam",
        last_name="Al Zaabi",
        company="Al Zaabi Premium Cars",
        country="AE",
        email="mariam@alzaabi-cars.example",
        second_email="office@alzaabi-cars.example",
        phone="+971 50 660 1122",
        current_software="Spreadsheets",
        website="alzaabi-cars.example",
        message="We run limousines in Dubai and Abu Dhabi and lose hours every week on payments. Can we see a demo?",
        source="web site",
        owner_id="person-layla",
        score=70,
        tags=["dubai", "premium", "asked for Arabic invoices"],
        next_activity="Send the price list in Arabic",
        next_activity_at=NOW + dt.timedelta(days=1, hours=1, minutes=30),
        created_at=NOW - dt.timedelta(days=6),
        updated_at=NOW - dt.timedelta(minutes=4),
        stage_changed_at=NOW - dt.timedelta(days=2),
    )
    tell = filling.activity
    tell(lead, ActivityKind.NOTE, "Asked for a demo on the web site.", NOW - dt.timedelta(days=6), author_id=None)
    tell(
        lead,
        ActivityKind.CALL,
        "Spoke with Mariam for twenty minutes. Forty cars in Dubai, more in Abu Dhabi; driver payments are the pain.",
        NOW - dt.timedelta(days=2, minutes=10),
    )
    tell(
        lead,
        ActivityKind.STATUS_CHANGE,
        "",
        NOW - dt.timedelta(days=2),
        from_status=Stage.NEW,
        to_status=Stage.CONTACTED,
    )
    tell(
        lead,
        ActivityKind.EMAIL,
        "أرسلت لها العرض بالعربية، وستراجع الأسعار مع شريكها.",
        NOW - dt.timedelta(days=1, hours=3),
        author_id="person-omar",
    )
    tell(
        lead,
        ActivityKind.MEETING,
        "Demo with Mariam and her partner. They like the driver statements; want WPS files from the first month.",
        NOW - dt.timedelta(minutes=50),
    )
