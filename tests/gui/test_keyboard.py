"""The tour types whatever a company is called."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.demo.tour.keyboard import type_text


@pytest.mark.parametrize("text", ["Taxi 24 (Nice)", "Élodie Ça", "سيارات الخليج", "🚕 & Söhne"])
def test_any_script_can_be_typed(qtbot: QtBot, text: str) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    type_text(field, text)
    assert field.text() == text
