"""`SettingsPage`: all settings on one page, and what there is to know of this laptop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from fleetdesk.qt.look.layout import STRETCH, column, panel, row, rule
from fleetdesk.qt.look.text import Label, tr
from fleetdesk.qt.look.tokens import GRID, TextSize
from fleetdesk.views.settings.diagnostics import DiagnosticsSection
from fleetdesk.views.settings.laptop import ConnectionSection, OfflineSection, SecuritySection
from fleetdesk.views.settings.you import LanguageSection, LookSection, ProfileSection, ReachSection
from fleetdesk.views.workbench import Page, Workbench

__all__ = ["SettingsPage"]

_WIDEST = 720


class SettingsPage(Page):
    """What is chosen here holds at once, in all windows, and after a restart: there is nothing to save."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.look = LookSection(bench)
        self.offline = OfflineSection(bench)
        self.connection = ConnectionSection(bench)
        self.diagnostics = DiagnosticsSection(bench)
        sections = column(
            ProfileSection(bench),
            self.look,
            LanguageSection(bench),
            ReachSection(bench),
            self.offline,
            SecuritySection(bench),
            self.connection,
            self.diagnostics,
            STRETCH,
            gap=GRID,
        )
        lane = panel(sections, ground="window")
        lane.setMaximumWidth(bench.theme.pixels(_WIDEST))
        body = panel(row(lane, STRETCH, margins=2 * GRID), ground="window")
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = row(Label(tr("Settings"), size=TextSize.HEADING), STRETCH, margins=2 * GRID)
        lines = column(panel(head, ground="surface"), rule(), scroll, gap=0)
        lines.setStretchFactor(scroll, 1)
        self.setLayout(lines)
        self.begins_with = self.look.appearance.chosen_button
