"""The screen of members: who is on the staff, what waits, and what a super admin asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from fleetdesk.models.access import Role
from fleetdesk.models.audit import IntentState
from fleetdesk.models.members import NotDone
from fleetdesk.models.staff import Member
from fleetdesk.protocol import FieldConflict, Verdict, VerdictKind
from fleetdesk.qt.availability import Enabled, WhyNot
from fleetdesk.qt.confirmation import ConfirmationDialog
from fleetdesk.qt.look.theme import Theme
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.members.role_form import RoleForm
from tests.gui.views.filled import StillClock, answer, pull, staff_rows
from tests.gui.views.lead_pane import performed
from tests.gui.views.member_scenes import members_page
from tests.gui.views.office import Office, named, texts
from tests.gui.views.sample import open_sample
from tests.gui.views.staff import KHALID, VICTOR, YOUSSEF, bring_history, bring_staff, intent, role_change

NADIA = "person-nadia"


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Nadia's window, a super admin's, with nine members in sight."""
    store = open_sample(tmp_path / "nadia", clock, 5, NADIA)
    bring_staff(store)
    office = Office.open(store, theme, clock, person_id=NADIA, screen="members")
    qtbot.waitUntil(lambda: office.idle() and members_page(office).model.rowCount() == 9)
    yield office
    office.close()


def open_member(qtbot: QtBot, office: Office, member_id: str) -> None:
    office.bench.navigator.open_record(Member.key_of(member_id))
    qtbot.waitUntil(lambda: (row := members_page(office).pane.row) is not None and row.id == member_id)
    qtbot.waitUntil(office.idle)


def names(office: Office) -> list[str]:
    model = members_page(office).model
    return [cells[0].text for row in range(model.rowCount()) if (cells := model.cells_at(row))]


def cells(office: Office, name: str) -> list[str]:
    model = members_page(office).model
    lines = [model.cells_at(row) for row in range(model.rowCount())]
    return next([cell.text for cell in line] for line in lines if line and line[0].text == name)


def why_not(office: Office, action: str) -> str:
    availability = office.bench.actions.availability(action)
    return availability.reason if isinstance(availability, WhyNot) else ""


# What is listed


def test_all_staff_are_listed_by_name(office: Office) -> None:
    assert names(office)[:3] == ["Camille Laurent", "Hessa Al Ketbi", "Layla Haddad"]
    assert "9 members" in texts(members_page(office))


def test_a_line_says_the_address_the_role_and_the_standing(office: Office) -> None:
    assert cells(office, "Youssef El Amrani")[1:5] == ["youssef@fleetcore.example", "Support", "Suspended", ""]


def test_oneself_is_told_apart(office: Office) -> None:
    assert "Nadia Rahman (you)" in names(office)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("eleonore", ["Marie-Sophie-Éléonore de La Rochefoucauld-Montbel"]),
        ("السويدي", ["خالد السويدي"]),
        ("khalid@", ["خالد السويدي"]),
        ("al su", ["Omar Al Suwaidi"]),
    ],
)
def test_a_search_finds_by_name_in_any_script_and_by_address(
    qtbot: QtBot, office: Office, typed: str, found: list[str]
) -> None:
    members_page(office).search.setText(typed)
    qtbot.waitUntil(lambda: names(office) == found)


def test_where_nobody_matches_all_staff_are_a_click_away(qtbot: QtBot, office: Office) -> None:
    members_page(office).search.setText("zzzz")
    qtbot.waitUntil(lambda: "Nobody matches" in texts(members_page(office)))
    named(members_page(office), "Show all staff", QAbstractButton).click()
    qtbot.waitUntil(lambda: len(names(office)) == 9)


@pytest.mark.parametrize(("key", "count"), [(Role.SUPER_ADMIN, 2), ("suspended", 1), ("left", 0), ("", 9)])
def test_the_list_is_narrowed_to_a_role_or_a_standing(qtbot: QtBot, office: Office, key: str, count: int) -> None:
    page = members_page(office)
    page.shown.set_key(key)
    page.shown.chosen.emit(key)
    qtbot.waitUntil(lambda: office.idle() and page.model.rowCount() == count)


