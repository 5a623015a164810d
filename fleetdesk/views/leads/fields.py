"""The fields of a lead as a form shows them: which, in what editor, and how their text becomes a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import phonenumbers

from fleetdesk.commands.lead_fields import check_field, longest
from fleetdesk.errors import Invalid
from fleetdesk.models.leads import Lead
from fleetdesk.models.types import JsonValue
from fleetdesk.models.values import from_plain
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextArea, TextField
from fleetdesk.views.leads.words import field_label
from fleetdesk.views.words import country_names

__all__ = ["FORM_FIELDS", "PHONES", "add_field", "field_errors", "field_text", "form_of", "plain_value", "plain_values"]

FORM_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "country",
    "email",
    "phone",
    "second_email",
    "second_phone",
    "fleet_size",
    "current_software",
    "website",
    "trade_licence",
    "source",
    "score",
    "message",
)
"""In the order of the form."""

PHONES = frozenset({"phone", "second_phone"})
_NUMBERS = frozenset({"fleet_size", "score"})
_WHOLE = re.compile(r"[-\N{MINUS SIGN}]?\d+")
_GROUPING = str.maketrans("", "", ", \u00a0\u202f")
_LONG = frozenset({"message"})


def form_of(names: Sequence[str], theme: Theme, *, columns: int = 1, required: bool = False) -> FieldForm:
    """A form with these fields."""
    form = FieldForm(columns=columns)
    for name in names:
        add_field(form, name, theme, required=required)
    return form


def field_text(value: JsonValue) -> str:
    """A value as its editor shows it."""
    return "" if value is None else str(value)


def plain_value(name: str, text: str) -> JsonValue:
    """What a text means as the value of a field: nothing where it is blank, a number where the field wants one."""
    typed = text.strip()
    if not typed:
        return None
    if name in _NUMBERS and _WHOLE.fullmatch(bare := typed.translate(_GROUPING)):
        return int(bare.replace("\N{MINUS SIGN}", "-"))
    return typed


def plain_values(texts: Mapping[str, str]) -> dict[str, JsonValue]:
    """The values behind the texts of a form."""
    return {name: plain_value(name, text) for name, text in texts.items()}


def field_errors(values: Mapping[str, JsonValue]) -> dict[str, str]:
    """What the rules say against values, by field: the same rules that judge the command."""
    return {name: error for name, value in values.items() if (error := _error(name, value))}


def add_field(form: FieldForm, name: str, theme: Theme, *, required: bool = False) -> None:
    """Add a lead's field to a form, with the editor that suits it."""
    label = field_label(name)
    if name == "country":
        countries = country_names(frozenset(map(str, phonenumbers.SUPPORTED_REGIONS)))
        form.add(name, label, ChoiceBox(theme, [("", tr("Not known")), *countries], label), required=required)
    elif name in _LONG:
        editor = TextArea(longest=longest(name))
        editor.setFixedHeight(theme.pixels(80))
        form.add(name, label, editor, required=required, wide=True)
    else:
        form.add(name, label, TextField(longest=longest(name)), required=required)


def _error(name: str, value: JsonValue) -> str:
    try:
        from_plain(Lead, name, value)
        check_field(name, value)
    except Invalid as error:
        return str(error)
    return ""
