"""A lead is created and edited in a form: what is wrong stands at its field, and what was made is opened."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from tests.gui.views.lead_pane import dialog, lead
from tests.gui.views.office import Office, is_named, named

# Editing


def test_a_negative_fleet_is_a_number_that_cannot_be_right(opened: Office) -> None:
    opened.do("leads.edit")
    named(dialog(opened), "Fleet size", QLineEdit).setText("-5")

    dialog(opened).submit()

    said = named(dialog(opened), "Fleet size", QLineEdit).accessibleDescription()
    assert said == "A fleet of -5 vehicles cannot be right. Use a number from 0 to 1,000,000."
    dialog(opened).done(0)


def test_in_a_low_window_a_form_with_errors_scrolls_and_its_verb_stays_in_sight(qtbot: QtBot, opened: Office) -> None:
    opened.window.resize(1024, 640)
    opened.do("leads.edit")
    for name in ("Email", "Second email", "Website", "Source"):
        named(dialog(opened), name, QLineEdit).setText("x" * 301)

    dialog(opened).submit()
    qtbot.waitUntil(opened.idle)

    verb = next(button for button in dialog(opened).findChildren(QAbstractButton) if button.text() == "Save")
    assert dialog(opened).height() <= 640
    assert dialog(opened).rect().contains(verb.geometry())
    dialog(opened).done(0)


def test_an_odd_phone_number_is_flagged_while_it_is_typed_and_kept(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.edit")
    phone = named(dialog(opened), "Phone", QLineEdit)
    phone.selectAll()
    qtbot.keyClicks(phone, "ask for Omar")
    flagged = phone.accessibleDescription()

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).phone == "ask for Omar")
    assert flagged == "This is not a complete phone number. It is kept as it is written."
    assert named(opened.leads.pane, "Call ask for Omar", QAbstractButton).accessibleDescription() == flagged


def test_a_field_that_changed_while_the_form_was_open_is_chosen_about_before_it_is_written_over(
    qtbot: QtBot, opened: Office
) -> None:
    before = lead(opened)
    opened.do("leads.edit")
    fleet = named(dialog(opened), "Fleet size", QLineEdit)
    fleet.setText("99")
    opened.store.perform(
        EditLead(
            id=new_id(),
            issued_at=opened.clock.now(),
            lead_id=before.id,
            edits={"fleet_size": FieldEdit(base=before.fleet_size, new=77)},
        )
    )

    dialog(opened).submit()
    qtbot.waitUntil(lambda: is_named(dialog(opened), "Fleet size: Take theirs, 77"))
    assert fleet.text() == "99"
    dialog(opened).submit()
    qtbot.waitUntil(opened.idle)
    assert lead(opened).fleet_size == 77
    named(dialog(opened), "Fleet size: Keep mine, 99", QRadioButton).click()
    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).fleet_size == 99)


# A new lead


def create(office: Office, last_name: str) -> None:
    office.do("leads.new")
    named(dialog(office), "Last name", QLineEdit).setText(last_name)
    dialog(office).submit()


def test_a_lead_that_was_created_is_open_and_selected(qtbot: QtBot, opened: Office) -> None:
    create(opened, "Belkacem")

    qtbot.waitUntil(lambda: lead(opened).last_name == "Belkacem")
    selection = opened.leads.table.selection
    qtbot.waitUntil(lambda: selection.current_row is not None and selection.current_row.id == lead(opened).id)
    assert (selection.count, lead(opened).last_name) == (1, "Belkacem")
    assert "The lead was created." in opened.said.texts


def test_a_lead_that_the_list_does_not_show_is_open_all_the_same(qtbot: QtBot, opened: Office) -> None:
    opened.leads.head.search.setText("zaabi")
    qtbot.waitUntil(lambda: opened.leads.model.rowCount() == 1)

    create(opened, "Belkacem")

    qtbot.waitUntil(lambda: lead(opened).last_name == "Belkacem" and opened.idle())
    assert (opened.leads.table.selection.count, lead(opened).last_name) == (0, "Belkacem")
