"""The ways to a merge from the list and from an open lead, as data."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from fleetdesk.commands.lead_merge import MOST_LOSERS
from fleetdesk.models.access import Permission
from fleetdesk.models.leads import Lead
from fleetdesk.qt.acting.actions import Action
from fleetdesk.qt.availability import ENABLED, Availability, WhyNot
from fleetdesk.qt.look.text import plural, tr
from fleetdesk.queries.lead_detail import LeadDetail
from fleetdesk.queries.lead_duplicates import duplicates_of
from fleetdesk.queries.leads import lead_ids
from fleetdesk.views.leads.duplicates.merge_dialog import open_merge
from fleetdesk.views.leads.edits import base_value
from fleetdesk.views.leads.table import LeadTable
from fleetdesk.views.workbench import Workbench

__all__ = ["merge_chosen", "merge_open"]

_LEAST, _MOST = 2, MOST_LOSERS + 1


def merge_chosen(bench: Workbench, table: LeadTable, scope: str) -> Action:
    """Merges the leads that are chosen in a list."""

    def can() -> Availability:
        count = table.selection.count
        if not bench.allows(Permission.LEADS_EDIT):
            return WhyNot(tr("Your role may read leads, not change them."))
        if count < _LEAST:
            return WhyNot(tr("Choose several leads first, with Shift or Ctrl."))
        if count > _MOST:
            return WhyNot(plural(_MOST, "", tr("At most %n leads can be merged at once: choose fewer.")))
        return ENABLED

    def merge() -> None:
        keys = table.selection.keys()
        bench.readings.run(
            lambda connection: lead_ids(connection, keys),
            on_success=lambda ids: open_merge(bench, ids, table),
            owner=table,
            cancel_key="merge",
        )

    return Action(
        "leads.bulk_merge",
        tr("Merge all chosen"),
        merge,
        shortcut="Shift+J",
        icon="git-merge",
        enabled_when=can,
        group=tr("Chosen leads"),
        scope=scope,
        keywords="duplicates join same combine",
    )


def merge_open(
    bench: Workbench,
    window: QWidget,
    lead: Callable[[], LeadDetail | None],
    may: Callable[[], Availability],
    scope: str,
) -> Action:
    """Merges the open lead with those that have the same address, number or licence."""

    def merge() -> None:
        here = lead()
        assert here is not None, "the action was done without a lead"
        values = {name: base_value(here, name) for name in Lead.key_sources}

        def read(connection: Connection) -> list[str]:
            return [found.lead.id for found in duplicates_of(connection, values, lead_id=here.id)]

        def came(ids: list[str]) -> None:
            if ids:
                open_merge(bench, [here.id, *ids], window)
            else:
                bench.notifier.info(tr("No other lead has the same email address, phone number or trade licence."))

        bench.readings.run(read, on_success=came, owner=window, cancel_key="merge")

    return Action(
        "leads.merge",
        tr("Merge with its duplicates"),
        merge,
        icon="git-merge",
        enabled_when=may,
        group=tr("Lead"),
        scope=scope,
        keywords="duplicate same join combine",
    )
