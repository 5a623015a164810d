"""Merging leads in the window: compared field by field, made one, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.lead_merge import MergeLeads, Taken, UnmergeLeads
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.qt.look.theme import Appearance, Look, Theme
from fleetdesk.queries.lead_detail import LeadDetail, lead_detail
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog, open_merge
from tests.gui.views.filled import pull
from tests.gui.views.lead_pane import open_lead
from tests.gui.views.office import Office, named, texts
from tests.gui.views.pictures import SCENES, scene
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle
from tests.gui.views.twins import OFFICE, TWIN, TWINS, bring_twins, twins


@pytest.fixture
def merging(qtbot: QtBot, office: Office) -> MergeDialog:
    """Mariam, Maryam and their office, compared."""
    bring_twins(office.store)
    open_merge(office.bench, TWINS, office.window)
    qtbot.waitUntil(lambda: bool(office.window.findChildren(MergeDialog)))
    return office.dialog(MergeDialog)


def result(dialog: MergeDialog, label: str) -> QLineEdit:
    return named(dialog, f"{label} of the lead that stays", QLineEdit)


def pick(dialog: MergeDialog, name: str) -> None:
    named(dialog, name, QRadioButton).click()


def merged(qtbot: QtBot, office: Office, dialog: MergeDialog) -> list[Command]:
    """Confirm, and give what was performed."""
    dialog.submit()
    qtbot.waitUntil(lambda: not office.window.findChildren(MergeDialog))
    return [change.command for change in office.store.pending()]


def stored(office: Office, lead_id: str) -> LeadDetail:
    with office.store.reading() as connection:
        lead = lead_detail(connection, lead_id)
    assert lead is not None
    return lead


def write(dialog: MergeDialog, label: str, text: str) -> None:
    editor = result(dialog, label)
    editor.setText(text)
    editor.textEdited.emit(text)


# What is compared


def test_the_lead_that_came_furthest_is_proposed_to_stay(merging: MergeDialog) -> None:
    assert named(merging, "Maryam Alzaabi stays", QRadioButton).isChecked()


def test_a_value_that_it_lacks_is_proposed_from_another(merging: MergeDialog) -> None:
    assert result(merging, "Last name").text() == "Alzaabi"
    assert named(merging, "Website: alzaabi-cars.example, of Mariam Al Zaabi", QRadioButton).isChecked()
    assert result(merging, "Website").text() == "alzaabi-cars.example"


def test_what_is_the_same_is_shown_only_if_it_is_asked_for(merging: MergeDialog) -> None:
    assert "Country" not in texts(merging)
    named(merging, "Show what is the same too", QCheckBox).click()
    assert "Country" in texts(merging)


def test_people_are_called_by_their_names(merging: MergeDialog) -> None:
    assert named(merging, "Owner: Omar Al Suwaidi, of Maryam Alzaabi", QRadioButton).isChecked()


def test_what_becomes_of_them_is_said_beforehand(merging: MergeDialog) -> None:
    said = "\n".join(texts(merging))
    assert "Maryam Alzaabi stays Qualified." in said
    assert "Its tags will be: abu dhabi, asked for Arabic invoices, dubai, premium." in said
    assert "The timelines are read as one, of 7 entries; each stays where it was written." in said
    assert "2 leads leave the lists" in said


def test_keeping_the_one_behind_says_what_would_be_lost(merging: MergeDialog) -> None:
    pick(merging, "Mariam Al Zaabi stays")
    said = "\n".join(texts(merging))
    assert "Maryam Alzaabi is Qualified already. To keep that, let it be the one that stays." in said


# What is chosen


def test_another_lead_that_stays_brings_its_own_values(merging: MergeDialog) -> None:
    pick(merging, "Mariam Al Zaabi stays")
    assert result(merging, "Last name").text() == "Al Zaabi"


def test_a_chosen_value_stays_chosen_whoever_stays(merging: MergeDialog) -> None:
    pick(merging, "Phone: 050 660 1122, of Al Zaabi Premium Cars")
    pick(merging, "Mariam Al Zaabi stays")
    assert result(merging, "Phone").text() == "050 660 1122"


def test_one_lead_can_be_left_out_but_two_stay(merging: MergeDialog) -> None:
    named(merging, "Leave Al Zaabi Premium Cars out", QAbstractButton).click()
    names = [button.accessibleName() for button in merging.findChildren(QAbstractButton) if button.isVisible()]
    assert [name for name in names if name.endswith(" stays")] == ["Mariam Al Zaabi stays", "Maryam Alzaabi stays"]
    assert not [name for name in names if name.startswith("Leave ")]


def test_the_merge_takes_what_was_chosen(qtbot: QtBot, office: Office, merging: MergeDialog) -> None:
    pick(merging, "Phone: +971 50 660 1122, of Mariam Al Zaabi")
    merge, _ = merged(qtbot, office, merging)
    assert isinstance(merge, MergeLeads)
    assert (merge.lead_id, merge.losers) == (TWIN, (STORY, OFFICE))
    assert merge.taken["phone"] == Taken(base="+971 4 220 0000", new="+971 50 660 1122", source=STORY)
    assert "last_name" not in merge.taken


def test_what_was_written_is_saved_with_it(qtbot: QtBot, office: Office, merging: MergeDialog) -> None:
    write(merging, "Last name", "Al-Zaabi")
    _, edit = merged(qtbot, office, merging)
    assert isinstance(edit, EditLead)
    assert edit.edits == {"last_name": FieldEdit("Alzaabi", "Al-Zaabi")}
    assert stored(office, TWIN).last_name == "Al-Zaabi"


def test_a_wrong_value_is_told_at_its_field_and_nothing_is_merged(office: Office, merging: MergeDialog) -> None:
    write(merging, "Email", "mariam@")
    merging.submit()
    assert "“mariam@” is not an email address. Write it as name@example.com." in texts(merging)
    assert not office.store.pending()


def test_a_second_number_is_kept_and_goes_with_its_lead_when_they_are_separated(
    qtbot: QtBot, office: Office, merging: MergeDialog
) -> None:
    assert result(merging, "Second phone").text() == "+971 50 660 1122"
    [merge] = merged(qtbot, office, merging)
    kept = stored(office, TWIN)
    assert (kept.phone, kept.second_phone) == ("+971 4 220 0000", "+971 50 660 1122")

    office.store.perform(UnmergeLeads(id=new_id(), issued_at=office.clock.now(), lead_id=TWIN, losers=(STORY, OFFICE)))

    assert isinstance(merge, MergeLeads)
    assert stored(office, TWIN).second_phone is None


def test_the_number_that_another_takes_the_place_of_becomes_the_second(
    qtbot: QtBot, office: Office, merging: MergeDialog
) -> None:
    pick(merging, "Phone: +971 50 660 1122, of Mariam Al Zaabi")

    merged(qtbot, office, merging)

    kept = stored(office, TWIN)
    assert (kept.phone, kept.second_phone) == ("+971 50 660 1122", "+971 4 220 0000")


def test_who_wants_no_second_number_empties_it(qtbot: QtBot, office: Office, merging: MergeDialog) -> None:
    write(merging, "Second phone", "")

    merged(qtbot, office, merging)

    assert stored(office, TWIN).second_phone is None


def test_an_address_that_there_is_no_room_for_is_named(merging: MergeDialog) -> None:
    """Mariam has two, and her office's is a third."""
    assert "info@alzaabi-cars.example stays with its lead: there is room for two." in texts(merging)


