"""Whoever asks, wherever they ask: a move between any two stages has one answer, in the same words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pytest

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_bulk import BulkActs
from fleetdesk.models.access import ACCESS, Actor, Permission, Role
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.views.leads.moves import Answers, move_commands, move_option
from tests.hub.support import STAFF_ROLES, Hosted, Laptop, insert_lead, person_id
from tests.sync.running import Laptops, RunningLaptop

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
PAIRS = [(base, to) for base in Stage for to in Stage if base is not to]
ASKED = ("window", "laptop", "bulk", "hub")
READY: dict[str, object] = {"country": "AE", "fleet_size": 12, "email": "a@b.example", "activity_count": 1}


@dataclass(frozen=True)
class Answer:
    """What the move still needs, and why it is refused; neither where it is made."""

    missing: tuple[str, ...]
    why_not: str


def name(asked: str, base: Stage, to: Stage) -> str:
    return f"{asked}-{base}-{to}"


@pytest.fixture(params=[READY, {}], ids=["ready", "bare"])
def leads(request: pytest.FixtureRequest, hosted: Hosted) -> None:
    """For each way to ask, a lead for each pair of stages, with all that any move needs, or with nothing."""
    with hosted.owner() as connection:
        for base, to in PAIRS:
            for asked in ASKED:
                insert_lead(connection, name(asked, base, to), status=base, **request.param)


@pytest.fixture(params=STAFF_ROLES)
def role(request: pytest.FixtureRequest) -> Role:
    return Role(request.param)


@pytest.fixture
def laptop(laptops: Laptops, role: Role, leads: None) -> RunningLaptop:
    """A laptop of someone of that role, with all leads that they may see."""
    return laptops.live(role=role)


def told(verdict: Verdict) -> Answer:
    sentence = "" if verdict.missing else " ".join(filter(None, (verdict.reason, verdict.do)))
    return Answer(verdict.missing, sentence)


def by_the_window(laptop: RunningLaptop, role: Role, base: Stage, to: Stage) -> Answer:
    with laptop.store.reading() as connection:
        lead = lead_detail(connection, name("window", base, to))
    assert lead is not None
    option = move_option(lead, to, Actor(person_id(role), role), ACCESS)
    return Answer(option.needs, option.why_not)


def move(asked: str, base: Stage, to: Stage) -> Command:
    """The command that the window would make of a move, were nothing asked and nothing missing."""
    lead = cast("LeadDetail", SimpleNamespace(id=name(asked, base, to), status=base))
    return move_commands(lead, to, Answers(), NOW)[-1]


def bulk_move(base: Stage, to: Stage) -> Command:
    lead = cast("LeadDetail", SimpleNamespace(id=name("bulk", base, to), status=base, owner_id=None))
    return BulkActs(NOW, new_id).move(lead, to)


def test_every_move_has_one_answer_everywhere(hosted: Hosted, role: Role, laptop: RunningLaptop) -> None:
    hub = Laptop(hosted.hub(), role)
    sees = ACCESS.allows(Actor(person_id(role), role), Permission.LEADS_READ)

    answers: dict[tuple[Stage, Stage], dict[str, Answer]] = {}
    for base, to in PAIRS:
        [decided] = hub.push(move("hub", base, to))
        found = {"hub": told(decided), "laptop": told(laptop.store.perform(move("laptop", base, to))[0])}
        found["bulk"] = told(laptop.store.perform(bulk_move(base, to))[0])
        if sees:
            found["window"] = by_the_window(laptop, role, base, to)
        answers[base, to] = found

    assert {pair: found for pair, found in answers.items() if len(set(found.values())) > 1} == {}


def test_who_may_not_validate_is_told_so_from_every_stage() -> None:
    sales = Actor("layla", Role.COMMERCIAL)
    lead = cast("LeadDetail", SimpleNamespace(id="lead", status=Stage.NEW, deleted=False))

    option = move_option(lead, Stage.VALIDATED, sales, ACCESS)

    assert option.why_not == "Your role (sales) may not validate leads. Ask a super admin if you need it."
