"""What the hub itself does to rows: a command like any other, given by no person, with its event in the audit log."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from fleetdesk.commands.core import Command
from fleetdesk.commands.platform import Platform
from fleetdesk.hub.audit import Deed, Origin, record
from fleetdesk.hub.batch import Batch
from fleetdesk.hub.claims import Claims, set_claims
from fleetdesk.models.access import Actor, Role, Scope
from fleetdesk.models.ids import Clock
from fleetdesk.protocol import Verdict, VerdictKind

__all__ = ["HUB", "act"]

HUB = Actor("hub", Role.SYSTEM)
"""Who acts where the hub does."""
_log = logging.getLogger(__name__)


def act(session: Session, platform: Platform, command: Command, clock: Clock) -> Verdict:
    """Perform the command in this transaction, and tell the audit log if it changed anything."""
    (outcome,) = Batch(session, platform, HUB).apply([command])
    if outcome.verdict.kind is VerdictKind.REJECTED:
        _log.warning("act of the hub refused", extra={"command": command.name, "code": outcome.verdict.code})
    if not outcome.changes:
        return outcome.verdict
    deed = Deed(
        command_id=command.id,
        batch_id=None,
        action=command.name,
        sentence=command.sentence(),
        target=command.target(),
        issued_at=command.issued_at,
        verdict=outcome.verdict,
        changes=outcome.changes,
        snapshots=outcome.snapshots,
    )
    connection = session.connection()
    set_claims(connection, Claims(role=Role.SYSTEM, write=frozenset({Scope.AUDIT})))
    record(connection, [deed], HUB, Origin(None, ""), clock.now())
    return outcome.verdict
