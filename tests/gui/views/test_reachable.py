"""Every widget that takes the keyboard has a name, and every screen can be walked with Tab alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.views.office import Office
from tests.gui.views.pictures import SCENES
from tests.gui.views.sample import STORY

Draw = Callable[[Office], None]
_INNER = {"qt_spinbox_lineedit", "qt_scrollarea_viewport"}


def reachable(office: Office) -> list[QWidget]:
    """Everything in sight that takes the keyboard, in every window of the desktop."""
    return [
        widget
        for widget in QApplication.allWidgets()
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.objectName() not in _INNER
        and widget.window() is not None
    ]


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_what_takes_the_keyboard_has_a_name(qtbot: QtBot, office: Office, scene: str) -> None:
    SCENES[scene](office)
    qtbot.waitUntil(office.idle)

    nameless = [repr(widget) for widget in reachable(office) if not widget.accessibleName()]

    assert not nameless
    close_dialogs()


def test_tab_alone_reaches_the_search_the_list_and_the_lead(qtbot: QtBot, office: Office) -> None:
    office.leads.open_record(STORY)
    qtbot.waitUntil(lambda: office.leads.pane.lead is not None)
    office.leads.table.setFocus()
    reached = set()

    for _ in range(60):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.accessibleName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)

    search = "Search, or ask: status:open owner:me"
    assert {search, "Leads", "Timeline", "Write a note…", "Add a tag"} <= reached


def close_dialogs() -> None:
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget.parent() is not None:
            widget.close()
            widget.close()
