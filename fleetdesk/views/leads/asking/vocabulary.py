"""`LeadVocabulary`: the values that leads can be asked for by now, with their names, for completion and editors."""

from __future__ import annotations

from collections.abc import Iterator

import phonenumbers
from PySide6.QtCore import QObject, Signal

from fleetdesk.models.changes import Changes
from fleetdesk.models.leads import Lead
from fleetdesk.models.staff import User
from fleetdesk.models.stages import Stage
from fleetdesk.qt.look.text import tr
from fleetdesk.queries.filters.completion import Completion, Offer, Vocabulary, complete
from fleetdesk.queries.lead_filter import LEAD_FIELDS, lead_vocabulary
from fleetdesk.views.leads.asking.filter_words import FilterWords
from fleetdesk.views.leads.words import stage_word
from fleetdesk.views.words import country_name
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadVocabulary"]


class LeadVocabulary(QObject):
    """Reads them when somebody is about to use them, and again after leads changed: over all leads it takes a while."""

    changed = Signal()

    def __init__(self, bench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._outdated = True
        self._words = FilterWords()
        self._offers = _named({}, self._words)
        bench.changes.changed.connect(self._leads_changed)

    def offers(self, field: str) -> tuple[Offer, ...]:
        """The values that are known for a field, by its key."""
        return tuple(self._offers.get(field, ()))

    def complete(self, text: str, cursor: int) -> Completion:
        """What could stand at a place of a typed query."""
        return complete(LEAD_FIELDS, text, cursor, self._offers)

    def refresh(self) -> None:
        """Somebody is about to use them: read them, unless those that are known are as they were."""
        if self._outdated:
            self._outdated = False
            self._bench.readings.run(
                lead_vocabulary, on_success=self._came, on_failure=self._failed, owner=self, cancel_key="vocabulary"
            )

    def _came(self, found: Vocabulary) -> None:
        self._offers = _named(found, self._words)
        self.changed.emit()

    def _failed(self, _error: Exception) -> None:
        """What was known is offered, and next time it is tried again: nobody asked for it by a click."""
        self._outdated = True

    def _leads_changed(self, changes: Changes) -> None:
        if any(changes.touches(record.__tablename__) for record in (Lead, User)):
            self._outdated = True


def _named(found: Vocabulary, words: FilterWords) -> dict[str, list[Offer]]:
    """The same with names for those that people do not know by what is typed."""
    titled = {
        "status": [Offer(stage.value, stage_word(stage)) for stage in Stage],
        "country": list(_countries(offer.text for offer in found.get("country", ()))),
        "next": [Offer("overdue", tr("Overdue"))],
    }
    return {**{field: list(offers) for field, offers in found.items()}, **titled}


def _countries(present: Iterator[str]) -> Iterator[Offer]:
    """Those of the leads first, then all others."""
    codes = dict.fromkeys((*present, *sorted(phonenumbers.SUPPORTED_REGIONS, key=country_name)))
    return (Offer(code, country_name(code)) for code in codes)