def test_ctrl_enter_merges(qtbot: QtBot, office: Office, merging: MergeDialog) -> None:
    qtbot.keyClick(merging, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stored(office, STORY).merged_into == TWIN)


def test_closing_asks_twice_before_what_was_chosen_is_given_up(merging: MergeDialog) -> None:
    pick(merging, "Phone: 050 660 1122, of Al Zaabi Premium Cars")
    merging.reject()
    assert merging.isVisible()


# What happens meanwhile


def test_a_lead_that_is_deleted_meanwhile_says_so_and_stops_the_merge(
    qtbot: QtBot, office: Office, merging: MergeDialog
) -> None:
    office.store.perform(DeleteLead(id=new_id(), issued_at=office.clock.now(), lead_id=OFFICE, reason="Twice"))
    qtbot.waitUntil(lambda: not named(merging, "Merge", QAbstractButton).isEnabled())
    assert "One of these leads was deleted. Restore it, or merge without it." in texts(merging)
    named(merging, "Leave Al Zaabi Premium Cars out", QAbstractButton).click()
    assert named(merging, "Merge", QAbstractButton).isEnabled()


def test_a_value_that_changes_meanwhile_is_shown_and_the_choice_kept(
    qtbot: QtBot, office: Office, merging: MergeDialog
) -> None:
    pick(merging, "Phone: 050 660 1122, of Al Zaabi Premium Cars")
    theirs = twins().leads[0]
    theirs.last_name = "Al Zaabi-Haddad"
    pull(office.store, theirs)
    qtbot.waitUntil(lambda: result(merging, "Last name").text() == "Al Zaabi-Haddad")
    assert "Maryam Al Zaabi-Haddad was changed just now. What you chose is kept." in texts(merging)
    assert result(merging, "Phone").text() == "050 660 1122"


