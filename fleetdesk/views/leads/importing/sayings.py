"""`Sayings`: what the person says of a file's columns and of leads that are there already, kept as they say it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from fleetdesk.qt.look.theme import Theme
from fleetdesk.reports.lead_import import ImportChoices
from fleetdesk.views.leads.importing.choices import Opened, People, choices_of, merged_targets
from fleetdesk.views.leads.importing.columns_step import ColumnsStep
from fleetdesk.views.leads.importing.existing_choice import ExistingChoice
from fleetdesk.views.leads.importing.memory import MappingMemory, Said
from fleetdesk.views.remembered import Remembered

__all__ = ["Sayings"]


class Sayings(QObject):
    """Kept at once: what was said is there again after a crash, and with the next file that has the same titles."""

    said_more = Signal()
    existing_changed = Signal()  # what is to become of leads that are there already

    def __init__(self, theme: Theme, remembered: Remembered, me: str, parent: QObject) -> None:
        """`me` is the id of the person, who gets new leads unless they say otherwise."""
        super().__init__(parent)
        self._memory = MappingMemory(remembered)
        self._opened: Opened | None = None
        self.columns = ColumnsStep(theme, me)
        self.existing = ExistingChoice(theme)
        self.columns.changed.connect(self.keep)
        self.existing.changed.connect(self._existing_chosen)

    def show_file(self, opened: Opened, people: People, *, fresh: bool) -> None:
        """Show the columns of a file that was looked through; `fresh`, with what was said of such a file before."""
        self._opened = opened
        assert opened.survey is not None
        if not fresh:
            return
        titles = opened.sheet.titles
        said = self._memory.get(titles) or Said()
        targets = merged_targets(titles, said)
        self.columns.stages, self.columns.owners = dict(said.stages), dict(said.owners)
        self.columns.give_to(said.whose)
        self.columns.show_columns(titles, targets, opened.survey, people=people.able, known_owners=people.known)
        self.existing.show_choice(said.on_existing, said.overwritten, targets)

    def settle(self) -> ImportChoices | None:
        """Keep what is said, and offer what follows from it; None where no column tells one lead from another."""
        choices = self.choices
        if choices.mapping is None or not choices.mapping.names_leads:
            return None
        self.keep()
        self.existing.show_choice(choices.on_existing, choices.overwritten, self.columns.targets)
        return choices

    @property
    def choices(self) -> ImportChoices:
        """What an import is to do."""
        assert self._opened is not None
        return choices_of(self._opened, self._said(self._opened))

    def keep(self) -> None:
        """Keep what is said now."""
        if self._opened is not None:
            self._memory.keep(self._opened.sheet.titles, self._said(self._opened))
        self.said_more.emit()

    def _existing_chosen(self) -> None:
        self.keep()
        self.existing_changed.emit()

    def _said(self, opened: Opened) -> Said:
        return Said(
            dict(zip(opened.sheet.titles, self.columns.targets, strict=True)),
            dict(self.columns.stages),
            dict(self.columns.owners),
            self.existing.on_existing,
            self.existing.overwritten,
            self.columns.whose,
        )
