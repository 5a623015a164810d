"""The first screen of the day: what it counts opens the rows that it counted, and work is done right there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QPlainTextEdit
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity
from fleetdesk.models.ids import new_id
from fleetdesk.models.leads import ActivityKind, CallOutcome
from fleetdesk.models.mornings import morning_in
from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import to_plain
from fleetdesk.qt.look.theme import Appearance, Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.lead_tally import Work
from fleetdesk.queries.links import Link
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.form_drafts import left_forms
from tests.gui.views.filled import NOW, Filling, StillClock, load, open_store
from tests.gui.views.lead_pane import performed
from tests.gui.views.office import Office, named, read_only, texts
from tests.gui.views.sample import sample

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> LocalStore:
    """A store with enough leads for each kind of work, which the office closes."""
    store = open_store(tmp_path / "laptop", clock)
    load(store, sample())
    return store


@pytest.fixture
def office(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Layla's window in the morning: on a new laptop, it begins at home."""
    office = Office.open(store, theme, clock, screen="")
    qtbot.waitUntil(lambda: counted(office))
    yield office
    office.close()
    theme.set_appearance(Appearance.LIGHT)


def at_home(qtbot: QtBot, tmp_path: Path, theme: Theme, filling: Filling, **window: object) -> Office:
    """A window at home over leads of one's own."""
    clock = StillClock()
    person_id = str(window.get("person_id", "person-layla"))
    store = open_store(tmp_path / "other", clock, person_id)
    load(store, filling, person_id)
    office = Office.open(store, theme, clock, screen="", **window)  # type: ignore[arg-type]
    qtbot.waitUntil(office.idle)
    return office


def counted(office: Office) -> bool:
    """Whether the figures and the first rows are there."""
    return office.idle() and "–" not in figures(office).values() and office.home.table.current is not None


def figures(office: Office) -> dict[str, str]:
    """The figures as a screen reader says them."""
    cards = office.home.figures.findChildren(QAbstractButton)
    return dict(str(card.accessibleName()).partition(": ")[::2] for card in cards)


def work(office: Office) -> dict[str, str]:
    """How many leads ask for what, as a screen reader says it."""
    tabs = office.home.worklist.tabs.findChildren(QAbstractButton)
    return dict(str(tab.accessibleName()).partition(", ")[::2] for tab in tabs)


def everything_pressed(office: Office) -> list[QAbstractButton]:
    """All figures and bars."""
    home = office.home
    return [
        *home.figures.findChildren(QAbstractButton),
        *home.charts.funnel.findChildren(QAbstractButton),
        *home.charts.trend.findChildren(QAbstractButton),
    ]


def count(said: str) -> int:
    """The number of leads in what a figure or a bar says."""
    found = re.search(r"(?:: |· )([\d,]+)", said)
    assert found is not None, said
    return int(found[1].replace(",", ""))


def focused() -> str:
    widget = QApplication.focusWidget()
    return "" if widget is None else widget.accessibleName()


def dialog(office: Office) -> CommandDialog:
    return office.dialog(CommandDialog)


def edit(office: Office, lead_id: str, **values: tuple[JsonValue, JsonValue]) -> None:
    edits = {name: FieldEdit(base=base, new=new) for name, (base, new) in values.items()}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=lead_id, edits=edits))


def first_id(office: Office) -> str:
    lead = office.home.table.current
    return "" if lead is None else lead.id


# What it shows


def test_a_salesperson_begins_at_home(office: Office) -> None:
    assert office.window.current_page is office.home
    assert "Good morning, Layla" in texts(office.home)


def test_the_first_lead_to_be_worked_on_has_the_keyboard(office: Office) -> None:
    assert focused() == "Leads to work on"
    assert office.home.table.current is not None


def test_every_figure_and_bar_opens_as_many_leads_as_it_says(qtbot: QtBot, office: Office) -> None:
    office.do("home.whose")
    qtbot.waitUntil(lambda: figures(office)["All leads"] == "400" and office.idle())
    asked: list[Link] = []
    office.bench.navigator.link_asked.connect(asked.append)
    said = []
    for button in everything_pressed(office):
        said.append(button.accessibleName())
        button.click()
        office.window.show_screen("home")
    assert len(said) == 6 + 6 + 36

    opened = []
    for link in asked:
        office.leads.open_link(link)
        qtbot.waitUntil(office.idle)
        opened.append(office.leads.model.rowCount())

    del said[5], opened[5]  # the conversion rate: that it opens the converted ones is said elsewhere
    assert opened == [count(text) for text in said]


