"""One lead beside the list: what it shows, what can be done with it, and what is said where that cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_deletion import DeleteLead
from fleetdesk.commands.leads import EditLead, LogActivity, MoveLead, TagLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Verdict, VerdictKind
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import Level
from fleetdesk.qt.widgets.banner import Banner
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.leads import LeadSort
from fleetdesk.views.leads.forms.move_form import MoveForm
from tests.gui.views.filled import ME, StillClock, answer, load, open_store
from tests.gui.views.lead_pane import dialog, lead, open_lead, performed, write
from tests.gui.views.office import Office, is_named, named, texts
from tests.gui.views.sample import STORY, sample


def stage(office: Office, name: str) -> QAbstractButton:
    """The stage in the stepper, by how its accessible name begins or ends."""
    buttons = [b for b in office.leads.pane.findChildren(QAbstractButton) if b.text() == name and b.isVisible()]
    assert buttons, f"no stage {name}"
    return buttons[-1]


# What it shows


def test_a_row_that_is_chosen_is_shown_beside_the_list(qtbot: QtBot, office: Office) -> None:
    qtbot.waitUntil(lambda: office.leads.model.row_at(1) is not None)

    office.leads.table.reveal(1)

    qtbot.waitUntil(lambda: "Éléonore Lefèvre" in texts(office.leads.pane))


def test_it_is_shown_with_its_company_and_what_is_known(opened: Office) -> None:
    shown = texts(opened.leads.pane)

    assert "Al Zaabi Premium Cars · United Arab Emirates" in shown
    assert {"Spreadsheets", "Send the price list in Arabic", "Layla Haddad"} <= set(shown)


def test_the_timeline_tells_the_latest_first(opened: Office) -> None:
    titles = [entry.title for entry in opened.leads.pane.journal.timeline.entries]

    assert titles == ["Meeting", "Email", "New → Contacted", "Call", "Note"]


def test_what_waits_to_be_sent_is_marked_in_the_timeline(qtbot: QtBot, opened: Office) -> None:
    write(opened, "Left a message.")
    named(opened.leads.pane, "Add the note", QAbstractButton).click()

    timeline = opened.leads.pane.journal.timeline
    qtbot.waitUntil(lambda: [entry.badge for entry in timeline.entries[:2]] == ["Waiting", ""])


def test_a_change_made_elsewhere_is_shown(qtbot: QtBot, opened: Office) -> None:
    edits = {"company": FieldEdit(base="Al Zaabi Premium Cars", new="Al Zaabi Group")}
    opened.store.perform(EditLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, edits=edits))

    qtbot.waitUntil(lambda: "Al Zaabi Group · United Arab Emirates" in texts(opened.leads.pane))


def in_sight(office: Office) -> set[str]:
    """The columns that the list shows."""
    header = office.leads.table.record_header
    columns = enumerate(office.leads.model.columns)
    return {column.key for number, column in columns if not header.isSectionHidden(number)}


def test_closing_it_gives_the_list_its_columns_back(qtbot: QtBot, office: Office) -> None:
    before = in_sight(office)
    open_lead(qtbot, office, STORY)
    qtbot.waitUntil(lambda: in_sight(office) < before)

    qtbot.keyClick(office.leads.table, Qt.Key.Key_Escape)

    assert office.leads.pane.isHidden()
    qtbot.waitUntil(lambda: in_sight(office) == before)


def test_in_a_narrow_window_it_stands_alone(qtbot: QtBot, opened: Office) -> None:
    assert opened.leads.table.isVisible()

    opened.window.resize(1024, 700)

    qtbot.waitUntil(lambda: not opened.leads.table.isVisible())
    opened.do("leads.close")
    assert opened.leads.table.isVisible()


def test_a_column_that_the_person_hid_stays_hidden(qtbot: QtBot, opened: Office) -> None:
    opened.leads.table.record_header.show_column(LeadSort.NAME, shown=False)

    opened.do("leads.close")

    qtbot.waitUntil(lambda: LeadSort.OWNER in in_sight(opened))
    assert LeadSort.NAME not in in_sight(opened)


def test_it_stays_closed_until_another_row_is_chosen(qtbot: QtBot, opened: Office) -> None:
    qtbot.keyClick(opened.leads.table, Qt.Key.Key_Escape)
    edits = {"score": FieldEdit(base=70, new=80)}
    opened.store.perform(EditLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, edits=edits))
    qtbot.waitUntil(opened.idle)

    assert opened.leads.pane.isHidden()


# Stages


def test_a_stage_that_cannot_be_reached_says_why(opened: Office) -> None:
    assert stage(opened, "Onboarding").accessibleName() == (
        "Onboarding, not possible now: A lead cannot go from contacted to onboarding. "
        "From contacted it can go to qualified or lost."
    )


def test_who_may_not_validate_reads_so_on_the_stage_itself(opened: Office) -> None:
    why = "Your role (sales) may not validate leads. Ask a super admin if you need it."

    assert stage(opened, "Validated").accessibleName() == f"Validated, not possible now: {why}"


def test_a_move_asks_only_for_what_is_missing(opened: Office) -> None:
    stage(opened, "Qualified").click()

    form = dialog(opened).form
    assert isinstance(form, MoveForm)
    assert [field.accessibleName() for field in form.findChildren(QLineEdit)] == ["Fleet size, required"]


def test_a_move_is_made_with_what_was_given(qtbot: QtBot, opened: Office) -> None:
    stage(opened, "Qualified").click()
    named(dialog(opened), "Fleet size, required", QLineEdit).setText("42")

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).status is Stage.QUALIFIED)
    assert lead(opened).fleet_size == 42
    assert [type(command) for command in performed(opened)] == [EditLead, MoveLead]


def test_a_move_without_what_it_needs_is_not_made(opened: Office) -> None:
    stage(opened, "Qualified").click()

    dialog(opened).submit()

    assert "The move to Qualified needs this." in texts(dialog(opened))
    assert not performed(opened)


def test_the_first_move_asks_what_happened(qtbot: QtBot, office: Office) -> None:
    open_lead(qtbot, office, "lead-00001")
    stage(office, "Contacted").click()
    named(dialog(office), "What happened?, required", ChoiceBox).set_key(ActivityKind.EMAIL)
    named(dialog(office), "What came of it?, required", QPlainTextEdit).setPlainText("Sent the brochure.")

    dialog(office).submit()

    qtbot.waitUntil(lambda: lead(office).status is Stage.CONTACTED)
    logged = performed(office)[0]
    assert isinstance(logged, LogActivity)
    assert (logged.kind, logged.body) == (ActivityKind.EMAIL, "Sent the brochure.")


def test_losing_a_lead_asks_for_the_reason(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.lose")
    named(dialog(opened), "Reason, required", QPlainTextEdit).setPlainText("Too expensive for them")

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).status is Stage.LOST)
    assert named(opened.leads.pane, "Lost: Too expensive for them", Banner).isVisible()


def test_a_lost_lead_is_reopened(qtbot: QtBot, opened: Office) -> None:
    move = MoveLead(
        id=new_id(),
        issued_at=opened.clock.now(),
        lead_id=STORY,
        base=Stage.CONTACTED,
        to=Stage.LOST,
        reason="Too expensive",
        activity_id=new_id(),
    )
    opened.store.perform(move)
    qtbot.waitUntil(lambda: lead(opened).status is Stage.LOST)

    opened.do("leads.reopen")

    qtbot.waitUntil(lambda: lead(opened).status is Stage.CONTACTED)


def test_before_an_email_goes_out_it_asks(qtbot: QtBot, opened: Office) -> None:
    stage(opened, "Qualified").click()
    named(dialog(opened), "Fleet size, required", QLineEdit).setText("42")
    dialog(opened).submit()
    qtbot.waitUntil(lambda: lead(opened).status is Stage.QUALIFIED)

    opened.do("leads.move_on")

    question = opened.dialog(ConfirmationDialog)
    assert "An email with a link to the onboarding form goes to mariam@alzaabi-cars.example." in texts(question)
    question.accept()
    qtbot.waitUntil(lambda: lead(opened).status is Stage.ONBOARDING)


@pytest.fixture
def ready(qtbot: QtBot, office: Office) -> Office:
    """The office with a contacted lead open that lacks nothing to be qualified."""
    found = next(each for each in sample(40).leads if each.status is Stage.CONTACTED and each.fleet_size)
    return open_lead(qtbot, office, found.id)


def test_the_key_that_moves_a_lead_on_asks_first(qtbot: QtBot, ready: Office) -> None:
    qtbot.keyClick(ready.leads.table, Qt.Key.Key_M)

    question = ready.dialog(ConfirmationDialog)
    assert any(text.startswith("Move ") and text.endswith(" to “qualified”?") for text in texts(question))
    question.reject()
    assert lead(ready).status is Stage.CONTACTED
    assert ready.store.pending() == ()


def test_a_lead_that_was_moved_on_by_its_key_is_said_to_be_and_can_be_taken_back(qtbot: QtBot, ready: Office) -> None:
    qtbot.keyClick(ready.leads.table, Qt.Key.Key_M)
    qtbot.keyClick(ready.dialog(ConfirmationDialog), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: lead(ready).status is Stage.QUALIFIED)
    qtbot.waitUntil(lambda: bool(ready.said.messages))
    [said] = ready.said.messages
    assert said.what.endswith(" is qualified now.")
    assert said.action is not None

    said.action.run()

    qtbot.waitUntil(lambda: lead(ready).status is Stage.CONTACTED)


def test_a_move_that_was_sent_says_why_it_cannot_be_taken_back(qtbot: QtBot, ready: Office) -> None:
    ready.do("leads.move_on")
    ready.dialog(ConfirmationDialog).accept()
    qtbot.waitUntil(lambda: bool(ready.said.messages))
    answer(ready.store, Verdict(kind=VerdictKind.APPLIED))
    action = ready.said.messages[0].action
    assert action is not None

    action.run()

    qtbot.waitUntil(lambda: len(ready.said.messages) > 1)
    qtbot.waitUntil(lambda: lead(ready).status is Stage.QUALIFIED)
    assert ready.said.messages[-1].level is Level.WARNING


def test_sales_read_that_validating_is_not_theirs(qtbot: QtBot, office: Office) -> None:
    waiting = next(each.id for each in sample(40).leads if each.status is Stage.ONBOARDING)
    open_lead(qtbot, office, waiting)

    assert "Your role (sales) may not validate leads." in stage(office, "Validated").accessibleName()


@pytest.fixture
def admin(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Nadia's window: she alone validates."""
    store = open_store(tmp_path / "nadia", clock, "person-nadia")
    load(store, sample(40), "person-nadia")
    office = Office.open(store, theme, clock, person_id="person-nadia")
    qtbot.waitUntil(office.idle)
    yield office
    office.close()


