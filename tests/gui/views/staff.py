"""More staff than the tests of other screens need: names that are long or Arabic, changes that wait, a history."""

from __future__ import annotations

import datetime as dt

from fleetdesk.models.access import Role, Scope
from fleetdesk.models.audit import AuditEvent, AuditPayload, Intent, IntentState
from fleetdesk.models.members import MEMBER_CHANGE, MemberChange, MemberField, NotDone, intent_id
from fleetdesk.models.staff import Member
from fleetdesk.models.types import JsonValue
from fleetdesk.sync.store.local_store import LocalStore
from tests.gui.views.filled import NOW, pull, staff_rows

__all__ = ["KHALID", "OMAR", "VICTOR", "YOUSSEF", "bring_history", "bring_staff", "intent", "role_change"]

OMAR, VICTOR, KHALID, YOUSSEF = "member-person-omar", "member-person-victor", "member-khalid", "member-youssef"
NADIA = "person-nadia"
_MORE = (
    ("khalid", "خالد", "السويدي", Role.FINANCE, "active", 400),
    ("sophie", "Marie-Sophie-Éléonore", "de La Rochefoucauld-Montbel", Role.PRODUCT_MANAGER, "active", 90),
    ("youssef", "Youssef", "El Amrani", Role.SUPPORT, "suspended", 700),
    ("hessa", "Hessa", "Al Ketbi", Role.SUPER_ADMIN, "active", 1200),
)


def bring_staff(store: LocalStore) -> None:
    """Four people more."""
    rows = [
        row
        for id_, first, last, role, status, days in _MORE
        for row in staff_rows(
            id_,
            first,
            last,
            role,
            status=status,
            since=NOW - dt.timedelta(days=days),
            email=f"{id_}@fleetcore.example",
        )
    ]
    pull(store, *rows)


def role_change(new: Role = Role.FINANCE, base: Role = Role.SUPPORT, command: str = "c") -> MemberChange:
    return MemberChange(MemberField.ROLE, base.value, new.value, "hessa", command)


def intent(
    member_id: str, change: MemberChange, state: IntentState = IntentState.WAITING, outcome: NotDone | None = None
) -> Intent:
    """What was asked for about a member, ten minutes ago."""
    at = NOW - dt.timedelta(minutes=10)
    return Intent(
        id=intent_id(member_id),
        scope=Scope.MEMBERS,
        kind=MEMBER_CHANGE,
        subject_id=member_id,
        payload=change.plain(),
        idempotency_key=f"{MEMBER_CHANGE}:{change.command}",
        state=state,
        attempts=0,
        outcome=outcome,
        created_at=at,
        updated_at=at,
    )


def bring_history(store: LocalStore, member_id: str = VICTOR) -> None:
    """What was done about a member over a month."""
    asked: dict[str, JsonValue] = {"payload": role_change(Role.SUPPORT, Role.COMMERCIAL).plain()}
    role: tuple[dict[str, JsonValue], dict[str, JsonValue]] = (
        {"role": Role.COMMERCIAL.value},
        {"role": Role.SUPPORT.value},
    )
    joined: dict[str, JsonValue] = {"role": Role.COMMERCIAL.value, "status": "active"}
    banned: tuple[dict[str, JsonValue], dict[str, JsonValue]] = ({"status": "active"}, {"status": "suspended"})
    events: tuple[tuple[str, str, str, int, str, dict[str, JsonValue], dict[str, JsonValue]], ...] = (
        ("members.join", "Took in a member whom the identity provider has", "hub", 90, "applied", {}, joined),
        ("members.change_role", "Asked to change a role from sales to support", "hessa", 30, "applied", {}, asked),
        ("members.settle", "Carried out a change of a membership", "hub", 30, "applied", *role),
        ("members.suspend", "Asked to suspend a member", "person-layla", 3, "rejected:not_allowed", {}, {}),
        ("members.follow", "Followed a change at the identity provider", "hub", 2, "applied", *banned),
        ("members.settle", "Turned down a change that would leave no super admin", "hub", 1, "applied", {}, {}),
    )
    for number, (action, sentence, actor, days, outcome, before, after) in enumerate(events):
        at = NOW - dt.timedelta(days=days, minutes=-number)
        table = Member.__tablename__ if "payload" not in after else Intent.__tablename__
        changes: list[JsonValue] = [{"table": table, "id": member_id, "before": before, "after": after}]
        event = AuditEvent(
            id=f"event-{number}",
            scope=Scope.AUDIT,
            command_id=f"c{number}",
            batch_id=None,
            actor_id=actor,
            on_behalf_of=None,
            role="system" if actor == "hub" else Role.SUPER_ADMIN.value,
            action=action,
            sentence=sentence,
            target_table=Member.__tablename__,
            target_id=member_id,
            outcome=outcome,
            laptop_id=None,
            address=None,
            request_id=None,
            issued_at=at,
            recorded_at=at,
            payload_digest="d",
        )
        body: dict[str, JsonValue] = {"changes": changes if after else [], "conflicts": []}
        pull(store, event, AuditPayload(id=event.id, scope=Scope.AUDIT, salt="s", body=body))