def test_the_conversion_rate_opens_the_converted_leads(qtbot: QtBot, office: Office) -> None:
    with qtbot.waitSignal(office.bench.navigator.link_asked) as asked:
        next(card for card in everything_pressed(office) if "rate" in card.accessibleName()).click()

    assert asked.args == [Link("leads", query="owner:me status:converted")]


@pytest.mark.parametrize("kind", Work)
def test_all_that_ask_for_some_work_are_opened_in_the_list(qtbot: QtBot, office: Office, kind: Work) -> None:
    office.do(f"home.{kind}")
    qtbot.waitUntil(office.idle)
    said = int(list(work(office).values())[list(Work).index(kind)].split()[0])

    office.home.worklist.all_asked.emit()

    qtbot.waitUntil(lambda: office.window.current_page is office.leads and office.idle())
    assert office.leads.model.rowCount() == said > 0


def test_a_week_is_one_of_where_the_person_is(qtbot: QtBot, office: Office) -> None:
    bar = office.home.charts.trend.grid[0][-1]

    assert "week of 9 Mar" in bar.accessibleName()


def test_mine_and_everyones_are_told_apart(qtbot: QtBot, office: Office) -> None:
    mine = int(figures(office)["All leads"])

    office.do("home.whose")

    qtbot.waitUntil(lambda: figures(office)["All leads"] == "400")
    assert 0 < mine < 400


def test_the_switch_and_the_work_are_remembered_with_the_tab(
    qtbot: QtBot, tmp_path: Path, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    office = Office.open(store, theme, clock, screen="home")
    qtbot.waitUntil(office.idle)
    office.do("home.whose")
    office.do("home.without_next")
    qtbot.waitUntil(office.idle)
    office.close()

    again = Office.open(open_store(tmp_path / "laptop", clock), theme, clock)
    qtbot.waitUntil(lambda: counted(again))

    assert again.home.head.whose.key == "everyones"
    assert "Open all" in " ".join(button.text() for button in again.home.worklist.findChildren(QAbstractButton))
    assert again.home.table.current is not None
    assert again.home.table.current.next_activity is None
    again.close()


def test_after_how_many_days_leads_rot_is_chosen_and_remembered(
    qtbot: QtBot, tmp_path: Path, office: Office, theme: Theme, clock: StillClock
) -> None:
    before = work(office)["Rotting"]
    office.do("home.rotting")

    named(office.home, "Days without any activity", ChoiceBox).chosen.emit("7")

    qtbot.waitUntil(lambda: work(office)["Rotting"] not in ("", before))
    assert office.bench.remembered.get("home.rotting_days") == 7


@pytest.mark.parametrize("kept", ["never", 8, None, [], True])
def test_days_that_make_no_sense_are_those_of_a_first_start(
    qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock, kept: JsonValue
) -> None:
    if kept is not None:
        store.keep("home.rotting_days", kept)
    office = Office.open(store, theme, clock, screen="home")
    qtbot.waitUntil(office.idle)
    office.do("home.rotting")

    assert named(office.home, "Days without any activity", ChoiceBox).key == "30"
    office.close()


# Work done right there


def test_enter_opens_the_lead(qtbot: QtBot, office: Office) -> None:
    lead_id = first_id(office)

    qtbot.keyClick(office.home.table, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: office.leads.pane.lead_id == lead_id)


def test_a_step_that_is_done_is_logged_and_the_next_lead_is_there(qtbot: QtBot, office: Office) -> None:
    lead_id = first_id(office)
    qtbot.keyClick(office.home.table, Qt.Key.Key_D)
    qtbot.keyClicks(dialog(office).findChildren(QPlainTextEdit)[0], "He wants ten cars.")

    qtbot.keyClick(dialog(office), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: first_id(office) not in ("", lead_id) and office.idle())
    logged, edited = performed(office)
    assert isinstance(logged, LogActivity)
    assert (logged.lead_id, logged.body, logged.happened_at) == (lead_id, "He wants ten cars.", NOW)
    assert isinstance(edited, EditLead)
    assert [one.new for one in edited.edits.values()] == [None, None]


def test_what_happened_can_be_written_down_and_an_overdue_step_is_put_off_to_tomorrow(
    qtbot: QtBot, office: Office
) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_L)
    choose(office, "What was it?", ActivityKind.EMAIL)
    qtbot.keyClicks(dialog(office).findChildren(QPlainTextEdit)[0], "Sent the brochure.")

    dialog(office).submit()

    qtbot.waitUntil(lambda: len(performed(office)) == 2 and office.idle())
    logged, edited = performed(office)
    assert isinstance(logged, LogActivity)
    assert logged.kind is ActivityKind.EMAIL
    assert isinstance(edited, EditLead)
    assert {name: one.new for name, one in edited.edits.items()} == {"next_activity_at": to_plain(morning_in(1, NOW))}
    assert office.said.messages[-1].what == "Logged the email; next step tomorrow 09:00."


