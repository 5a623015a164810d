"""Every form in which something is typed or chosen keeps it until it is saved: also over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListWidget, QPlainTextEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.date_time_field import DateTimeField
from fleetdesk.queries.lead_detail import lead_detail
from fleetdesk.views.form_drafts import left_forms
from fleetdesk.views.leads.calendar.plan_dialog import PlanForm
from fleetdesk.views.leads.doing.bulk_dialog import BulkDialog
from fleetdesk.views.leads.duplicates.merge_dialog import MergeDialog
from fleetdesk.views.leads.duplicates.page import DuplicatesPage
from fleetdesk.views.shell.offers import offer_left_forms
from tests.gui.views.filled import StillClock
from tests.gui.views.lead_pane import dialog, open_lead
from tests.gui.views.office import Office, named, texts
from tests.gui.views.restarting import Restarts
from tests.gui.views.sample import STORY, sample
from tests.gui.views.twins import bring_twins


@pytest.fixture
def restarts(qtbot: QtBot, theme: Theme, tmp_path: Path, clock: StillClock) -> Iterator[Restarts]:
    restarts = Restarts(qtbot, theme, tmp_path / "laptop", clock, sample(12))
    yield restarts
    restarts.close()


def write(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.textEdited.emit(text)


def step(office: Office, label: str) -> QLineEdit:
    return named(dialog(office), label, QLineEdit)


def next_step(qtbot: QtBot, office: Office) -> Office:
    """The form of the story's next step."""
    open_lead(qtbot, office, STORY)
    qtbot.waitUntil(office.idle)
    office.do("leads.next_step")
    return office


def planned(office: Office) -> str | None:
    with office.store.reading() as connection:
        lead = lead_detail(connection, STORY)
    assert lead is not None
    return lead.next_activity


def plan_elsewhere(office: Office, what: str) -> None:
    edits = {"next_activity": FieldEdit(base=planned(office), new=what)}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits))


def test_a_next_step_that_was_being_planned_is_there_again(qtbot: QtBot, restarts: Restarts) -> None:
    office = next_step(qtbot, restarts())
    write(step(office, "What is to be done?"), "Visit the garage")
    named(dialog(office), "In a week", QAbstractButton).click()
    due = named(dialog(office), "Due on", DateTimeField).instant

    again = next_step(qtbot, restarts())

    assert step(again, "What is to be done?").text() == "Visit the garage"
    assert named(dialog(again), "Due on", DateTimeField).instant == due
    assert "You were writing this before. It is not saved yet." in texts(dialog(again))


def test_a_step_that_came_since_is_replaced_only_knowingly(qtbot: QtBot, restarts: Restarts) -> None:
    office = next_step(qtbot, restarts())
    write(step(office, "What is to be done?"), "Visit the garage")
    plan_elsewhere(office, "Call the partner")
    again = next_step(qtbot, restarts())

    dialog(again).submit()
    qtbot.waitUntil(again.idle)
    assert planned(again) == "Call the partner"
    assert any("Meanwhile this was planned: Call the partner" in text for text in texts(dialog(again)))

    dialog(again).submit()
    qtbot.waitUntil(lambda: planned(again) == "Visit the garage")