def test_validating_asks_for_every_point_of_the_checklist(qtbot: QtBot, admin: Office) -> None:
    waiting = next(each.id for each in sample(40).leads if each.status is Stage.ONBOARDING)
    open_lead(qtbot, admin, waiting)
    stage(admin, "Validated").click()
    boxes = dialog(admin).findChildren(CheckBox)
    for box in boxes[:-1]:
        box.setChecked(True)

    dialog(admin).submit()

    assert f"Still to be confirmed: {boxes[-1].text()}." in texts(dialog(admin))
    boxes[-1].setChecked(True)
    dialog(admin).submit()
    qtbot.waitUntil(lambda: lead(admin).status is Stage.VALIDATED)


# Fields


def test_an_edit_carries_the_value_that_the_person_saw(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.edit")
    named(dialog(opened), "Company", QLineEdit).setText("Al Zaabi Group")

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).company == "Al Zaabi Group")
    (command,) = performed(opened)
    assert isinstance(command, EditLead)
    assert command.edits == {"company": FieldEdit(base="Al Zaabi Premium Cars", new="Al Zaabi Group")}


def test_a_wrong_field_is_named_and_what_was_typed_stays(opened: Office) -> None:
    opened.do("leads.edit")
    email = named(dialog(opened), "Email", QLineEdit)
    email.setText("mariam@")

    dialog(opened).submit()

    assert "“mariam@” is not an email address. Write it as name@example.com." in texts(dialog(opened))
    assert email.text() == "mariam@"


