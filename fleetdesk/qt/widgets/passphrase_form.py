"""`PassphraseForm`: a PIN or a passphrase, typed twice where it is a new one: a slip must not lock anything up."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.errors import Invalid
from fleetdesk.models.passphrases import Word, demand_long
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.secret_field import SecretField

__all__ = ["PassphraseForm"]

_PRESENT, _FIRST, _SECOND = "present", "passphrase", "again"


class PassphraseForm(QWidget):
    """What is wrong stands at the field."""

    edited = Signal()

    def __init__(self, name: str, *, new: bool, word: Word = Word.PASSPHRASE, present: str = "") -> None:
        """`name` and `present` are what the fields are called; `present` asks for the one that the new one replaces."""
        super().__init__()
        self._new = new
        self._word = word
        self._fields = FieldForm()
        self._fields.edited.connect(lambda _key: self.edited.emit())
        least = plural(word.shortest, tr("%n character or more"), tr("%n characters or more"))
        first = SecretField()
        if present:
            asked = SecretField()
            self._fields.add(_PRESENT, present, asked)
            self.setFocusProxy(asked)
        else:
            self.setFocusProxy(first)
        self._fields.add(_FIRST, name, first, hint=least if new else "")
        if new:
            self._fields.add(_SECOND, tr("The same again"), SecretField())
        self.setLayout(column(self._fields))

    def type_in(self, first: str, second: str = "", *, present: str = "") -> None:
        """Type, as a person would."""
        self._fields.set_values(
            {_FIRST: first, **({_SECOND: second} if self._new else {}), **({_PRESENT: present} if present else {})}
        )

    @property
    def present(self) -> str:
        """What was typed as the one that the new one replaces."""
        return self._fields.value(_PRESENT)

    @property
    def error(self) -> str:
        """What is said to be wrong with what was typed."""
        errors = (self._fields.error(key) for key in self._fields.values)
        return next(filter(None, errors), "")

    def passphrase(self) -> str | None:
        """What was typed; None where that cannot be one, which the form then says."""
        typed = self._fields.value(_FIRST)
        if not self._new:
            return typed
        try:
            demand_long(typed, self._word)
        except Invalid as error:
            self.show_error(str(error))
            return None
        if self._fields.value(_SECOND) != typed:
            self._fields.show_errors({_SECOND: tr("The two are not the same.")})
            return None
        self._fields.show_errors({})
        return typed

    def show_error(self, sentence: str, *, of_present: bool = False) -> None:
        """Say what is wrong at the field, or at the one of the present one."""
        self._fields.show_errors({_PRESENT if of_present else _FIRST: sentence})

    def set_read_only(self, *, read_only: bool) -> None:
        """Take nothing for now."""
        self._fields.set_read_only(read_only=read_only)

    def clear(self) -> None:
        """Forget what was typed."""
        self._fields.set_values(dict.fromkeys(self._fields.values, ""))
