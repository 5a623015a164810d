"""`ListMemory`: where the person is in the list of leads, so that it comes back after a restart, or a crash."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSplitter
from sqlalchemy import Connection

from fleetdesk.errors import Invalid
from fleetdesk.models.saved_views import ViewSort, plain_columns, plain_sort, read_sort
from fleetdesk.models.types import JsonValue
from fleetdesk.qt.records.record_header import Sorting, SortKey
from fleetdesk.qt.records.table_model import LoadState, RecordTableModel
from fleetdesk.queries.leads import LeadQuery, LeadRow, LeadSort, lead_ids, locate_leads
from fleetdesk.queries.saved_views import ViewRow
from fleetdesk.views.leads.arranging import LeadArranging, readable_columns
from fleetdesk.views.leads.asking.listing import Listing
from fleetdesk.views.leads.lead.detail import LeadPane
from fleetdesk.views.leads.saved.saved_views import SavedViews
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.workbench import Workbench

__all__ = ["ListMemory"]

_QUERY, _SORT, _VIEW, _COLUMNS = "leads.query", "leads.sort", "leads.view", "leads.view_columns"
_LEAD, _TOP, _CHOSEN = "leads.lead", "leads.top", "leads.chosen"
_SPLIT = "leads.split"
_SHARE = 375  # thousandths of the room that the list has until the person says otherwise
_SOON = 300  # milliseconds between a change and keeping it: a scroll is many changes
_LONGEST_QUERY = 8_000
_LONGEST_ID = 100
_MOST_CHOSEN = 1_000  # a larger choice is not kept, unless it is of all leads
_ALL = "all"


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that were looked for: the one on top, and those that were chosen."""

    top: int | None
    chosen: tuple[int, ...]