def test_a_fleet_size_that_is_no_number_is_named(opened: Office) -> None:
    opened.do("leads.edit")
    named(dialog(opened), "Fleet size", QLineEdit).setText("about forty")

    dialog(opened).submit()

    assert "“about forty” is not a whole number." in texts(dialog(opened))


def test_saving_without_a_change_does_nothing(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.edit")
    form = dialog(opened)

    with qtbot.waitSignal(form.accepted):
        form.submit()

    assert not performed(opened)


def test_typed_text_is_given_up_only_at_the_second_time_of_asking(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.edit")
    form = dialog(opened)
    named(form, "Company", QLineEdit).setText("Something else")

    form.reject()
    assert form.trouble == "What you typed is not saved yet. Cancel again to give it up."
    with qtbot.waitSignal(form.rejected):
        form.reject()


def test_a_new_lead_belongs_to_whoever_writes_it_down(qtbot: QtBot, office: Office) -> None:
    office.do("leads.new")
    named(dialog(office), "Last name", QLineEdit).setText("Al Hashimi")

    dialog(office).submit()

    qtbot.waitUntil(lambda: office.leads.model.rowCount() == 41)
    created = performed(office)[0]
    assert created.target().table == Lead.__tablename__
    open_lead(qtbot, office, created.target().id)
    assert lead(office).owner_id == ME


def test_a_lead_without_any_name_is_refused_at_the_field(qtbot: QtBot, office: Office) -> None:
    office.do("leads.new")
    named(dialog(office), "Score", QLineEdit).setText("50")

    dialog(office).submit()

    wanted = "A lead needs a name, a company, an email or a phone number."
    qtbot.waitUntil(lambda: wanted in texts(dialog(office)))
    dialog(office).reject()
    dialog(office).reject()


def test_a_lead_is_assigned(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.assign")
    named(dialog(opened), "Owner", ChoiceBox).set_key("person-omar")

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).owner_name == "Omar Al Suwaidi")


def test_only_those_who_work_with_leads_can_be_given_one(opened: Office) -> None:
    opened.do("leads.assign")

    owner = named(dialog(opened), "Owner", ChoiceBox)
    assert [owner.itemText(place) for place in range(owner.count())] == [
        "Nobody",
        "Camille Laurent",
        "Layla Haddad (you)",
        "Nadia Rahman",
        "Omar Al Suwaidi",
    ]
    dialog(opened).reject()


def test_the_next_step_is_planned(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.next_step")
    named(dialog(opened), "What is to be done?", QLineEdit).setText("Send the contract")
    named(dialog(opened), "In a week", QAbstractButton).click()

    dialog(opened).submit()

    qtbot.waitUntil(lambda: lead(opened).next_activity == "Send the contract")
    due = lead(opened).next_activity_at
    assert due is not None
    assert due.astimezone().date() == (opened.clock.now().astimezone() + dt.timedelta(days=7)).date()


def test_a_tag_is_added_and_taken_away(qtbot: QtBot, opened: Office) -> None:
    field = named(opened.leads.pane, "Add a tag", QLineEdit)
    field.setText("  electric   cars ")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "electric cars" in lead(opened).tags)
    qtbot.waitUntil(lambda: is_named(opened.leads.pane, "Remove the tag dubai"))

    named(opened.leads.pane, "Remove the tag dubai", QAbstractButton).click()

    qtbot.waitUntil(lambda: "dubai" not in lead(opened).tags)
    assert [type(command) for command in performed(opened)] == [TagLead, TagLead]


def test_a_deletion_needs_a_reason(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.delete")

    dialog(opened).submit()

    qtbot.waitUntil(lambda: "A deletion needs a reason." in texts(dialog(opened)))
    dialog(opened).reject()


def test_a_deletion_can_be_taken_back_at_once(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.delete")
    named(dialog(opened), "Why is it deleted?, required", QPlainTextEdit).setPlainText("Entered twice")
    dialog(opened).submit()
    qtbot.waitUntil(lambda: lead(opened).deleted)

    undo = opened.said.messages[-1].action
    assert undo is not None
    undo.run()

    qtbot.waitUntil(lambda: not lead(opened).deleted)


def test_a_deleted_lead_can_only_be_restored(qtbot: QtBot, opened: Office) -> None:
    opened.store.perform(DeleteLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, reason="Entered twice"))
    qtbot.waitUntil(lambda: lead(opened).deleted)

    opened.do("leads.edit")
    assert opened.said.texts[-1] == "This lead is deleted. Restore it first."
    opened.do("leads.restore")
    qtbot.waitUntil(lambda: not lead(opened).deleted)


@pytest.mark.parametrize("action", ["leads.move_on", "leads.lose", "leads.delete", "leads.assign"])
def test_a_form_says_about_which_lead_it_is(qtbot: QtBot, opened: Office, action: str) -> None:
    opened.do(action)

    assert any("Mariam Al Zaabi · Al Zaabi Premium Cars" in text for text in texts(dialog(opened)))
    dialog(opened).reject()
