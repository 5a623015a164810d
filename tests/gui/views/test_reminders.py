"""Reminders in the window: told once, wherever the person works, put off or answered right there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QMenu
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.leads import EditLead, LogActivity
from fleetdesk.models.ids import new_id
from fleetdesk.models.reminders import QuietHours, ReminderSettings
from fleetdesk.models.values import to_plain
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.notifier import MessageRecorder
from fleetdesk.queries.next_steps import NextStep
from fleetdesk.sync.store.local_store import LocalStore
from fleetdesk.views.command_dialog import CommandDialog
from fleetdesk.views.reminders.dialogs import SettingsDialog, TimeDialog
from fleetdesk.views.reminders.service import Reminders
from fleetdesk.views.reminders.words import alert
from tests.gui.views.filled import ME, NOW, Filling, StillClock, load, open_store
from tests.gui.views.lead_pane import performed
from tests.gui.views.office import Office, named

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
MARIAM = "Mariam Al Zaabi: Send the price list"
OMAR = "Omar Belkacem: Call back"


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> LocalStore:
    """Two next steps of Layla's, in an hour and in two; no quiet hours, whatever the machine's zone is."""
    store = open_store(tmp_path / "laptop", clock)
    filling = Filling()
    for hours, first, last, step in (
        (1, "Mariam", "Al Zaabi", "Send the price list"),
        (2, "Omar", "Belkacem", "Call back"),
    ):
        filling.lead(
            f"lead-{hours}",
            owner_id=ME,
            first_name=first,
            last_name=last,
            next_activity=step,
            next_activity_at=NOW + hours * HOUR,
        )
    load(store, filling)
    store.keep("reminders.settings", ReminderSettings(ahead=10, quiet=None).plain())
    return store


@pytest.fixture
def office(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Iterator[Office]:
    """Layla's window an hour before the first step."""
    office = opened(qtbot, store, theme, clock)
    yield office
    office.close()


def opened(qtbot: QtBot, store: LocalStore, theme: Theme, clock: StillClock) -> Office:
    office = Office.open(store, theme, clock)
    qtbot.waitUntil(office.idle)
    return office


def reminders(office: Office) -> Reminders:
    found = office.desktop.reminders
    assert found is not None
    return found


def pass_on(office: Office, instant: dt.datetime) -> None:
    """Let the time be another one."""
    office.clock.instant = instant
    reminders(office).look()


def told(office: Office) -> list[str]:
    return [message.what for message in office.said.messages if message.key == "reminder"]


def shown(office: Office) -> list[str]:
    """The reminders that stand in the window."""
    return [message.what for message in office.window.toasts.messages if message.key == "reminder"]


def move(office: Office, lead_id: str, before: dt.datetime, after: dt.datetime | None) -> None:
    edits = {"next_activity_at": FieldEdit(base=to_plain(before), new=to_plain(after))}
    office.store.perform(EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=lead_id, edits=edits))


def test_a_step_is_told_ahead_of_its_time_and_stays_until_it_is_answered(office: Office) -> None:
    pass_on(office, NOW + 49 * MINUTE)
    assert told(office) == []

    pass_on(office, NOW + 50 * MINUTE)

    assert told(office) == [MARIAM]
    message = office.window.toasts.messages[-1]
    assert message.stays
    assert message.action is not None
    assert [message.action.text, *(action.text for action in message.more)] == ["Open", "Done", "Snooze"]


def test_it_is_told_once(office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)
    pass_on(office, NOW + 51 * MINUTE)
    pass_on(office, NOW + 40 * MINUTE)  # the clock was set back
    pass_on(office, NOW + 50 * MINUTE)

    assert told(office) == [MARIAM]


def test_it_is_written_down_before_it_is_shown(office: Office) -> None:
    kept: list[object] = []
    reminders(office).due.connect(lambda _steps: kept.append(office.bench.remembered.get("reminders.book")))

    pass_on(office, NOW + 50 * MINUTE)

    assert "lead-1" in str(kept)


