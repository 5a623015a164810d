"""The screens can be walked with Tab alone, in the order in which they are read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.views.office import Office
from tests.gui.views.sample import STORY


def test_tab_comes_to_the_chips_of_a_filter_and_what_is_done_with_many_before_the_list(
    qtbot: QtBot, office: Office
) -> None:
    office.leads.listing.put("status:open owner:me")
    qtbot.waitUntil(lambda: office.idle() and office.leads.model.rowCount() > 1)
    office.do("leads.bulk_all")
    office.do("leads.search")

    met = walked(qtbot, "Leads")

    assert max(met.index("Clear"), met.index("Assign all chosen")) < met.index("Leads")


def test_tab_stays_out_of_what_lies_under_an_open_drawer(qtbot: QtBot, office: Office) -> None:
    office.do("window.pending")

    met = walked(qtbot, "Home")

    assert "Sync now" in met
    assert "New lead" not in met


def walked(qtbot: QtBot, end: str) -> list[str]:
    """What Tab comes to from here, until something of this name."""
    met: list[str] = []
    while not met or met[-1] != end:
        assert len(met) < 60, met
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        met.append(focused.accessibleName())
    return met


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
