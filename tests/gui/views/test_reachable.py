"""The screens can be walked with Tab alone, in the order in which they are read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.views.office import Office
from tests.gui.views.sample import STORY


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