def choose(office: Office, name: str, key: str) -> None:
    box = named(dialog(office), name, ChoiceBox)
    box.set_key(key)
    box.chosen.emit(key)


def test_a_call_that_is_logged_says_when_it_was_and_how_it_went(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_L)
    choose(office, "When it happened", "60")
    choose(office, "How the call went", CallOutcome.NO_ANSWER)
    qtbot.keyClicks(dialog(office).findChildren(QPlainTextEdit)[0], "Rang out.")

    dialog(office).submit()

    qtbot.waitUntil(lambda: len(performed(office)) == 2)
    logged = performed(office)[0]
    assert isinstance(logged, LogActivity)
    assert (logged.happened_at, logged.outcome) == (NOW - HOUR, CallOutcome.NO_ANSWER)


def test_what_is_left_half_written_is_called_by_its_kind_and_lead(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_L)
    choose(office, "What was it?", ActivityKind.MEETING)
    qtbot.keyClicks(dialog(office).findChildren(QPlainTextEdit)[0], "Half of")

    [left] = left_forms(office.bench.remembered)

    assert left.title.startswith("Meeting (Éléonore Lefèvre · ")
    dialog(office).leave()


def test_what_is_written_as_the_next_step_is_due_tomorrow_morning(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_D)
    qtbot.keyClicks(dialog(office).findChildren(QPlainTextEdit)[0], "Done.")
    qtbot.keyClicks(named(dialog(office), "What is to be done next?", QLineEdit), "Send the offer")

    dialog(office).submit()

    qtbot.waitUntil(lambda: len(performed(office)) == 2 and office.idle())
    edited = performed(office)[1]
    assert isinstance(edited, EditLead)
    assert edited.edits["next_activity_at"].new == to_plain(morning_in(1, NOW))


def test_an_entry_without_a_word_is_refused_where_it_is_written(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_L)

    dialog(office).submit()

    qtbot.waitUntil(lambda: "There is nothing written yet." in texts(dialog(office)))
    dialog(office).reject()


def test_a_next_step_is_put_off_by_keyboard_and_that_can_be_taken_back(qtbot: QtBot, office: Office) -> None:
    lead_id = first_id(office)
    qtbot.keyClick(office.home.table, Qt.Key.Key_Z)
    menu = office.home.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)

    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: first_id(office) != lead_id and office.idle())
    (edited,) = performed(office)
    assert isinstance(edited, EditLead)
    assert edited.edits["next_activity_at"].new == to_plain(morning_in(1, NOW))
    action = office.said.messages[-1].action
    assert action is not None
    assert action.text == "Undo"


def test_a_lead_without_a_next_step_gets_one(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: office.idle() and office.home.table.current is not None)
    lead_id = first_id(office)
    qtbot.keyClick(office.home.table, Qt.Key.Key_S)

    qtbot.keyClicks(QApplication.focusWidget(), "Call them")
    dialog(office).submit()

    qtbot.waitUntil(lambda: len(performed(office)) == 1 and first_id(office) != lead_id)


def test_what_cannot_be_done_says_why(qtbot: QtBot, office: Office) -> None:
    qtbot.keyClick(office.home.table, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: office.idle() and office.home.table.current is not None)

    office.do("home.done")
    office.do("home.put_off")

    assert office.said.texts[-2:] == [
        "This lead has no next step: plan one.",
        "This lead has no next step with a time: plan one.",
    ]


# Changes


def test_a_change_is_counted_and_listed(qtbot: QtBot, office: Office) -> None:
    before = int(work(office)["Overdue"].split()[0])
    new = {"last_name": "Moreau", "owner_id": "person-layla", "next_activity": "Call back"}
    long_ago = {"next_activity_at": to_plain(NOW - 500 * HOUR)}
    office.store.perform(CreateLead(id=new_id(), issued_at=NOW, lead_id="lead-new", values=new | long_ago))

    qtbot.waitUntil(lambda: work(office)["Overdue"].split()[0] == str(before + 1))

    office.home.table.reveal(0)
    qtbot.waitUntil(lambda: first_id(office) == "lead-new")


