"""Scenes of the forms of a lead, and of a lead after one was sent."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import MoveLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.stages import Stage
from fleetdesk.models.status import SyncState
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.filled import pull
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY, sample
from tests.gui.views.settling import settle
from tests.gui.views.shell_scenes import in_text

__all__ = ["LEAD_FORM_SCENES"]


def doing(action: str) -> Callable[[Office], None]:
    """Open the lead and do an action."""

    def draw(office: Office) -> None:
        office.leads.open_record(STORY)
        settle(office)
        office.do(action)

    return draw


def lead_edit_wrong(office: Office) -> None:
    doing("leads.edit")(office)
    settle(office)
    dialog = office.dialog(CommandDialog)
    field = next(field for field in dialog.findChildren(QLineEdit) if field.text().startswith("mariam@"))
    field.setText("mariam@")
    named(dialog, "Fleet size", QLineEdit).setText("-5")
    named(dialog, "Score", QLineEdit).setText("seventy")
    phone = named(dialog, "Phone", QLineEdit)
    phone.setText("ask for Omar")
    phone.textEdited.emit("ask for Omar")
    dialog.submit()


def lead_edit_long(office: Office) -> None:
    """Its message, from a form on the web, has no end."""
    words = "We drive guests of eleven hotels between Ajman and Fujairah, day and night. "
    lead = next(lead for lead in sample().leads if lead.id == STORY)
    lead.message = words * 400
    pull(office.store, lead)
    doing("leads.edit")(office)
    settle(office)
    named(office.dialog(CommandDialog), "Message", QPlainTextEdit).setFocus()


def lead_pasted_too_long(office: Office) -> None:
    doing("leads.edit")(office)
    settle(office)
    dialog = office.dialog(CommandDialog)
    QGuiApplication.clipboard().setText("x" * 1_000_000)
    named(dialog, "Company", QLineEdit).paste()
    for editor in dialog.findChildren(QPlainTextEdit):
        editor.paste()


def lead_writing(office: Office) -> None:
    office.leads.open_record(STORY)
    settle(office)
    office.do("leads.write_call")
    for editor in office.leads.pane.journal.findChildren(QPlainTextEdit):
        editor.setPlainText("Mariam wants the price list in Arabic before Sunday, and a second login for her partner.")


def new_lead(office: Office) -> None:
    office.do("leads.new")


def lead_duplicate(office: Office) -> None:
    office.do("leads.new")
    email = named(office.dialog(CommandDialog), "Email", QLineEdit)
    email.insert("mariam@alzaabi-cars.example")
    email.textEdited.emit(email.text())


def lead_lost(office: Office) -> None:
    office.leads.open_record(STORY)
    settle(office)
    lead = office.leads.pane.lead
    assert lead is not None
    command = MoveLead(
        id=new_id(),
        issued_at=office.clock.now(),
        lead_id=lead.id,
        base=lead.status,
        to=Stage.LOST,
        reason="Chose another supplier",
        activity_id=new_id(),
    )
    office.store.perform(command)
    office.tell(SyncState.OFFLINE)


def lead_deleted(office: Office) -> None:
    office.leads.open_record(STORY)
    settle(office)
    office.store.perform(
        DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, reason="Entered twice by mistake")
    )


LEAD_FORM_SCENES: dict[str, Callable[[Office], None]] = {
    "lead-new": new_lead,
    "lead-new-large-text": in_text(1.5, new_lead),
    "lead-duplicate": lead_duplicate,
    "lead-edit": doing("leads.edit"),
    "lead-edit-wrong": lead_edit_wrong,
    "lead-edit-long": lead_edit_long,
    "lead-pasted-too-long": lead_pasted_too_long,
    "lead-move": doing("leads.move_on"),
    "lead-lose": doing("leads.lose"),
    "lead-next-step": doing("leads.next_step"),
    "lead-assign": doing("leads.assign"),
    "lead-delete": doing("leads.delete"),
    "lead-writing": lead_writing,
    "lead-lost": lead_lost,
    "lead-deleted": lead_deleted,
}
