"""What the wizard holds while a person goes to and fro between its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import ColumnMapping, guess_mapping
from fleetdesk.models.access import Access, Permission
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.reports.lead_import import ImportChoices, owners_by_name
from fleetdesk.reports.spreadsheets import Spreadsheet
from fleetdesk.reports.survey import Survey
from fleetdesk.reports.tables import Reading
from fleetdesk.views.leads.importing.memory import Said

__all__ = ["Opened", "People", "choices_of", "merged_targets"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was looked into; `survey` once all of its rows were seen."""

    sheet: Spreadsheet
    asked: Reading
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Who may own leads, by id, and by what names they are known."""

    able: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, staff: tuple[StaffPerson, ...], access: Access) -> People:
        """Those of the staff directory."""
        able = {
            person.id: person.name
            for person in staff
            if person.active and Permission.LEADS_EDIT in access.grant(person.role).permissions
        }
        return cls(able, owners_by_name(staff))


def merged_targets(titles: tuple[str, ...], said: Said | None) -> tuple[Target, ...]:
    """What the columns become: as was said before, and where nothing was, as their titles suggest."""
    guessed = guess_mapping(titles).targets
    known = said.targets if said is not None else {}
    return tuple(known.get(title, target) for title, target in zip(titles, guessed, strict=True))


def choices_of(opened: Opened, said: Said) -> ImportChoices:
    """The choices for an import of this file."""
    titles = opened.sheet.titles
    return ImportChoices(
        reading=opened.sheet.reading,
        mapping=ColumnMapping(titles, tuple(said.targets[title] for title in titles)),
        on_existing=said.on_existing,
        overwritten=said.overwritten,
        owners=said.owners,
        stages=said.stages,
        owner=said.whose or None,
    )