def test_what_was_ahead_is_overdue_once_its_time_has_come(qtbot: QtBot, office: Office) -> None:
    before = int(work(office)["Overdue"].split()[0])
    office.clock.instant += 24 * HOUR

    office.bench.minute.moved.emit()

    qtbot.waitUntil(lambda: int(work(office)["Overdue"].split()[0]) > before)
    assert "Friday 13 March" in texts(office.home)


def test_out_of_sight_nothing_is_counted_until_it_comes_back(qtbot: QtBot, office: Office) -> None:
    before = figures(office)["All leads"]
    office.window.show_screen("inbox")
    edit(office, "lead-00002", owner_id=(owner_of(office, "lead-00002"), "person-layla"))
    edit(office, "lead-00004", owner_id=(owner_of(office, "lead-00004"), "person-layla"))
    qtbot.wait(600)
    assert figures(office)["All leads"] == before

    office.window.show_screen("home")

    qtbot.waitUntil(lambda: figures(office)["All leads"] != before and office.idle())


def owner_of(office: Office, lead_id: str) -> str | None:
    with office.store.reading() as connection:
        owner = connection.exec_driver_sql("SELECT owner_id FROM sys_demo_lead WHERE id = ?", (lead_id,)).scalar()
    return None if owner is None else str(owner)


# Its states


def test_without_any_lead_it_says_what_to_do_first(qtbot: QtBot, tmp_path: Path, theme: Theme) -> None:
    office = at_home(qtbot, tmp_path, theme, Filling())
    assert office.home.overlay.overlay is not None
    assert office.home.overlay.overlay.title == "Welcome"

    named(office.home, "New lead", QAbstractButton).click()

    assert office.window.current_page is office.leads
    dialog(office).reject()
    office.close()


def test_before_the_first_load_is_done_it_says_so(qtbot: QtBot, tmp_path: Path, theme: Theme) -> None:
    office = at_home(qtbot, tmp_path, theme, Filling())

    office.status.update(SyncStatus(SyncState.LOADING))

    assert office.home.overlay.overlay is not None
    assert office.home.overlay.overlay.sentence == "Your day appears here once the leads are there."
    office.close()


def test_offline_before_anything_was_loaded_it_says_so(qtbot: QtBot, tmp_path: Path, theme: Theme) -> None:
    office = at_home(qtbot, tmp_path, theme, Filling())

    office.status.update(SyncStatus(SyncState.OFFLINE))

    assert office.home.overlay.overlay is not None
    assert office.home.overlay.overlay.title == "Nothing was loaded yet"
    office.close()


def test_offline_with_leads_the_day_goes_on(office: Office) -> None:
    office.tell(SyncState.OFFLINE)

    assert office.home.overlay.overlay is None


def test_whoever_has_no_lead_is_shown_everyones(qtbot: QtBot, tmp_path: Path, theme: Theme) -> None:
    office = at_home(qtbot, tmp_path, theme, sample(), person_id="person-nadia")
    named(office.home, "Show everyone's", QAbstractButton).click()

    qtbot.waitUntil(lambda: figures(office)["All leads"] == "400")

    assert office.home.overlay.overlay is None
    office.close()


def test_who_may_only_read_is_told_so(qtbot: QtBot, tmp_path: Path, theme: Theme) -> None:
    office = at_home(qtbot, tmp_path, theme, sample(), platform=read_only())
    qtbot.waitUntil(lambda: counted(office))

    office.do("home.done")

    assert office.home.banner.accessibleName() == "Your role may read leads, not change them."
    assert office.said.texts == ["Your role may read leads, not change them."]
    office.close()


def test_figures_that_cannot_be_counted_say_so_and_can_be_asked_for_again(qtbot: QtBot, office: Office) -> None:
    office.store.close()
    office.do("home.whose")

    qtbot.waitUntil(lambda: office.home.overlay.overlay is not None)

    overlay = office.home.overlay.overlay
    assert overlay is not None
    assert (overlay.title, overlay.action) == ("The figures cannot be counted", "Try again")


def test_after_a_failure_what_was_counted_before_stays_in_sight(qtbot: QtBot, office: Office) -> None:
    before = figures(office)
    office.store.close()
    office.bench.minute.moved.emit()

    qtbot.waitUntil(office.home.banner.isVisible)

    assert figures(office) == before
    assert office.home.overlay.overlay is None
