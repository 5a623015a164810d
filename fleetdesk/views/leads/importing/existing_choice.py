"""`ExistingChoice`: what becomes of leads that are there already, and which of their fields may be overwritten."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QMenu

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, menu_text, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import Button
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.views.leads.importing.words import existing_options, overwritable
from fleetdesk.views.leads.words import field_label

__all__ = ["ExistingChoice"]


class ExistingChoice(QFrame):
    """Tells when another choice was made; with OVERWRITE, the fields are chosen from a menu."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._fields: tuple[str, ...] = ()
        self._overwritten: set[str] = set()
        self._box = ChoiceBox(theme, existing_options(), tr("Leads that are there already"))
        self._box.set_key(OnExisting.LEAVE)
        self._box.setMinimumWidth(theme.pixels(38 * GRID))
        self._box.chosen.connect(self._choose)
        self._button = Button("", self._open_menu)
        label = Label(self._box.accessibleName())
        self.setLayout(row(label, self._box, self._button, STRETCH, gap=GRID))
        self._word()

    @property
    def on_existing(self) -> OnExisting:
        """What becomes of them."""
        return OnExisting(self._box.key)

    @property
    def overwritten(self) -> frozenset[str]:
        """The fields that may be overwritten."""
        return frozenset(self._overwritten.intersection(self._fields))

    def show_choice(self, on_existing: OnExisting, overwritten: frozenset[str], targets: tuple[Target, ...]) -> None:
        """Show what was chosen before, for columns with these targets; tells nobody."""
        self._fields = overwritable(targets)
        self._overwritten = set(overwritten)
        self._box.set_key(on_existing)
        self._word()

    def overwrite(self, name: str, *, may: bool) -> None:
        """Let a field be overwritten, or not."""
        if may:
            self._overwritten.add(name)
        else:
            self._overwritten.discard(name)
        self._word()
        self.changed.emit()

    def menu(self) -> QMenu:
        """The fields, each to be ticked."""
        menu = QMenu(self)
        for name in self._fields:
            action = menu.addAction(menu_text(field_label(name)))
            action.setCheckable(True)
            action.setChecked(name in self._overwritten)
            action.toggled.connect(lambda may, name=name: self.overwrite(name, may=may))
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self._button.mapToGlobal(self._button.rect().bottomLeft()))

    def _choose(self) -> None:
        self._word()
        self.changed.emit()

    def _word(self) -> None:
        self._button.setVisible(self.on_existing is OnExisting.OVERWRITE)
        chosen = len(self.overwritten)
        self._button.set_text(plural(chosen, tr("%n field"), tr("%n fields")) if chosen else tr("Choose fields"))
