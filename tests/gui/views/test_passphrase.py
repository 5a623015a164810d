"""The passphrase of a machine without a keyring: a mistake is told, and a new one is typed twice."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.passphrase import PassphraseDialog


def _dialog(qtbot: QtBot, qapp: QApplication, *, new: bool, told: str = "") -> PassphraseDialog:
    dialog = PassphraseDialog(Theme(qapp), new=new, told=told)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def _type(dialog: PassphraseDialog, *texts: str) -> None:
    for field, text in zip(dialog.findChildren(QLineEdit), texts, strict=True):
        QTest.keyClicks(field, text)
    QTest.keyClick(dialog, Qt.Key.Key_Return)


def test_two_that_differ_are_not_taken(qtbot: QtBot, qapp: QApplication) -> None:
    dialog = _dialog(qtbot, qapp, new=True)
    _type(dialog, "correct horse battery", "correct horse batterie")

    assert dialog.isVisible()
    assert any("not the same" in label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_two_alike_are_taken(qtbot: QtBot, qapp: QApplication) -> None:
    dialog = _dialog(qtbot, qapp, new=True)
    _type(dialog, "correct horse battery", "correct horse battery")

    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.passphrase == "correct horse battery"


def test_what_was_wrong_with_the_last_one_is_said(qtbot: QtBot, qapp: QApplication) -> None:
    dialog = _dialog(qtbot, qapp, new=False, told="That is not the passphrase of this data. Try again.")

    assert any("not the passphrase" in label.text() for label in dialog.findChildren(QLabel) if label.isVisible())
