"""The line at the window's foot: the one state of the synchronisation, and how far a long act is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar

from fleetdesk.models.status import SyncState, SyncStatus
from fleetdesk.qt.look.layout import STRETCH, row
from fleetdesk.qt.look.text import Label, Tint, plural, tr
from fleetdesk.qt.look.theme import Theme
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.qt.sync_status import SyncIndicator, SyncStatusHolder
from fleetdesk.views.long_acts import UnderWay
from fleetdesk.views.words import far_text

__all__ = ["StatusBar"]

_HEIGHT = 32
_PROGRESS = 160


class StatusBar(QFrame):
    """Shows the status, how far a load is, and in a sentence what is wrong, if anything is."""

    pending_asked = Signal()

    def __init__(self, holder: SyncStatusHolder, under_way: UnderWay, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "window")
        self.setAccessibleName(tr("Status"))
        self.setFixedHeight(theme.pixels(_HEIGHT))
        self._indicator = SyncIndicator(holder, theme)
        self._indicator.clicked.connect(self.pending_asked)
        self._progress = QProgressBar()
        self._progress.setFixedWidth(theme.pixels(_PROGRESS))
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("Loading"))
        self._rows = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._detail = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._act = Label(size=TextSize.SMALL, tint=Tint.MUTED)
        self._act.hide()
        parts = (self._indicator, self._progress, self._rows, self._act, STRETCH, self._detail)
        self.setLayout(row(*parts, margins=(GRID, 0, 2 * GRID, 0)))
        holder.changed.connect(self._show)
        self._show(holder.status)
        self._under_way = under_way
        under_way.changed.connect(self._show_act)

    @property
    def detail(self) -> str:
        """What is said beside the state."""
        return self._detail.text()

    def _show_act(self) -> None:
        far = self._under_way.far
        self._act.setVisible(far is not None)
        if far is not None:
            self._act.setText(far_text(far))

    def _show(self, status: SyncStatus) -> None:
        self._detail.setText(status.detail)
        progress = status.progress if status.state is SyncState.LOADING else None
        self._progress.setVisible(progress is not None)
        self._rows.setVisible(progress is not None)
        if progress is not None:
            fraction = progress.fraction
            self._progress.setRange(0, 0 if fraction is None else 1_000)
            self._progress.setValue(0 if fraction is None else int(1_000 * fraction))
            self._rows.setText(plural(progress.rows, tr("%n row"), tr("%n rows")))
