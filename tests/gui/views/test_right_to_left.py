"""Arabic beside English: names start where the others do, and sentences keep their order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.text import Label, from_right, isolated
from tests.gui.views.office import Office, texts

COMPANY = "شركة الخليج للنقل"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("Falcon 7", False), ("Éléonore", False), (COMPANY, True), (f"7 – {COMPANY}", True), ("…", False)],
)
def test_the_first_letter_says_which_way_a_text_runs(text: str, expected: bool) -> None:
    assert from_right(text) is expected


def test_arabic_in_a_sentence_is_set_apart() -> None:
    assert isolated(COMPANY) == f"\u2068{COMPANY}\u2069"


@pytest.mark.parametrize("text", ["", "Taxis Bleus", "Éléonore Lefèvre"])
def test_what_runs_like_the_sentence_stays_as_it_is(text: str) -> None:
    assert isolated(text) == text


def test_every_label_starts_at_the_same_edge(qtbot: QtBot) -> None:
    label = Label(COMPANY)
    qtbot.addWidget(label)

    assert label.alignment() & Qt.AlignmentFlag.AlignAbsolute


def test_a_line_that_begins_with_an_arabic_name_keeps_its_order(qtbot: QtBot, office: Office) -> None:
    office.leads.open_record("lead-00002")

    about = f"\u2068{COMPANY}\u2069 · United Arab Emirates · 4 vehicles"
    qtbot.waitUntil(lambda: about in texts(office.leads.pane))
