"""Forms that are left before they are saved: what was typed is there again, also after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QRadioButton
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import Lead
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.three_way_field import ThreeWayField
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.form_drafts import left_forms
from fleetdesk.views.shell.offers import offer_left_forms
from fleetdesk.views.shell.window import MainWindow
from tests.gui.views.filled import StillClock, load, open_store
from tests.gui.views.lead_pane import lead, open_lead
from tests.gui.views.office import Office, is_named, named, texts
from tests.gui.views.sample import STORY, sample


def write(office: Office, name: str, text: str) -> None:
    field = named(office.dialog(CommandDialog), name, QLineEdit)
    field.setText(text)
    field.textEdited.emit(text)


def left(office: Office) -> list[str]:
    return [form.action for form in left_forms(office.bench.remembered)]


@pytest.fixture
def again(qtbot: QtBot, office: Office, theme: Theme, clock: StillClock, tmp_path: Path) -> Iterator[Office]:
    """The window as it is opened after one with a new lead half written went without a word."""
    office.do("leads.new")
    write(office, "Last name", "Belkacem")
    qtbot.waitUntil(lambda: any(name.startswith("form.") for name in office.store.kept))
    kept = dict(office.store.kept)
    other = open_store(tmp_path / "other", clock)
    load(other, sample(40))
    for name, value in kept.items():
        other.keep(name, value)
    reopened = Office.open(other, theme, clock)
    qtbot.waitUntil(lambda: reopened.idle() and reopened.leads.model.rowCount() == 40)
    yield reopened
    reopened.close()


def test_what_was_being_written_is_offered_at_the_next_start(qtbot: QtBot, again: Office) -> None:
    offer_left_forms(again.window)
    assert "You were writing: New lead." in again.said.texts[-1]

    again.window.toasts.run_newest_action()

    assert named(again.dialog(CommandDialog), "Last name", QLineEdit).text() == "Belkacem"
    assert "You were writing this before. It is not saved yet." in texts(again.dialog(CommandDialog))


def test_what_is_given_up_is_not_offered_again(qtbot: QtBot, office: Office) -> None:
    office.do("leads.new")
    write(office, "Last name", "Belkacem")
    qtbot.waitUntil(lambda: left(office) == ["leads.new"])
    dialog = office.dialog(CommandDialog)

    dialog.reject()
    assert left(office) == ["leads.new"]
    dialog.reject()

    assert left(office) == []


def test_what_is_saved_is_not_offered_again(qtbot: QtBot, office: Office) -> None:
    office.do("leads.new")
    write(office, "Last name", "Belkacem")
    qtbot.waitUntil(lambda: left(office) == ["leads.new"])

    office.dialog(CommandDialog).submit()

    qtbot.waitUntil(lambda: left(office) == [])


def test_an_edit_goes_on_with_its_lead(qtbot: QtBot, opened: Office) -> None:
    opened.do("leads.edit")
    write(opened, "Company", "Zaabi Holding")
    qtbot.waitUntil(lambda: left(opened) == ["leads.edit"])
    [form] = left_forms(opened.bench.remembered)
    assert form.typed.texts == {"company": "Zaabi Holding"}
    opened.dialog(CommandDialog).close()
    opened.dialog(CommandDialog).hide()
    opened.do("leads.close")

    opened.window.begin(form.action, Lead.key_of(STORY))

    qtbot.waitUntil(lambda: bool(opened.window.findChildren(CommandDialog)))
    qtbot.waitUntil(lambda: opened.leads.pane.lead is not None and opened.idle())
    assert named(opened.dialog(CommandDialog), "Company", QLineEdit).text() == "Zaabi Holding"


@pytest.mark.parametrize("value", [None, 3, "x", [], {"action": 1}, {"action": "leads.new", "title": "x", "typed": 7}])
def test_nonsense_is_no_form(office: Office, value: object) -> None:
    office.bench.remembered.keep("form.leads.new", value)  # type: ignore[arg-type]

    assert left(office) == []
    office.do("leads.new")
    assert named(office.dialog(CommandDialog), "Message", QPlainTextEdit).toPlainText() == ""


# The same form in two windows


@pytest.fixture
def both(qtbot: QtBot, opened: Office) -> tuple[CommandDialog, CommandDialog]:
    """The form of one lead in two windows; the second is in front."""
    first = opened.window
    opened.do("leads.edit")
    opened.desktop.windows.open_another()
    open_lead(qtbot, opened, STORY)
    opened.do("leads.edit")
    return dialog_in(first), dialog_in(opened.window)


def dialog_in(window: MainWindow) -> CommandDialog:
    [dialog] = [dialog for dialog in window.findChildren(CommandDialog) if dialog.isVisible()]
    return dialog


def type_in(dialog: CommandDialog, name: str, text: str) -> None:
    field = named(dialog, name, QLineEdit)
    field.setText(text)
    field.textEdited.emit(text)


Both = tuple[CommandDialog, CommandDialog]


def test_two_windows_show_what_is_typed_in_either(both: Both) -> None:
    one, other = both

    type_in(one, "Company", "Zaabi Holding")
    type_in(other, "Website", "zaabi.example")

    for dialog in both:
        shown = [named(dialog, name, QLineEdit).text() for name in ("Company", "Website")]
        assert shown == ["Zaabi Holding", "zaabi.example"]


def test_what_was_typed_in_either_of_two_windows_is_kept_whichever_closes_last(
    qtbot: QtBot, opened: Office, both: Both
) -> None:
    one, other = both
    type_in(one, "Company", "Zaabi Holding")
    type_in(other, "Website", "zaabi.example")

    other.leave()
    one.leave()

    [form] = left_forms(opened.bench.remembered)
    assert form.typed.texts == {"company": "Zaabi Holding", "website": "zaabi.example"}


def test_what_one_window_saved_the_other_does_not_keep_again(qtbot: QtBot, opened: Office, both: Both) -> None:
    one, other = both
    type_in(one, "Company", "Zaabi Holding")

    with qtbot.waitSignal(one.accepted):
        one.submit()

    assert other.trouble.startswith("This was saved or given up in another window.")
    other.leave()
    assert left(opened) == []


def test_what_was_typed_a_moment_before_the_window_closed_is_kept(opened: Office) -> None:
    opened.do("leads.edit")
    write(opened, "Company", "Zaabi Holding")

    opened.window.close()

    opened.saver.close()
    assert any(name.startswith("form.leads.edit") for name in opened.store.kept)


def test_who_types_without_a_pause_is_kept_up_with(qtbot: QtBot, office: Office) -> None:
    """A disk that is written only once nothing was typed for a while would lose it all at a crash."""
    office.do("leads.new")
    field = named(office.dialog(CommandDialog), "Last name", QLineEdit)
    typed = 0

    def kept() -> bool:
        nonlocal typed
        typed += 1
        qtbot.keyClick(field, Qt.Key.Key_B)
        return "form.leads.new" in office.store.kept

    qtbot.waitUntil(kept, timeout=3_000)

    assert typed > 3


@pytest.fixture
def two_new(qtbot: QtBot, office: Office) -> tuple[CommandDialog, CommandDialog]:
    """A new lead that is being written in one window, and another one in a second."""
    first = office.window
    office.do("leads.new")
    type_in(dialog_in(first), "Last name", "Belkacem")
    office.desktop.windows.open_another()
    qtbot.waitUntil(office.idle)
    office.do("leads.new")
    return dialog_in(first), dialog_in(office.window)


def test_a_second_new_lead_is_another_one(office: Office, two_new: Both) -> None:
    one, other = two_new
    empty = named(other, "Last name", QLineEdit).text()
    type_in(other, "Last name", "Lefèvre")

    assert (empty, named(one, "Last name", QLineEdit).text()) == ("", "Belkacem")
    kept = [form.typed.texts["last_name"] for form in left_forms(office.bench.remembered)]
    assert sorted(kept) == ["Belkacem", "Lefèvre"]


def test_both_new_leads_are_there_again_one_after_the_other(qtbot: QtBot, office: Office, two_new: Both) -> None:
    type_in(two_new[1], "Last name", "Lefèvre")
    for dialog in two_new:
        dialog.leave()

    offer_left_forms(office.desktop.windows.all[0])
    assert len([text for text in office.said.texts if "You were writing: New lead." in text]) == 2
    found = []
    for _ in range(2):
        office.do("leads.new")
        dialog = office.dialog(CommandDialog)
        found.append(named(dialog, "Last name", QLineEdit).text())
        with qtbot.waitSignal(dialog.accepted):
            dialog.submit()

    assert sorted(found) == ["Belkacem", "Lefèvre"]
    assert left(office) == []


def test_what_was_chosen_in_one_window_is_not_asked_in_the_other(qtbot: QtBot, opened: Office, both: Both) -> None:
    one, other = both
    before = lead(opened).company
    type_in(one, "Company", "Zaabi Holding")
    edits = {"company": FieldEdit(base=before, new="Al Zaabi Mobility")}
    opened.store.perform(EditLead(id=new_id(), issued_at=opened.clock.now(), lead_id=STORY, edits=edits))
    one.submit()
    qtbot.waitUntil(lambda: is_named(one, "Company: Keep mine, Zaabi Holding"))
    named(one, "Company: Keep mine, Zaabi Holding", QRadioButton).click()

    asked = other.findChildren(ThreeWayField)
    other.submit()

    assert not asked
    qtbot.waitUntil(lambda: lead(opened).company == "Zaabi Holding")
