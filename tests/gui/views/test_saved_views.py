"""Saved views of the leads: saved, opened, changed, shared, deleted, restored, linked to; one's own and others'."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QMenu
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.saved_views import EditView
from fleetdesk.models.access import Scope
from fleetdesk.models.ids import new_id
from fleetdesk.models.saved_views import SavedView, ViewColumn, plain_columns
from fleetdesk.qt.availability import ENABLED, WhyNot
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.record_header import SortKey
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.queries.leads import LeadSort
from fleetdesk.queries.links import Link
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.leads.columns import COLUMN_KEYS
from fleetdesk.views.leads.modes import Mode
from fleetdesk.views.leads.saved.view_button import ViewButton
from fleetdesk.views.leads.saved.views_dialog import ViewsDialog
from tests.gui.views.filled import NOW, StillClock, load, open_store, pull
from tests.gui.views.office import Office, named
from tests.gui.views.sample import sample

OMARS = SavedView(
    id="omars",
    scope=Scope.STAFF,
    owner_id="person-omar",
    screen="leads",
    name="Large fleets",
    kind="table",
    query="fleet:100..",
    sort=[],
    columns=[],
    created_at=NOW,
    updated_at=NOW,
    deleted_at=None,
    deleted_by=None,
    deletion_reason=None,
)


def save_as(qtbot: QtBot, office: Office, name: str, *, shared: bool = False) -> None:
    """Save what the list shows under a name."""
    office.do("leads.view_save_as")
    dialog = office.dialog(CommandDialog)
    named(dialog, "Name, required", QLineEdit).setText(name)
    named(dialog, "Share it with all staff", CheckBox).setChecked(shared)
    dialog.submit()
    qtbot.waitUntil(lambda: open_view(office) == name)


def open_view(office: Office) -> str:
    """The name of the view that is open."""
    view = office.leads.views.view
    return "" if view is None else view.name


def heading(office: Office) -> str:
    """What the list says that it is."""
    [button] = office.leads.head.findChildren(ViewButton)
    return button.accessibleName()


def view_names(office: Office) -> list[str]:
    return [view.name for view in office.leads.views.views]


def open_menu(office: Office) -> QMenu:
    office.do("leads.views")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entries(menu: QMenu) -> list[str]:
    return [entry.text() for entry in menu.actions() if entry.text()]


@pytest.fixture
def saved(qtbot: QtBot, office: Office) -> Office:
    """The office with a view of Layla's open."""
    qtbot.waitUntil(office.window.isActiveWindow)
    office.leads.listing.put("country:FR")
    save_as(qtbot, office, "France")
    return office


@pytest.fixture
def others(qtbot: QtBot, office: Office) -> Office:
    """The office with a view open that Omar shares."""
    pull(office.store, OMARS)
    qtbot.waitUntil(lambda: view_names(office) == ["Large fleets"])
    office.leads.views.open(office.leads.views.views[0])
    qtbot.waitUntil(lambda: heading(office) == "View: Large fleets")
    return office


def test_what_is_saved_as_a_view_is_open(saved: Office) -> None:
    assert heading(saved) == "View: France"
    assert saved.leads.heading == "France"


def test_a_view_without_a_name_is_not_saved(office: Office) -> None:
    office.do("leads.view_save_as")
    dialog = office.dialog(CommandDialog)

    dialog.submit()

    assert dialog.isVisible()
    assert office.store.pending() == ()
    dialog.reject()


def test_a_view_keeps_query_order_and_columns(qtbot: QtBot, office: Office) -> None:
    office.leads.table.record_header.show_column("email", shown=True)
    office.leads.listing.sort((SortKey(LeadSort.COUNTRY), SortKey(LeadSort.NAME, descending=True)))
    office.leads.listing.put("owner:me")
    save_as(qtbot, office, "Mine")
    office.leads.views.close()

    office.leads.views.open(office.leads.views.views[0])

    assert office.leads.listing.text == "owner:me"
    assert office.leads.listing.sorting == (SortKey(LeadSort.COUNTRY), SortKey(LeadSort.NAME, descending=True))
    assert office.leads.table.columns[-1].key == "email"


@pytest.mark.parametrize("change", ["query", "order", "columns"])
def test_a_view_is_marked_when_the_list_shows_something_else(qtbot: QtBot, saved: Office, change: str) -> None:
    match change:
        case "query":
            saved.leads.head.search.setText("country:FR status:new")
        case "order":
            saved.leads.listing.sort((SortKey(LeadSort.NAME),))
        case _:
            saved.leads.table.record_header.show_column("email", shown=True)

    qtbot.waitUntil(lambda: heading(saved) == "View: France, changed")


def test_a_view_of_a_board_opens_as_a_board(qtbot: QtBot, office: Office) -> None:
    office.do("leads.as_board")
    save_as(qtbot, office, "Board")
    office.do("leads.as_table")
    qtbot.waitUntil(lambda: heading(office) == "View: Board, changed")

    office.do("leads.view_reopen")

    assert office.leads.mode.mode is Mode.BOARD


