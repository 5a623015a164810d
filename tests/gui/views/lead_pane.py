"""What tests of the open lead share: to open one, to look at it, and at what was done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.office import Office


def open_lead(qtbot: QtBot, office: Office, lead_id: str) -> Office:
    office.leads.open_record(lead_id)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and office.leads.pane.lead.id == lead_id)
    return office


def lead(office: Office) -> LeadDetail:
    """The lead as the pane has it."""
    shown = office.leads.pane.lead
    assert shown is not None
    return shown


def performed(office: Office) -> list[Command]:
    """Every command that waits, in order."""
    return [change.command for change in office.store.pending()]


def dialog(office: Office) -> CommandDialog:
    return office.dialog(CommandDialog)


def write(office: Office, text: str) -> QPlainTextEdit:
    """Type into the composer."""
    editor = office.leads.pane.journal.findChildren(QPlainTextEdit)[0]
    editor.setPlainText(text)
    return editor
