"""`TimelineFilter`: what of a timeline is shown: kinds of entries, and whose."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fleetdesk.models.types import JsonValue
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID
from fleetdesk.qt.widgets.buttons import IconButton
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from fleetdesk.queries.lead_timeline import ALL_KINDS, Asked, EntryKind

__all__ = ["TimelineFilter"]

_KINDS: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.NOTE: ("Notes", "note-pencil"),
    EntryKind.CALL: ("Calls", "phone"),
    EntryKind.EMAIL: ("Emails", "envelope-simple"),
    EntryKind.MEETING: ("Meetings", "users"),
    EntryKind.TASK: ("Tasks", "check-square"),
    EntryKind.MOVE: ("Stages", "arrow-right"),
    EntryKind.FIELDS: ("Changes of fields", "pencil-simple"),
}


class TimelineFilter(QWidget):
    """A button a kind, none pressed for all of them, and the people to choose from."""

    changed = Signal()

    def __init__(self, theme: Theme, *more: QWidget) -> None:
        """`more` stands at the end of the row."""
        super().__init__()
        self._buttons = {kind: self._button(theme, kind) for kind in EntryKind}
        self._people = ChoiceBox(theme, [("", tr("Anybody"))], tr("Whose entries"))
        self._people.setMaximumWidth(theme.pixels(18 * GRID))
        self._people.chosen.connect(lambda _key: self.changed.emit())
        self.setLayout(row(*self._buttons.values(), STRETCH, self._people, *more, gap=2))
        self.setAccessibleName(tr("What the timeline shows"))

    @property
    def asked(self) -> Asked:
        """What is to be shown."""
        pressed = frozenset(kind for kind, button in self._buttons.items() if button.isChecked())
        return Asked(pressed or ALL_KINDS, self._people.key or None)

    def clear(self) -> None:
        """Show everything again."""
        if self.asked.narrows:
            self._press(frozenset())
            self._people.set_key("")
            self.changed.emit()

    def offer_people(self, people: Mapping[str, str]) -> None:
        """Offer these people, by id; the chosen one stays."""
        self._people.offer([("", tr("Anybody")), *sorted(people.items(), key=lambda person: person[1].casefold())])
        if self._people.currentIndex() < 0:
            self._people.set_key("")

    def take_keyboard(self) -> None:
        """Go where the kinds are chosen."""
        next(iter(self._buttons.values())).setFocus()

    def plain(self) -> JsonValue:
        """The kinds that are pressed, to be remembered."""
        return [kind.value for kind, button in self._buttons.items() if button.isChecked()] or None

    def restore(self, kept: JsonValue) -> None:
        """Press what was remembered; tells nobody."""
        names = kept if isinstance(kept, list) else []
        self._press(frozenset(kind for kind in EntryKind if kind.value in names))

    def _pressed(self) -> None:
        self.changed.emit()

    def _press(self, kinds: frozenset[EntryKind]) -> None:
        for kind, button in self._buttons.items():
            button.setChecked(kind in kinds)

    def _button(self, theme: Theme, kind: EntryKind) -> IconButton:
        word, icon = _KINDS[kind]
        button = IconButton(theme, icon, tr(word), small=True, parent=self)
        button.setCheckable(True)
        button.clicked.connect(self._pressed)
        return button
