"""Asks for the passphrase of the local copies, on a machine without a keyring. A mistake is told in the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout

from fleetdesk.errors import Invalid, Unavailable
from fleetdesk.models.passphrases import SHORTEST, demand_long
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.secret_field import SecretField

__all__ = ["PassphraseDialog", "ask_passphrase", "until_right"]

_WIDTH = 440
T = TypeVar("T")


def ask_passphrase(new: bool, *, told: str = "") -> str:
    """The passphrase; `told` is what was wrong with the last one. Raises Unavailable if the window is closed."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app)
    dialog = PassphraseDialog(theme, new=new, told=told)
    given = dialog.exec() == QDialog.DialogCode.Accepted
    passphrase = dialog.passphrase
    dialog.deleteLater()
    theme.deleteLater()
    if not given:
        raise Unavailable("Without the passphrase the local copy stays closed.", kept="Nothing was changed.")
    return passphrase


def until_right(unlock: Callable[[Callable[[bool], str]], T]) -> T:
    """What `unlock` opens with the passphrase that it asks for: again until it is right, telling what was wrong.

    Raises Unavailable if the person gives up.
    """
    told = ""
    while True:
        try:
            return unlock(partial(ask_passphrase, told=told))
        except Invalid as error:
            told = str(error)


class PassphraseDialog(QDialog):
    """One field, or two alike where a new passphrase is chosen: a slip of the finger must not lock the copy."""

    def __init__(self, theme: Theme, *, new: bool, told: str = "") -> None:
        super().__init__()
        self.setWindowTitle(tr("FleetDesk"))
        self.setFixedWidth(theme.pixels(_WIDTH))
        self._error = _words(told)
        self._error.setAccessibleName(tr("What was wrong"))
        self._error.setVisible(bool(told))
        self._first = _field(tr("Passphrase"))
        self._second = _field(tr("The same again")) if new else None
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())  # the platform's own, which none of our buttons has
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(*[theme.pixels(3 * GRID)] * 4)
        lines.setSpacing(theme.pixels(GRID))
        lines.addWidget(
            _words(
                tr(
                    "This machine has no keyring, so your local copy is kept under a passphrase."
                    " Choose one of %1 characters or more."
                ).replace("%1", str(SHORTEST))
                if new
                else tr("Your local copy is kept under a passphrase.")
            )
        )
        for field in filter(None, (self._first, self._second)):
            name = QLabel(field.accessibleName())
            name.setBuddy(field)
            lines.addWidget(name)
            lines.addWidget(field)
        lines.addWidget(self._error)
        lines.addWidget(buttons)
        self._first.setFocus()

    @property
    def passphrase(self) -> str:
        """What was typed."""
        return self._first.text()

    def _accept(self) -> None:
        if self._second is None:
            self.accept()
            return
        try:
            demand_long(self.passphrase)
        except Invalid as error:
            self._tell(str(error), self._first)
            return
        if self._second.text() != self.passphrase:
            self._tell(tr("The two are not the same. Type them again."), self._second)
            return
        self.accept()

    def _tell(self, wrong: str, field: QLineEdit) -> None:
        self._error.setText(wrong)
        self._error.show()
        field.selectAll()
        field.setFocus()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _field(name: str) -> QLineEdit:
    field = SecretField()
    field.setAccessibleName(name)
    return field
