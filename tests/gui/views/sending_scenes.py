"""Scenes of what is kept to be sent, and of what came back from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncState
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from tests.gui.views.filled import answer
from tests.gui.views.office import Office
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import in_text

__all__ = ["SENDING_SCENES"]


def offline_work(office: Office) -> None:
    now = office.clock.now() - dt.timedelta(minutes=6)
    store = office.store
    office.leads.open_record(STORY)
    store.perform(
        CreateLead(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            values={"first_name": "نور", "last_name": "الكتبي", "company": "الواحة لتأجير السيارات", "country": "AE"},
        ),
    )
    store.perform(
        EditLead(id=new_id(), issued_at=now, lead_id=STORY, edits={"fleet_size": FieldEdit(base=None, new=42)}),
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id=STORY,
            activity_id=new_id(),
            kind=ActivityKind.CALL,
            body="Called from the car park: forty-two cars, two of them electric.",
            happened_at=now,
        ),
    )
    store.perform(
        MoveLead(
            id=new_id(),
            issued_at=now + dt.timedelta(minutes=4),
            lead_id=STORY,
            base=Stage.CONTACTED,
            to=Stage.QUALIFIED,
            activity_id=new_id(),
        )
    )
    office.tell(SyncState.OFFLINE, "The hub cannot be reached.")


def pending(office: Office) -> None:
    offline_work(office)
    settle(office)
    office.do("window.pending")


def pending_empty(office: Office) -> None:
    office.do("window.pending")


def inbox_conflict(office: Office) -> None:
    fill_inbox(office)
    office.window.show_screen("inbox")


def inbox_rejected(office: Office) -> None:
    fill_inbox(office)
    office.window.show_screen("inbox")
    settle(office)
    office.inbox.list.choose(office.inbox.list.lines[1].id)


def inbox_empty(office: Office) -> None:
    office.window.show_screen("inbox")


def fill_inbox(office: Office) -> None:
    """A conflict over two fields, a refused new lead, and a note held under it."""
    now, store = office.clock.now() - dt.timedelta(hours=2), office.store
    edits = {
        "phone": FieldEdit(base="+971 50 660 1122", new="+971 50 660 1199"),
        "owner_id": FieldEdit(base="person-layla", new="person-camille"),
    }
    store.perform(EditLead(id=new_id(), issued_at=now, lead_id=STORY, edits=edits))
    store.perform(
        CreateLead(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            values={"first_name": "Karim", "last_name": "Haddad", "email": "karim@haddad.example", "country": "AE"},
        )
    )
    conflicts = tuple(
        FieldConflict(
            table=Lead.__tablename__, row_id=STORY, field=field, base=edits[field].base, mine=edits[field].new, theirs=t
        )
        for field, t in (("phone", "+971 4 220 0000"), ("owner_id", "person-omar"))
    )
    answer(
        store,
        Verdict(kind=VerdictKind.CONFLICT, conflicts=conflicts),
        Verdict(
            kind=VerdictKind.REJECTED,
            code="not_allowed",
            reason="Your role (sales) may not change leads.",
            do="Ask a super admin if you need it.",
        ),
    )
    store.perform(
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            activity_id=new_id(),
            kind=ActivityKind.NOTE,
            body="Met at the trade fair.",
            happened_at=now,
        )
    )
    office.tell(SyncState.LIVE)


SENDING_SCENES: dict[str, Callable[[Office], None]] = {
    "lead-offline": offline_work,
    "pending": pending,
    "pending-empty": pending_empty,
    "pending-large-text": in_text(1.5, pending),
    "inbox-conflict": inbox_conflict,
    "inbox-large-text": in_text(1.5, inbox_conflict),
    "inbox-refused": inbox_rejected,
    "inbox-empty": inbox_empty,
}
