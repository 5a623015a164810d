"""`LeadFiltering`: the menu and the chips by which leads are narrowed, beside the query that says the same typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QMenu, QWidget

from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import menu_text, tr
from fleetdesk.qt.widgets.filter_bar import FilterBar
from fleetdesk.queries.filters.fields import Field
from fleetdesk.queries.filters.values import AnyOf, Filter, Term
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.queries.lead_imports import NamedImport, imports_named
from fleetdesk.queries.staff import StaffPerson
from fleetdesk.views.leads.asking.filter_words import FilterWords, field_title
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.asking.term_popover import TermPopover
from fleetdesk.views.leads.asking.vocabulary import LeadVocabulary
from fleetdesk.views.leads.scope import SCOPE
from fleetdesk.views.workbench import Workbench

__all__ = ["LeadFiltering"]


class LeadFiltering(QObject):
    """`bar` shows a chip for each term; the action “leads.filter” adds a term of any field."""

    def __init__(self, bench: Workbench, listing: Listing, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench = bench
        self._listing = listing
        self._opener: Callable[[], QWidget] = lambda: parent
        self._people: tuple[StaffPerson, ...] = ()
        self._imports: dict[str, NamedImport] = {}
        self._looked_up: set[str] = set()
        self.vocabulary = LeadVocabulary(bench, self)
        self.bar = FilterBar(bench.theme, tr("Filters"))
        self.bar.change_asked.connect(self._change)
        self.bar.removed.connect(self._remove)
        self.bar.cleared.connect(partial(listing.put, ""))
        listing.changed.connect(self._show)
        action = partial(Action, group=tr("Leads"), scope=SCOPE)
        bench.actions.register(
            action("leads.filter", tr("Filter"), self.open_menu, "F", "funnel-simple", keywords="narrow where query"),
            action("leads.clear", tr("Clear search and filters"), partial(listing.put, ""), "", "x", self._can_clear),
        )

    def open_below(self, opener: Callable[[], QWidget]) -> None:
        """Say below which widget the menu opens."""
        self._opener = opener

    def know_people(self, people: Sequence[StaffPerson]) -> None:
        """Say who may be named in a filter."""
        self._people = tuple(people)
        self._show(self._listing.filter)

    def open_menu(self) -> None:
        """Let a field be chosen; its editor opens in the menu's place."""
        self.vocabulary.refresh()
        opener = self._opener()
        menu = QMenu(opener)
        menu.setObjectName("filter-menu")
        menu.setAccessibleName(tr("Filter by"))
        asked = {term.field for term in self._listing.filter.terms}
        for field in LEAD_FIELDS:
            entry = menu.addAction(menu_text(field_title(field.key)), partial(self._open_field, field))
            entry.setCheckable(field.key in asked)
            entry.setChecked(field.key in asked)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(opener.mapToGlobal(opener.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])

    def _open_field(self, field: Field) -> None:
        """Open the editor for the term that asks for the field, or for a new one."""
        terms = self._listing.filter.terms
        place = next((place for place, term in enumerate(terms) if term.field == field.key), None)
        if place is None:
            self._edit(field, None, self._opener(), self._opener().rect())
        else:
            self._change(place)

    def _change(self, place: int) -> None:
        term = self._listing.filter.terms[place]
        field = LEAD_FIELDS.get(term.field)
        assert field is not None, "a filter asks for fields that there are"
        self.vocabulary.refresh()
        chip = self.bar.chip_at(place)
        self._edit(field, term, self.bar, chip.geometry())

    def _edit(self, field: Field, term: Term | None, opener: QWidget, below: QRect) -> None:
        popover = TermPopover(
            field,
            term,
            exchange=self._exchange,
            vocabulary=self.vocabulary,
            words=self._words,
            theme=self._bench.theme,
            clock=self._bench.clock,
            opener=opener,
        )
        popover.open_at(below)

    def _exchange(self, old: Term | None, new: Term | None) -> None:
        self._listing.change(lambda asked: asked.exchanging(old, new))

    def _remove(self, place: int) -> None:
        self._exchange(self._listing.filter.terms[place], None)

    def _show(self, asked: Filter) -> None:
        self.bar.show_texts([self._words.term(term) for term in asked.terms])
        new = _imports_in(asked) - self._looked_up
        if new:
            self._looked_up |= new
            query = partial(imports_named, ids=new)
            self._bench.readings.run(query, on_success=self._know_imports, on_failure=self._unknown, owner=self)

    @property
    def _words(self) -> FilterWords:
        return FilterWords(self._people, self._imports)

    def _know_imports(self, named: dict[str, NamedImport]) -> None:
        self._imports |= named
        self._show(self._listing.filter)

    def _unknown(self, _error: Exception) -> None:
        """The chips say the ids: nobody asked for a name by a click."""
        self._looked_up = set(self._imports)

    def _can_clear(self) -> Availability:
        return ENABLED if self._listing.text.strip() else WhyNot(tr("Nothing is filtered."))


def _imports_in(asked: Filter) -> set[str]:
    """The ids of the imports that are asked for."""
    conditions = [term.condition for term in asked.terms if term.field == "import"]
    return {
        value
        for condition in conditions
        if isinstance(condition, AnyOf)
        for value in condition.values
        if isinstance(value, str)
    }
