"""Scenes of one lead: its timeline, its history, its documents, in the states that people meet."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QAbstractButton

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.document_bytes import OnTheWay, Way
from fleetdesk.models.drafts import Draft
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.models.status import SyncState
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.views.form_drafts import FormDraft, Typed
from tests.gui.views.list_scenes import leads_beside
from tests.gui.views.lived_in import live_in
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import in_text, low

__all__ = ["LEAD_SCENES"]


def lead_timeline(office: Office) -> None:
    """Pinned, to do, done, an unanswered call, fields that were changed."""
    live_in(office.store)
    office.tell(SyncState.OFFLINE)
    office.leads.open_record(STORY)


def lead_timeline_calls(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    named(office.leads.pane, "Calls", QAbstractButton).click()


def lead_timeline_nothing(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    named(office.leads.pane, "Tasks", QAbstractButton).click()
    people = named(office.leads.pane, "Whose entries", ChoiceBox)
    people.set_key("person-camille")
    people.chosen.emit("person-camille")


def lead_history(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    office.do("leads.history")


def lead_history_empty(office: Office) -> None:
    office.leads.open_record(STORY)
    settle(office)
    office.do("leads.history")


def lead_documents(office: Office) -> None:
    """Files on their way, stuck, and one that a colleague has not sent yet."""
    office.leads.open_record(STORY)
    settle(office)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("رخصة تجارية.pdf", "Insurance of the fleet, all forty-two cars.xlsx", "front of the garage.jpg"):
            path = Path(folder) / name
            path.write_bytes(name.encode() * 40_000)
            office.leads.doing.documents.attach([path])
            settle(office)
    shelf = office.store.documents
    sending, stuck, _ = shelf.to_send()
    shelf.moved(sending.sha256, OnTheWay(Way.SENDING, 62, 100))
    shelf.moved(stuck.sha256, OnTheWay(Way.FAILED, trouble="The copy on this laptop is damaged. Attach it again."))
    office.tell(SyncState.OFFLINE)


def lead_documents_narrow(office: Office) -> None:
    office.window.resize(1024, 768)
    lead_documents(office)


def lead_log_and_plan(office: Office) -> None:
    """A call that is being written down with its outcome and the next step, and a note that was begun before."""
    office.bench.drafts.keep(Lead.key_of(STORY), Draft("note", "Prefers to be called in the morning."))
    text = "Mariam wants the price list in Arabic before Sunday, and a second login for her partner."
    step: dict[str, JsonValue] = {"typed": {"next_activity": "Send the offer"}, "before": {}}
    office.bench.drafts.keep(Lead.key_of(STORY), Draft("call", text, {"outcome": "reached", "next": step}))
    office.leads.open_record(STORY)


def lead_call_and_plan(width: int) -> Callable[[Office], None]:
    """A call with its outcome and the next step, in the window as it opens at first, and in a narrow one."""

    def draw(office: Office) -> None:
        office.window.resize(width, 800)
        lead_log_and_plan(office)

    return draw


def lead_edit_meanwhile(office: Office) -> None:
    """An edit that was left, and taken up after a colleague wrote two of its fields."""
    company, now = Side("Al Zaabi Premium Cars", "Zaabi Holding", "Al Zaabi Mobility LLC"), office.clock.now()
    phone = Side("+971 50 660 1122", "+971 50 660 1199", "+971 4 220 0000")
    draft = FormDraft(office.bench.remembered, "leads.edit", "Edit lead", Lead.key_of(STORY))
    draft.keep(
        Typed(
            {"company": company.mine, "phone": phone.mine, "current_software": "Excel"},
            {"company": company.base, "phone": phone.base, "current_software": None},
        )
    )
    edits = {
        "company": FieldEdit(base=company.base, new=company.theirs),
        "phone": FieldEdit(base=phone.base, new=phone.theirs),
    }
    office.store.perform(EditLead(id=new_id(), issued_at=now, lead_id=STORY, edits=edits))
    office.leads.open_record(STORY)
    settle(office)
    office.do("leads.edit")


class Side(NamedTuple):
    """A field's three values."""

    base: str
    mine: str
    theirs: str


def lead_moved(office: Office) -> None:
    """Moved on a moment ago: it is said for how long that can be undone."""
    office.leads.open_record(STORY)
    settle(office)
    office.bench.acts.tell_done("Mariam Al Zaabi is qualified now.", lambda: None, dt.timedelta(seconds=10))


LEAD_SCENES: dict[str, Callable[[Office], None]] = {
    "lead-large-text": in_text(1.5, leads_beside),
    "lead-timeline": lead_timeline,
    "lead-timeline-calls": lead_timeline_calls,
    "lead-timeline-nothing": lead_timeline_nothing,
    "lead-moved": lead_moved,
    "lead-history": lead_history,
    "lead-history-empty": lead_history_empty,
    "lead-log-and-plan": lead_log_and_plan,
    "lead-call-and-plan": lead_call_and_plan(1280),
    "lead-call-and-plan-narrow": lead_call_and_plan(1024),
    "lead-log-and-plan-low": low(lead_log_and_plan),
    "lead-edit-meanwhile": lead_edit_meanwhile,
    "lead-documents": lead_documents,
    "lead-documents-narrow": lead_documents_narrow,
}
