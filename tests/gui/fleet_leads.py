"""Leads for the gallery's pictures."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleetdesk.qt.look.painting import Align
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.qt.records.columns import Cell, Column
from fleetdesk.qt.tasks import Cancellation
from fleetdesk.qt.widgets.stage_stepper import Stage

STAGES = (
    Stage("new", "New", Tone.INFO),
    Stage("contacted", "Contacted", Tone.ACTIVE),
    Stage("qualified", "Qualified", Tone.NOTABLE),
    Stage("onboarding", "Onboarding", Tone.WARNING),
    Stage("validated", "Validated", Tone.SUCCESS),
    Stage("converted", "Converted", Tone.SUCCESS),
    Stage("lost", "Lost", Tone.DANGER, aside=True),
)

_NAMES = (
    ("Omar Al Suwaidi", "Gulf Fleet LLC", "AE"),
    ("Éléonore Lefèvre", "Transports Lefèvre & Fils", "FR"),
    ("ليلى حداد", "شركة النقل السريع", "AE"),
    ("Jean-Baptiste Moreau", "Moreau Logistique", "FR"),
    ("Fatima Al Mazrouei", "Emirates Limousine Service and Chauffeur Company", "AE"),
    ("Chloé Girard", "", "FR"),
    ("محمد بن راشد", "تاكسي دبي", "AE"),
)


@dataclass(frozen=True, slots=True)
class Lead:
    """One row."""

    id: str
    number: int

    @property
    def person(self) -> tuple[str, str, str]:
        return _NAMES[self.number % len(_NAMES)]

    @property
    def stage(self) -> Stage:
        return STAGES[self.number * 3 % len(STAGES)]


@dataclass(frozen=True, slots=True)
class Leads:
    """5,000 leads; a slow source never answers for rows."""

    slow: bool = False

    def keys(self, query: str, cancel: Cancellation) -> Iterator[array[int]]:
        yield array("q", range(5000))

    def page(self, keys: Sequence[int], cancel: Cancellation) -> Mapping[int, Lead]:
        if self.slow:
            stopped = threading.Event()
            with cancel.on_cancel(stopped.set):
                stopped.wait()
        return {key: Lead(str(key), key) for key in keys}

    def locate(self, ids: Sequence[str], cancel: Cancellation) -> Mapping[str, int]:
        return {id_: int(id_) for id_ in ids}


LEAD_COLUMNS: tuple[Column[Lead], ...] = (
    Column("name", "Name", lambda lead: Cell(lead.person[0], strong=True), 180),
    Column("company", "Company", lambda lead: Cell(lead.person[1]), 200, stretch=True),
    Column("status", "Status", lambda lead: Cell(lead.stage.text, lead.stage.tone), 120),
    Column("country", "Country", lambda lead: Cell(lead.person[2], muted=True), 80),
    Column("fleet", "Fleet", lambda lead: Cell(f"{lead.number * 37 % 1900:,}"), 72, Align.END),
    Column("score", "Score", lambda lead: Cell(str(lead.number * 11 % 101)), 72, Align.END),
    Column("owner", "Owner", lambda lead: Cell("Layla Haddad", icon="user"), 140),
    Column("next", "Next step", lambda lead: Cell("Call on Thursday" if lead.number % 3 else "", muted=True), 150),
    Column(
        "updated",
        "Updated",
        lambda lead: Cell(f"{1 + lead.number % 11} Mar, 10:{lead.number % 60:02}", muted=True),
        120,
    ),
)
