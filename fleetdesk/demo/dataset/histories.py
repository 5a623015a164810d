"""What became of a request: a pursuit told step by step until today, as commands would have written it.

Each stage has a course of moments. A moment that falls after `now` has not happened: it is the lead's next activity,
overdue where the salesperson is late.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleetdesk.demo.dataset.chance import at_work, seeded_id, weighted
from fleetdesk.demo.dataset.messages import spoken_software
from fleetdesk.demo.dataset.prospects import Prospect
from fleetdesk.demo.dataset.revisions import History, Revised
from fleetdesk.demo.dataset.script_en import ENGLISH
from fleetdesk.demo.dataset.script_fr import FRENCH
from fleetdesk.demo.dataset.staff import REVIEWERS, SALES, StaffMember
from fleetdesk.demo.dataset.steps import Moment, Script, Step
from fleetdesk.models.access import Scope
from fleetdesk.models.leads import ActivityKind, CallOutcome, Lead, TaskStep
from fleetdesk.models.stages import CHECKLIST, Stage, check_move

__all__ = ["Entry", "Story", "pursue"]

_SCRIPTS = {"AE": ENGLISH, "FR": FRENCH}
_QUARTER = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of `LeadActivity`. Plain, because mapped records by the ten thousand would take most of the time."""

    id: str
    scope: Scope = Scope.LEADS
    lead_id: str
    kind: ActivityKind
    body: str
    author_id: str
    from_status: Stage | None
    to_status: Stage | None
    outcome: CallOutcome | None
    due_at: dt.datetime | None = None
    task_id: str | None = None
    task_step: TaskStep | None = None
    happened_at: dt.datetime
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Story:
    """What happened with a lead, and what that changed in it, the earliest first."""

    timeline: list[Entry]
    revisions: list[Revised]


def pursue(rng: random.Random, prospect: Prospect, lead: Lead, now: dt.datetime) -> Story:
    """Bring a new lead to where it stands at `now`; gives its story."""
    pursuit = _Pursuit(rng, prospect, lead, now)
    pursuit.tell()
    return Story(pursuit.timeline, pursuit.history.revisions)


class _Fate(StrEnum):
    """How a stage ends."""

    ON = "on"
    LOST = "lost"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class _Course:
    """What happens in a stage: moments with their chance, days between two of them, fates, and the stage after it."""

    moments: tuple[tuple[Moment, float], ...]
    days: tuple[float, float]
    fates: Mapping[_Fate, float]
    onward: Stage | None


_COURSES = {
    Stage.NEW: _Course(
        ((Moment.TRY, 0.5), (Moment.TRY, 0.35), (Moment.REACH, 1.0)),
        (0.05, 3.0),
        {_Fate.ON: 0.82, _Fate.LOST: 0.13, _Fate.FORGOTTEN: 0.05},
        Stage.CONTACTED,
    ),
    Stage.CONTACTED: _Course(
        ((Moment.FOLLOW_UP, 0.7), (Moment.FOLLOW_UP, 0.45), (Moment.QUALIFY, 1.0)),
        (1.0, 14.0),
        {_Fate.ON: 0.5, _Fate.LOST: 0.36, _Fate.FORGOTTEN: 0.14},
        Stage.QUALIFIED,
    ),
    Stage.QUALIFIED: _Course(
        ((Moment.DEMO, 0.95), (Moment.OFFER, 0.9), (Moment.NEGOTIATE, 0.7)),
        (2.0, 18.0),
        {_Fate.ON: 0.57, _Fate.LOST: 0.33, _Fate.FORGOTTEN: 0.1},
        Stage.ONBOARDING,
    ),
    Stage.ONBOARDING: _Course(
        ((Moment.DOCUMENTS, 0.9), (Moment.DOCUMENTS, 0.5), (Moment.REVIEW, 1.0)),
        (1.0, 14.0),
        {_Fate.ON: 0.86, _Fate.LOST: 0.08, _Fate.FORGOTTEN: 0.06},
        Stage.VALIDATED,
    ),
    Stage.VALIDATED: _Course(
        ((Moment.KICK_OFF, 0.9), (Moment.CONVERT, 1.0)),
        (1.0, 9.0),
        {_Fate.ON: 0.95, _Fate.LOST: 0.02, _Fate.FORGOTTEN: 0.03},
        Stage.CONVERTED,
    ),
    Stage.CONVERTED: _Course(((Moment.HAND_OVER, 0.7),), (1.0, 12.0), {_Fate.ON: 1.0}, None),
}

_REVIEWED = {Moment.REVIEW, Moment.CONVERT}
_REVIEWERS_MOVES = {Stage.VALIDATED, Stage.CONVERTED}


class _Later(Exception):
    """What comes next has not happened yet."""


