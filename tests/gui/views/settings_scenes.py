"""Scenes of the settings: at rest, looking, after looking, offline, narrow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea

from fleetdesk.models.diagnosis import Check, Diagnosis, Finding
from fleetdesk.models.status import SyncState
from tests.gui.views.filled import NOW
from tests.gui.views.office import Office
from tests.gui.views.settling import settle

__all__ = ["SETTINGS_SCENES", "TROUBLED", "WELL"]

WELL = Diagnosis(
    NOW,
    (("FleetDesk", "0.1.0"),),
    (
        Check("connection", Finding.WELL, "The hub is ready; it answered in 4 ms."),
        Check("session", Finding.WELL, "The hub (0.1.0) knows you as Layla Haddad (sales); you hold rows of: leads."),
        Check("clock", Finding.WELL, "Within 5 seconds of the hub's (+2 ms)."),
        Check("outbox", Finding.NOTE, "3 changes without the hub's verdict yet."),
        Check("tables", Finding.WELL, "Every table is the same here as at the hub, row for row."),
    ),
    (),
)
TROUBLED = Diagnosis(
    NOW,
    (("FleetDesk", "0.1.0"),),
    (
        Check("connection", Finding.WELL, "The hub is ready; it answered in 4 ms."),
        Check("clock", Finding.WRONG, "This machine's clock is 3 hours behind the hub's: set it right."),
        Check("tables", Finding.UNKNOWN, "Not compared: nothing is loaded completely."),
    ),
    (),
)


LOG = tuple(
    f'{{"time": "2026-03-12T09:{minute:02}:04.120+00:00", "level": "{level}", "logger": "fleetdesk.{logger}",'
    f' "event": "{event}"{beside}}}'
    for minute, level, logger, event, beside in (
        (1, "info", "sync.files.app_log", "FleetDesk begins", ""),
        (9, "info", "sync.engine.engine", "attempt failed", ', "way": "pull", "reason": "Offline"'),
        (10, "info", "sync.engine.engine", "attempt failed", ', "way": "push", "reason": "Offline"'),
        (21, "warning", "sync.engine.pulling", "the local copy is made anew", ', "reason": "CursorGone"'),
    )
)


def at_rest(office: Office) -> None:
    office.window.show_screen("settings")


def at_the_end(office: Office, report: Diagnosis | None) -> None:
    at_rest(office)
    settle(office)
    office.settings.diagnostics.examine()
    if report is not None:
        office.controls.found(report)
    settle(office)
    for area in office.settings.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


def offline(office: Office) -> None:
    office.tell(SyncState.OFFLINE, "The hub cannot be reached.")
    at_the_end(office, TROUBLED)


def narrow(office: Office) -> None:
    office.window.resize(720, 640)
    at_the_end(office, WELL)


def with_log(office: Office) -> None:
    at_the_end(office, WELL)
    diagnostics = office.settings.diagnostics
    diagnostics.show_lines(LOG)
    settle(office)
    for area in office.settings.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())


SETTINGS_SCENES: dict[str, Callable[[Office], None]] = {
    "settings": at_rest,
    "settings-looking": lambda office: at_the_end(office, None),
    "settings-well": lambda office: at_the_end(office, WELL),
    "settings-offline": offline,
    "settings-narrow": narrow,
    "settings-log": with_log,
}
