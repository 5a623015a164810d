"""The forms around a saved view: its name, and whether all staff have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from fleetdesk.commands.core import Command
from fleetdesk.commands.saved_views import LONGEST_NAME
from fleetdesk.qt.look.layout import column
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.check_box import CheckBox
from fleetdesk.qt.widgets.field_form import FieldForm
from fleetdesk.qt.widgets.text_fields import TextField
from fleetdesk.views.command_dialog import CommandDialog, CommandForm
from fleetdesk.views.form_drafts import FormDraft
from fleetdesk.views.workbench import Workbench

__all__ = ["name_dialog"]

_SHARED = "shared"

Make = Callable[[str, bool], Sequence[Command]]
"""The commands for a name, and for whether all staff shall have the view."""


class _NameForm(CommandForm):
    """A name; for a new view, also who has it."""

    def __init__(self, bench: Workbench, make: Make, name: str, *, asks_who: bool) -> None:
        super().__init__()
        self._make = make
        self._name = name
        self._fields = FieldForm()
        self._fields.add("name", tr("Name"), TextField(longest=LONGEST_NAME), required=True)
        self._fields.set_values({"name": name})
        self._fields.edited.connect(self.edited)
        self._shared = CheckBox(bench.theme, tr("Share it with all staff"))
        self._shared.toggled.connect(self.edited)
        if not asks_who:
            self._shared.hide()
        self.setLayout(column(self._fields, self._shared, gap=GRID))

    def commands(self) -> Sequence[Command] | None:
        """The commands; None while there is no name."""
        name = " ".join(self._fields.value("name").split())
        if not name:
            self._fields.show_errors({"name": tr("A view needs a name.")})
            return None
        return self._make(name, self._shared.isChecked())

    def typed(self) -> Mapping[str, str]:
        """The name, if it is another; and whether it is shared."""
        if not self.touched():
            return {}
        return {"name": self._fields.value("name"), **({_SHARED: _SHARED} if self._shared.isChecked() else {})}

    def type_in(self, typed: Mapping[str, str]) -> None:
        """Fill in what was typed before."""
        self._fields.set_values({"name": typed.get("name", self._name)})
        self._shared.setChecked(_SHARED in typed)

    def touched(self) -> bool:
        """Whether the name is another."""
        return self._fields.value("name").strip() not in ("", self._name)

    def show_error(self, field: str, sentence: str) -> bool:
        """Write below the name what is wrong with it."""
        if field != "name":
            return False
        self._fields.show_errors({field: sentence})
        return True


def name_dialog(
    bench: Workbench,
    title: str,
    verb: str,
    make: Make,
    parent: QWidget,
    *,
    draft: FormDraft,
    name: str = "",
    asks_who: bool = False,
) -> CommandDialog:
    """The form for a view's name; `asks_who` also asks whether it is shared."""
    return CommandDialog(title, verb, _NameForm(bench, make, name, asks_who=asks_who), parent, draft=draft)