# Afterwards


def test_both_are_as_before_once_it_is_undone(qtbot: QtBot, office: Office, merging: MergeDialog) -> None:
    before = [stored(office, lead) for lead in TWINS]
    write(merging, "Last name", "Al-Zaabi")
    merged(qtbot, office, merging)
    told = office.said.messages[-1]
    assert told.what == "3 leads are one now: Maryam Alzaabi."
    assert told.action is not None
    told.action.run()
    qtbot.waitUntil(lambda: [stored(office, lead) for lead in TWINS] == before)


# The ways to it


def test_chosen_rows_are_merged(qtbot: QtBot, office: Office) -> None:
    office.do("leads.bulk_merge")
    assert office.said.texts[-1] == "Choose several leads first, with Shift or Ctrl."
    office.leads.table.selectRow(0)
    office.leads.table.selectRow(1)
    selection = office.leads.table.selectionModel()
    for row in (0, 1):
        selection.select(
            office.leads.model.index(row, 0), selection.SelectionFlag.Select | selection.SelectionFlag.Rows
        )
    office.do("leads.bulk_merge")
    qtbot.waitUntil(lambda: bool(office.window.findChildren(MergeDialog)))
    assert len([b for b in office.dialog(MergeDialog).findChildren(QRadioButton) if b.text() == "Stays"]) == 2


def test_too_many_rows_are_told_before_they_are_compared(office: Office) -> None:
    office.do("leads.bulk_all")
    office.do("leads.bulk_merge")
    assert office.said.texts[-1] == "At most 21 leads can be merged at once: choose fewer."


def test_the_open_lead_is_merged_with_its_duplicates(qtbot: QtBot, opened: Office) -> None:
    bring_twins(opened.store)
    opened.do("leads.merge")
    qtbot.waitUntil(lambda: bool(opened.window.findChildren(MergeDialog)))
    assert named(opened.dialog(MergeDialog), "Maryam Alzaabi stays", QRadioButton).isChecked()


def test_a_lead_that_nobody_shares_anything_with_has_nothing_to_merge(qtbot: QtBot, office: Office) -> None:
    open_lead(qtbot, office, STORY)
    office.do("leads.merge")
    qtbot.waitUntil(lambda: bool(office.said.texts))
    assert office.said.texts[-1] == "No other lead has the same email address, phone number or trade licence."


def test_in_a_low_window_what_becomes_of_them_is_below_the_table_also_after_one_is_left_out(theme: Theme) -> None:
    with scene(theme, "merge-low") as low:
        SCENES["merge-low"](low)
        settle(low)
        dialog = low.dialog(MergeDialog)
        within = low.window.rect().contains(dialog.rect())

        named(dialog, "Leave Al Zaabi Premium Cars out", QAbstractButton).click()

        said = dialog.findChildren(QLabel)
        assert within
        assert any("Mariam Al Zaabi · Al Zaabi Premium Cars leaves the lists" in label.text() for label in said)
        dialog.done(0)
    theme.set_look(Look(Appearance.LIGHT))