class ListMemory(QObject):
    """Puts the list where it was, then follows it. Rows are kept by their ids: others may have come above them.

    How the room is shared with an open lead holds in every tab; all else belongs to this one.
    """

    def __init__(
        self,
        bench: Workbench,
        *,
        listing: Listing,
        arranging: LeadArranging,
        views: SavedViews,
        table: LeadTable,
        model: RecordTableModel[LeadQuery, LeadRow],
        pane: LeadPane,
        splitter: QSplitter,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._listing = listing
        self._arranging = arranging
        self._views = views
        self._table = table
        self._model = model
        self._pane = pane
        self._splitter = splitter
        self._top = _text(bench.place.get(_TOP), _LONGEST_ID)
        self._chosen = bench.place.get(_CHOSEN)
        self._returns = bool(self._top or self._chosen)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self._keep)
        self._restore()

    def follow(self, *, open_lead: Callable[[str], None], show_lead: Callable[[str], None]) -> None:
        """Bring the lead back that was open, and keep from now on what changes.

        `open_lead` makes its row the chosen one; beside several chosen ones, `show_lead` leaves the rows alone.
        """
        lead = _text(self._bench.place.get(_LEAD), _LONGEST_ID)
        if lead:
            (show_lead if self._chosen else open_lead)(lead)
        for signal in (
            self._listing.text_changed,
            self._listing.sorted,
            self._views.changed,
            self._arranging.changed,
            self._pane.shown,
            self._table.selection.changed,
            self._table.verticalScrollBar().valueChanged,
        ):
            signal.connect(self._keep_soon)
        self._model.state_changed.connect(self._return)
        for signal in (self._listing.changed, self._listing.sorted):
            signal.connect(self._go_on)
        self._splitter.splitterMoved.connect(self._keep_split)

    def share_room(self) -> None:
        """A lead was opened beside the list: give both what they had."""
        kept = self._bench.remembered.get(_SPLIT)
        share = kept if isinstance(kept, int) and 0 < kept < 1_000 else _SHARE
        width = self._splitter.width()
        self._splitter.setSizes([width * share // 1_000, width * (1_000 - share) // 1_000])

    # What was kept

    def _restore(self) -> None:
        place = self._bench.place
        self._listing.sort(_sorting(place.get(_SORT)) or self._listing.sorting)
        self._listing.put(_text(place.get(_QUERY), _LONGEST_QUERY))
        view_id = _text(place.get(_VIEW), _LONGEST_ID)
        if view_id:
            self._arranging.show_view(readable_columns(place.get(_COLUMNS)))
            self._views.find(view_id, self._view_found)

    def _view_found(self, view: ViewRow | None) -> None:
        """The view may have been deleted meanwhile: the list then shows the same, as nobody's view."""
        if view is not None and not view.deleted and self._views.view is None:
            self._views.take_up(view)

    def _return(self) -> None:
        """Go back to the rows where the person was, once all keys are there; unless they went on already."""
        if not self._returns or self._model.state is not LoadState.READY or not len(self._model.keys):
            return
        self._returns = False
        if self._chosen == _ALL:
            self._table.choose_all()
        wanted = self._chosen if isinstance(self._chosen, list) else []
        chosen = [id_ for id_ in wanted[:_MOST_CHOSEN] if isinstance(id_, str)]
        keys, top = self._model.keys, self._top

        def read(connection: Connection) -> _Found:
            located = locate_leads(connection, {*chosen, top})
            looked_for = {key: id_ for id_, key in located.items()}
            rows = {looked_for[key]: row for row, key in enumerate(keys) if key in looked_for}
            return _Found(rows.get(top), tuple(rows[id_] for id_ in chosen if id_ in rows))

        def came(found: _Found) -> None:
            if self._model.keys is keys:
                self._go_back(found)

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="return")

    def _go_on(self) -> None:
        """The person asks for other rows than those that they were at."""
        self._returns = False

    def _go_back(self, found: _Found) -> None:
        if len(found.chosen) > 1 and self._table.selection.count <= 1:
            self._table.selection.select_rows(found.chosen)
        if found.top is not None and not self._table.verticalScrollBar().value():
            self._table.put_on_top(found.top)

    # What is kept

    def _keep_soon(self) -> None:
        self._soon.start()

    def _keep(self) -> None:
        place, view = self._bench.place, self._views.view
        sort = plain_sort([ViewSort(str(key.column), key.descending) for key in self._listing.sorting])
        place.keep(_QUERY, self._listing.text or None)
        place.keep(_SORT, sort)
        place.keep(_VIEW, None if view is None else view.id)
        place.keep(_COLUMNS, None if view is None else plain_columns(self._arranging.columns))
        place.keep(_LEAD, self._pane.lead_id or None)
        if not self._returns:
            self._keep_rows()

    def _keep_rows(self) -> None:
        rows = self._table.rows_in_sight()
        top = self._model.row_at(rows.start) if rows else None
        if top is not None or not rows:
            self._bench.place.keep(_TOP, None if top is None or not rows.start else top.id)
        count = self._table.selection.count
        if count > 1 and count == len(self._model.keys):
            self._bench.place.keep(_CHOSEN, _ALL)
        elif 1 < count <= _MOST_CHOSEN:
            self._keep_chosen(self._table.selection.keys())
        else:
            self._bench.place.keep(_CHOSEN, None)

    def _keep_chosen(self, keys: array[int]) -> None:
        def read(connection: Connection) -> list[JsonValue]:
            return list(lead_ids(connection, keys))

        def came(ids: list[JsonValue]) -> None:
            if self._table.selection.keys() == keys:  # else others were chosen meanwhile, or none
                self._bench.place.keep(_CHOSEN, ids)

        self._bench.readings.run(read, on_success=came, owner=self, cancel_key="chosen")

    def _keep_split(self) -> None:
        sizes = self._splitter.sizes()
        if all(sizes):
            self._bench.remembered.keep(_SPLIT, round(1_000 * sizes[0] / sum(sizes)))


def _text(kept: JsonValue, longest: int) -> str:
    """A text that was kept; empty for none, and for what this program never kept."""
    return kept if isinstance(kept, str) and len(kept) <= longest else ""


def _sorting(kept: JsonValue) -> Sorting:
    try:
        found = () if kept is None else read_sort(kept)
    except Invalid:
        return ()
    return tuple(SortKey(by.key, by.descending) for by in found if by.key in frozenset(LeadSort))