def test_a_change_of_role_elsewhere_is_seen_at_once(qtbot: QtBot, office: Office) -> None:
    pull(office.store, *staff_rows("khalid", "خالد", "السويدي", Role.SUPPORT, email="khalid@fleetcore.example"))
    qtbot.waitUntil(lambda: cells(office, "خالد السويدي")[2] == "Support")


# One of them


def test_a_member_shows_what_the_audit_log_tells_of_them(qtbot: QtBot, office: Office) -> None:
    bring_history(office.store)
    open_member(qtbot, office, VICTOR)
    told = [(entry.title, entry.body, entry.who, entry.badge) for entry in members_page(office).pane.history.entries]
    assert told == [
        ("Not carried out", "Turned down a change that would leave no super admin", "The hub", ""),
        ("Changed at the identity provider", "Active → Suspended", "The hub", ""),
        ("Asked to suspend", "", "Layla Haddad", "Not taken"),
        ("Role changed", "Sales → Support", "The hub", ""),
        ("Asked for another role", "Sales → Support", "Hessa Al Ketbi", ""),
        ("Joined", "Sales", "The hub", ""),
    ]


def test_events_that_come_while_a_member_is_open_are_shown(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, VICTOR)
    assert not members_page(office).pane.history.entries
    bring_history(office.store)
    qtbot.waitUntil(lambda: len(members_page(office).pane.history.entries) == 6)


def test_a_change_that_waits_says_who_asked_and_that_all_stays(qtbot: QtBot, office: Office) -> None:
    pull(office.store, intent(VICTOR, role_change()))
    open_member(qtbot, office, VICTOR)
    qtbot.waitUntil(lambda: "Hessa Al Ketbi" in members_page(office).pane.note)
    assert "asked for the role Finance" in members_page(office).pane.note
    assert cells(office, "Victor Moreau")[2:5] == ["Support", "Active", "Finance"]


def test_a_change_that_was_turned_down_says_why(qtbot: QtBot, office: Office) -> None:
    pull(office.store, intent(VICTOR, role_change(), IntentState.FAILED, NotDone.LAST_SUPER_ADMIN))
    open_member(qtbot, office, VICTOR)
    qtbot.waitUntil(
        lambda: members_page(office).pane.note == "Not carried out: Finance. It would have left no super admin."
    )


# What is asked for


