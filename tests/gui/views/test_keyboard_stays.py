"""The keyboard stays where the person works, when what had it goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fleetdesk.commands.core import FieldEdit
from fleetdesk.commands.lead_merge import MergeLeads
from fleetdesk.commands.leads import EditLead
from fleetdesk.models.ids import new_id
from fleetdesk.qt.toasts import Toast
from fleetdesk.views.command_dialog import CommandDialog
from tests.gui.views.lead_pane import open_lead
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY
from tests.gui.views.twins import TWIN, bring_twins

Key = Qt.Key
_MOST_STOPS = 60


@pytest.fixture
def window(qtbot: QtBot, office: Office) -> Office:
    """The office in front, with the keyboard in the list."""
    office.window.activateWindow()
    qtbot.waitUntil(office.window.isActiveWindow)
    assert focused(office) is office.leads.table
    return office


def scored(office: Office) -> EditLead:
    edits = {"score": FieldEdit(base=70, new=85)}
    return EditLead(id=new_id(), issued_at=office.clock.now(), lead_id=STORY, edits=edits)


def focused(office: Office) -> QWidget | None:
    focused: QWidget | None = office.window.focusWidget()
    return focused


def tab_to(qtbot: QtBot, office: Office, widget: QWidget) -> None:
    for _ in range(_MOST_STOPS):
        if focused(office) is widget:
            return
        qtbot.keyClick(focused(office), Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {widget.accessibleName()!r}")


def press(qtbot: QtBot, office: Office, button: QWidget) -> None:
    """Go to a button with Tab, and press it."""
    tab_to(qtbot, office, button)
    qtbot.keyClick(button, Key.Key_Space)


def test_in_the_list_after_the_filter_is_cleared(qtbot: QtBot, window: Office) -> None:
    window.leads.listing.put("status:new owner:me")
    qtbot.waitUntil(window.idle)

    press(qtbot, window, named(window.leads.head.filtering.bar, "Clear", QPushButton))

    qtbot.waitUntil(window.leads.head.filtering.bar.isHidden)
    assert focused(window) is window.leads.table


def test_in_the_list_after_a_view_was_saved(qtbot: QtBot, window: Office) -> None:
    window.leads.listing.put("status:new owner:me")
    qtbot.waitUntil(window.idle)
    press(qtbot, window, named(window.leads.head, "Save as a view", QPushButton))
    dialog = window.dialog(CommandDialog)
    qtbot.keyClicks(dialog.focusWidget(), "Mine")
    qtbot.keyClick(dialog.focusWidget(), Key.Key_Return)

    qtbot.waitUntil(lambda: window.leads.views.view is not None and window.idle())
    window.window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.window.isActiveWindow)
    assert focused(window) is window.leads.table


def test_in_the_list_after_the_undo_of_a_message(qtbot: QtBot, window: Office) -> None:
    window.bench.acts.perform(scored(window), owner=window.leads, on_done=lambda: None, said="The score is 85 now.")
    qtbot.waitUntil(lambda: bool(window.window.findChildren(Toast)))
    [toast] = window.window.findChildren(Toast)

    press(qtbot, window, named(toast, "Undo", QPushButton))

    qtbot.waitUntil(lambda: window.said.texts[-1] == "It is as before.")
    assert focused(window) is window.leads.table


def test_in_the_drawer_after_a_batch_is_kept_here(qtbot: QtBot, window: Office) -> None:
    window.store.perform_batch("batch", [scored(window)], sentence=lambda rows: f"Scored {rows} lead")
    qtbot.waitUntil(lambda: bool(window.bench.outbox.batches))
    window.do("window.pending")
    drawer = window.window.drawer
    at = focused(window)
    assert at is not None
    assert drawer.isAncestorOf(at)
    qtbot.keyClick(at, Key.Key_Down)

    press(qtbot, window, named(drawer, "Keep the batch here for now", QAbstractButton))

    qtbot.waitUntil(lambda: window.bench.outbox.batches[0].paused)
    qtbot.waitUntil(named(drawer, "Send the batch", QAbstractButton).isVisible)
    assert focused(window) is at
    assert QApplication.activeWindow() is window.window


def test_in_the_list_after_leads_are_separated(qtbot: QtBot, window: Office) -> None:
    bring_twins(window.store)
    now = window.clock.now()
    window.store.perform(MergeLeads(id=new_id(), issued_at=now, lead_id=STORY, losers=(TWIN,)))
    open_lead(qtbot, window, STORY)
    qtbot.waitUntil(window.idle)

    qtbot.mouseClick(named(window.leads.pane, "Separate", QPushButton), Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: window.said.texts[-1:] == ["The leads are separated again."] and window.idle())
    at = focused(window)
    assert at is not None
    assert window.leads.isAncestorOf(at)


def test_where_it_was_after_a_click_on_a_message(qtbot: QtBot, window: Office) -> None:
    window.bench.acts.perform(scored(window), owner=window.leads, on_done=lambda: None, said="The score is 85 now.")
    qtbot.waitUntil(lambda: bool(window.window.findChildren(Toast)))
    [toast] = window.window.findChildren(Toast)
    window.leads.head.search.setFocus()

    qtbot.mouseClick(named(toast, "Undo", QPushButton), Qt.MouseButton.LeftButton)

    assert focused(window) is window.leads.head.search
    qtbot.waitUntil(lambda: window.said.texts[-1] == "It is as before." and window.idle())
    assert focused(window) is window.leads.head.search
