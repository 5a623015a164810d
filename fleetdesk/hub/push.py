"""The push: a laptop's commands, in its order, decided in one transaction.

A command that was decided before gets its receipt again. All others are applied, told to the audit log and receipted
together with the rows that they change, so that nothing of a push can be there without the rest.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from fleetdesk.commands.core import Command
from fleetdesk.commands.platform import Platform
from fleetdesk.errors import NOT_ALLOWED, Invalid, OutOfOrder, UpgradeNeeded
from fleetdesk.hub.audit import Deed, Origin, outcome_of, record
from fleetdesk.hub.batch import Batch, Outcome, rejected
from fleetdesk.hub.claims import set_claims
from fleetdesk.hub.database import Database
from fleetdesk.hub.denial_counts import DenialCounts, Occasion
from fleetdesk.hub.laptops import Laptop, advance, lock_laptop
from fleetdesk.hub.people import actor_of, claims_of, recognise
from fleetdesk.hub.receipts import Receipts
from fleetdesk.hub.tokens import Identity
from fleetdesk.models.access import Scope
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import LONGEST_ID, Person, PushAnswer, PushRequest, Receipt, Verdict, WireCommand

__all__ = ["Push"]

_UNREAD = "hub.unreadable"
_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class _Visit:
    """One push while it is decided: whose it is, from which laptop, from where, and when it came."""

    session: Session
    person: Person
    laptop: Laptop
    origin: Origin
    now: dt.datetime
    identity: Identity
    denied: list[tuple[Occasion, bool]] = field(default_factory=list)
    """Commands that the role does not allow, or that nobody can read, and whether the log tells of each by itself."""


class Push:
    """Decides what laptops offer."""

    def __init__(
        self, database: Database, platform: Platform, receipts: Receipts, denials: DenialCounts, clock: Clock
    ) -> None:
        self._database = database
        self._platform = platform
        self._receipts = receipts
        self._denials = denials
        self._clock = clock

    def accept(self, request: PushRequest, identity: Identity, origin: Origin) -> PushAnswer:
        """One receipt a command, in order; the same ones however often the request comes.

        Raises OutOfOrder, PayloadChanged, NotStaff, NotAllowed (another person's laptop), Unavailable.
        """
        if len({command.id for command in request.commands}) < len(request.commands):
            raise Invalid("commands", "A command stands twice in this push.")
        visit: _Visit | None = None

        def answer(session: Session) -> PushAnswer:
            nonlocal visit
            visit = self._visit(session, request, identity, origin)
            return self._answer(visit, request)

        answered = self._database.work(answer)
        if visit is not None:
            # Not before its end: a transaction may have to begin again.
            for occasion, told in visit.denied:
                self._denials.add(occasion, told=told)
        return answered

    def _answer(self, visit: _Visit, request: PushRequest) -> PushAnswer:
        if request.first_sequence > visit.laptop.last_sequence + 1:
            raise OutOfOrder(visit.laptop.last_sequence + 1)
        verdicts = self._decide(visit, dict(enumerate(request.commands, start=request.first_sequence)))
        laptop = _moved_on(visit.laptop, request, visit.now)
        advance(visit.session.connection(), laptop)
        return PushAnswer(
            receipts=tuple(
                Receipt(sequence=sequence, command_id=command.id, verdict=verdicts[command.id])
                for sequence, command in enumerate(request.commands, start=request.first_sequence)
            ),
            next_sequence=laptop.last_sequence + 1,
            server_time=self._clock.now(),
        )

    def _visit(self, session: Session, request: PushRequest, identity: Identity, origin: Origin) -> _Visit:
        """Whose laptop it is, as of this moment; the laptop is held until the transaction's end."""
        connection = session.connection()
        person = recognise(connection, identity, self._platform.access)
        laptop = lock_laptop(connection, person, claims_of(person, request.laptop_id), self._clock.now())
        # The lock may have taken a while: the role that counts, and the time, are those from here on.
        person = recognise(connection, identity, self._platform.access)
        set_claims(connection, claims_of(person, request.laptop_id))
        return _Visit(session, person, laptop, origin, self._clock.now(), identity)

    def _decide(self, visit: _Visit, commands: Mapping[int, WireCommand]) -> dict[str, Verdict]:
        """The verdict on each command by its id: remembered, or made now and kept."""
        connection, laptop, person_id = visit.session.connection(), visit.laptop, visit.person.id
        known = self._receipts.known(connection, person_id, commands, laptop.last_sequence)
        fresh = [command for command in commands.values() if command.id not in known]
        verdicts = known | self._apply(visit, fresh)
        received = [
            (command, Receipt(sequence=sequence, command_id=command.id, verdict=verdicts[command.id]))
            for sequence, command in commands.items()
        ]
        self._receipts.keep(
            connection, person_id, laptop.id, [kept for kept in received if kept[0].id not in known], visit.now
        )
        replayed = [
            receipt
            for _, receipt in received
            if receipt.command_id in known and receipt.sequence > laptop.last_sequence
        ]
        self._receipts.renumber(connection, person_id, laptop.id, replayed)
        return verdicts

    def _apply(self, visit: _Visit, fresh: list[WireCommand]) -> dict[str, Verdict]:
        """Decide the commands that are new, and tell the audit log."""
        actor = actor_of(visit.person, visit.laptop.id)
        read = {wire.id: self._decode(wire, visit) for wire in fresh}
        commands = {id: command for id, command in read.items() if isinstance(command, Command)}
        unread = {id: outcome for id, outcome in read.items() if isinstance(outcome, Outcome)}
        batch = Batch(visit.session, self._platform, actor)
        outcomes = unread | dict(zip(commands, batch.apply(list(commands.values())), strict=True))
        deeds = [_deed(wire, commands.get(wire.id), outcomes[wire.id], visit.now) for wire in fresh]
        connection = visit.session.connection()
        auditing = dataclasses.replace(claims_of(visit.person, visit.laptop.id), write=frozenset({Scope.AUDIT}))
        set_claims(connection, auditing)
        record(connection, self._to_tell(visit, deeds, unread), actor, visit.origin, visit.now)
        return {id: outcome.verdict for id, outcome in outcomes.items()}

    def _to_tell(self, visit: _Visit, deeds: list[Deed], unread: Collection[str]) -> list[Deed]:
        """The deeds that the log tells of one by one: of those not allowed, or `unread`, the first of its minute."""
        told: list[Deed] = []
        seen = set[tuple[str, str, str]]()
        for deed in deeds:
            if deed.verdict.code != NOT_ALLOWED and deed.command_id not in unread:
                told.append(deed)
                continue
            outcome = outcome_of(deed.verdict)
            # The name of what could not be read is the sender's own choice, and may be another each time.
            action = _UNREAD if deed.command_id in unread else deed.action
            occasion = Occasion(action, outcome, visit.identity, visit.origin, visit.laptop.id)
            first = occasion.key not in seen and not self._denials.runs(occasion)
            seen.add(occasion.key)
            visit.denied.append((occasion, first))
            if first:
                told.append(deed)
        return told

    def _decode(self, wire: WireCommand, visit: _Visit) -> Command | Outcome:
        """The command, its time clamped to what the laptop can have known; or why it is turned away."""
        try:
            command = self._platform.commands.decode(wire)
        except UpgradeNeeded as error:
            return rejected("upgrade_needed", error.what, error.do)
        except Invalid as error:
            return rejected("invalid", error.what, error.do)
        ids = [key.id for key in command.rows() | command.reads()]
        if any(len(id) > LONGEST_ID for id in ids):
            return rejected("invalid", f"An id in this change is longer than {LONGEST_ID} characters.")
        if any("\0" in id for id in ids):
            # No question about it could be put to the database: it would hold back all that come with it.
            return rejected("invalid", "An id in this change has a character (NUL) that cannot be kept.")
        if wire.issued_at.tzinfo is None:
            return rejected("invalid", "The time of this change has no time zone.")
        earliest = min(visit.laptop.drained_at or _EARLIEST, visit.now)
        return dataclasses.replace(command, issued_at=min(max(command.issued_at, earliest), visit.now))


def _moved_on(laptop: Laptop, request: PushRequest, now: dt.datetime) -> Laptop:
    last = max(laptop.last_sequence, request.first_sequence + len(request.commands) - 1)
    return Laptop(
        id=laptop.id,
        last_sequence=last,
        confirmed=max(laptop.confirmed, min(request.confirmed, last)),
        drained_at=laptop.drained_at if request.more else now,
    )


def _deed(wire: WireCommand, command: Command | None, outcome: Outcome, now: dt.datetime) -> Deed:
    return Deed(
        command_id=wire.id,
        batch_id=wire.batch,
        # A name that no command has is the sender's own words: enough of it to recognise.
        action=command.name if command else wire.name[:80],
        sentence=command.sentence() if command else "Sent what could not be read",
        target=command.target() if command else None,
        issued_at=command.issued_at if command else now,
        verdict=outcome.verdict,
        changes=outcome.changes,
        snapshots=outcome.snapshots,
    )
