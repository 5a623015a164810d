"""The warning in the form of a lead that others share something with."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.duplicate_warning import DuplicateWarning
from fleetdesk.views.leads.lead_form import LeadForm
from tests.gui.views.office import Office, named

TAKEN = "mariam@alzaabi-cars.example"


@pytest.fixture
def form(office: Office) -> LeadForm:
    """The form of a new lead."""
    office.do("leads.new")
    found = office.dialog(CommandDialog).form
    assert isinstance(found, LeadForm)
    return found


def warning(form: LeadForm) -> DuplicateWarning:
    found = form.findChild(DuplicateWarning)
    assert found is not None
    return found


def write_email(qtbot: QtBot, office: Office, address: str) -> None:
    field = named(office.dialog(CommandDialog), "Email", QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, address)


def test_an_address_that_a_lead_has_already_names_that_lead(qtbot: QtBot, office: Office, form: LeadForm) -> None:
    write_email(qtbot, office, TAKEN)
    qtbot.waitUntil(lambda: warning(form).isVisible())
    assert warning(form).text() == "Mariam Al Zaabi (Al Zaabi Premium Cars) has the same email address already."


def test_a_new_address_warns_of_nothing(qtbot: QtBot, office: Office, form: LeadForm) -> None:
    write_email(qtbot, office, TAKEN)
    qtbot.waitUntil(lambda: warning(form).isVisible())
    write_email(qtbot, office, "nobody@alzaabi-cars.example")
    qtbot.waitUntil(lambda: not warning(form).isVisible())


def test_a_warning_holds_nothing_back(qtbot: QtBot, office: Office, form: LeadForm) -> None:
    write_email(qtbot, office, TAKEN)
    qtbot.waitUntil(lambda: warning(form).isVisible())
    office.dialog(CommandDialog).submit()
    qtbot.waitUntil(lambda: len(office.store.pending()) == 1)
