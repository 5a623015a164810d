"""Scenes of one lead: its timeline and its history, in the states that people meet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton

from fleetdesk.models.status import SyncState
from fleetdesk.qt.widgets.choice_box import ChoiceBox
from tests.gui.views.lived_in import live_in
from tests.gui.views.office import Office, named
from tests.gui.views.sample import STORY
from tests.gui.views.settling import settle

__all__ = ["LEAD_SCENES"]


def lead_timeline(office: Office) -> None:
    """Pinned, to do, done, an unanswered call, fields that were changed."""
    live_in(office.store)
    office.tell(SyncState.OFFLINE)
    office.leads.open_record(STORY)


def lead_timeline_calls(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    named(office.leads.pane, "Calls", QAbstractButton).click()


def lead_timeline_nothing(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    named(office.leads.pane, "Tasks", QAbstractButton).click()
    people = named(office.leads.pane, "Whose entries", ChoiceBox)
    people.set_key("person-camille")
    people.chosen.emit("person-camille")


def lead_history(office: Office) -> None:
    lead_timeline(office)
    settle(office)
    office.do("leads.history")


def lead_history_empty(office: Office) -> None:
    office.leads.open_record(STORY)
    settle(office)
    office.do("leads.history")


LEAD_SCENES: dict[str, Callable[[Office], None]] = {
    "lead-timeline": lead_timeline,
    "lead-timeline-calls": lead_timeline_calls,
    "lead-timeline-nothing": lead_timeline_nothing,
    "lead-history": lead_history,
    "lead-history-empty": lead_history_empty,
}
