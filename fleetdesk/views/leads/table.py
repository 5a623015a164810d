"""`LeadTable`: the list itself, which gives up columns where there is no room for them."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.records.record_view import RecordTableView
from fleetdesk.qt.records.table_model import RecordTableModel
from fleetdesk.queries.leads import LeadQuery, LeadRow
from fleetdesk.views.leads.columns import SPARE_COLUMNS

__all__ = ["LeadTable"]


class LeadTable(RecordTableView[LeadQuery, LeadRow]):
    """Name and stage are never given up. What the person hid stays hidden."""

    def __init__(self, model: RecordTableModel[LeadQuery, LeadRow], theme: Theme) -> None:
        self._spared: set[str] = set()
        super().__init__(model, theme=theme, name=tr("Leads"))
        self._widths = {column.key: theme.pixels(column.width) for column in model.columns}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit(self.viewport().width())

    def _fit(self, room: int) -> None:
        """Hide the spare columns in their order until the others fit; show those again that do."""
        own = self.arrangement.hidden - self._spared
        wanted = sum(width for key, width in self._widths.items() if key not in own)
        spared: set[str] = set()
        for spare in SPARE_COLUMNS:
            if wanted > room and spare not in own:
                spared.add(spare)
                wanted -= self._widths[spare]
        for number, key in enumerate(self._widths):
            if (key in spared) is not (key in self._spared):
                self.setColumnHidden(number, key in spared)
        self._spared = spared