def test_after_a_restart_it_is_not_told_again(
    qtbot: QtBot, tmp_path: Path, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    office = opened(qtbot, store, theme, clock)
    pass_on(office, NOW + 50 * MINUTE)
    office.close()

    again = opened(qtbot, open_store(tmp_path / "laptop", clock), theme, clock)

    pass_on(again, NOW + 55 * MINUTE)
    assert told(again) == []
    again.close()


def test_what_was_missed_while_it_was_closed_is_told_once_and_together(
    qtbot: QtBot, tmp_path: Path, store: LocalStore, theme: Theme, clock: StillClock
) -> None:
    opened(qtbot, store, theme, clock).close()
    clock.instant = NOW + 30 * HOUR

    again = opened(qtbot, open_store(tmp_path / "laptop", clock), theme, clock)

    qtbot.waitUntil(lambda: told(again) == ["2 next steps are due"])
    message = again.window.toasts.messages[-1]
    assert message.do == "Mariam Al Zaabi, Omar Belkacem."
    assert message.action is not None
    message.action.run()
    assert again.window.current_page is again.home
    again.close()


def test_two_windows_tell_it_once(qtbot: QtBot, office: Office) -> None:
    office.desktop.windows.open_another()
    qtbot.waitUntil(office.idle)
    recorders = [MessageRecorder(window.bench.notifier) for window in office.desktop.windows.all]

    pass_on(office, NOW + 50 * MINUTE)

    assert [message.what for recorder in recorders for message in recorder.messages] == [MARIAM]


def test_a_step_that_is_moved_takes_its_reminder_back_and_is_told_in_its_new_time(qtbot: QtBot, office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)
    move(office, "lead-1", NOW + HOUR, NOW + 5 * HOUR)

    qtbot.waitUntil(lambda: shown(office) == [] and office.idle())

    pass_on(office, NOW + 110 * MINUTE)
    qtbot.waitUntil(lambda: told(office) == [MARIAM, OMAR])
    pass_on(office, NOW + 4 * HOUR + 50 * MINUTE)
    qtbot.waitUntil(lambda: told(office)[-1] == MARIAM)


def test_a_step_that_is_gone_is_not_told(qtbot: QtBot, office: Office) -> None:
    with qtbot.waitSignal(office.desktop.base.changes.changed):
        move(office, "lead-1", NOW + HOUR, None)
    qtbot.wait(700)
    qtbot.waitUntil(office.idle)

    pass_on(office, NOW + HOUR)

    assert told(office) == []


def test_a_reminder_is_snoozed_by_keyboard_and_comes_again(qtbot: QtBot, office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)
    office.do("reminders.snooze")
    menu = office.window.findChildren(QMenu)[-1]
    qtbot.waitUntil(menu.isVisible)

    qtbot.keyClick(menu, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: shown(office) == [])
    pass_on(office, NOW + 59 * MINUTE)
    assert told(office) == [MARIAM]
    pass_on(office, NOW + 60 * MINUTE)
    assert told(office) == [MARIAM, MARIAM]


def test_a_reminder_can_be_snoozed_until_any_time_to_come(qtbot: QtBot, office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)
    steps = reminders(office).latest
    dialog = TimeDialog(office.bench.theme, office.clock, office.window)
    dialog.chosen.connect(lambda until: reminders(office).snooze(steps, until))
    dialog.open()
    dialog.when.show_instant(NOW)
    named(dialog, "Snooze", QAbstractButton).click()
    assert dialog.trouble.isVisible()

    dialog.when.show_instant(NOW + 5 * HOUR)
    named(dialog, "Snooze", QAbstractButton).click()

    pass_on(office, NOW + 5 * HOUR)
    assert told(office).count("2 next steps are due") == 1


def test_done_asks_what_came_of_it_and_for_the_next_step(qtbot: QtBot, office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)

    office.do("reminders.done")
    office.dialog(CommandDialog).submit()

    qtbot.waitUntil(lambda: shown(office) == [] and office.idle())
    logged, edited = performed(office)
    assert isinstance(logged, LogActivity)
    assert isinstance(edited, EditLead)
    assert logged.lead_id == edited.lead_id == "lead-1"


def test_a_reminder_opens_its_lead(qtbot: QtBot, office: Office) -> None:
    pass_on(office, NOW + 50 * MINUTE)

    office.do("reminders.open")

    qtbot.waitUntil(lambda: office.leads.pane.lead_id == "lead-1")


def test_without_a_reminder_there_is_nothing_to_answer(office: Office) -> None:
    office.do("reminders.snooze")

    assert office.said.texts == ["No reminder waits."]


def test_when_reminders_come_is_chosen_and_kept(qtbot: QtBot, office: Office) -> None:
    office.do("reminders.settings")
    dialog = office.dialog(SettingsDialog)
    dialog.ahead.set_key("60")
    dialog.hushed.setChecked(True)
    dialog.begin.set_key("19:30")

    named(dialog, "Save", QAbstractButton).click()

    quiet = QuietHours(dt.time(19, 30), dt.time(7))
    assert reminders(office).settings == ReminderSettings(ahead=60, quiet=quiet)


def test_whoever_wants_none_gets_none(office: Office) -> None:
    reminders(office).choose(ReminderSettings(on=False, quiet=None))

    pass_on(office, NOW + 5 * HOUR)

    assert told(office) == []


def test_who_sees_no_leads_has_no_reminders(qtbot: QtBot, tmp_path: Path, theme: Theme, clock: StillClock) -> None:
    support = Office.open(
        open_store(tmp_path / "victor", clock, "person-victor"), theme, clock, person_id="person-victor"
    )

    assert support.desktop.reminders is None
    assert "reminders.settings" not in support.bench.actions
    support.close()


def test_what_is_told_says_which_steps(office: Office) -> None:
    heard: list[tuple[NextStep, ...]] = []
    reminders(office).due.connect(heard.append)

    pass_on(office, NOW + 3 * HOUR)

    assert [[step.id for step in steps] for steps in heard] == [["lead-1", "lead-2"]]


@pytest.mark.parametrize(("steps", "rest"), [(4, "Lead 3"), (5, "and 2 more")])
def test_of_many_steps_some_are_named_and_a_last_one_with_them(steps: int, rest: str) -> None:
    due = [NextStep(f"lead-{n}", f"Lead {n}", None, None, None, None, NOW) for n in range(steps)]
    assert rest in alert(due, NOW).do
    assert "1 more" not in alert(due, NOW).do