class _Pursuit:
    """The lead's history under way. `_at` is when the last of it was recorded."""

    def __init__(self, rng: random.Random, prospect: Prospect, lead: Lead, now: dt.datetime) -> None:
        self._rng = rng
        self._prospect = prospect
        self._lead = lead
        self._now = now
        self._at = lead.created_at
        self._owner = rng.choice(SALES[prospect.country])
        self._reviewer = rng.choice(REVIEWERS)
        self._script: Script = _SCRIPTS[prospect.country]
        self._written: set[str] = set()
        self.timeline: list[Entry] = []
        # Of a chance of its own, so that the stories are the same whether they are written down or not.
        self.history = History(random.Random(lead.id), lead)

    def tell(self) -> None:
        """Go through stage after stage until the story ends or reaches the present."""
        course: _Course | None = _COURSES[Stage.NEW]
        try:
            while course is not None:
                course = self._stage(course)
        except _Later:
            return

    def _stage(self, course: _Course) -> _Course | None:
        """Live through one stage; gives the next one's course, or None at the end of the story."""
        fate = weighted(self._rng, course.fates)
        moments = [moment for moment, chance in course.moments if self._rng.random() < chance]
        match fate:
            case _Fate.FORGOTTEN:
                self._forget(course, moments)
                return None
            case _Fate.LOST if course.onward is Stage.CONTACTED:
                return self._lose(course, [Moment.TRY, Moment.TRY])
            case _Fate.LOST:
                return self._lose(course, moments[:-1])
            case _Fate.ON:
                return self._go_on(course, moments)

    def _go_on(self, course: _Course, moments: list[Moment]) -> _Course | None:
        for moment in moments:
            self._happen(moment, course)
        if course.onward is None:
            return None
        self._advance(course.onward)
        return _COURSES[course.onward]

    def _forget(self, course: _Course, moments: list[Moment]) -> None:
        """Nobody goes on after a while, whether something was planned or not."""
        count = self._rng.randrange(len(moments)) if moments else 0
        for moment in moments[:count]:
            self._happen(moment, course)
        if self.timeline and self._rng.random() < 0.2:
            self._plan(self._step(Moment.FOLLOW_UP), self._next_due(course))

    def _happen(self, moment: Moment, course: _Course) -> None:
        """The next moment takes place, or is planned where it lies ahead."""
        step = self._step(moment)
        due = self._next_due(course)
        at = at_work(self._rng, due + self._lateness(), self._prospect.country)
        recorded = at + self._until_recorded(step.kind)
        if recorded + dt.timedelta(minutes=3) > self._now:
            self._plan(step, due)
            raise _Later
        author = self._reviewer if moment in _REVIEWED else self._owner
        outcome = CallOutcome.NO_ANSWER if moment is Moment.TRY else CallOutcome.REACHED
        self._log(step.kind, self._note(step), author, happened_at=at, recorded_at=recorded, outcome=outcome)

    def _lose(self, course: _Course, moments: list[Moment]) -> _Course | None:
        for moment in moments:
            self._happen(moment, course)
        losses = self._script.losses[Stage(self._lead.status)]
        loss = self._rng.choice([loss for loss in losses if self._can(loss.kind)])
        due = self._next_due(course)
        if due + dt.timedelta(hours=1) > self._now:
            self._plan(self._step(Moment.FOLLOW_UP), due)
            raise _Later
        recorded = due + dt.timedelta(minutes=self._rng.randint(1, 20))
        self._log(loss.kind, loss.note, self._owner, happened_at=due, recorded_at=recorded)
        self._move(Stage.LOST, self._owner, loss.reason)
        return self._reopen(loss.return_call) if loss.return_call and self._rng.random() < 0.08 else None

    def _reopen(self, note: str) -> _Course | None:
        """After a month or more the prospect comes back."""
        at = at_work(self._rng, self._at + dt.timedelta(days=self._rng.uniform(25, 120)), self._prospect.country)
        if at + dt.timedelta(hours=1) > self._now:
            return None
        recorded = at + dt.timedelta(minutes=5)
        self._log(ActivityKind.CALL, note, self._owner, happened_at=at, recorded_at=recorded)
        self._advance(Stage.CONTACTED)
        return _COURSES[Stage.CONTACTED]

    def _step(self, moment: Moment) -> Step:
        """One way for the moment to happen that the known ways of reaching the person allow; a new one, if any."""
        steps = [step for step in self._script.steps[moment] if self._can(step.kind)]
        fresh = [step for step in steps if not self._written.issuperset(step.notes)] or steps
        return self._rng.choices(fresh, [len(step.notes) for step in fresh])[0]

    def _note(self, step: Step) -> str:
        """What is written down, nothing twice where there are other words for it."""
        note = self._rng.choice([note for note in step.notes if note not in self._written] or step.notes)
        self._written.add(note)
        return note

    def _can(self, kind: ActivityKind) -> bool:
        match kind:
            case ActivityKind.CALL:
                return self._lead.phone is not None
            case ActivityKind.EMAIL:
                return self._lead.email is not None
            case _:
                return True

    def _advance(self, to: Stage) -> None:
        if to is Stage.CONTACTED:
            self._lead.phone, self._lead.email = self._prospect.phone, self._prospect.email
        if to is Stage.QUALIFIED:
            self._learn()
        if to is Stage.VALIDATED:
            self._lead.conformity = dict.fromkeys(CHECKLIST, True)
            self._lead.trade_licence = self._prospect.company.licence
        self._move(to, self._reviewer if to in _REVIEWERS_MOVES else self._owner)

    def _learn(self) -> None:
        """What the form left open is known once a lead is qualified."""
        company, lead = self._prospect.company, self._lead
        lead.company = lead.company or company.name
        lead.fleet_size = company.fleet_size
        lead.current_software = company.software
        if self._rng.random() < 0.5:
            lead.trade_licence = company.licence

    def _log(
        self,
        kind: ActivityKind,
        note: str,
        author: StaffMember,
        *,
        happened_at: dt.datetime,
        recorded_at: dt.datetime,
        outcome: CallOutcome = CallOutcome.REACHED,
    ) -> None:
        said = outcome if kind is ActivityKind.CALL else None
        self._enter(kind, self._said(note), author, happened_at=happened_at, recorded_at=recorded_at, outcome=said)
        lead = self._lead
        lead.owner_id = self._owner.person_id
        lead.activity_count += 1
        lead.last_activity_at = max(filter(None, (lead.last_activity_at, happened_at)))
        self.history.note("leads.edit", author, recorded_at)

    def _move(self, to: Stage, author: StaffMember, reason: str | None = None) -> None:
        lead = self._lead
        if to is not Stage.CONVERTED:  # which no person may do: it is the end of a tenant's creation
            check_move(lead, to, reason=reason)
        at = self._at + dt.timedelta(seconds=self._rng.randint(5, 100))
        move = Stage(lead.status), to
        self._enter(ActivityKind.STATUS_CHANGE, reason or "", author, happened_at=at, recorded_at=at, move=move)
        lead.status, lead.lost_reason, lead.stage_changed_at = to, reason, at
        self.history.note("leads.move", author, at)

    def _enter(
        self,
        kind: ActivityKind,
        body: str,
        author: StaffMember,
        *,
        happened_at: dt.datetime,
        recorded_at: dt.datetime,
        move: tuple[Stage | None, Stage | None] = (None, None),
        outcome: CallOutcome | None = None,
    ) -> None:
        entry = Entry(
            id=seeded_id(self._rng, recorded_at),
            lead_id=self._lead.id,
            kind=kind,
            body=body,
            author_id=author.person_id,
            from_status=move[0],
            to_status=move[1],
            outcome=outcome,
            happened_at=happened_at,
            recorded_at=recorded_at,
        )
        self.timeline.append(entry)
        self._at = self._lead.updated_at = recorded_at

    def _plan(self, step: Step, due: dt.datetime) -> None:
        """Most plans are written down; a fresh lead has neither owner nor plan for a while."""
        lead = self._lead
        if not self.timeline and self._rng.random() < 0.4:
            return
        lead.owner_id = self._owner.person_id
        if self._rng.random() < 0.92:
            lead.next_activity, lead.next_activity_at = self._said(step.plan), due
        self.history.note("leads.edit", self._owner, self._at)

    def _next_due(self, course: _Course) -> dt.datetime:
        """When the next moment should take place: within office hours, on a quarter of an hour."""
        due = at_work(self._rng, self._at + dt.timedelta(days=self._rng.uniform(*course.days)), self._prospect.country)
        return due.replace(minute=due.minute // _QUARTER * _QUARTER, second=0, microsecond=0) + dt.timedelta(
            minutes=_QUARTER
        )

    def _lateness(self) -> dt.timedelta:
        late = weighted(self._rng, {0.02: 0.72, 2.0: 0.18, 9.0: 0.1})
        return dt.timedelta(days=self._rng.uniform(0, late))

    def _until_recorded(self, kind: ActivityKind) -> dt.timedelta:
        """Most is written down at once; some in the evening, after a day on the road."""
        if self._rng.random() < 0.07:
            return dt.timedelta(hours=self._rng.uniform(2, 6))
        longest = 75 if kind is ActivityKind.MEETING else 15
        return dt.timedelta(seconds=self._rng.randint(20, longest * 60))

    def _said(self, text: str) -> str:
        company = self._prospect.company
        language = "fr" if self._prospect.country == "FR" else "en"
        return text.format(
            first=self._prospect.name.first,
            company=company.name,
            cars=company.fleet_size,
            city=company.city,
            software=spoken_software(language, company.software),
        )