def test_what_happened_is_offered_again_and_goes_on_where_it_was_written(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    office.window.begin("home.log", Lead.key_of(STORY))
    qtbot.waitUntil(office.idle)
    named(dialog(office), "What came of it?, required", QPlainTextEdit).setPlainText("They want forty vans")

    again = restarts()
    offer_left_forms(again.window)
    again.window.toasts.run_newest_action()
    qtbot.waitUntil(again.idle)

    assert named(dialog(again), "What came of it?, required", QPlainTextEdit).toPlainText() == "They want forty vans"


def test_a_key_typed_into_what_was_left_writes_nothing_over(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    office.window.begin("home.done", Lead.key_of(STORY))
    qtbot.waitUntil(office.idle)
    body = named(dialog(office), "What came of it?, required", QPlainTextEdit)
    body.setPlainText("They want forty vans")
    dialog(office).leave()

    office.window.begin("home.done", Lead.key_of(STORY))
    qtbot.waitUntil(office.idle)

    left = named(dialog(office), "What came of it?, required", QPlainTextEdit)
    assert (left.toPlainText(), left.textCursor().hasSelection()) == ("They want forty vans", False)


def plan_on_a_day(qtbot: QtBot, office: Office) -> PlanForm:
    office.window.show_screen("leads")
    office.do("leads.month")
    qtbot.waitUntil(office.idle)
    office.do("leads.plan_here")
    qtbot.waitUntil(office.idle)
    form = dialog(office).form
    assert isinstance(form, PlanForm)
    return form


def test_a_step_planned_on_a_day_keeps_its_words_and_its_lead(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    form = plan_on_a_day(qtbot, office)
    offers = named(form, "Leads that could be meant", QListWidget)
    offers.setCurrentRow(2)
    chosen = offers.item(2).text()
    write(step(office, "What is to be done?"), "Visit the garage")

    again = plan_on_a_day(qtbot, restarts())

    assert named(again, "What is to be done?", QLineEdit).text() == "Visit the garage"
    current = named(again, "Leads that could be meant", QListWidget).currentItem()
    assert current is not None
    assert current.text() == chosen


def merging(qtbot: QtBot, office: Office) -> MergeDialog:
    open_lead(qtbot, office, STORY)
    qtbot.waitUntil(office.idle)
    office.do("leads.merge")
    qtbot.waitUntil(lambda: bool(office.window.findChildren(MergeDialog)) and office.idle())
    return office.dialog(MergeDialog)


def test_what_was_chosen_for_a_merge_is_there_again(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    bring_twins(office.store)
    compared = merging(qtbot, office)
    write(named(compared, "Company of the lead that stays", QLineEdit), "Al Zaabi & Sons")
    suggested = named(compared, "Maryam Alzaabi stays", QRadioButton).isChecked()
    named(compared, "Mariam Al Zaabi stays", QRadioButton).click()

    again = merging(qtbot, restarts())

    assert named(again, "Company of the lead that stays", QLineEdit).text() == "Al Zaabi & Sons"
    assert (suggested, named(again, "Mariam Al Zaabi stays", QRadioButton).isChecked()) == (True, True)


def test_why_many_are_lost_is_kept_until_they_are(qtbot: QtBot, restarts: Restarts) -> None:
    def asked(office: Office) -> BulkDialog:
        office.do("leads.bulk_all")
        office.do("leads.bulk_lose")
        qtbot.waitUntil(office.idle)
        return office.dialog(BulkDialog)

    reason = named(asked(restarts()), "Why are they lost?, required", QPlainTextEdit)
    reason.setPlainText("No answer for a year")

    office = restarts()
    again = asked(office)
    assert named(again, "Why are they lost?, required", QPlainTextEdit).toPlainText() == "No answer for a year"
    again.submit()

    qtbot.waitUntil(lambda: not left_forms(office.bench.remembered))


def test_what_a_move_does_not_ask_for_any_more_is_still_there_to_be_read(qtbot: QtBot, restarts: Restarts) -> None:
    def moving(office: Office) -> Office:
        open_lead(qtbot, office, STORY)
        qtbot.waitUntil(office.idle)
        office.do("leads.move_on")
        return office

    office = moving(restarts())
    write(step(office, "Fleet size, required"), "44")
    lacks = {"fleet_size": FieldEdit(base=None, new=40)}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=lacks))
    empties = {"email": FieldEdit(base="mariam@alzaabi-cars.example", new=None)}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=empties))

    again = moving(restarts())

    assert any("Fleet size: 44" in text for text in texts(dialog(again)))


def tag_field(office: Office) -> QLineEdit:
    return named(office.window, "Add a tag", QLineEdit)


def test_a_tag_that_was_being_typed_is_there_again_and_only_for_its_lead(qtbot: QtBot, restarts: Restarts) -> None:
    office = open_lead(qtbot, restarts(), STORY)
    write(tag_field(office), "taxi fl")

    again = open_lead(qtbot, restarts(), STORY)
    assert tag_field(again).text() == "taxi fl"
    qtbot.waitUntil(lambda: again.leads.model.row_at(1) is not None)
    shown = (again.leads.model.row_at(row) for row in range(2))
    open_lead(qtbot, again, next(row.id for row in shown if row is not None and row.id != STORY))
    assert tag_field(again).text() == ""


def test_a_tag_that_was_added_is_not_offered_again(qtbot: QtBot, restarts: Restarts) -> None:
    office = open_lead(qtbot, restarts(), STORY)
    write(tag_field(office), "taxi")
    qtbot.keyClick(tag_field(office), Qt.Key.Key_Return)
    qtbot.waitUntil(office.idle)
    assert left_forms(restarts().bench.remembered) == ()


def test_a_name_for_a_view_is_there_again(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    office.do("leads.view_save_as")
    write(named(dialog(office), "Name, required", QLineEdit), "Rotting in Fr")
    named(dialog(office), "Share it with all staff", QAbstractButton).setChecked(True)

    again = restarts()
    again.do("leads.view_save_as")
    assert named(dialog(again), "Name, required", QLineEdit).text() == "Rotting in Fr"
    assert named(dialog(again), "Share it with all staff", QAbstractButton).isChecked()


def test_what_was_searched_for_in_a_list_is_there_again(qtbot: QtBot, restarts: Restarts) -> None:
    office = restarts()
    office.window.show_screen("duplicates")
    page = office.window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    page.search.setText("taxi")
    page.search.tell_now()
    page = restarts().window.page("duplicates")
    assert isinstance(page, DuplicatesPage)
    assert page.search.text() == "taxi"