def test_a_view_whose_query_is_typed_otherwise_is_not_changed(qtbot: QtBot, saved: Office) -> None:
    saved.leads.head.search.setText("COUNTRY=fr")
    qtbot.waitUntil(lambda: saved.leads.listing.text == "COUNTRY=fr")

    assert not saved.leads.views.differs


def test_the_changes_are_saved_to_the_view_and_can_be_taken_back(qtbot: QtBot, saved: Office) -> None:
    saved.leads.listing.put("country:FR status:new")

    saved.do("leads.view_save")

    qtbot.waitUntil(lambda: not saved.leads.views.differs)
    said = saved.said.messages[-1]
    assert said.what == "The view “France” keeps this now."
    assert said.action is not None
    said.action.run()
    qtbot.waitUntil(lambda: saved.leads.listing.text == "country:FR")


def test_the_changes_are_given_up(qtbot: QtBot, saved: Office) -> None:
    saved.leads.listing.put("country:FR status:new")

    saved.do("leads.view_reopen")

    assert saved.leads.listing.text == "country:FR"


def test_there_is_nothing_to_save_where_nothing_was_changed(saved: Office) -> None:
    why = WhyNot("The list shows what the view keeps.")
    assert saved.bench.actions.availability("leads.view_save") == why


def test_a_view_is_renamed(qtbot: QtBot, saved: Office) -> None:
    saved.do("leads.view_rename")
    dialog = saved.dialog(CommandDialog)
    named(dialog, "Name, required", QLineEdit).setText("  All of  France ")
    dialog.submit()

    qtbot.waitUntil(lambda: heading(saved) == "View: All of France")


def test_a_view_is_shared_and_taken_back(qtbot: QtBot, saved: Office) -> None:
    saved.do("leads.view_share")
    qtbot.waitUntil(lambda: saved.leads.views.views[0].shared)
    assert saved.bench.actions.availability("leads.view_keep") is ENABLED

    saved.do("leads.view_keep")

    qtbot.waitUntil(lambda: not saved.leads.views.views[0].shared)


def test_a_view_is_deleted_and_its_message_brings_it_back(qtbot: QtBot, saved: Office) -> None:
    saved.do("leads.view_delete")
    qtbot.waitUntil(lambda: view_names(saved) == [] and bool(saved.said.messages))
    assert heading(saved) == "View: All leads"
    action = saved.said.messages[-1].action
    assert action is not None

    action.run()

    qtbot.waitUntil(lambda: view_names(saved) == ["France"])


def test_all_leads_are_shown_again_with_ones_own_columns(qtbot: QtBot, saved: Office) -> None:
    before = saved.leads.table.columns
    saved.leads.table.record_header.show_column("email", shown=True)

    saved.do("leads.view_all")

    assert (saved.leads.listing.text, open_view(saved)) == ("", "")
    assert saved.leads.table.columns == before


def test_the_menu_lists_ones_own_views_and_those_of_others_with_their_owner(qtbot: QtBot, saved: Office) -> None:
    pull(saved.store, OMARS)
    qtbot.waitUntil(lambda: len(saved.leads.views.views) == 2)

    menu = open_menu(saved)

    assert entries(menu)[:5] == ["All leads", "Yours", "France", "Shared by others", "Large fleets\tOmar Al Suwaidi"]
    menu.close()


def test_a_view_is_opened_from_the_menu_by_keyboard(qtbot: QtBot, saved: Office) -> None:
    saved.leads.views.close()
    menu = open_menu(saved)

    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: open_view(saved) == "France")


def test_a_view_of_another_is_not_changed_but_saved_as_ones_own(qtbot: QtBot, others: Office) -> None:
    others.leads.listing.put("fleet:200..")
    why = WhyNot("This view belongs to Omar Al Suwaidi. Save it as one of your own.")
    assert others.bench.actions.availability("leads.view_save") == why
    assert others.bench.actions.availability("leads.view_share") == WhyNot("Only its owner can say who has a view.")

    save_as(qtbot, others, "Larger ones")

    assert sorted(view_names(others)) == ["Large fleets", "Larger ones"]


def test_an_unchanged_list_follows_what_another_made_of_their_view(qtbot: QtBot, others: Office) -> None:
    pull(others.store, view_of_omars(query="fleet:50.."))

    qtbot.waitUntil(lambda: others.leads.listing.text == "fleet:50..")


def test_a_changed_list_stays_as_it_is_when_its_view_becomes_another(qtbot: QtBot, others: Office) -> None:
    others.leads.listing.put("fleet:100.. owner:me")

    pull(others.store, view_of_omars(query="fleet:50.."))

    qtbot.waitUntil(lambda: others.leads.views.views[0].query == "fleet:50..")
    qtbot.waitUntil(others.idle)
    assert others.leads.listing.text == "fleet:100.. owner:me"
    assert others.leads.views.differs


