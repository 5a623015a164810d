"""`PassphraseForm`: the passphrase of a file, typed twice where it is a new one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fleetdesk.errors import Invalid
from fleetdesk.models.passphrases import SHORTEST, demand_long
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.secret_field import SecretField

__all__ = ["PassphraseForm"]

_FIRST, _SECOND = "passphrase", "again"


class PassphraseForm(QWidget):
    """What is wrong stands at the field."""

    def __init__(self, *, new: bool) -> None:
        super().__init__()
        self._new = new
        self._fields = FieldForm()
        least = plural(SHORTEST, tr("%n character or more"), tr("%n characters or more"))
        self._fields.add(_FIRST, tr("Passphrase of the file"), SecretField(), hint=least if new else "")
        if new:
            self._fields.add(_SECOND, tr("The same again"), SecretField())
        self.setLayout(column(self._fields))

    def type_in(self, first: str, second: str = "") -> None:
        """Type, as a person would."""
        self._fields.set_values({_FIRST: first, **({_SECOND: second} if self._new else {})})

    def passphrase(self) -> str | None:
        """What was typed; None where that cannot be one, which the form then says."""
        typed = self._fields.value(_FIRST)
        if not self._new:
            return typed
        try:
            demand_long(typed)
        except Invalid as error:
            self.show_error(str(error))
            return None
        if self._fields.value(_SECOND) != typed:
            self._fields.show_errors({_SECOND: tr("The two are not the same.")})
            return None
        self._fields.show_errors({})
        return typed

    def show_error(self, sentence: str) -> None:
        """Say at the passphrase what is wrong with it."""
        self._fields.show_errors({_FIRST: sentence})
