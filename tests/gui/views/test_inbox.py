"""The Inbox: conflicts field by field, refusals with what to do, and nothing given up without a question."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity
from fleetdesk.commands.pending import PendingState
from fleetdesk.models.access import Scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, Lead, LeadRevision
from fleetdesk.models.status import SyncState
from fleetdesk.models.types import JsonValue
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.qt.widgets.three_way_field import Side, ThreeWayField
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.form_drafts import Typed, draft_of_change, left_forms
from fleetdesk.views.words import day_and_time
from tests.gui.views.filled import ME, NOW, answer, pull
from tests.gui.views.office import Office, is_named, named, texts
from tests.gui.views.sample import STORY, sample

MINE, THEIRS = "+971 50 660 1199", "+971 4 220 0000"
REFUSAL = Verdict(
    kind=VerdictKind.REJECTED,
    code="invalid",
    reason="“karim@” is not an email address.",
    do="Write it as name@example.com.",
    missing=("email",),
)


@pytest.fixture
def conflict(qtbot: QtBot, office: Office) -> Office:
    """The Inbox with one conflict over phone and owner."""
    edits = {
        "phone": FieldEdit(base="+971 50 660 1122", new=MINE),
        "owner_id": FieldEdit(base="person-layla", new="person-camille"),
    }
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits))
    conflicts = (over("phone", edits["phone"], THEIRS), over("owner_id", edits["owner_id"], "person-omar"))
    answer(office.store, Verdict(kind=VerdictKind.CONFLICT, conflicts=conflicts))
    theirs = sample(1).leads[0]
    theirs.phone, theirs.owner_id = THEIRS, "person-omar"
    pull(office.store, theirs)
    return shown(qtbot, office, 1)


@pytest.fixture
def refused(qtbot: QtBot, office: Office) -> Office:
    """The Inbox with a new lead that was refused, and a note on it that is held."""
    now = office.clock.now()
    values = {"last_name": "Haddad", "email": "karim@haddad.example"}
    office.store.perform(CreateLead(id=new_id(), issued_at=now, lead_id="lead-new", values=values))
    answer(office.store, REFUSAL)
    office.store.perform(
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id="lead-new",
            activity_id=new_id(),
            kind=ActivityKind.NOTE,
            body="Met at the fair.",
            happened_at=now,
        )
    )
    return shown(qtbot, office, 2)


def over(field: str, edit: FieldEdit, theirs: str) -> FieldConflict:
    return FieldConflict(
        table=Lead.__tablename__, row_id=STORY, field=field, base=edit.base, mine=edit.new, theirs=theirs
    )


def shown(qtbot: QtBot, office: Office, count: int) -> Office:
    office.tell(SyncState.LIVE)
    office.window.show_screen("inbox")
    qtbot.waitUntil(lambda: len(office.inbox.list.lines) == count and office.idle())
    qtbot.waitUntil(lambda: office.inbox.list.lines[0].title in texts(office.inbox.item))
    return office


def field(office: Office, label: str) -> ThreeWayField:
    return named(office.inbox.item, label, ThreeWayField)


def waiting(office: Office) -> list[Command]:
    return [change.command for change in office.store.pending() if change.state is PendingState.WAITING]


# Nothing to decide


def test_an_empty_inbox_shows_nothing_but_that(office: Office) -> None:
    office.window.show_screen("inbox")

    assert texts(office.inbox) == [
        "Inbox",
        "Nothing needs you",
        "Conflicts, and changes that the hub refused, wait here until you decide.",
    ]
    assert not [button for button in office.inbox.findChildren(QAbstractButton) if button.isVisible()]


def test_the_words_of_an_empty_inbox_stand_in_the_middle_of_it(office: Office) -> None:
    office.window.show_screen("inbox")

    words = next(label for label in office.inbox.findChildren(QLabel) if label.text() == "Nothing needs you")
    middle = words.mapTo(office.inbox, words.rect().center())
    assert abs(middle.x() - office.inbox.rect().center().x()) <= 2


def test_a_change_is_shown_again_after_the_inbox_was_empty(qtbot: QtBot, refused: Office) -> None:
    refused.do("inbox.retry")
    qtbot.waitUntil(lambda: not refused.inbox.list.lines and refused.idle())

    answer(refused.store, REFUSAL, REFUSAL)

    shown(qtbot, refused, 2)
    assert REFUSAL.reason in texts(refused.inbox.item)


# Conflicts


def test_a_conflict_shows_both_values_and_what_was_before(conflict: Office) -> None:
    shown_values = texts(field(conflict, "Phone"))

    assert [value for value in shown_values if value.startswith("+971")] == ["+971 50 660 1122", MINE, THEIRS]


def test_it_says_who_changed_it_and_when_once_that_is_known(qtbot: QtBot, conflict: Office) -> None:
    said = "Someone else changed the same thing while you were at it."
    assert said in texts(conflict.inbox.item)
    pull(conflict.store, revision({"phone": ["+971 50 660 1122", THEIRS], "owner_id": [ME, "person-omar"]}))
    known = "Omar Al Suwaidi changed the same thing while you were at it."
    qtbot.waitUntil(lambda: known in texts(conflict.inbox.item))
    about = f"Omar Al Suwaidi · {day_and_time(NOW, NOW)}"
    qtbot.waitUntil(lambda: texts(conflict.inbox.item).count(about) == 2)  # the phone, and the owner


def test_a_value_that_came_by_other_ways_is_someone_elses(qtbot: QtBot, conflict: Office) -> None:
    pull(conflict.store, revision({"phone": ["+971 50 660 1122", "another"]}))
    qtbot.waitUntil(conflict.idle)
    assert "Someone else changed the same thing while you were at it." in texts(conflict.inbox.item)


def revision(changes: dict[str, JsonValue]) -> LeadRevision:
    """What Omar did to the lead."""
    return LeadRevision(
        id="revision-1",
        scope=Scope.LEADS,
        row_id=STORY,
        number=1,
        action="leads.edit",
        changes=changes,
        actor_id="person-omar",
        laptop_id="laptop-9",
        at=NOW,
    )


def test_people_are_called_by_their_names(conflict: Office) -> None:
    assert {"Layla Haddad", "Camille Laurent", "Omar Al Suwaidi"} <= set(texts(field(conflict, "Owner")))


def test_an_owner_is_chosen_not_written(conflict: Office) -> None:
    assert not [edit for edit in field(conflict, "Owner").findChildren(QLineEdit) if edit.isVisible()]


def test_nothing_is_applied_before_every_field_is_decided(conflict: Office) -> None:
    field(conflict, "Phone").choose(Side.MINE)

    conflict.do("inbox.apply")

    assert conflict.said.texts[-1] == "Choose for 1 more field."


def test_the_persons_own_value_is_set_after_all(qtbot: QtBot, conflict: Office) -> None:
    field(conflict, "Phone").choose(Side.MINE)
    field(conflict, "Owner").choose(Side.THEIRS)

    conflict.do("inbox.apply")

    qtbot.waitUntil(lambda: len(waiting(conflict)) == 1)
    (insisting,) = waiting(conflict)
    assert isinstance(insisting, EditLead)
    assert insisting.edits == {"phone": FieldEdit(base=THEIRS, new=MINE)}


def test_taking_theirs_sends_nothing(qtbot: QtBot, conflict: Office) -> None:
    conflict.do("inbox.theirs")
    conflict.do("inbox.apply")

    qtbot.waitUntil(lambda: not conflict.store.pending())


def test_a_third_value_can_be_written(qtbot: QtBot, conflict: Office) -> None:
    named(field(conflict, "Phone"), "Phone, another value", QLineEdit).setText("+971 50 000 0001")
    field(conflict, "Phone").choose(Side.OTHER)
    field(conflict, "Owner").choose(Side.THEIRS)

    conflict.do("inbox.apply")

    qtbot.waitUntil(lambda: len(waiting(conflict)) == 1)
    (insisting,) = waiting(conflict)
    assert isinstance(insisting, EditLead)
    assert insisting.edits["phone"].new == "+971 50 000 0001"


def test_what_was_chosen_stays_when_something_else_arrives(qtbot: QtBot, conflict: Office) -> None:
    field(conflict, "Phone").choose(Side.MINE)

    values = {"last_name": "Someone"}
    now = conflict.clock.now()
    conflict.store.perform(CreateLead(id=new_id(), issued_at=now, lead_id="lead-other", values=values))
    answer(conflict.store, REFUSAL)
    conflict.tell(SyncState.LIVE)

    qtbot.waitUntil(lambda: len(conflict.inbox.list.lines) == 2 and conflict.idle())
    assert field(conflict, "Phone").side is Side.MINE


def test_a_resolved_conflict_leaves_the_inbox(qtbot: QtBot, conflict: Office) -> None:
    conflict.do("inbox.mine")
    conflict.do("inbox.apply")

    qtbot.waitUntil(lambda: not conflict.inbox.list.lines)
    assert "Nothing needs you" in texts(conflict.inbox)


def test_how_long_a_change_waits_is_told_anew_each_minute(qtbot: QtBot, refused: Office) -> None:
    refused.inbox.list.choose(refused.inbox.list.lines[1].id)

    refused.clock.instant += dt.timedelta(minutes=8)
    refused.bench.minute.moved.emit()

    assert [line.when for line in refused.inbox.list.lines] == ["8 min", "8 min"]
    assert refused.inbox.list.current == refused.inbox.list.lines[1].id


# By keyboard


def keyboard() -> QWidget:
    """What has the keyboard."""
    focused = QApplication.focusWidget()
    assert focused is not None, "nothing has the keyboard"
    return focused


def walk(qtbot: QtBot, office: Office, last: str) -> list[str]:
    """What Tab reaches from the list on, up to what is called so."""
    office.inbox.list.setFocus()
    names: list[str] = []
    while last not in names and len(names) < 30:
        qtbot.keyClick(keyboard(), Qt.Key.Key_Tab)
        names.append(keyboard().accessibleName())
    return names


def test_tab_leads_from_the_choices_to_what_cannot_be_taken_back(qtbot: QtBot, conflict: Office) -> None:
    conflict.do("inbox.mine")

    assert walk(qtbot, conflict, "Discard") == [
        f"Phone: Keep mine, {MINE}",
        "Phone, another value",
        "Owner: Keep mine, Camille Laurent",
        "Keep all mine",
        "Take all theirs",
        "Apply what you chose",
        "Open the record",
        "Export",
        "Discard",
    ]


def test_tab_leads_from_a_refusal_to_sending_it_first(qtbot: QtBot, refused: Office) -> None:
    assert walk(qtbot, refused, "Discard") == [
        "Send it again",
        "Change and send",
        "Open the record",
        "Export",
        "Discard",
    ]


def test_tab_finds_its_way_in_a_change_shown_after_another(qtbot: QtBot, conflict: Office) -> None:
    conflict.store.perform(
        CreateLead(id=new_id(), issued_at=conflict.clock.now(), lead_id="lead-other", values={"last_name": "Someone"})
    )
    answer(conflict.store, REFUSAL)
    shown(qtbot, conflict, 2)
    for line in (1, 0):
        conflict.inbox.list.choose(conflict.inbox.list.lines[line].id)
        qtbot.waitUntil(conflict.idle)
    qtbot.waitUntil(lambda: is_named(conflict.inbox.item, "Phone"))

    assert walk(qtbot, conflict, "Discard")[:2] == [f"Phone: Keep mine, {MINE}", "Phone, another value"]


def test_enter_goes_from_the_list_to_the_first_choice(qtbot: QtBot, conflict: Office) -> None:
    conflict.inbox.list.setFocus()

    qtbot.keyClick(conflict.inbox.list, Qt.Key.Key_Return)

    assert keyboard().accessibleName() == f"Phone: Keep mine, {MINE}"
    assert field(conflict, "Phone").side is None


def test_after_a_decision_the_keyboard_is_in_the_list_again(qtbot: QtBot, conflict: Office) -> None:
    conflict.store.perform(
        CreateLead(id=new_id(), issued_at=conflict.clock.now(), lead_id="lead-other", values={"last_name": "Someone"})
    )
    answer(conflict.store, REFUSAL)
    shown(qtbot, conflict, 2)
    qtbot.keyClick(conflict.inbox.list, Qt.Key.Key_Return)
    conflict.do("inbox.theirs")

    conflict.do("inbox.apply")

    qtbot.waitUntil(lambda: len(conflict.inbox.list.lines) == 1 and conflict.idle())
    assert keyboard() is conflict.inbox.list


# Refusals


def test_a_refusal_says_why_and_what_to_do(refused: Office) -> None:
    said = texts(refused.inbox.item)

    assert "“karim@” is not an email address." in said
    assert "It is kept here, with everything you wrote. Write it as name@example.com." in said


def test_a_refusal_shows_what_the_person_wanted(refused: Office) -> None:
    assert {"Last name", "Haddad", "Email", "karim@haddad.example"} <= set(texts(refused.inbox.item))


def test_what_is_held_under_a_refusal_stands_below_it(refused: Office) -> None:
    assert [line.state for line in refused.inbox.list.lines] == ["Refused", "Held"]
    assert "1 later change waits for this one." in texts(refused.inbox.item)


def test_what_is_held_cannot_be_sent_by_itself(qtbot: QtBot, refused: Office) -> None:
    refused.inbox.list.choose(refused.inbox.list.lines[1].id)
    qtbot.waitUntil(refused.idle)

    refused.do("inbox.retry")

    assert refused.said.texts[-1] == "Decide the change that it waits for first."


def test_a_refused_change_is_sent_again(qtbot: QtBot, refused: Office) -> None:
    refused.do("inbox.retry")

    qtbot.waitUntil(
        lambda: [type(command) for command in waiting(refused)] == [CreateLead, LogActivity] and refused.idle()
    )


def test_a_refused_change_is_put_right_in_its_form(qtbot: QtBot, refused: Office) -> None:
    refused.do("inbox.edit")
    form = refused.dialog(CommandDialog)
    named(form, "Email", QLineEdit).setText("karim@haddad-cars.example")

    form.submit()

    qtbot.waitUntil(lambda: len(waiting(refused)) == 2)
    changed = waiting(refused)[0]
    assert isinstance(changed, CreateLead)
    assert changed.values == {"last_name": "Haddad", "email": "karim@haddad-cars.example"}
    assert changed.lead_id == "lead-new"


def test_what_is_typed_into_a_refused_change_is_kept_until_it_is_sent(qtbot: QtBot, refused: Office) -> None:
    refused.do("inbox.edit")
    email = named(refused.dialog(CommandDialog), "Email", QLineEdit)
    email.setText("karim@haddad-cars.example")
    email.textEdited.emit(email.text())
    refused.dialog(CommandDialog).leave()
    [left] = left_forms(refused.bench.remembered)

    refused.window.begin(left.action, left.record)

    form = refused.dialog(CommandDialog)
    assert named(form, "Email", QLineEdit).text() == "karim@haddad-cars.example"
    form.submit()
    qtbot.waitUntil(lambda: not left_forms(refused.bench.remembered))


def test_what_was_typed_into_a_change_that_is_gone_is_offered_no_more(qtbot: QtBot, refused: Office) -> None:
    draft_of_change(refused.bench.remembered, "long-gone", "Change the edit").keep(Typed({"email": "a@b.example"}))
    [left] = left_forms(refused.bench.remembered)

    refused.window.begin(left.action, left.record)

    assert "This change waits here no more." in refused.said.texts
    assert not left_forms(refused.bench.remembered)


def test_a_note_has_no_form_to_change_it_in(qtbot: QtBot, office: Office) -> None:
    now = office.clock.now()
    office.store.perform(
        LogActivity(
            id=new_id(),
            issued_at=now,
            lead_id=STORY,
            activity_id=new_id(),
            kind=ActivityKind.NOTE,
            body="Too much.",
            happened_at=now,
        )
    )
    answer(office.store, REFUSAL)
    shown(qtbot, office, 1)

    office.do("inbox.edit")

    assert office.said.texts[-1] == "This kind of change has no form: send it again, or discard it."


def test_discarding_takes_what_is_held_with_it(qtbot: QtBot, refused: Office) -> None:
    refused.do("inbox.discard")
    question = refused.dialog(ConfirmationDialog)
    assert "1 change that waits for it goes too." in " ".join(texts(question))

    question.accept()

    qtbot.waitUntil(lambda: not refused.store.pending())


# Export and counts


def test_a_change_is_exported_with_everything(qtbot: QtBot, refused: Office, tmp_path: Path) -> None:
    file = tmp_path / "change.json"

    refused.inbox.export_to(file)

    qtbot.waitUntil(lambda: bool(refused.said.texts) and refused.said.texts[-1] == "Exported to change.json.")
    item = json.loads(file.read_text("utf-8"))
    assert item["command"]["payload"]["values"]["email"] == "karim@haddad.example"
    assert item["verdict"]["reason"] == "“karim@” is not an email address."


def test_a_conflict_is_exported_as_a_table(qtbot: QtBot, conflict: Office, tmp_path: Path) -> None:
    file = tmp_path / "conflict.csv"

    conflict.inbox.export_to(file)

    qtbot.waitUntil(lambda: bool(conflict.said.texts))
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [(row["field"], row["mine"], row["theirs"]) for row in rows] == [
        ("Phone", f"'{MINE}", f"'{THEIRS}"),
        ("Owner", "Camille Laurent", "Omar Al Suwaidi"),
    ]


def test_an_export_that_cannot_be_written_keeps_the_change(qtbot: QtBot, refused: Office, tmp_path: Path) -> None:
    refused.inbox.export_to(tmp_path / "no such folder" / "change.json")

    qtbot.waitUntil(lambda: "The change is still in the Inbox." in " ".join(refused.said.texts))


def test_rail_status_bar_and_inbox_count_the_same(refused: Office) -> None:
    rail = [button.accessibleName() for button in refused.window.rail.findChildren(QAbstractButton)]

    assert "Inbox, 2 wait" in rail
    assert "2 changes need you" in texts(refused.inbox)
    assert refused.window.windowTitle() == "Inbox – FleetDesk (2)"


def test_in_a_narrow_window_no_button_is_cut(qtbot: QtBot, refused: Office) -> None:
    refused.window.resize(1024, 640)
    qtbot.waitUntil(lambda: refused.window.width() == 1024 and refused.idle())

    buttons = [button for button in refused.inbox.item.findChildren(QAbstractButton) if button.isVisible()]
    assert [button.text() for button in buttons if button.width() < button.sizeHint().width()] == []