def test_another_role_is_asked_for_and_waits(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    ask_role(qtbot, office, Role.SUPPORT)
    qtbot.waitUntil(lambda: cells(office, "خالد السويدي")[2:5] == ["Finance", "Active", "Support"])
    assert [command.sentence() for command in performed(office)] == ["Asked to change a role from finance to support"]


def test_a_suspension_is_asked_for_and_undone_from_its_message(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    office.do("members.suspend")
    assert performed(office) == []
    office.dialog(ConfirmationDialog).accept()
    qtbot.waitUntil(lambda: cells(office, "خالد السويدي")[4] == "Suspension")
    qtbot.waitUntil(lambda: bool(office.said.messages))
    message = office.said.messages[-1]
    assert message.action is not None
    message.action.run()
    qtbot.waitUntil(lambda: cells(office, "خالد السويدي")[4] == "")


def test_a_key_that_follows_the_arrow_at_once_is_about_the_member_that_is_marked(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    page = members_page(office)
    page.table.reveal([row.id for at in range(9) if (row := page.model.row_at(at))].index(VICTOR))
    office.do("members.suspend")
    assert "Victor Moreau" in texts(office.dialog(ConfirmationDialog))[0]


def test_who_is_suspended_is_taken_back(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, YOUSSEF)
    office.do("members.reinstate")
    qtbot.waitUntil(lambda: cells(office, "Youssef El Amrani")[4] == "Taking back")


def test_what_waits_is_withdrawn(qtbot: QtBot, office: Office) -> None:
    pull(office.store, intent(VICTOR, role_change()))
    open_member(qtbot, office, VICTOR)
    qtbot.waitUntil(lambda: isinstance(office.bench.actions.availability("members.withdraw"), Enabled))
    office.do("members.withdraw")
    qtbot.waitUntil(lambda: cells(office, "Victor Moreau")[4] == "")


def test_the_role_that_they_have_is_not_asked_for_without_a_word(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    office.do("members.role")
    dialog = office.dialog(CommandDialog)
    dialog.submit()
    assert dialog.isVisible()
    assert "They have this role already." in texts(dialog)
    assert performed(office) == []


@pytest.fixture
def directory(tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """The window of somebody in finance."""
    store = open_sample(tmp_path, clock, 5, "person-farah")
    bring_staff(store)
    office = Office.open(store, theme, clock, person_id="person-farah", screen="members")
    yield office
    office.close()


def test_who_manages_nobody_reads_who_is_on_the_staff_and_no_more(qtbot: QtBot, directory: Office) -> None:
    open_member(qtbot, directory, KHALID)
    page = members_page(directory)
    assert cells(directory, "خالد السويدي")[2:4] == ["Finance", "Active"]
    assert not page.pane.history.isVisible()
    assert not [button for button in page.pane.findChildren(QAbstractButton) if button.isVisible()]
    assert "waiting" not in {str(column.key) for column in page.model.columns}


def test_before_somebody_is_made_super_admin_it_says_what_that_means(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    office.do("members.role")
    form = office.dialog(CommandDialog).form
    assert isinstance(form, RoleForm)
    before = [label.isVisible() for label in form.findChildren(QLabel) if "may do everything" in label.text()]
    form.choose(Role.SUPER_ADMIN)
    after = [label.isVisible() for label in form.findChildren(QLabel) if "may do everything" in label.text()]
    assert (before, after) == ([False], [True])


def test_ones_own_role_is_not_changed(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, f"member-{NADIA}")
    for action in ("members.role", "members.suspend"):
        assert why_not(office, action) == "Nobody changes their own role. Ask another super admin."


def test_while_a_change_waits_no_other_is_offered(qtbot: QtBot, office: Office) -> None:
    pull(office.store, intent(VICTOR, role_change()))
    open_member(qtbot, office, VICTOR)
    qtbot.waitUntil(lambda: "Withdraw it first" in why_not(office, "members.role"))
    buttons = [button.text() for button in members_page(office).pane.findChildren(QAbstractButton)]
    seen = [button.text() for button in members_page(office).pane.findChildren(QAbstractButton) if button.isVisible()]
    assert len(buttons) == 4
    assert seen == ["Withdraw"]


def test_a_role_asked_for_while_another_change_came_is_told_in_the_form(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    office.do("members.role")
    dialog = office.dialog(CommandDialog)
    pull(office.store, intent(KHALID, role_change(Role.SUPPORT, Role.FINANCE)))
    choose(dialog, Role.COMMERCIAL)
    qtbot.waitUntil(lambda: "Another change of this person waits" in dialog.trouble)
    dialog.reject()


def test_a_conflict_in_the_inbox_names_the_member_and_the_roles(qtbot: QtBot, office: Office) -> None:
    open_member(qtbot, office, KHALID)
    ask_role(qtbot, office, Role.SUPPORT)
    qtbot.waitUntil(lambda: office.store.counts().waiting == 1)
    theirs = FieldConflict(
        table="adm_members",
        row_id=KHALID,
        field="role",
        base=Role.FINANCE,
        mine=Role.SUPPORT,
        theirs=Role.PRODUCT_MANAGER,
    )
    answer(office.store, Verdict(kind=VerdictKind.CONFLICT, conflicts=(theirs,)))
    office.window.show_screen("inbox")
    qtbot.waitUntil(lambda: "Product manager" in " ".join(texts(office.inbox)))
    assert "خالد السويدي" in " ".join(texts(office.inbox))


def ask_role(qtbot: QtBot, office: Office, role: Role) -> None:
    office.do("members.role")
    choose(office.dialog(CommandDialog), role)
    qtbot.waitUntil(office.idle)


def choose(dialog: CommandDialog, role: Role) -> None:
    assert isinstance(dialog.form, RoleForm)
    dialog.form.choose(role)
    dialog.submit()
