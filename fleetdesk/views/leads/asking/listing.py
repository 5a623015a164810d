"""`Listing`: which leads the page shows and in which order, whoever shows them: the table, the board, the calendar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from fleetdesk.qt.records.record_header import Sorting
from fleetdesk.queries.filters.grammar import parse
from fleetdesk.queries.filters.rewriting import rewritten
from fleetdesk.queries.filters.values import EVERYTHING, Filter
from fleetdesk.queries.lead_filter import LEAD_FIELDS
from fleetdesk.views.leads.asking.filters import FIRST_SORTING

__all__ = ["Listing"]


class Listing(QObject):
    """One filter, as it is typed and as it is understood: the two are always in step.

    Whoever shows leads follows `changed` and `sorted`; whoever narrows them says `change` (chips, stages), `ask` or
    `type` (the query field).
    """

    changed = Signal(object)  # Filter: other leads are asked for
    sorted = Signal(object)  # Sorting: in another order
    text_changed = Signal(str)  # the typed text is another one, however it came
    rewriting = Signal()  # the text is about to be rewritten: whoever holds some that was not told yet, tells it
    retyped = Signal(str)  # the typed text is another one now, by other means than typing

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._filter = EVERYTHING
        self._sorting = FIRST_SORTING

    @property
    def filter(self) -> Filter:
        """What is asked for."""
        return self._filter

    @property
    def text(self) -> str:
        """The same as it was typed, with what was not understood."""
        return self._text

    @property
    def sorting(self) -> Sorting:
        """By which columns the leads are sorted, the most important first."""
        return self._sorting

    def sort(self, sorting: Sorting) -> None:
        """Ask for another order."""
        if sorting != self._sorting:
            self._sorting = sorting
            self.sorted.emit(sorting)

    def ask(self, asked: Filter) -> None:
        """Ask for other leads; what was typed and not understood stays in the text."""
        self.change(lambda _before: asked)

    def change(self, change: Callable[[Filter], Filter]) -> None:
        """Ask for what `change` makes of what is asked for now, with what was typed at the last moment."""
        self.rewriting.emit()
        self.put(rewritten(LEAD_FIELDS, self._text, change(self._filter)))

    def put(self, text: str) -> None:
        """Put another text in the place of the typed one."""
        changed = text != self._text
        self.type(text)
        if changed:
            self.retyped.emit(text)

    def type(self, text: str) -> None:
        """Take a text as the person types it."""
        told, self._text = self._text, text
        before, self._filter = self._filter, parse(LEAD_FIELDS, text).filter
        if told != text:
            self.text_changed.emit(text)
        if before != self._filter:
            self.changed.emit(self._filter)