def view_of_omars(**values: object) -> SavedView:
    columns = {column.name: getattr(OMARS, column.name) for column in SavedView.table().columns}
    return SavedView(**{**columns, **values})


@pytest.fixture
def admin(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Nadia's window: she tidies the views of others."""
    store = open_store(tmp_path / "nadia", clock, "person-nadia")
    load(store, sample(5), "person-nadia")
    pull(store, OMARS)
    office = Office.open(store, theme, clock, person_id="person-nadia")
    qtbot.waitUntil(lambda: view_names(office) == ["Large fleets"])
    yield office
    office.close()


def test_a_super_admin_tidies_the_views_of_others(qtbot: QtBot, admin: Office) -> None:
    admin.leads.views.open(admin.leads.views.views[0])

    admin.do("leads.view_delete")

    qtbot.waitUntil(lambda: view_names(admin) == [])


# -- links -------------------------------------------------------------------------------------------------------------


def copied() -> str:
    return QGuiApplication.clipboard().text()


def test_a_link_to_a_private_view_is_copied_with_the_word_that_it_is(saved: Office) -> None:
    view = saved.leads.views.view
    assert view is not None

    saved.do("leads.copy_link")

    assert copied() == f"fleetdesk://leads?view={view.id}"
    assert "Only you can open it until you share the view." in saved.said.texts[-1]


def test_a_link_to_a_changed_list_carries_its_query(saved: Office) -> None:
    saved.leads.listing.put("country:FR flet:3 al noor")

    saved.do("leads.copy_link")

    assert copied() == "fleetdesk://leads?q=country%3AFR+al+noor"


# -- the dialog of all views -------------------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot: QtBot, saved: Office) -> ViewsDialog:
    saved.leads.views.close()
    pull(saved.store, OMARS)
    qtbot.waitUntil(lambda: len(saved.leads.views.views) == 2)
    saved.do("leads.views_manage")
    dialog = saved.dialog(ViewsDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    return dialog


def go_to(dialog: ViewsDialog, name: str) -> None:
    lines = dialog.list
    lines.setCurrentRow(next(row for row in range(lines.count()) if lines.item(row).text() == name))


def test_a_view_is_found_by_its_owner_and_opened_by_enter(qtbot: QtBot, saved: Office, dialog: ViewsDialog) -> None:
    field = named(dialog, "Find a view by its name or owner", QLineEdit)
    qtbot.keyClicks(field, "oma")
    assert dialog.list.count() == 1

    qtbot.keyClick(field, Qt.Key.Key_Return)

    assert open_view(saved) == "Large fleets"


def test_what_is_not_ones_to_do_says_why(dialog: ViewsDialog) -> None:
    go_to(dialog, "Large fleets")

    rename = named(dialog, "Rename", Button)

    assert not rename.isEnabled()
    assert "This view belongs to Omar Al Suwaidi." in rename.toolTip()


def test_a_deleted_view_is_restored(qtbot: QtBot, saved: Office, dialog: ViewsDialog) -> None:
    go_to(dialog, "France")
    named(dialog, "Delete", Button).click()
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    named(dialog, "Deleted ones", CheckBox).click()
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    go_to(dialog, "France")
    assert not named(dialog, "Open", Button).isEnabled()

    named(dialog, "Restore", Button).click()

    qtbot.waitUntil(lambda: sorted(view_names(saved)) == ["France", "Large fleets"])


def test_the_dialog_follows_what_is_done_in_it(qtbot: QtBot, saved: Office, dialog: ViewsDialog) -> None:
    go_to(dialog, "France")
    lines: QListWidget = dialog.list

    named(dialog, "Share", Button).click()

    qtbot.waitUntil(lambda: named(dialog, "Keep to myself", Button).isEnabled())
    assert lines.item(lines.currentRow()).data(Qt.ItemDataRole.AccessibleTextRole) == "France, Yours · shared"


def test_every_column_can_be_kept_in_a_view(office: Office) -> None:
    assert {str(column.key) for column in office.leads.table.columns_there_are} == COLUMN_KEYS


def test_a_view_opened_by_a_link_brings_its_columns_without_making_them_ones_own(qtbot: QtBot, office: Office) -> None:
    pull(office.store, view_of_omars(columns=plain_columns((ViewColumn("email", 300), ViewColumn("name", 200)))))
    qtbot.waitUntil(office.idle)

    office.bench.navigator.open_link(Link("leads", view_id="omars"))

    qtbot.waitUntil(lambda: office.leads.table.columns == (ViewColumn("email", 300), ViewColumn("name", 200)))
    assert office.bench.remembered.get("leads.columns") is None


def test_a_view_that_somebody_renamed_meanwhile_is_called_so(qtbot: QtBot, saved: Office) -> None:
    view = saved.leads.views.view
    assert view is not None
    edits = {"name": FieldEdit(base="France", new="Paris")}

    saved.store.perform(EditView(id=new_id(), issued_at=saved.clock.now(), view_id=view.id, edits=edits))

    qtbot.waitUntil(lambda: heading(saved) == "View: Paris")
