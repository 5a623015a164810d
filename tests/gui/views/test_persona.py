"""The demo's choice of whom to be."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from fleetdesk.demo.dataset.staff import PERSONAS
from fleetdesk.demo.persona import PersonaDialog
from fleetdesk.qt.look.theme import Theme


def test_there_is_a_card_for_each_persona(qtbot: QtBot, theme: Theme) -> None:
    dialog = PersonaDialog(PERSONAS, theme)
    qtbot.addWidget(dialog)

    assert [card.accessibleName().split(",")[0] for card in dialog.findChildren(QAbstractButton)] == [
        persona.name for persona in PERSONAS
    ]


def test_a_click_chooses(qtbot: QtBot, theme: Theme) -> None:
    dialog = PersonaDialog(PERSONAS, theme)
    qtbot.addWidget(dialog)

    dialog.findChildren(QAbstractButton)[2].click()

    assert dialog.chosen is PERSONAS[2]


def test_arrows_and_enter_choose(qtbot: QtBot, theme: Theme) -> None:
    dialog = PersonaDialog(PERSONAS, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.findChildren(QAbstractButton)[0].setFocus()

    qtbot.keyClick(dialog, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)

    assert dialog.chosen is PERSONAS[1]


def test_closing_chooses_nobody(qtbot: QtBot, theme: Theme) -> None:
    dialog = PersonaDialog(PERSONAS, theme)
    qtbot.addWidget(dialog)

    dialog.reject()

    assert dialog.chosen is None
