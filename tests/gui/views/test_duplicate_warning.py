"""The warning in the form of a lead that others share something with."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog
from fleetdesk.views.leads.forms.duplicate_warning import DuplicateWarning
from fleetdesk.views.leads.forms.lead_form import LeadForm
from tests.gui.views.lead_pane import lead, performed
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import STORY
from tests.gui.views.twins import TWIN, bring_twins

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
    assert texts(warning(form)) == ["Mariam Al Zaabi (Al Zaabi Premium Cars) has the same email address already."]


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


def write(qtbot: QtBot, office: Office, label: str, text: str) -> None:
    field = named(office.dialog(CommandDialog), label, QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, text)


@pytest.mark.parametrize(
    ("label", "text", "shared"),
    [
        ("Second email", TAKEN, "email address"),
        ("Email", "office@alzaabi-cars.example", "email address"),
        ("Second phone", "+971506601122", "phone number"),
    ],
)
def test_second_addresses_and_numbers_warn_too(
    qtbot: QtBot, office: Office, form: LeadForm, label: str, text: str, shared: str
) -> None:
    write(qtbot, office, label, text)
    qtbot.waitUntil(lambda: warning(form).isVisible())
    assert texts(warning(form)) == [f"Mariam Al Zaabi (Al Zaabi Premium Cars) has the same {shared} already."]


def test_the_other_lead_is_opened_and_what_was_typed_is_there_again(
    qtbot: QtBot, office: Office, form: LeadForm
) -> None:
    write_email(qtbot, office, TAKEN)
    qtbot.waitUntil(lambda: warning(form).isVisible())
    named(warning(form), "Open it", QAbstractButton).click()
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None and lead(office).id == STORY)
    office.do("leads.new")
    assert named(office.dialog(CommandDialog), "Email", QLineEdit).text() == TAKEN


def test_an_edited_lead_is_merged_into_the_other_with_what_was_typed(qtbot: QtBot, opened: Office) -> None:
    bring_twins(opened.store)
    opened.do("leads.edit")
    write(qtbot, opened, "Last name", "Al Zaabi-Haddad")
    qtbot.waitUntil(lambda: bool(opened.dialog(CommandDialog).findChildren(DuplicateWarning)) and opened.idle())
    found = opened.dialog(CommandDialog).findChildren(DuplicateWarning)[0]
    qtbot.waitUntil(found.isVisible)
    buttons = [button for button in found.findChildren(QAbstractButton) if button.accessibleName() == "Merge into it"]
    buttons[0].click()
    qtbot.waitUntil(lambda: bool(opened.window.findChildren(MergeDialog)))
    merge = opened.dialog(MergeDialog)
    named(merge, "Last name: Al Zaabi-Haddad, of Mariam Al Zaabi", QRadioButton).click()
    merge.submit()
    qtbot.waitUntil(lambda: lead(opened).id == TWIN and lead(opened).last_name == "Al Zaabi-Haddad")
    assert [command.name for command in performed(opened)] == ["leads.edit", "leads.merge"]
    assert not [dialog for dialog in opened.window.findChildren(CommandDialog) if dialog.isVisible()]
